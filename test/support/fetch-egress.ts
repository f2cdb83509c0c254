import type { Egress, EgressRequest } from "../../engine/oci/egress.ts";
import { EgressError } from "../../engine/oci/egress-error.ts";

/** An `Egress` for tests: plain fetch, and a list of what went out. */
export interface RecordedEgress extends Egress {
  readonly requests: EgressRequest[];
}

/** Sends by fetch, without address checks. */
export function createFetchEgress(): RecordedEgress {
  const requests: EgressRequest[] = [];
  return {
    requests,
    send: async (request) => {
      requests.push(request);
      const { method, url, headers = {}, body, signal } = request;
      try {
        const response = await fetch(url, {
          method,
          headers,
          redirect: "manual",
          ...(signal === undefined ? {} : { signal }),
          ...(body === undefined ? {} : { body: body as BodyInit, duplex: "half" }),
        });
        return { status: response.status, headers: response.headers, body: response.body };
      } catch (cause) {
        if (cause instanceof DOMException) throw cause;
        throw new EgressError("unreachable", `no answer from ${new URL(url).host}`, { cause });
      }
    },
  };
}
