import { wholeAnswer } from "../kube/answer.ts";
import { readText } from "../kube/body.ts";
import { KubeError } from "../kube/error.ts";
import type { ClusterRequest, ClusterResponse, ClusterTransport } from "../kube/transport.ts";

/** An answer that was read before: enough to give it again. */
export type RecordedAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** A transport that counts, ends at a limit, and can give answers again. */
export interface Meter {
  readonly transport: ClusterTransport;
  /** Requests that may still be sent. */
  readonly left: () => number;
  readonly used: () => number;
  /** Milliseconds until the step must end. */
  readonly time: () => number;
  /** Aborted when the step is to end before. */
  readonly stop?: AbortSignal;
  /** As {@link time}; 0 when no request may be sent any more. */
  readonly patience: () => number;
}

/** What {@link createMeter} is given. */
export interface MeterInput {
  readonly transport: ClusterTransport;
  readonly limit: number;
  /** Milliseconds since 1970 after which nothing new is sent. */
  readonly deadline: number;
  readonly now: () => number;
  /** Once aborted, nothing new is sent. */
  readonly stop?: AbortSignal;
}

/** Counts requests. Throws a `KubeError` of code `budget` instead of sending one too many or too late. */
export function createMeter(input: MeterInput): Meter {
  let used = 0;
  const { stop } = input;
  const isOver = (): boolean => input.now() >= input.deadline || stop?.aborted === true;
  const time = (): number => (isOver() ? 0 : input.deadline - input.now());
  return {
    left: () => (isOver() ? 0 : input.limit - used),
    used: () => used,
    time,
    patience: () => (used < input.limit ? time() : 0),
    ...(stop === undefined ? {} : { stop }),
    transport: {
      send: (request) => {
        if (used >= input.limit || isOver()) throw new KubeError("budget", "the step's budget is used up");
        used++;
        return input.transport.send(request);
      },
    },
  };
}

/** A body longer than this is not kept: an API server's lists are paged below it. */
const MAX_KEPT = 32 * 1024 * 1024;

/**
 * A transport for steps that only read: every answer to a GET goes into `answers`, and what is there is not asked again. So a step
 * that ran out of requests goes on where it stopped.
 */
export function replaying(transport: ClusterTransport, answers: Map<string, RecordedAnswer>): ClusterTransport {
  return {
    send: async (request) => {
      if (request.method !== "GET") return transport.send(request);
      const key = keyOf(request);
      const known = answers.get(key);
      if (known !== undefined) return responseOf(known);
      const response = await transport.send(request);
      const answer = await record(response);
      if (response.status !== 429 && response.status < 500) answers.set(key, answer);
      return responseOf(answer);
    },
  };
}

function keyOf(request: ClusterRequest): string {
  return JSON.stringify([request.path, request.query ?? [], request.headers?.["accept"] ?? ""]);
}

async function record({ status, headers, body }: ClusterResponse): Promise<RecordedAnswer> {
  return { status, headers: Object.fromEntries(headers), body: await readText(body, MAX_KEPT) };
}

function responseOf({ status, headers, body }: RecordedAnswer): ClusterResponse {
  return wholeAnswer(status, headers, body);
}
