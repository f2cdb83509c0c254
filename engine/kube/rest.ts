import type { JsonValue } from "../errors.ts";
import { parseJson, readText } from "./body.ts";
import { KubeError, errorFromResponse } from "./error.ts";
import type { ResponseContext } from "./error-text.ts";
import type { KubeSession } from "./session.ts";
import type { AnswerHeaders, ClusterRequest, ClusterResponse } from "./transport.ts";
import { parseWarnings } from "./warning.ts";

/** One request as the layer above sees it. */
export interface RestRequest {
  readonly method: ClusterRequest["method"];
  readonly path: string;
  readonly query?: readonly (readonly [string, string])[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, which is YAML too: good for `application/apply-patch+yaml`. */
  readonly body?: JsonValue;
  readonly contentType?: string;
  readonly accept?: string;
  /** For messages: `plural` or `plural.group`, and the object's name. */
  readonly resource?: string;
  readonly name?: string;
  /** {@link MAX_BODY_BYTES} when absent. */
  readonly maxBytes?: number;
}

/** A successful answer. */
export interface RestResponse {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: JsonValue;
  readonly warnings: readonly string[];
}

/** etcd takes 1.5 MiB per object and an API server 3 MiB per request; a page of a list is larger. */
export const MAX_BODY_BYTES: number = 8 * 1024 * 1024;
/** client-go makes 10 tries; a step of ours has 20 seconds in all. */
const MAX_RETRIES = 5;
/** What a call may wait in all before it gives the refusal back; then the step is repeated later. */
const MAX_RETRY_WAIT_MS = 8000;

/**
 * Sends a request and reads its JSON answer. Throws a {@link KubeError} for every status that is no success. 429 and 5xx with
 * `Retry-After` are tried again within {@link MAX_RETRIES} and {@link MAX_RETRY_WAIT_MS} when the session can sleep.
 */
export async function sendJson(session: KubeSession, request: RestRequest): Promise<RestResponse> {
  const answer = await sendRetrying(session, request);
  const text = await readText(answer.body, request.maxBytes ?? MAX_BODY_BYTES);
  const body = parseJson(text);
  if (answer.status < 200 || answer.status > 299) throw errorFromResponse(contextOf(request, answer), body, text);
  if (body === undefined) throw new KubeError("bad-response", "the answer is no JSON", { status: answer.status });
  return { status: answer.status, headers: answer.headers, body, warnings: warningsOf(session, answer) };
}

/** Sends a request and gives its body as it comes, for logs and watches. Errors and retries as {@link sendJson}. */
export async function sendStream(session: KubeSession, request: RestRequest): Promise<ReadableStream<Uint8Array>> {
  const answer = await sendRetrying(session, request);
  if (answer.status < 200 || answer.status > 299) {
    const text = await readText(answer.body, MAX_BODY_BYTES);
    throw errorFromResponse(contextOf(request, answer), parseJson(text), text);
  }
  warningsOf(session, answer);
  return answer.body ?? new ReadableStream({ start: (controller) => controller.close() });
}

async function sendRetrying(session: KubeSession, request: RestRequest): Promise<ClusterResponse> {
  const wire = wireRequest(session, request);
  let waited = 0;
  for (let attempt = 0; ; attempt++) {
    session.signal?.throwIfAborted();
    session.budget?.take();
    const answer = await session.transport.send(wire);
    const wait = retryWait(answer);
    const ends = wait === undefined || session.sleep === undefined || attempt === MAX_RETRIES;
    if (ends || waited + wait > MAX_RETRY_WAIT_MS || !mayRetry(session, wait)) return answer;
    await answer.body?.cancel();
    waited += wait;
    await session.sleep(wait, session.signal);
    if (!mayRetry(session, 0)) return { ...answer, body: null };
  }
}

/** Others that share the budget may use it up during the wait. */
function mayRetry(session: KubeSession, wait: number): boolean {
  return session.budget?.left() !== 0 && wait < (session.patience?.() ?? Number.POSITIVE_INFINITY);
}

function wireRequest(session: KubeSession, request: RestRequest): ClusterRequest {
  return {
    method: request.method,
    path: request.path,
    headers: {
      accept: request.accept ?? "application/json",
      ...(request.body === undefined ? {} : { "content-type": request.contentType ?? "application/json" }),
      ...request.headers,
    },
    ...(request.query === undefined ? {} : { query: request.query }),
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    ...(session.signal === undefined ? {} : { signal: session.signal }),
    ...(session.as === undefined ? {} : { as: session.as }),
  };
}

/** Milliseconds that the server asks to wait; `undefined` when the answer is not to be tried again. */
function retryWait(answer: ClusterResponse): number | undefined {
  if (answer.status !== 429 && answer.status < 500) return undefined;
  const seconds = retryAfterSeconds(answer.headers);
  return seconds === undefined ? undefined : seconds * 1000;
}

/** The header in seconds; dates are not read, as client-go does not. */
function retryAfterSeconds(headers: AnswerHeaders): number | undefined {
  const text = headers.get("retry-after");
  return text !== null && /^[0-9]{1,6}$/.test(text) ? Number(text) : undefined;
}

function contextOf(request: RestRequest, answer: ClusterResponse): ResponseContext {
  return {
    method: request.method,
    status: answer.status,
    resource: request.resource ?? "",
    name: request.name ?? "",
    retryAfterSeconds: retryAfterSeconds(answer.headers),
  };
}

function warningsOf(session: KubeSession, answer: ClusterResponse): readonly string[] {
  const warnings = parseWarnings(answer.headers.get("warning"));
  if (session.onWarning !== undefined) for (const text of warnings) session.onWarning(text);
  return warnings;
}
