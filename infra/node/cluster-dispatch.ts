import type { Dispatcher } from "undici";
import { type Answer, lateError } from "./cluster-request.ts";

/** A request as undici sends it, and what ends it. */
export interface Dispatched {
  readonly options: Dispatcher.DispatchOptions;
  /** Aborts the request and the reading of its answer. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds since 1970: looked at when the request is about to be written, for it may have waited for a connection. */
  readonly leaveBefore?: number | undefined;
}

/**
 * Sends a request by undici's handlers: its own `request` makes a Node stream of each answer, of which a web stream would have to be made again, and
 * that is half of what a small request costs.
 */
export function dispatchRequest(dispatcher: Dispatcher, request: Dispatched): Promise<Answer> {
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(request.options, answerHandler(request, resolve, reject));
  });
}

/** Bytes of an answer that wait for their reader before the cluster is held up. */
const WAITING = 64 * 1024;

type Answered = (answer: Answer) => void;
type Refused = (reason: unknown) => void;

function answerHandler(
  { signal, leaveBefore }: Dispatched,
  resolve: Answered,
  reject: Refused,
): Dispatcher.DispatchHandler {
  let sending: Dispatcher.DispatchController | undefined;
  let body: ReadableStreamDefaultController<Uint8Array> | undefined;
  const abort = (): void => sending?.abort(reasonOf(signal));
  const end = (): void => signal?.removeEventListener("abort", abort);
  signal?.addEventListener("abort", abort);
  return {
    onRequestStart: (controller) => {
      if (signal?.aborted === true) controller.abort(reasonOf(signal));
      else if (leaveBefore !== undefined && Date.now() > leaveBefore) controller.abort(lateError());
      else sending = controller;
    },
    onResponseStart: (controller, status, headers) => {
      if (status < 200) return;
      const source: UnderlyingDefaultSource<Uint8Array> = {
        start: (of) => void (body = of),
        pull: () => controller.resume(),
        cancel: () => {
          body = undefined;
          controller.abort(new Error("the answer is not read"));
        },
      };
      const stream = new ReadableStream(source, { highWaterMark: WAITING, size: (chunk) => chunk.length });
      resolve({ status, headers, body: stream });
    },
    onResponseData: (controller, chunk) => {
      // undici's parser of HTTP/1 gives an empty chunk when it goes on at a body's end: held up there, it would give it again, for ever.
      if (body === undefined || chunk.length === 0) return;
      body.enqueue(chunk);
      if ((body.desiredSize ?? 0) <= 0) controller.pause();
    },
    onResponseEnd: () => {
      end();
      body?.close();
      body = undefined;
    },
    onResponseError: (_controller, error) => {
      end();
      reject(error);
      body?.error(signal?.aborted === true ? signal.reason : error);
      body = undefined;
    },
  };
}

/** undici wants an error; what the signal says is thrown to the caller in any case. */
function reasonOf(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error("the request was aborted");
}
