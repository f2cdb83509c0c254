import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import type { ClusterTransport } from "../../engine/kube/transport.ts";

/** What an autoscaler of a scene aims at, per pod. */
export const TARGET = "100m";
const TARGET_MILLICORES = 100;
const GROUP = "metrics.k8s.io";
const READY_LIMIT_MS = 30_000;

/** A stand-in for the metrics server: it reports what makes an autoscaler want so many pods. */
export interface Metrics {
  /** By namespace and app; an autoscaler of any other app gets no metrics, and changes nothing. */
  readonly want: (namespace: string, app: string, pods: number | undefined) => void;
  readonly close: () => Promise<void>;
}

/**
 * Serves `metrics.k8s.io` on loopback behind the API server's aggregator: by a Service that names the host, since Endpoints on loopback are
 * refused.
 */
export async function startMetrics(cluster: ClusterTransport, folder: string): Promise<Metrics> {
  const wanted = new Map<string, number>();
  const pem = (name: string): Buffer => readFileSync(join(folder, "pki", name));
  const server = createServer({ cert: pem("kwok.crt"), key: pem("kwok.key") }, (request, response) => {
    const url = new URL(request.url ?? "/", "https://localhost");
    answer(cluster, wanted, url).then(
      (found) => {
        response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" });
        response.end(JSON.stringify(found ?? { kind: "Status", apiVersion: "v1", status: "Failure", code: 404 }));
      },
      (error: unknown) => {
        response.writeHead(500);
        response.end(String(error));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the metrics stand-in has no port");
  await register(cluster, address.port);
  return {
    want: (namespace, app, pods) => {
      if (pods === undefined) wanted.delete(`${namespace}/${app}`);
      else wanted.set(`${namespace}/${app}`, pods);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function register(cluster: ClusterTransport, port: number): Promise<void> {
  await send(cluster, "POST", "/api/v1/namespaces/default/services", {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "metrics" },
    spec: { type: "ExternalName", externalName: "localhost", ports: [{ port }] },
  });
  await send(cluster, "POST", "/apis/apiregistration.k8s.io/v1/apiservices", {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name: `v1beta1.${GROUP}` },
    spec: {
      group: GROUP,
      version: "v1beta1",
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { namespace: "default", name: "metrics", port },
    },
  });
  const end = Date.now() + READY_LIMIT_MS;
  for (;;) {
    const { status, text } = await send(cluster, "GET", `/apis/${GROUP}/v1beta1`);
    if (status === 200) return;
    if (Date.now() > end) throw new Error(`the API server does not reach the metrics stand-in: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function answer(
  cluster: ClusterTransport,
  wanted: ReadonlyMap<string, number>,
  url: URL,
): Promise<object | undefined> {
  if (url.pathname === `/apis/${GROUP}/v1beta1`) {
    const resources = [
      { name: "pods", singularName: "", namespaced: true, kind: "PodMetrics", verbs: ["get", "list"] },
    ];
    return { kind: "APIResourceList", apiVersion: "v1", groupVersion: `${GROUP}/v1beta1`, resources };
  }
  if (url.pathname === `/apis/${GROUP}`) {
    const version = { groupVersion: `${GROUP}/v1beta1`, version: "v1beta1" };
    return { kind: "APIGroup", apiVersion: "v1", name: GROUP, versions: [version], preferredVersion: version };
  }
  const [, namespace] = /^\/apis\/metrics\.k8s\.io\/v1beta1\/namespaces\/([^/]+)\/pods$/.exec(url.pathname) ?? [];
  if (namespace === undefined) return undefined;
  const selector = url.searchParams.get("labelSelector") ?? "";
  const total = wanted.get(`${namespace}/${selector.replace(/^app=/, "")}`);
  return {
    kind: "PodMetricsList",
    apiVersion: `${GROUP}/v1beta1`,
    items: total === undefined ? [] : await podMetrics(cluster, namespace, selector, total),
  };
}

interface PodList {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

async function podMetrics(
  cluster: ClusterTransport,
  namespace: string,
  selector: string,
  total: number,
): Promise<readonly object[]> {
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
  const pods = JSON.parse((await send(cluster, "GET", path)).text) as PodList;
  // Rounded down: the autoscaler rounds up what it counts.
  const cpu = `${Math.floor((TARGET_MILLICORES * total) / Math.max(1, pods.items.length))}m`;
  return pods.items.map(({ metadata: { name } }) => ({
    metadata: { name, namespace },
    timestamp: new Date().toISOString(),
    window: "1s",
    containers: [{ name: "main", usage: { cpu, memory: "1Mi" } }],
  }));
}

async function send(
  cluster: ClusterTransport,
  method: "GET" | "POST",
  at: string,
  body?: object,
): Promise<{ readonly status: number; readonly text: string }> {
  const [path = "", search = ""] = at.split("?");
  const sent = await cluster.send({
    method,
    path,
    query: [...new URLSearchParams(search)],
    headers: { accept: "application/json", "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await new Response(sent.body).text();
  if (method === "POST" && sent.status >= 300) throw new Error(`${method} ${path}: ${text}`);
  return { status: sent.status, text };
}
