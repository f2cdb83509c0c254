import { serve, type ServerType } from "@hono/node-server";
import type { ClusterRequest, ClusterTransport } from "../../engine/kube/transport.ts";

/** A simulated cluster behind HTTP: for programs that cannot call it in process. */
export interface ListeningCluster {
  readonly url: string;
  /** For `kubectl`, `helm` and Workers; the API knows no users. */
  readonly kubeconfig: string;
  readonly close: () => Promise<void>;
}

/** Listens on a free port of loopback. */
export function listenCluster(transport: ClusterTransport, port = 0): Promise<ListeningCluster> {
  return new Promise((resolve) => {
    const server = serve({ fetch: (request) => answer(transport, request), hostname: "127.0.0.1", port }, (info) => {
      const url = `http://127.0.0.1:${info.port}`;
      resolve({ url, kubeconfig: kubeconfigOf(url), close: () => closeServer(server) });
    });
  });
}

function closeServer(server: ServerType): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
}

async function answer(transport: ClusterTransport, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const body = request.body === null ? undefined : await request.text();
  const response = await transport.send({
    method: methodOf(request.method),
    path: url.pathname,
    query: [...url.searchParams],
    headers: Object.fromEntries(request.headers),
    signal: request.signal,
    ...(body === undefined || body === "" ? {} : { body }),
  });
  const left = response.body === null ? null : untilLeft(response.body, request.signal);
  return new Response(left, { status: response.status, headers: Object.fromEntries(response.headers) });
}

/** A watch fails when its reader leaves; to the server, which would print it, that is an end like any other. */
function untilLeft(body: ReadableStream<Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  return new ReadableStream({
    pull: async (controller) => {
      const next = await reader.read().catch((error: unknown) => {
        if (signal.aborted) return { done: true } as const;
        throw error;
      });
      if (next.done) controller.close();
      else controller.enqueue(new Uint8Array(next.value));
    },
    cancel: async (reason) => await reader.cancel(reason),
  });
}

function methodOf(method: string): ClusterRequest["method"] {
  switch (method) {
    case "POST":
    case "PUT":
    case "PATCH":
    case "DELETE":
      return method;
    default:
      return "GET";
  }
}

function kubeconfigOf(url: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "local", cluster: { server: url } }],
    users: [{ name: "local", user: {} }],
    contexts: [{ name: "local", context: { cluster: "local", user: "local", namespace: "default" } }],
    "current-context": "local",
  });
}
