import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

/** What goes wrong with an answer. */
export type Fault =
  /** This status, and no body. */
  | { readonly kind: "status"; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** The whole length is announced, half of the body comes, and the connection ends. */
  | { readonly kind: "cut" }
  /** Nothing comes. */
  | { readonly kind: "hang" }
  /** Half of the body comes, and nothing more. */
  | { readonly kind: "stall" }
  /** The body comes byte by byte, never pausing for long, so that all of it takes far too long. */
  | { readonly kind: "drip" }
  /** A page for people. */
  | { readonly kind: "page" }
  /** A redirect to itself. */
  | { readonly kind: "loop" }
  | { readonly kind: "redirect"; readonly to: string }
  /** A well-formed answer with these bytes instead. */
  | { readonly kind: "bytes"; readonly change: (bytes: Uint8Array) => Uint8Array };

/** What is served at a path. */
export interface ServedFile {
  readonly bytes: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An upstream on loopback that can be made to fail. */
export interface FaultyUpstream {
  readonly origin: string;
  readonly host: string;
  readonly files: Map<string, ServedFile>;
  /** Answers wait for this. */
  hold: Promise<void> | undefined;
  /** Which paths fail, and how. */
  fault: { readonly path: RegExp; readonly fault: Fault } | undefined;
  /** Method and path of every request. */
  readonly asked: string[];
  readonly server: Server;
  readonly close: () => Promise<void>;
}

/** A key and its certificate, PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** Starts an upstream; with an identity it speaks TLS. */
export async function startFaultyUpstream(identity?: Identity): Promise<FaultyUpstream> {
  const listener: RequestListener = (request, response) => {
    upstream.asked.push(`${request.method} ${request.url}`);
    if (upstream.hold === undefined) answer(upstream, request, response);
    else void upstream.hold.then(() => answer(upstream, request, response));
  };
  const server = identity === undefined ? createServer(listener) : createTlsServer({ ...identity }, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const upstream: FaultyUpstream = {
    origin: `${identity === undefined ? "http" : "https"}://${host}`,
    host,
    files: new Map(),
    hold: undefined,
    fault: undefined,
    asked: [],
    server,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return upstream;
}

function answer(upstream: FaultyUpstream, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? "";
  const file = upstream.files.get(path);
  const { fault } = upstream;
  if (fault?.path.test(path) === true) return answerFault({ upstream, request, response, file }, fault.fault);
  if (file === undefined) return void response.writeHead(404).end();
  sendFile(request, response, file);
}

function sendFile(request: IncomingMessage, response: ServerResponse, { bytes, headers = {} }: ServedFile): void {
  response.writeHead(200, { ...headers, "content-length": bytes.length });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

interface Exchange {
  readonly upstream: FaultyUpstream;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly file: ServedFile | undefined;
}

function answerFault({ upstream, request, response, file }: Exchange, fault: Fault): void {
  const { bytes, headers = {} } = file ?? { bytes: new Uint8Array(64) };
  switch (fault.kind) {
    case "status":
      return void response.writeHead(fault.status, fault.headers ?? {}).end();
    case "page":
      return void response.writeHead(200, { "content-type": "text/html" }).end("<html><body>Sign in</body></html>");
    case "loop":
      return void response.writeHead(307, { location: upstream.origin + (request.url ?? "") }).end();
    case "redirect":
      return void response.writeHead(307, { location: fault.to }).end();
    case "bytes":
      return sendFile(request, response, { bytes: fault.change(bytes), headers });
    case "hang":
      return;
    case "drip":
      if (request.method === "HEAD") return sendFile(request, response, { bytes, headers });
      return drip(response, { bytes, headers });
    default:
      if (request.method === "HEAD") return sendFile(request, response, { bytes, headers });
      response.writeHead(200, { ...headers, "content-length": bytes.length });
      response.write(bytes.subarray(0, bytes.length >> 1), () => {
        if (fault.kind === "cut") response.destroy();
      });
  }
}

const DRIP_MS = 40;

function drip(response: ServerResponse, { bytes, headers }: ServedFile): void {
  response.writeHead(200, { ...headers, "content-length": bytes.length });
  let at = 0;
  const timer = setInterval(() => {
    if (at < bytes.length) response.write(bytes.subarray(at, ++at));
    else response.end();
  }, DRIP_MS);
  response.on("close", () => clearInterval(timer));
}
