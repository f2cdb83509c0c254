import { type IncomingBody, parseLength } from "../content/body.ts";

/** What is known of a request before its path is looked at: enough to say who sends it. */
export interface RequestHead {
  /** Scheme, host, path and query, as the client used them. */
  readonly url: string;
  readonly headers: { readonly get: (name: string) => string | null };
}

/** A request as the registry reads it. A server may bring its own, where making a standard one costs more than answering. */
export interface RegistryRequest extends RequestHead {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** The body, opened only when it is read. */
  readonly body: IncomingBody;
  /** The same as a standard request. */
  readonly standard: () => Request;
}

/** Headers of an answer. */
export type HeaderRecord = Record<string, string>;

/** An answer that is not sent yet. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderRecord;
  /** Bytes are never written to; a stream must be read or cancelled. */
  readonly body: ReadableStream<Uint8Array> | Uint8Array | null;
}

/** A standard request as the registry reads it. */
export function requestOf(request: Request): RegistryRequest {
  const { url, method, headers } = request;
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const hash = url.indexOf("#");
  const target = start < 0 ? "/" : url.slice(start, hash < 0 ? url.length : hash);
  return {
    url,
    method,
    headers,
    target,
    get body() {
      return bodyOf(request);
    },
    standard: () => request,
  };
}

function bodyOf(request: Request): IncomingBody {
  const length = parseLength(request.headers.get("content-length"));
  return {
    get stream() {
      return request.body;
    },
    bytes: async () => new Uint8Array(await request.arrayBuffer()),
    ...(length === undefined ? {} : { length }),
  };
}

/** An answer as a standard one. */
export function responseOf({ status, headers, body }: Answer): Response {
  return new Response(body instanceof Uint8Array ? plainBytes(body) : body, { status, headers });
}

/** A standard answer as one of ours. */
export function answerOf(response: Response): Answer {
  return { status: response.status, headers: Object.fromEntries(response.headers), body: response.body };
}

/** Bytes for `Response`, whose type wants them over a plain ArrayBuffer; ours always are. */
function plainBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer, bytes.byteOffset, bytes.byteLength);
  return new Uint8Array(bytes);
}
