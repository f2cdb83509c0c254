import type { JsonObject } from "../../engine/errors.ts";
import { memberAt, objectAt, stringAt } from "../../engine/object/json.ts";
import { wholeAnswer } from "../../engine/kube/answer.ts";
import type { ClusterRequest, ClusterResponse, ClusterTransport } from "../../engine/kube/transport.ts";
import { startControllers } from "./controllers.ts";
import { deleteObject } from "./delete.ts";
import {
  aggregatedDocument,
  coreVersionsDocument,
  groupsDocument,
  resourcesDocument,
  versionDocument,
} from "./discovery.ts";
import { header, objectBody, openExchange, type Cluster, type Exchange } from "./exchange.ts";
import { asAsked, getObject, listObjects } from "./read.ts";
import { servedResources } from "./resources.ts";
import { parseRoute, type ObjectsPath } from "./route.ts";
import { scaleObject } from "./scale.ts";
import { jsonResponse, noSuchPath, pageNotFound, Refusal, refusalResponse } from "./status.ts";
import { createStore, type ClusterStorage } from "./store.ts";
import { createObject, patchObject, replaceObject } from "./write.ts";

/** What a simulated cluster is made with. */
export interface LocalClusterOptions {
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly storage?: ClusterStorage;
  /** How long workloads take to become ready, in milliseconds. */
  readonly readyAfter: number;
}

/** A Kubernetes API in this process, for first runs and tests. Nothing that it stores ever runs. */
export interface LocalCluster {
  readonly transport: ClusterTransport;
  readonly close: () => void;
}

/** Opens a cluster with the namespaces `default` and `kube-system`, and what `storage` still has. */
export function openLocalCluster(options: LocalClusterOptions): LocalCluster {
  const cluster: Cluster = { store: createStore(options.storage), now: options.now, randomBytes: options.randomBytes };
  const controllers = startControllers(cluster, options.readyAfter);
  for (const name of ["default", "kube-system"]) {
    if (cluster.store.get(`/namespaces//${name}`) === undefined) respond(cluster, namespaceRequest(name));
  }
  return {
    transport: {
      send: async (request) => {
        request.signal?.throwIfAborted();
        return respond(cluster, request);
      },
    },
    close: controllers.stop,
  };
}

function namespaceRequest(name: string): ClusterRequest {
  const body = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  return { method: "POST", path: "/api/v1/namespaces", body, query: [["fieldManager", "kube-apiserver"]] };
}

function respond(cluster: Cluster, request: ClusterRequest): ClusterResponse {
  try {
    const route = parseRoute(request.path);
    if (route.kind === "document") return documentResponse(cluster, request, route.path);
    if (route.kind === "resources")
      return found(resourcesDocument(servedResources(cluster.store), route.group, route.version));
    if (isReview(route.at.plural)) return jsonResponse(201, reviewed(request));
    if (!isServed(cluster, route.at)) return pageNotFound();
    return objectsResponse(openExchange(cluster, request, route.at));
  } catch (error) {
    if (error instanceof Refusal) return refusalResponse(error);
    throw error;
  }
}

function isServed({ store }: Cluster, { group, version }: ObjectsPath): boolean {
  return servedResources(store).some((row) => row.group === group && row.version === version);
}

function found(document: JsonObject | undefined): ClusterResponse {
  if (document === undefined) throw noSuchPath();
  return jsonResponse(200, document);
}

const PLAIN_TEXT = { "content-type": "text/plain;charset=UTF-8" };

function documentResponse({ store }: Cluster, request: ClusterRequest, path: string): ClusterResponse {
  const aggregated = header(request, "accept").includes("as=APIGroupDiscoveryList");
  const type = { "content-type": "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList" };
  switch (path) {
    case "/version":
      return jsonResponse(200, versionDocument());
    case "/api":
      return aggregated
        ? jsonResponse(200, aggregatedDocument(servedResources(store), true), type)
        : jsonResponse(200, coreVersionsDocument());
    case "/apis":
      return aggregated
        ? jsonResponse(200, aggregatedDocument(servedResources(store), false), type)
        : jsonResponse(200, groupsDocument(servedResources(store)));
    case "/healthz":
    case "/livez":
    case "/readyz":
      return wholeAnswer(200, PLAIN_TEXT, "ok");
    default:
      throw noSuchPath();
  }
}

/** Access reviews are answered with yes: the simulated cluster knows no users. */
function isReview(plural: string): boolean {
  return [
    "selfsubjectaccessreviews",
    "subjectaccessreviews",
    "localsubjectaccessreviews",
    "selfsubjectreviews",
  ].includes(plural);
}

function reviewed(request: ClusterRequest): JsonObject {
  const review = objectBody(request);
  const user = {
    username: request.as?.user ?? "local-administrator",
    groups: [...(request.as?.groups ?? []), "system:authenticated"],
  };
  const isSelf = stringAt(review, "kind") === "SelfSubjectReview";
  return {
    ...review,
    metadata: objectAt(review, "metadata") ?? {},
    status: isSelf ? { userInfo: user } : { allowed: true },
  };
}

function objectsResponse(exchange: Exchange): ClusterResponse {
  const { request, at } = exchange;
  if (at.subresource === "scale") return jsonResponse(200, scaleObject(exchange));
  if (at.subresource === "log") return logResponse(exchange);
  if (request.method === "GET") return at.name === undefined ? listObjects(exchange) : getObject(exchange);
  if (at.name === undefined && request.method !== "POST")
    throw new Refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
  if (request.method === "DELETE") return jsonResponse(200, deleteObject(exchange));
  const write = request.method === "POST" ? createObject : request.method === "PUT" ? replaceObject : patchObject;
  const { object, created } = write(exchange);
  return jsonResponse(created ? 201 : 200, asAsked(exchange, object));
}

function logResponse(exchange: Exchange): ClusterResponse {
  const pod = getObject(exchange);
  const phase = memberAt(
    exchange.cluster.store.get(`/pods/${exchange.at.namespace ?? ""}/${exchange.at.name ?? ""}`),
    "status",
    "phase",
  );
  const text = phase === undefined ? "" : "nothing runs in the simulated cluster: this pod has no output\n";
  return wholeAnswer(pod.status, PLAIN_TEXT, text);
}
