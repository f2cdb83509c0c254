import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { LISTENER_SERVER, type NodeListener } from "./registry-listener.ts";

/** How long a client may take for the head of a request. */
const HEAD_MS = 60_000;
/** How long a client may send nothing of a body that is not whole yet. */
const IDLE_MS = 120_000;
/** How long a client that is to be left for it may still show that it sent something. */
const GRACE_MS = 1000;

/** What a test may shorten. */
export interface HttpServerOptions {
  readonly idle?: number;
}

/**
 * A server for uploads of any length: helm sends a blob in one request, however long it takes, so what is bounded is not the whole request
 * (Node's 300 seconds) but the head, and how long nothing comes. Time in which the server does not read is not the client's.
 */
export function createHttpServer(listener: NodeListener, { idle = IDLE_MS }: HttpServerOptions = {}): Server {
  return createServer({ ...LISTENER_SERVER, requestTimeout: 0, headersTimeout: HEAD_MS }, (incoming, outgoing) => {
    if (hasBody(incoming)) boundIdle(incoming, outgoing, idle);
    else if ((incoming.socket.timeout ?? 0) > 0) incoming.socket.setTimeout(0);
    listener(incoming, outgoing);
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

function boundIdle(incoming: IncomingMessage, outgoing: ServerResponse, idle: number): void {
  const { socket } = incoming;
  socket.setTimeout(idle);
  outgoing.on("timeout", () => {
    if (incoming.complete) return;
    if (incoming.readableLength > 0) socket.setTimeout(idle);
    else leaveUnlessMore(incoming, Math.min(idle, GRACE_MS));
  });
}

/** What came while the server did not read, or while the whole process stood still, is read first: in the turn of the loop that ends with the immediate. */
function leaveUnlessMore(incoming: IncomingMessage, grace: number): void {
  const { bytesRead } = incoming.socket;
  const leave = (): void => {
    if (!incoming.complete && incoming.socket.bytesRead === bytesRead) incoming.destroy();
  };
  setTimeout(() => setImmediate(leave), grace).unref();
}
