import { KubeError } from "../../engine/kube/error.ts";
import type { ClusterRequest, ClusterTransport, Identity } from "../../engine/kube/transport.ts";
import type { WorkerKubeconfig } from "./kubeconfig.ts";

/** A transport by `fetch`: what the runtime trusts is trusted. */
export function createFetchTransport(config: WorkerKubeconfig): ClusterTransport {
  return {
    send: async (request) => {
      request.signal?.throwIfAborted();
      if (request.leaveBefore !== undefined && Date.now() > request.leaveBefore)
        throw new KubeError(
          "unreachable",
          `${request.method} ${request.path}: its time was over before it could leave`,
        );
      const url = config.server + request.path + queryText(request.query);
      try {
        const response = await fetch(url, {
          method: request.method,
          redirect: "manual",
          headers: { ...request.headers, ...impersonation(request.as), ...config.headers },
          ...(request.body === undefined ? {} : { body: request.body }),
          ...(request.signal === undefined ? {} : { signal: request.signal }),
        });
        return { status: response.status, headers: response.headers, body: response.body };
      } catch (cause) {
        request.signal?.throwIfAborted();
        const reason = cause instanceof Error ? cause.message : "no answer";
        throw new KubeError("unreachable", `${request.method} ${request.path}: ${reason}`, {}, { cause });
      }
    },
  };
}

function queryText(query: ClusterRequest["query"]): string {
  if (query === undefined || query.length === 0) return "";
  return `?${query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&")}`;
}

function impersonation(as: Identity | undefined): Readonly<Record<string, string>> {
  if (as === undefined) return {};
  if ((as.groups?.length ?? 0) > 1)
    throw new KubeError("bad-kubeconfig", "a Worker can impersonate one group at most: fetch joins repeated headers");
  const [group] = as.groups ?? [];
  return {
    "impersonate-user": as.user,
    ...(group === undefined ? {} : { "impersonate-group": group }),
    ...(as.uid === undefined ? {} : { "impersonate-uid": as.uid }),
  };
}
