import { fetchByScheme, type Getter, PluginError } from "../../engine/plugin/index.ts";
import { matchesPattern } from "../access/grant.ts";
import { assertAllowed, type Principal } from "../access/principal.ts";
import { ProblemError } from "../http/problem.ts";

/** Fetches what the URL of a request stands for. Throws `ProblemError`. */
export type FetchRequested = (url: string, principal: Principal, signal: AbortSignal) => Promise<Uint8Array>;

/** A getter, and the URLs that requests may have it fetch. */
export interface RequestGetter {
  readonly getter: Getter;
  readonly requests: readonly string[];
}

/** One spelling for one thing: nothing escaped, no steps up, no query. */
const PLAIN = /^[a-z][a-z0-9+.-]*:\/\/[\w.~!$&'()*+,;=:@/-]+$/;

/**
 * Fetches by the getters of the configuration what the operator lets requests name, for whoever holds `urls:fetch`: a URL lies in
 * no project, so that the right to read charts says nothing of it. Getters hold credentials of their own: an upstream's getter serves no
 * request unless the configuration says so.
 */
export function createRequestFetch(getters: readonly RequestGetter[]): FetchRequested {
  return async (url, principal, signal) => {
    assertAllowed(principal, "urls:fetch");
    const isPlain = PLAIN.test(url) && !url.split("/").includes("..");
    const open = getters.filter(({ requests }) => requests.some((pattern) => matchesPattern(pattern, url)));
    const data = isPlain ? await fetchedBy(open, url, signal) : undefined;
    if (data !== undefined) return data;
    const advice = "the operator opens URLs by getters[].requests in the configuration";
    throw new ProblemError("forbidden", `no getter may fetch ${url} for a request: ${advice}`);
  };
}

async function fetchedBy(
  open: readonly RequestGetter[],
  url: string,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    return await fetchByScheme(
      open.map(({ getter }) => getter),
      url,
      signal,
    );
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    throw new ProblemError("upstream-unavailable", `${url}: ${error.message}`);
  }
}
