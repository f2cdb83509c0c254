import { joinParts, readParts } from "../../engine/bytes.ts";
import { EgressError } from "../../engine/oci/egress-error.ts";
import type { Egress, EgressRequest } from "../../engine/oci/egress.ts";
import type { AdmittedPlugin } from "../../engine/plugin/index.ts";
import type { GuestHttp, GuestRequest, GuestResponse } from "./call.ts";

type Sent = Pick<AdmittedPlugin, "name" | "hosts" | "plainHttp" | "privateAddresses" | "limits">;

const METHODS: readonly EgressRequest["method"][] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** The way out for one plugin: its granted hosts under the egress's rules. A redirect is an answer, and is not followed. */
export function egressHttp(egress: Egress, plugin: Sent, signal?: AbortSignal): GuestHttp {
  return async (request) => {
    const method = METHODS.find((one) => one === request.method);
    if (method === undefined) return refused("not-granted", disallowed(request, "the method is not allowed"));
    try {
      const answer = await egress.send({
        method,
        url: request.url,
        headers: request.headers,
        policy: {
          name: `plugin ${plugin.name}`,
          hosts: plugin.hosts,
          elsewhere: "listed",
          plainHttp: plugin.plainHttp,
          privateAddresses: plugin.privateAddresses,
        },
        ...(request.body === undefined || method === "GET" || method === "HEAD" ? {} : { body: request.body }),
        ...(signal === undefined ? {} : { signal }),
      });
      const parts = answer.body === null ? [] : await readParts(answer.body, plugin.limits.httpResponseBytes);
      if (parts === undefined) {
        const most = plugin.limits.httpResponseBytes;
        return refused("not-granted", `the answer of ${placeOf(request)} has more than the ${most} bytes granted`);
      }
      return {
        kind: "answer",
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: joinParts(parts),
      };
    } catch (error) {
      if (!(error instanceof EgressError)) throw error;
      if (error.code === "refused") return refused("not-granted", disallowed(request, error.message));
      return refused("unreachable", `HTTP request to ${placeOf(request)} failed: ${error.message}`);
    }
  };
}

/** Helm compatibility: the words of its runtime. */
function disallowed({ url }: GuestRequest, why: string): string {
  return `HTTP request to '${url}' is not allowed: ${why}`;
}

/** A URL without what may be secret in it. */
function placeOf({ url }: GuestRequest): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

function refused(code: "not-granted" | "unreachable", message: string): GuestResponse {
  return { kind: "refused", code, message };
}
