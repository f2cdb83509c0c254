import type { IncomingMessage, ServerOptions, ServerResponse } from "node:http";
import { BrokenBody, type IncomingBody, parseLength } from "../../registry/content/body.ts";
import type { Answer, RegistryRequest } from "../../registry/http/exchange.ts";

/** Answers a request of Node's server. */
export type NodeListener = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** What the listener passes on. */
export interface RegistryListenerOptions {
  readonly answer: (request: RegistryRequest) => Promise<Answer>;
  /** Takes every request that is not the registry's, or has a form that only a full URL parser should read. */
  readonly otherwise: NodeListener;
  readonly report: (error: unknown) => void;
}

/** How the server is made that the listener is for: without streams for bodies that no header announces. */
export const LISTENER_SERVER: ServerOptions = { optimizeEmptyRequests: true };

/** A target as registry clients write it: nothing that a URL parser would change. */
const PLAIN_TARGET = /^\/(?:v2|helm)\/[!$&-;=?@A-Z_a-z~%]*$/;
const DOT_SEGMENT = /\/\.\.?(?:[/?]|$)/;
const PLAIN_HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/;
/** How long the rest of a body may come after its answer. */
const REST_MS = 1000;

/** Brings the registry's requests to it without standard Request and Response objects, which cost more than most of its answers. */
export function createRegistryListener({ answer, otherwise, report }: RegistryListenerOptions): NodeListener {
  return (incoming, outgoing) => {
    const { url: target = "" } = incoming;
    const host = incoming.headers.host ?? "";
    if (!PLAIN_TARGET.test(target) || DOT_SEGMENT.test(target) || !PLAIN_HOST.test(host)) {
      otherwise(incoming, outgoing);
      return;
    }
    answer(requestOf(incoming, host, target)).then(
      (given) => send(incoming, outgoing, given, report),
      (error: unknown) => {
        report(error);
        outgoing.destroy();
      },
    );
  };
}

function requestOf(incoming: IncomingMessage, host: string, target: string): RegistryRequest {
  const { method = "GET", headers } = incoming;
  const url = `http://${host}${target}`;
  return {
    url,
    method,
    target,
    headers: {
      get: (name) => {
        const value = headers[name];
        return typeof value === "string" ? value : (value?.join(", ") ?? null);
      },
    },
    get body() {
      return bodyOf(incoming);
    },
    standard: () => standardRequest(incoming, url),
  };
}

function standardRequest(incoming: IncomingMessage, url: string): Request {
  const { method = "GET" } = incoming;
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  if (method === "GET" || method === "HEAD" || incoming.readableEnded) return new Request(url, { method, headers });
  const init = { method, headers, body: webStream(incoming), duplex: "half" };
  return new Request(url, init);
}

function bodyOf(incoming: IncomingMessage): IncomingBody {
  const length = parseLength(incoming.headers["content-length"] ?? null);
  const isEmpty = length === undefined ? incoming.headers["transfer-encoding"] === undefined : length === 0;
  return {
    get stream() {
      return isEmpty ? null : webStream(incoming);
    },
    bytes: async () => (isEmpty ? new Uint8Array(0) : await readAll(incoming, length)),
    ...(isEmpty ? {} : { pour: async (take) => await pour(incoming, take) }),
    ...(length === undefined ? {} : { length }),
  };
}

/** Pieces from this size on are worth giving back. */
const GIVEN_BACK = 8 * 1024;

async function pour(incoming: IncomingMessage, take: (chunk: Uint8Array) => void): Promise<void> {
  await receive(incoming, (chunk) => {
    take(chunk);
    giveBack(chunk);
  });
}

