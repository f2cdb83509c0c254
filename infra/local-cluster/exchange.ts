import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { isJsonObject } from "../../engine/object/json.ts";
import type { ClusterRequest } from "../../engine/kube/transport.ts";
import { types, findResource, type Resource } from "./resources.ts";
import type { ObjectsPath } from "./route.ts";
import { badRequest, noSuchPath, type StatusSubject } from "./status.ts";
import type { Store } from "./store.ts";
import type { Write } from "./managed.ts";

/** What the parts of the cluster share. `now` in milliseconds since 1970. */
export interface Cluster {
  readonly store: Store;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** One request for objects, with its kind looked up. */
export interface Exchange {
  readonly cluster: Cluster;
  readonly request: ClusterRequest;
  readonly at: ObjectsPath;
  readonly resource: Resource;
}

/** Finds the kind of a path. A refusal (404) when it is not served or has no such subresource. */
export function openExchange(cluster: Cluster, request: ClusterRequest, at: ObjectsPath): Exchange {
  const resource = findResource(cluster.store, at.group, at.version, at.plural);
  if (resource === undefined) throw noSuchPath();
  if (at.subresource !== undefined && !resource.subresources.includes(at.subresource)) throw noSuchPath();
  if (at.namespace !== undefined && !resource.namespaced) throw noSuchPath();
  return { cluster, request, at, resource };
}

/** A query parameter; the last one where it is given twice. */
export function query(request: ClusterRequest, name: string): string | undefined {
  return request.query?.findLast(([key]) => key === name)?.[1];
}

/** A header, whatever its case. */
export function header(request: ClusterRequest, name: string): string {
  return Object.entries(request.headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1] ?? "";
}

/** How refusals name the object of an exchange. */
export function subjectOf({ resource, at }: Exchange, name: string = at.name ?? ""): StatusSubject {
  return { group: resource.group, plural: resource.plural, kind: resource.kind, name };
}

/** The API server's own limit on a request body. */
const MAX_BODY = 3 * 1024 * 1024;

/** The body as JSON. Apply bodies may be YAML on a real server; Slipway sends JSON, which is YAML too. */
export function bodyOf(request: ClusterRequest): JsonValue {
  const text = request.body ?? "";
  if (text.length > MAX_BODY) throw badRequest(`limit on request body is ${MAX_BODY} bytes`);
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    throw badRequest("the body is not valid JSON");
  }
}

/** The body as an object. */
export function objectBody(request: ClusterRequest): JsonObject {
  const value = bodyOf(request);
  if (!isJsonObject(value)) throw badRequest("the body is no object");
  return value;
}

/** RFC 3339 in seconds, as Kubernetes writes times. */
export function timeText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** How a write of this exchange is recorded in managed fields. */
export function writeOf(exchange: Exchange, operation: "Apply" | "Update"): Write {
  const { resource, at, cluster, request } = exchange;
  const apiVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
  const agent = header(request, "user-agent").split("/")[0] ?? "";
  const name = query(request, "fieldManager") ?? (agent === "" ? "unknown" : agent);
  const subresource = at.subresource ?? "";
  const hasStatus = resource.subresources.includes("status");
  return {
    types,
    type: resource.type,
    manager: { name, operation, apiVersion, subresource },
    time: timeText(cluster.now()),
    ignored: subresource === "status" ? ["spec"] : hasStatus ? ["status"] : [],
  };
}

/** True when nothing shall be kept. */
export function isDryRun(request: ClusterRequest): boolean {
  return query(request, "dryRun") === "All";
}
