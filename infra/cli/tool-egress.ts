import { readFileSync } from "node:fs";
import { Agent } from "undici";
import { EgressError, type EgressErrorCode } from "../../engine/oci/egress-error.ts";
import type { Egress, EgressRequest, EgressResponse } from "../../engine/oci/egress.ts";
import { exchange } from "../node/exchange.ts";
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

function sendOnce(agent: Agent, request: EgressRequest): Promise<EgressResponse> {
  const failed = (code: EgressErrorCode, cause: unknown): EgressError =>
    new EgressError(code, `${verb(request.method)} "${request.url}": ${reason(request.url, cause)}`, { cause });
  return exchange({
    agent,
    url: new URL(request.url),
    request,
    unreachable: (cause) => failed("unreachable", cause),
    broken: (cause) => failed("broken", cause),
  });
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
