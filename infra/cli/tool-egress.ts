import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { Agent, request as send } from "undici";
import { EgressError } from "../../engine/oci/egress-error.ts";
import type { Egress, EgressRequest } from "../../engine/oci/egress.ts";
import type { TlsFlags } from "./command.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 120_000;

/**
 * The network for a person at a terminal: where a request goes is what that person wrote, so policies are not looked at. TLS as the flags
 * say. The message of a failure is Go's in the main: `Get "URL": REASON`.
 */
export function toolEgress(tls: TlsFlags): Egress {
  const agent = new Agent({
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
    keepAliveTimeout: 1,
    connect: { timeout: CONNECT_TIMEOUT_MS, ...tlsOptions(tls) },
  });
  return { send: (request) => sendOnce(agent, request) };
}

function tlsOptions({ certificate, key, authority, insecure }: TlsFlags): object {
  return {
    ...(certificate === undefined || key === undefined
      ? {}
      : { cert: readFileSync(certificate), key: readFileSync(key) }),
    ...(authority === undefined ? {} : { ca: readFileSync(authority) }),
    ...(insecure === true ? { rejectUnauthorized: false } : {}),
  };
}

async function sendOnce(agent: Agent, request: EgressRequest): ReturnType<Egress["send"]> {
  try {
    const answer = await send(request.url, {
      method: request.method,
      dispatcher: agent,
      headers: { ...request.headers },
      ...(request.body === undefined ? {} : { body: bodyOf(request.body) }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    const headers = new Headers();
    for (const [name, value] of Object.entries(answer.headers)) {
      for (const text of Array.isArray(value) ? value : [value ?? ""]) headers.append(name, text);
    }
    return { status: answer.statusCode, headers, body: streamOf(answer.body) };
  } catch (cause) {
    request.signal?.throwIfAborted();
    throw new EgressError("unreachable", `${verb(request.method)} "${request.url}": ${reason(request.url, cause)}`, {
      cause,
    });
  }
}

function streamOf(body: Readable): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const next = await chunks.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: () => void body.destroy(),
  });
}

function bodyOf(body: Uint8Array | ReadableStream<Uint8Array>): Uint8Array | Readable {
  return body instanceof Uint8Array ? body : Readable.from(body);
}

function verb(method: string): string {
  return method.slice(0, 1) + method.slice(1).toLowerCase();
}

function reason(url: string, cause: unknown): string {
  const { hostname, port, protocol, host } = new URL(url);
  const address = port === "" ? `${hostname}:${protocol === "https:" ? 443 : 80}` : host;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "ECONNREFUSED") return `dial tcp ${address}: connect: connection refused`;
  if (code === "ENOTFOUND") return `dial tcp: lookup ${hostname}: no such host`;
  return cause instanceof Error ? cause.message : String(cause);
}
