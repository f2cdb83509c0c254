import { EgressError } from "../../engine/oci/egress-error.ts";
import type { Egress, EgressRequest } from "../../engine/oci/egress.ts";

/**
 * Requests to the world by `fetch`: the host must be listed, or led to on https where the policy says so. A Worker cannot see the address
 * behind a name, and reaches no private network.
 */
export const fetchEgress: Egress = {
  send: async (request) => {
    const url = checkedUrl(request);
    try {
      const response = await fetch(url, {
        method: request.method,
        redirect: "manual",
        headers: { ...request.headers },
        ...(request.body === undefined
          ? {}
          : { body: request.body instanceof Uint8Array ? new Uint8Array(request.body) : request.body }),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
      return { status: response.status, headers: response.headers, body: response.body };
    } catch (cause) {
      request.signal?.throwIfAborted();
      throw new EgressError("unreachable", `${request.policy.name}: ${url.host} did not answer`, { cause });
    }
  },
};

function checkedUrl({ url: text, policy, led }: EgressRequest): URL {
  const url = URL.parse(text);
  if (url === null) throw new EgressError("refused", `${policy.name}: not a URL`);
  const listed = policy.hosts.includes(url.host) || policy.hosts.includes(url.hostname);
  if (!listed && !(led === true && policy.elsewhere === "public" && url.protocol === "https:")) {
    throw new EgressError("refused", `${policy.name}: ${url.host} is not one of its hosts`);
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && listed && policy.plainHttp === true)) {
    throw new EgressError("refused", `${policy.name}: ${url.protocol} is not allowed`);
  }
  return url;
}
