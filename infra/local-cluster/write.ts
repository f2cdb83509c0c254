import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { isKubeError } from "../../engine/kube/error.ts";
import { patchTypeOf } from "../../engine/kube/patch-type.ts";
import { applyStrategicPatch } from "../../engine/kube/strategic-merge.ts";
import { printFieldPath } from "../../engine/object/field-path.ts";
import { jsonEqual } from "../../engine/object/equal.ts";
import { isJsonObject, memberAt, objectAt, stringAt } from "../../engine/object/json.ts";
import {
  bodyOf,
  header,
  isDryRun,
  objectBody,
  query,
  subjectOf,
  timeText,
  writeOf,
  type Exchange,
} from "./exchange.ts";
import { withMember } from "./field-set.ts";
import { applyConfig, describeConflicts, recordUpdate } from "./managed.ts";
import { unknownFields, withoutEmptyMaps } from "./merge.ts";
import { jsonPatch, mergePatch, PatchError } from "./patch.ts";
import { hasGeneration, storeKey, types } from "./resources.ts";
import { alreadyExists, applyConflict, badRequest, invalid, modified, notFound, Refusal } from "./status.ts";

/** An object as it was written, and whether it is new. */
export interface Written {
  readonly object: JsonObject;
  readonly created: boolean;
}

/** POST. */
export function createObject(exchange: Exchange): Written {
  const body = checkBody(exchange, objectBody(exchange.request));
  const name = stringAt(body, "metadata", "name") ?? generateName(exchange, body);
  const key = storeKey(exchange.resource, exchange.at.namespace ?? "", name);
  requireNamespace(exchange);
  if (exchange.cluster.store.get(key) !== undefined) throw alreadyExists(subjectOf(exchange, name));
  const write = writeOf(exchange, "Update");
  const fresh = newObject(exchange, name, withoutStatus(exchange, body));
  return { object: store(exchange, key, recordUpdate(write, undefined, fresh)), created: true };
}

/** PUT, of the object or of its status. */
export function replaceObject(exchange: Exchange): Written {
  const body = checkBody(exchange, objectBody(exchange.request));
  const { key, live } = requireLive(exchange);
  return { object: update(exchange, key, live, body), created: false };
}

/** PATCH of all types; strategic merge patches for built-in kinds only. */
export function patchObject(exchange: Exchange): Written {
  const type = header(exchange.request, "content-type").split(";")[0];
  if (type === "application/apply-patch+yaml") return applyObject(exchange);
  const { key, live } = requireLive(exchange);
  const patched = patch(type ?? "", live, bodyOf(exchange.request));
  if (!isJsonObject(patched)) throw badRequest("the patched object is no object");
  checkFields(exchange, patched, "decode");
  return { object: update(exchange, key, live, patched), created: false };
}

function patch(type: string, live: JsonObject, body: JsonValue): JsonValue {
  try {
    if (type === "application/merge-patch+json") return mergePatch(live, body);
    if (type === "application/json-patch+json") return jsonPatch(live, body);
    const of = type === "application/strategic-merge-patch+json" ? strategicType(live) : undefined;
    if (of !== undefined && isJsonObject(body)) return applyStrategicPatch(live, body, of);
  } catch (error) {
    if (error instanceof PatchError || isKubeError(error, "invalid"))
      throw new Refusal(422, "Invalid", "the server rejected our request due to an error in our request");
    throw error;
  }
  throw new Refusal(
    415,
    "UnsupportedMediaType",
    `the simulated cluster does not take patches of type ${JSON.stringify(type)}`,
  );
}

function strategicType(live: JsonObject): string | undefined {
  return patchTypeOf(stringAt(live, "apiVersion") ?? "", stringAt(live, "kind") ?? "");
}

