import { EgressError } from "../../engine/oci/egress-error.ts";
import type { Egress } from "../../engine/oci/egress.ts";
import { allowedUrl } from "../compose/egress-policy.ts";

/**
 * Requests to the world by `fetch`: the host must be listed, or led to on https where the policy says so. A Worker cannot see the address
 * behind a name, and reaches no private network.
 */
export const fetchEgress: Egress = {
  send: async (request) => {
    const url = allowedUrl(request);
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
