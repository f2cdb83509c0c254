import { lookup as resolveName, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { Agent, request as send } from "undici";
import { EgressError } from "../../engine/oci/egress-error.ts";
import type { Egress, EgressPolicy, EgressRequest, EgressResponse } from "../../engine/oci/egress.ts";
import { isPublicAddress } from "./address.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 60_000;
/** Several uses share a host; more connections than this gain nothing and look like an attack. */
const CONNECTIONS = 32;

/** An egress with what ends its connections. */
export interface OpenEgress {
  readonly egress: Egress;
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
    egress: { send: async (request) => sendChecked(request.policy.privateAddresses === true ? open : strict, request) },
    close: async () => {
      await Promise.all([strict.close(), open.close()]);
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

async function sendChecked(agent: Agent, request: EgressRequest): Promise<EgressResponse> {
  const url = checkedUrl(request);
  try {
    const answer = await send(url, {
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
    return {
      status: answer.statusCode,
      headers,
      body: streamOf(answer.body, (cause) => brokenOff(request.policy, url, cause)),
    };
  } catch (cause) {
    request.signal?.throwIfAborted();
    throw unreachable(request.policy, url, cause);
  }
}

function bodyOf(body: Uint8Array | ReadableStream<Uint8Array>): Uint8Array | Readable {
  return body instanceof Uint8Array ? body : Readable.from(body);
}

/** The body as a Web stream; a connection that breaks is an error of the stream. */
function streamOf(body: Readable, failed: (cause: unknown) => EgressError): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const next = await chunks.next();
          if (next.done === true) controller.close();
          else controller.enqueue(next.value);
        } catch (cause) {
          controller.error(failed(cause));
        }
      },
      cancel: () => {
        // Destroying a body that is still coming makes it say so once more.
        body.on("error", ignore);
        body.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

function ignore(): void {
  // The reader has gone: nobody is left to tell.
}

function checkedUrl(request: EgressRequest): URL {
  const { policy } = request;
  const url = URL.parse(request.url);
  if (url === null) throw new EgressError("refused", `${policy.name}: not a URL`);
  const listed = policy.hosts.includes(url.host) || policy.hosts.includes(url.hostname);
  const led = request.led === true && policy.elsewhere === "public" && url.protocol === "https:";
  if (!listed && !led) throw new EgressError("refused", `${policy.name}: ${url.host} is not one of its hosts`);
  const plain = url.protocol === "http:" && listed && policy.plainHttp === true;
  if (url.protocol !== "https:" && !plain)
    throw new EgressError("refused", `${policy.name}: ${url.protocol} is not allowed`);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && policy.privateAddresses !== true && !isPublicAddress(host)) {
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