function applyObject(exchange: Exchange): Written {
  const { cluster, request, at } = exchange;
  const config = checkBody(exchange, objectBody(request), "apply");
  if (query(request, "fieldManager") === undefined)
    throw badRequest(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
  requireNamespace(exchange);
  const key = storeKey(exchange.resource, at.namespace ?? "", at.name ?? "");
  const live = cluster.store.get(key);
  if (live === undefined && at.subresource !== undefined) throw notFound(subjectOf(exchange));
  const base =
    live ?? newObject(exchange, at.name ?? "", { apiVersion: config["apiVersion"] ?? "", kind: config["kind"] ?? "" });
  const named = { ...config, metadata: { ...objectAt(config, "metadata"), name: at.name ?? "" } };
  const result = applyConfig(
    writeOf(exchange, "Apply"),
    base,
    withoutStatus(exchange, named),
    query(request, "force") === "true",
  );
  if (result.kind === "conflict") {
    const { message, causes } = describeConflicts(result.conflicts);
    throw applyConflict(message, causes);
  }
  if (live !== undefined && jsonEqual(result.object, live)) return { object: live, created: false };
  const next = live === undefined ? result.object : advanceGeneration(exchange, live, result.object);
  if (live !== undefined) checkImmutable(exchange, live, next);
  return { object: store(exchange, key, next), created: live === undefined };
}

/** A write that is no apply: the server's members stay, the writer owns what changed, an equal object is not written. */
export function update(exchange: Exchange, key: string, live: JsonObject, body: JsonObject): JsonObject {
  const version = stringAt(body, "metadata", "resourceVersion") ?? "";
  if (version !== "" && version !== stringAt(live, "metadata", "resourceVersion")) throw modified(subjectOf(exchange));
  const uid = stringAt(body, "metadata", "uid") ?? "";
  if (uid !== "" && uid !== stringAt(live, "metadata", "uid")) throw modified(subjectOf(exchange));
  const next = advanceGeneration(exchange, live, withServerMembers(exchange, live, body));
  checkImmutable(exchange, live, next);
  const recorded = recordUpdate(writeOf(exchange, "Update"), live, next);
  if (jsonEqual(recorded, live)) return live;
  if (isFinished(recorded)) {
    if (!isDryRun(exchange.request)) exchange.cluster.store.remove(key);
    return recorded;
  }
  return store(exchange, key, recorded);
}

/** A deleted object whose last finalizer was taken off. */
function isFinished(object: JsonObject): boolean {
  const finalizers = memberAt(object, "metadata", "finalizers");
  return (
    stringAt(object, "metadata", "deletionTimestamp") !== undefined &&
    (!Array.isArray(finalizers) || finalizers.length === 0)
  );
}

const serverMembers = [
  "uid",
  "creationTimestamp",
  "generation",
  "resourceVersion",
  "name",
  "namespace",
  "deletionTimestamp",
];

function withServerMembers(exchange: Exchange, live: JsonObject, body: JsonObject): JsonObject {
  const { at, resource } = exchange;
  const liveMeta = objectAt(live, "metadata") ?? {};
  if (at.subresource === "status") return { ...live, status: body["status"] ?? {} };
  const kept = Object.fromEntries(
    serverMembers.flatMap((name) => (liveMeta[name] === undefined ? [] : [[name, liveMeta[name]]])),
  );
  const managed = memberAt(body, "metadata", "managedFields") ?? liveMeta["managedFields"];
  const metadata = {
    ...objectAt(body, "metadata"),
    ...kept,
    ...(managed === undefined ? {} : { managedFields: managed }),
  };
  const next = { ...body, apiVersion: live["apiVersion"] ?? "", kind: live["kind"] ?? "", metadata };
  return resource.subresources.includes("status") ? withMember(next, "status", live["status"]) : next;
}

function advanceGeneration(exchange: Exchange, live: JsonObject, next: JsonObject): JsonObject {
  const generation = memberAt(live, "metadata", "generation");
  if (!hasGeneration(exchange.resource) || typeof generation !== "number") return next;
  const same = Object.keys({ ...live, ...next })
    .filter((name) => name !== "metadata" && name !== "status")
    .every((name) => jsonEqual(live[name], next[name]));
  return same ? next : { ...next, metadata: { ...objectAt(next, "metadata"), generation: generation + 1 } };
}

/** The members that the real API server refuses to change, of the kinds where people meet it. */
const immutable: Readonly<Record<string, readonly string[]>> = {
  "apps/Deployment": ["selector"],
  "apps/DaemonSet": ["selector"],
  "apps/ReplicaSet": ["selector"],
  "apps/StatefulSet": ["selector", "serviceName", "volumeClaimTemplates"],
  "batch/Job": ["selector", "template"],
};

function checkImmutable(exchange: Exchange, live: JsonObject, next: JsonObject): void {
  const { group, kind } = exchange.resource;
  const errors = (immutable[`${group}/${kind}`] ?? [])
    .filter((member) => !jsonEqual(memberAt(live, "spec", member), memberAt(next, "spec", member)))
    .map((member) => {
      const value = JSON.stringify(memberAt(next, "spec", member) ?? null);
      return {
        field: `spec.${member}`,
        reason: "FieldValueInvalid",
        message: `Invalid value: ${value}: field is immutable`,
      };
    });
  if (errors.length > 0) throw invalid(subjectOf(exchange), errors);
}

function store(exchange: Exchange, key: string, given: JsonObject): JsonObject {
  const object = withoutEmptyMaps(types, exchange.resource.type, given);
  return isDryRun(exchange.request) ? object : exchange.cluster.store.put(key, object);
}

/** The object on a path with its key; 404 when there is none. */
export function requireLive(exchange: Exchange): { readonly key: string; readonly live: JsonObject } {
  const key = storeKey(exchange.resource, exchange.at.namespace ?? "", exchange.at.name ?? "");
  const live = exchange.cluster.store.get(key);
  if (live === undefined) throw notFound(subjectOf(exchange));
  return { key, live };
}

function requireNamespace({ cluster, resource, at }: Exchange): void {
  if (!resource.namespaced) return;
  const name = at.namespace ?? "";
  const namespace = cluster.store.get(`/namespaces//${name}`);
  if (namespace === undefined) throw notFound({ group: "", plural: "namespaces", kind: "Namespace", name });
}

function checkBody(exchange: Exchange, body: JsonObject, mode: "decode" | "apply" = "decode"): JsonObject {
  const { resource, at } = exchange;
  const apiVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
  const given = { apiVersion: stringAt(body, "apiVersion"), kind: stringAt(body, "kind") };
  if (given.kind !== undefined && given.kind !== resource.kind)
    throw badRequest(`the kind in the data (${given.kind}) does not match the expected kind (${resource.kind})`);
  if (given.apiVersion !== undefined && given.apiVersion !== apiVersion) {
    throw badRequest(
      `the API version in the data (${given.apiVersion}) does not match the expected API version (${apiVersion})`,
    );
  }
  const name = stringAt(body, "metadata", "name") ?? "";
  if (at.name !== undefined && name !== "" && name !== at.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${at.name})`);
  const namespace = stringAt(body, "metadata", "namespace") ?? "";
  if (resource.namespaced && namespace !== "" && namespace !== at.namespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  }
  checkFields(exchange, body, mode);
  const metadata = { ...objectAt(body, "metadata"), ...(resource.namespaced ? { namespace: at.namespace ?? "" } : {}) };
  return { ...body, apiVersion, kind: resource.kind, metadata };
}

function checkFields(exchange: Exchange, body: JsonObject, mode: "decode" | "apply"): void {
  const { resource, at, request } = exchange;
  const unknown = unknownFields(types, resource.type, body);
  if (unknown.length === 0) return;
  const apiVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
  if (mode === "apply") {
    const [first] = unknown.toSorted((a, b) => a.length - b.length);
    const text = `${printFieldPath(first ?? [])}: field not declared in schema`;
    const place = `${stringAt(body, "metadata", "namespace") ?? ""}/${at.name ?? ""}`;
    throw new Refusal(
      500,
      "",
      `failed to create typed patch object (${place}; ${apiVersion}, Kind=${resource.kind}): ${text}`,
    );
  }
  if (query(request, "fieldValidation") !== "Strict") return;
  const fields = unknown.map((path) => `unknown field ${JSON.stringify(printFieldPath(path).slice(1))}`);
  throw badRequest(
    `${resource.kind} in version ${JSON.stringify(resource.version)} cannot be handled as a ${resource.kind}: strict decoding error: ${fields.join(", ")}`,
  );
}

function withoutStatus(exchange: Exchange, body: JsonObject): JsonObject {
  return exchange.at.subresource === undefined && exchange.resource.subresources.includes("status")
    ? withMember(body, "status", undefined)
    : body;
}

function generateName(exchange: Exchange, body: JsonObject): string {
  const prefix = stringAt(body, "metadata", "generateName") ?? "";
  if (prefix === "")
    throw invalid(subjectOf(exchange, ""), [
      {
        field: "metadata.name",
        reason: "FieldValueRequired",
        message: "Required value: name or generateName is required",
      },
    ]);
  const alphabet = "bcdfghjklmnpqrstvwxz2456789";
  return prefix + [...exchange.cluster.randomBytes(5)].map((byte) => alphabet[byte % alphabet.length]).join("");
}

function newObject(exchange: Exchange, name: string, body: JsonObject): JsonObject {
  const { cluster, resource, at } = exchange;
  const metadata = {
    ...objectAt(body, "metadata"),
    name,
    ...(resource.namespaced ? { namespace: at.namespace ?? "" } : {}),
    uid: uuid(cluster.randomBytes(16)),
    creationTimestamp: timeText(cluster.now()),
    ...(hasGeneration(resource) ? { generation: 1 } : {}),
  };
  const isNamespace = resource.group === "" && resource.kind === "Namespace";
  return {
    ...body,
    metadata,
    ...(isNamespace ? { spec: { finalizers: ["kubernetes"] }, status: { phase: "Active" } } : {}),
  };
}

function uuid(bytes: Uint8Array): string {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
