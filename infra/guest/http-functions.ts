import type { PluginLimits } from "../../engine/plugin/index.ts";
import type { GuestHttp, GuestRequest } from "./call.ts";
import { GuestFault } from "./fault.ts";
import type { HostFunction, Kernel } from "./kernel.ts";

/** Extism's HTTP functions; the first is to be called where a guest can wait. */
export interface HttpFunctions {
  readonly http_request: (...args: (number | bigint)[]) => Promise<bigint>;
  readonly http_status_code: HostFunction;
  readonly http_headers: HostFunction;
}

/** HTTP for one call. */
export interface Requests {
  readonly functions: HttpFunctions;
  /** Why a request ended without an answer: a `GuestFault`, or what the host threw. A guest that catches it is ended by it all the same. */
  readonly failure: () => { readonly error: unknown } | undefined;
}

/** Requests of one call, at most as many as granted. A refused one ends the guest. */
export function createRequests(kernel: Kernel, limits: PluginLimits, http: GuestHttp): Requests {
  let failure: { readonly error: unknown } | undefined;
  const { http_request, ...rest } = httpFunctions(kernel, limits, http);
  return {
    failure: () => failure,
    functions: {
      ...rest,
      http_request: (...args) => {
        const answer = http_request(...args);
        // A guest that cannot wait leaves the promise alone.
        answer.catch((error: unknown) => (failure ??= { error }));
        return answer;
      },
    },
  };
}

function httpFunctions(kernel: Kernel, limits: PluginLimits, http: GuestHttp): HttpFunctions {
  const { blocks } = kernel;
  let left = limits.httpRequests;
  let last: { readonly status: number; readonly headers: Readonly<Record<string, string>> } = {
    status: 0,
    headers: {},
  };
  const textAt = (address: number): string => new TextDecoder().decode(blocks.read(address, blocks.lengthOf(address)));
  return {
    http_request: async (request, body) => {
      if (left === 0) throw new GuestFault("not-granted", `it makes more than ${limits.httpRequests} requests`);
      left -= 1;
      last = { status: 0, headers: {} };
      const at = Number(body);
      const bytes = at === 0 ? undefined : blocks.read(at, blocks.lengthOf(at));
      const asked = parseRequest(textAt(Number(request)));
      const answer = await http({ ...asked, ...(bytes === undefined || bytes.length === 0 ? {} : { body: bytes }) });
      if (answer.kind === "refused") throw new GuestFault(answer.code, answer.message);
      last = { status: answer.status, headers: answer.headers };
      return BigInt(blocks.write(answer.body));
    },
    http_status_code: () => last.status,
    http_headers: () => BigInt(blocks.write(new TextEncoder().encode(JSON.stringify(last.headers)))),
  };
}

const MAX_HEADERS = 100;

function parseRequest(text: string): GuestRequest {
  const read: unknown = parseJson(text);
  const member = (key: string): unknown =>
    typeof read === "object" && read !== null && Object.hasOwn(read, key) ? Reflect.get(read, key) : undefined;
  const url = member("url");
  const method = member("method");
  if (typeof url !== "string") throw new GuestFault("trap", "its request has no url");
  const headers = member("headers") ?? member("header") ?? {};
  const pairs = Object.entries(headers).slice(0, MAX_HEADERS);
  return {
    url,
    method: typeof method === "string" && method !== "" ? method.toUpperCase() : "GET",
    headers: Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), String(value)])),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GuestFault("trap", "its request is no JSON");
  }
}