/** Frees a piece that nobody reads any more: waiting for the collector, those of large pushes would make it mark the whole heap again and again. */
function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (byteLength >= GIVEN_BACK && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** Whoever stops reading still wants to answer: the connection stays, and what comes is dropped. */
async function receive(incoming: IncomingMessage, take: (chunk: Uint8Array) => void): Promise<void> {
  if (incoming.readableEnded) return;
  if (incoming.destroyed) throw brokenOff();
  await new Promise<void>((resolve, reject) => {
    const end = (settle: () => void): void => {
      incoming.off("data", onData).off("end", onEnd).off("close", onBreak);
      settle();
    };
    const onEnd = (): void => end(resolve);
    const onBreak = (): void => end(() => reject(brokenOff()));
    const onData = (chunk: Uint8Array): void => {
      try {
        take(chunk);
      } catch (error) {
        end(() => reject(error));
      }
    };
    incoming.on("data", onData).once("end", onEnd).once("close", onBreak);
  });
}

function brokenOff(): BrokenBody {
  return new BrokenBody();
}

function webStream(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = incoming.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = await chunks.next().catch((cause: unknown) => {
          throw new BrokenBody({ cause });
        });
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
    },
    { highWaterMark: 0 },
  );
}

/** All of a body whose length was checked, in one buffer of its own. Node ends a body that is longer. */
async function readAll(incoming: IncomingMessage, length: number | undefined): Promise<Uint8Array> {
  const whole = incoming.complete && incoming.readableFlowing === null ? readWaiting(incoming) : undefined;
  if (whole !== undefined) return whole;
  const chunks: Uint8Array[] = [];
  await receive(incoming, (chunk) => void chunks.push(chunk));
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length);
}

/** A body that came with its headers waits in the stream: taking it costs less than listening to it. */
function readWaiting(incoming: IncomingMessage): Uint8Array | undefined {
  const waiting: unknown = incoming.read();
  return waiting instanceof Uint8Array ? waiting : undefined;
}

function send(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { status, headers, body }: Answer,
  report: (error: unknown) => void,
): void {
  if (isComing(incoming)) endRest(incoming, outgoing);
  outgoing.writeHead(status, headers);
  if (body === null) outgoing.end();
  else if (body instanceof Uint8Array) sendBytes(outgoing, body);
  else pump(body, outgoing).catch(report);
}

/** Answers up to this size are put into one string with their headers. */
const ONE_WRITE = 1024;

/** Two buffers cost the system more than a small copy. */
function sendBytes(outgoing: ServerResponse, body: Uint8Array): void {
  if (body.length > ONE_WRITE) outgoing.end(body);
  else outgoing.end(Buffer.from(body.buffer, body.byteOffset, body.length).toString("latin1"), "latin1");
}

/** Sends a stream. When it breaks the connection breaks: the client must not take what it has for the whole. */
async function pump(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = body.getReader();
  outgoing.once("close", () => void reader.cancel().catch(() => undefined));
  // Node keeps headers back until this turn of the loop ends, which may read, hash and store many pieces more.
  let isFirst = true;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || outgoing.destroyed) break;
      const goesOn = outgoing.write(value);
      if (isFirst) outgoing.socket?.uncork();
      isFirst = false;
      if (!goesOn) await drained(outgoing);
    }
    outgoing.end();
  } catch (error) {
    outgoing.destroy();
    throw error;
  }
}

async function drained(outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      outgoing.off("drain", go);
      outgoing.off("close", go);
      resolve();
    };
    outgoing.once("drain", go);
    outgoing.once("close", go);
  });
}

/** False for a body that came whole, and where none was announced ({@link LISTENER_SERVER}). */
function isComing(incoming: IncomingMessage): boolean {
  return !incoming.complete && !incoming.readableEnded;
}

/** Whoever still sends what nobody reads, a refused upload perhaps, has a moment to see the answer. */
function endRest(incoming: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.once("finish", () => {
    if (incoming.complete) return;
    incoming.resume();
    const timer = setTimeout(() => incoming.socket.destroySoon(), REST_MS);
    incoming.once("close", () => clearTimeout(timer));
  });
}
