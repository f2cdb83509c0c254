import { EgressError } from "../../engine/oci/egress-error.ts";
import type { EgressPolicy, EgressRequest } from "../../engine/oci/egress.ts";

/** The URL of a request whose host and scheme its policy allows: listed, or led to on https where the policy says so. Throws {@link EgressError}. */
export function allowedUrl({ url: text, policy, led }: EgressRequest): URL {
  const url = URL.parse(text);
  if (url === null) throw new EgressError("refused", `${policy.name}: not a URL`);
  const listed = isListed(policy, url);
  if (!listed && !(led === true && policy.elsewhere === "public" && url.protocol === "https:")) {
    throw new EgressError("refused", `${policy.name}: ${url.host} is not one of its hosts`);
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && listed && policy.plainHttp === true)) {
    throw new EgressError("refused", `${policy.name}: ${url.protocol} is not allowed`);
  }
  return url;
}

/** True for a host that configuration names. */
export function isListed({ hosts }: EgressPolicy, { host, hostname }: URL): boolean {
  return hosts.includes(host) || hosts.includes(hostname);
}

/** True when the operator means an address of their own network: what an answer leads to beyond the listed hosts is public in any case. */
export function mayBePrivate(policy: EgressPolicy, url: URL): boolean {
  return policy.privateAddresses === true && isListed(policy, url);
}
