import type { JsonObject, JsonValue } from "../errors.ts";
import { isKubeError, type KubeError } from "../kube/error.ts";
import {
  collectionPath,
  CONFIG_MAPS,
  objectPath,
  type ResourceMapping,
  resourceName,
  SECRETS,
} from "../kube/mapping.ts";
import { type RestRequest, sendJson } from "../kube/rest.ts";
import type { KubeSession } from "../kube/session.ts";
import { isJsonObject, listAt, objectAt, stringAt } from "../object/json.ts";
import { decodeBase64, toBinary } from "./base64.ts";
import { decodeRelease, encodeRelease } from "./codec.ts";
import { ReleaseError } from "./errors.ts";
import { customLabels, recordLabels } from "./label.ts";
import { recordName } from "./name.ts";
import type { Release, ReleaseStatus } from "./release.ts";
import { parseStatus } from "./status.ts";

/** The kind of the objects that hold release records: Helm's `HELM_DRIVER`. */
export type RecordDriver = "secret" | "configmap";

/** A session that knows where its cluster's records are; `secret` when absent. */
export interface RecordSession extends KubeSession {
  readonly records?: RecordDriver;
}

/** Which release, in which namespace. An empty namespace means all. */
export interface RecordKey {
  readonly namespace: string;
  readonly name: string;
}

/** What a record's metadata tells: enough to choose among revisions without their contents. */
export interface RecordHead {
  readonly namespace: string;
  readonly name: string;
  readonly version: number;
  readonly status: ReleaseStatus;
  /** All labels of the storage object, Helm's own too. */
  readonly labels: Readonly<Record<string, string>>;
  readonly resourceVersion: string;
}

/** A record with its contents. `release.labels` are the custom ones. */
export interface StoredRelease extends RecordHead {
  readonly release: Release;
}

/** A record to write. `labels` are the release's, with system labels where they came along from an earlier revision. */
export interface RecordWrite {
  readonly release: Release;
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Records of one release at most; Helm's own default keeps 10. A cluster with more is read page by page up to here. */
const MAX_PAGES = 40;
const PAGE = 500;
/** A record at its limit is base64 of 1 MiB, its labels and managed fields besides. */
const MAX_RECORD_ANSWER = 4 * 1024 * 1024;
const METADATA_ONLY = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json";

/**
 * The revisions of a release, or of all releases when `name` is empty, oldest first: metadata only. Throws `ReleaseError` `cluster`
 * with Helm's text.
 */
export async function listRecordHeads(session: RecordSession, key: RecordKey): Promise<readonly RecordHead[]> {
  const selector = key.name === "" ? "owner=helm" : `name=${key.name},owner=helm`;
  const heads: RecordHead[] = [];
  let next: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const body = await listPage(session, key, selector, next);
    for (const item of listAt(body, "items")) pushHead(heads, item, key.namespace);
    next = stringAt(body, "metadata", "continue");
    if (next === undefined || next === "") return heads.sort(byVersion);
  }
  throw new ReleaseError("cluster", `more than ${MAX_PAGES * PAGE} release records`, { limit: MAX_PAGES * PAGE });
}

/** One revision, or `undefined` when there is none. Throws `ReleaseError` `invalid` for a record that cannot be read. */
export async function readRecord(
  session: RecordSession,
  key: RecordKey,
  version: number,
): Promise<StoredRelease | undefined> {
  const name = recordName(key.name, version);
  const mapping = mappingOf(session);
  try {
    const { body } = await sendJson(session, {
      method: "GET",
      path: objectPath(mapping, key.namespace, name),
      resource: resourceName(mapping),
      name,
      maxBytes: MAX_RECORD_ANSWER,
    });
    return await storedOf(session, body, key.namespace, name);
  } catch (error) {
    if (isKubeError(error, "not-found", "not-served")) return undefined;
    throw wrap(session, error, `get: failed to get "${name}"`);
  }
}

/**
 * Writes a new revision, create-only. Resolves with its `resourceVersion`. Throws `ReleaseError` `exists` when the revision is there.
 */
export async function createRecord(session: RecordSession, write: RecordWrite): Promise<string> {
  const { release } = write;
  const record = await recordOf(session, write, "createdAt", undefined);
  const mapping = mappingOf(session);
  try {
    return await send(session, {
      method: "POST",
      path: collectionPath(mapping, release.namespace),
      body: record,
      resource: resourceName(mapping),
    });
  } catch (error) {
    if (isKubeError(error, "already-exists")) throw new ReleaseError("exists", "release: already exists");
    throw wrap(session, error, "create: failed to create");
  }
}

/**
 * Writes a revision again. With a `resourceVersion` it must be the one stored, else `ReleaseError` `changed`; without one the write
 * wins, as Helm's do. Resolves with the new `resourceVersion`.
 */
export async function updateRecord(
  session: RecordSession,
  write: RecordWrite,
  resourceVersion: string | undefined,
): Promise<string> {
  const { release } = write;
  const name = recordName(release.name, release.version);
  const record = await recordOf(session, write, "modifiedAt", resourceVersion);
  const mapping = mappingOf(session);
  try {
    return await send(session, {
      method: "PUT",
      path: objectPath(mapping, release.namespace, name),
      body: record,
      resource: resourceName(mapping),
      name,
    });
  } catch (error) {
    if (isKubeError(error, "conflict")) throw changed(session, error, release);
    throw wrap(session, error, "update: failed to update");
  }
}

