import type { JsonObject, JsonValue } from "../errors.ts";
import { formatApiVersion } from "../object/gvk.ts";
import type { KubeObject } from "../object/object.ts";
import { getName, getNamespace, parseObject } from "../object/read.ts";
import { KubeError, isKubeError } from "./error.ts";
import { collectionPath, objectPath, resourceName, type ResourceMapping } from "./mapping.ts";
import { sendJson, type RestRequest, type RestResponse } from "./rest.ts";
import type { KubeSession } from "./session.ts";

/** Helm's field manager: releases stay readable and changeable by the `helm` command. */
export const FIELD_MANAGER = "helm";

/** Asks for `metadata` alone. */
const METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** One object of a kind. `namespace` is not looked at for cluster-scoped kinds. */
export interface ObjectAddress {
  readonly namespace: string;
  readonly name: string;
}

/** Reads one object. `undefined` only for a 404 that the API server itself gave. */
export async function getObject(
  session: KubeSession,
  mapping: ResourceMapping,
  at: ObjectAddress & { readonly metadataOnly?: boolean },
): Promise<KubeObject | undefined> {
  try {
    const request = requestFor("GET", mapping, at);
    if (at.metadataOnly !== true) return named(mapping, await sendJson(session, request));
    const answer = await sendJson(session, { ...request, accept: METADATA_ONLY });
    return { ...named(mapping, answer), apiVersion: formatApiVersion(mapping), kind: mapping.kind };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** True for the API server's own 404; a proxy's 404 page is no proof of absence. */
function isAbsent(error: unknown): boolean {
  return isKubeError(error, "not-found", "not-served") && error.reason === "NotFound";
}

/** What a write may say besides the object. */
export interface WriteOptions {
  /** {@link FIELD_MANAGER} when absent. */
  readonly fieldManager?: string;
  /** Absent: the server's default, `Warn`. */
  readonly fieldValidation?: "Strict" | "Warn" | "Ignore";
  /** Nothing is stored; admission runs. */
  readonly dryRun?: boolean;
}

/** A write that was taken. `object` is the server's answer. */
export interface WriteResult {
  readonly object: KubeObject;
  /** The object did not exist before (HTTP 201). */
  readonly created: boolean;
  readonly warnings: readonly string[];
}

/** POST. An object without a name but with `generateName` is named by the server. Throws `already-exists`. */
export async function createObject(
  session: KubeSession,
  mapping: ResourceMapping,
  object: KubeObject,
  options: WriteOptions = {},
): Promise<WriteResult> {
  const request: RestRequest = {
    method: "POST",
    path: collectionPath(mapping, getNamespace(object)),
    resource: resourceName(mapping),
    query: writeQuery(options),
    body: object,
  };
  return written(mapping, await sendJson(session, request));
}

/** PUT. With `metadata.resourceVersion` in the object it is a compare-and-set (`conflict` when it changed). */
export async function replaceObject(
  session: KubeSession,
  mapping: ResourceMapping,
  object: KubeObject,
  options: WriteOptions = {},
): Promise<WriteResult> {
  const request = requestFor("PUT", mapping, addressOf(object));
  return written(mapping, await sendJson(session, { ...request, query: writeQuery(options), body: object }));
}

/** The three patches that are not server-side apply. */
export type PatchType = "json" | "merge" | "strategic";

const PATCH_TYPES: Readonly<Record<PatchType, string>> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
};

/** PATCH with a patch document. */
export async function patchObject(
  session: KubeSession,
  mapping: ResourceMapping,
  at: ObjectAddress,
  patch: WriteOptions & { readonly type: PatchType; readonly body: JsonValue },
): Promise<WriteResult> {
  const request = requestFor("PATCH", mapping, at);
  const contentType = PATCH_TYPES[patch.type];
  return written(
    mapping,
    await sendJson(session, { ...request, query: writeQuery(patch), body: patch.body, contentType }),
  );
}

/** How an object is applied. */
export interface ApplyOptions {
  /** Take over fields that others own. */
  readonly force: boolean;
  readonly dryRun?: boolean;
  /** `Strict` when absent. */
  readonly fieldValidation?: "Strict" | "Warn" | "Ignore";
  readonly fieldManager?: string;
}

/**
 * Server-side apply as Helm sends it: creates or changes. Throws `apply-conflict` with one cause per field when others own what is
 * changed and `force` is false.
 */
export async function applyObject(
  session: KubeSession,
  mapping: ResourceMapping,
  object: KubeObject,
  options: ApplyOptions,
): Promise<WriteResult> {
  const query = writeQuery({ fieldValidation: "Strict", ...options });
  const request: RestRequest = {
    ...requestFor("PATCH", mapping, addressOf(object)),
    query: [...query, ["force", String(options.force)]],
    body: object,
    contentType: "application/apply-patch+yaml",
  };
  return written(mapping, await sendJson(session, request));
}

/** How an object is deleted. */
export interface DeleteOptions {
  readonly propagation: "Background" | "Foreground" | "Orphan";
  /** Delete only this incarnation: another uid is a `conflict`. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly gracePeriodSeconds?: number;
  readonly dryRun?: boolean;
}

/** DELETE. `absent` for a 404; `accepted` may still leave finalizers, grace time and children to wait for. */
export async function deleteObject(
  session: KubeSession,
  mapping: ResourceMapping,
  at: ObjectAddress,
  options: DeleteOptions,
): Promise<"accepted" | "absent"> {
  const query: readonly (readonly [string, string])[] = options.dryRun === true ? [["dryRun", "All"]] : [];
  try {
    await sendJson(session, { ...requestFor("DELETE", mapping, at), query, body: deleteBody(options) });
    return "accepted";
  } catch (error) {
    if (isAbsent(error)) return "absent";
    throw error;
  }
}

function deleteBody(options: DeleteOptions): JsonObject {
  const preconditions: JsonObject = {
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.resourceVersion === undefined ? {} : { resourceVersion: options.resourceVersion }),
  };
  return {
    propagationPolicy: options.propagation,
    ...(options.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: options.gracePeriodSeconds }),
    ...(Object.keys(preconditions).length === 0 ? {} : { preconditions }),
  };
}

/** Namespace and name of an object. */
export function addressOf(object: KubeObject): ObjectAddress {
  return { namespace: getNamespace(object), name: getName(object) };
}

function requestFor(method: RestRequest["method"], mapping: ResourceMapping, at: ObjectAddress): RestRequest {
  return {
    method,
    path: objectPath(mapping, at.namespace, at.name),
    resource: resourceName(mapping),
    name: at.name,
  };
}

function writeQuery(options: WriteOptions): readonly (readonly [string, string])[] {
  const query: [string, string][] = [["fieldManager", options.fieldManager ?? FIELD_MANAGER]];
  if (options.fieldValidation !== undefined) query.push(["fieldValidation", options.fieldValidation]);
  if (options.dryRun === true) query.push(["dryRun", "All"]);
  return query;
}

function written(mapping: ResourceMapping, answer: RestResponse): WriteResult {
  return { object: named(mapping, answer), created: answer.status === 201, warnings: answer.warnings };
}

function named(mapping: ResourceMapping, answer: RestResponse): KubeObject {
  const object = parseObject(answer.body);
  if (object !== undefined) return object;
  throw new KubeError("bad-response", `the answer is no ${mapping.kind}`, { status: answer.status });
}
