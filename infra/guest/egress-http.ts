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
    if (method === undefined) return refused(request, "the method is not allowed");
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
      if (parts === undefined) return refused(request, "http: request body too large");
      return {
        kind: "answer",
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: joinParts(parts),
      };
    } catch (error) {
      if (!(error instanceof EgressError)) throw error;
      return refused(request, error.message);
    }
  };
}

function refused({ url }: GuestRequest, why: string): GuestResponse {
  return { kind: "refused", message: `HTTP request to '${url}' is not allowed: ${why}` };
}
