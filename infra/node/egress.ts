import { lookup as resolveName, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Agent } from "undici";
import { EgressError } from "../../engine/oci/egress-error.ts";
import type { Egress, EgressPolicy, EgressRequest, EgressResponse } from "../../engine/oci/egress.ts";
import { allowedUrl, mayBePrivate } from "../compose/egress-policy.ts";
import { isPublicAddress } from "./address.ts";
import { exchange } from "./exchange.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 60_000;
/** Several uses share a host; more connections than this gain nothing and look like an attack. */
const CONNECTIONS = 32;

/** An egress with what ends its connections. */
export interface OpenEgress {
  readonly egress: Egress;
  /** At once: a server that hangs does not keep one that stops. */
  readonly close: () => Promise<void>;
}

/**
 * Requests to the world under a policy: the host must be listed (or led to, on https), the address is checked after the name is
 * resolved and the connection goes to that very address. Redirects are not followed.
 */
export function openEgress(): OpenEgress {
  const strict = createAgent(false);
  const open = createAgent(true);
  return {
    egress: {
      send: async (request) => {
        const url = checkedUrl(request);
        return await sendChecked(mayBePrivate(request.policy, url) ? open : strict, request, url);
      },
    },
    close: async () => {
      await Promise.all([strict.destroy(), open.destroy()]);
    },
  };
}

function createAgent(privateAddresses: boolean): Agent {
  return new Agent({
    connections: CONNECTIONS,
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
    connect: { timeout: CONNECT_TIMEOUT_MS, lookup: privateAddresses ? resolveName : publicLookup },
  });
}

/** Resolves a name to its public addresses alone; the connection is made to what it gives. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, "");
    const found: readonly LookupAddress[] = addresses.filter(({ address }) => isPublicAddress(address));
    const [first] = found;
    if (first === undefined) return callback(Object.assign(new Error("private address"), { code: "EPRIVATE" }), "");
    return options.all === true ? callback(null, [...found]) : callback(null, first.address, first.family);
  });
};

async function sendChecked(agent: Agent, request: EgressRequest, url: URL): Promise<EgressResponse> {
  const { policy } = request;
  return await exchange({
    agent,
    url,
    request,
    unreachable: (cause) => unreachable(policy, url, cause),
    broken: (cause) => brokenOff(policy, url, cause),
  });
}

function checkedUrl(request: EgressRequest): URL {
  const { policy } = request;
  const url = allowedUrl(request);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !mayBePrivate(policy, url) && !isPublicAddress(host)) {
    throw new EgressError("refused", `${policy.name}: ${url.host} is a private address`);
  }
  return url;
}

function brokenOff(policy: EgressPolicy, url: URL, cause: unknown): EgressError {
  return new EgressError("broken", `${policy.name}: the answer of ${url.host} broke off`, { cause });
}

function unreachable(policy: EgressPolicy, url: URL, cause: unknown): EgressError {
  const code = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "no answer";
  if (code === "EPRIVATE")
    return new EgressError("refused", `${policy.name}: ${url.host} resolves to a private address`);
  return new EgressError("unreachable", `${policy.name}: ${url.host} did not answer (${code})`, { cause });
}