/** Deletes a revision. False when there was none. */
export async function deleteRecord(session: RecordSession, key: RecordKey, version: number): Promise<boolean> {
  const name = recordName(key.name, version);
  const mapping = mappingOf(session);
  try {
    await sendJson(session, {
      method: "DELETE",
      path: objectPath(mapping, key.namespace, name),
      resource: resourceName(mapping),
      name,
    });
    return true;
  } catch (error) {
    if (isKubeError(error, "not-found", "not-served")) return false;
    throw error;
  }
}

async function listPage(
  session: RecordSession,
  key: RecordKey,
  selector: string,
  next: string | undefined,
): Promise<JsonValue> {
  const query: (readonly [string, string])[] = [
    ["labelSelector", selector],
    ["limit", String(PAGE)],
  ];
  if (next !== undefined) query.push(["continue", next]);
  const mapping = mappingOf(session);
  const path = collectionPath(mapping, key.namespace);
  try {
    const answer = await sendJson(session, {
      method: "GET",
      path,
      query,
      accept: METADATA_ONLY,
      resource: resourceName(mapping),
    });
    return answer.body;
  } catch (error) {
    throw wrap(session, error, key.name === "" ? "list: failed to list" : "query: failed to query with labels");
  }
}

async function send(session: RecordSession, request: RestRequest): Promise<string> {
  const { body } = await sendJson(session, request);
  return stringAt(body, "metadata", "resourceVersion") ?? "";
}

function mappingOf(session: RecordSession): ResourceMapping {
  return session.records === "configmap" ? CONFIG_MAPS : SECRETS;
}

/** Helm compatibility: a Secret has a type and its data in base64, a ConfigMap neither. */
async function recordOf(
  session: RecordSession,
  write: RecordWrite,
  stamp: "createdAt" | "modifiedAt",
  resourceVersion: string | undefined,
): Promise<JsonObject> {
  const { release, labels, now } = write;
  const { name, version } = release;
  const metadata = {
    name: recordName(name, version),
    namespace: release.namespace,
    labels: recordLabels({ name, version, status: release.info.status, labels, stamp, now }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  const packed = await encodeRelease(release, session.records);
  if (session.records === "configmap") {
    return { apiVersion: "v1", kind: "ConfigMap", metadata, data: { release: packed } };
  }
  return { apiVersion: "v1", kind: "Secret", metadata, type: "helm.sh/release.v1", data: { release: btoa(packed) } };
}

async function storedOf(
  session: RecordSession,
  json: JsonValue,
  namespace: string,
  name: string,
): Promise<StoredRelease> {
  const heads: RecordHead[] = [];
  pushHead(heads, json, namespace);
  const [head] = heads;
  const data = stringAt(json, "data", "release") ?? "";
  const bytes = session.records === "configmap" ? undefined : decodeBase64(data);
  const packed = bytes === undefined ? data : toBinary(bytes);
  if (head === undefined || (bytes === undefined && session.records !== "configmap")) {
    throw new ReleaseError("invalid", `${decodeText(session, name)}no release record`);
  }
  const release = await decodeNamed(session, packed, name);
  return { ...head, release: { ...release, labels: customLabels(head.labels) } };
}

async function decodeNamed(session: RecordSession, text: string, name: string): Promise<Release> {
  try {
    return await decodeRelease(text);
  } catch (error) {
    if (!(error instanceof ReleaseError)) throw error;
    throw new ReleaseError(error.code, `${decodeText(session, name)}${error.message}`, error.detail);
  }
}

/** Helm compatibility: the ConfigMap driver puts no words in front of an error. */
function decodeText(session: RecordSession, name: string): string {
  return session.records === "configmap" ? "" : `get: failed to decode data "${name}": `;
}

function pushHead(heads: RecordHead[], json: JsonValue, namespace: string): void {
  const labels = stringLabels(objectAt(json, "metadata", "labels"));
  const version = Number(labels["version"] ?? "");
  if (!isJsonObject(json) || !Number.isSafeInteger(version) || version < 1) return;
  heads.push({
    namespace: stringAt(json, "metadata", "namespace") ?? namespace,
    name: labels["name"] ?? "",
    version,
    status: parseStatus(labels["status"] ?? ""),
    labels,
    resourceVersion: stringAt(json, "metadata", "resourceVersion") ?? "",
  });
}

function stringLabels(json: JsonObject | undefined): Readonly<Record<string, string>> {
  const pairs = Object.entries(json ?? {}).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] as const] : [],
  );
  return Object.fromEntries(pairs);
}

function byVersion(a: RecordHead, b: RecordHead): number {
  return a.version - b.version;
}

function changed(session: RecordSession, error: KubeError, release: Release): ReleaseError {
  const text = session.records === "configmap" ? error.message : `update: failed to update: ${error.message}`;
  return new ReleaseError("changed", text, { release: release.name, revision: release.version }, { cause: error });
}

function wrap(session: RecordSession, error: unknown, text: string): unknown {
  if (!isKubeError(error) || error.code === "budget" || error.code === "unreachable") return error;
  const message = session.records === "configmap" ? error.message : `${text}: ${error.message}`;
  return new ReleaseError("cluster", message, { ...error.detail, kube: error.code }, { cause: error });
}
