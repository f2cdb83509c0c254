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
import { decodeDocument, encodeDocument, type Gzip } from "./codec.ts";
import { parseReleaseText, releaseText } from "./document.ts";
import { ReleaseError } from "./errors.ts";
import { customLabels, recordLabels } from "./label.ts";
import { recordName } from "./name.ts";
import type { RecordMemory, RememberedRecord } from "./record-memory.ts";
import type { Release, ReleaseStatus } from "./release.ts";
import { parseStatus } from "./status.ts";

/** The kind of the objects that hold release records: Helm's `HELM_DRIVER`. */
export type RecordDriver = "secret" | "configmap";

/** A session that knows where its cluster's records are; `secret` when absent. */
export interface RecordSession extends KubeSession {
  readonly records?: RecordDriver;
  /** Absent: every record is read from the cluster. */
  readonly memory?: RecordMemory;
  /** How records are packed; by the web's streams when absent. */
  readonly gzip?: Gzip;
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
  /** Of the storage object: a cluster that was made anew counts its versions from the start. */
  readonly uid: string;
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

const PAGE = 500;
/** Pages of one release's records; Helm's own default keeps 10 records. */
const MAX_PAGES = 40;
/** Pages of a fleet's records: 20,000 releases of ten revisions, some 60 MB of heads. */
export const MAX_FLEET_PAGES = 400;
/** A record at its limit is base64 of 1 MiB, its labels and managed fields besides. */
const MAX_RECORD_ANSWER = 4 * 1024 * 1024;
const METADATA_ONLY = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json";

/**
 * The revisions of a release, or of all releases when `name` is empty, oldest first: metadata only. Throws `ReleaseError` `cluster`
 * with Helm's text.
 */
export async function listRecordHeads(session: RecordSession, key: RecordKey): Promise<readonly RecordHead[]> {
  const heads: RecordHead[] = [];
  const pages = key.name === "" ? MAX_FLEET_PAGES : MAX_PAGES;
  let next: string | undefined;
  for (let page = 0; page < pages; page++) {
    const read = await listHeadPage(session, key, next);
    heads.push(...read.heads);
    next = read.next;
    if (next === undefined) return heads.sort(byVersion);
  }
  throw new ReleaseError("cluster", `more than ${pages * PAGE} release records`, { limit: pages * PAGE });
}

/** A page of the revisions' metadata, as the cluster orders them. `token` is the `next` of the page before. Throws as {@link listRecordHeads}. */
export async function listHeadPage(
  session: RecordSession,
  key: RecordKey,
  token: string | undefined,
): Promise<{ readonly heads: readonly RecordHead[]; readonly next?: string }> {
  const selector = key.name === "" ? "owner=helm" : `name=${key.name},owner=helm`;
  const body = await listPage(session, key, selector, token);
  const heads = listAt(body, "items").flatMap((item) => headOf(item, key.namespace) ?? []);
  const next = stringAt(body, "metadata", "continue") ?? "";
  return { heads, ...(next === "" ? {} : { next }) };
}

/**
 * One revision that a list just told of. It is read only when what is remembered of it has another `uid` or `resourceVersion`. Otherwise as
 * {@link readRecord}.
 */
export async function readListed(session: RecordSession, head: RecordHead): Promise<StoredRelease | undefined> {
  const known = session.memory?.get(head);
  const isSame = known?.head.uid === head.uid && known.head.resourceVersion === head.resourceVersion;
  if (known === undefined || !isSame) return readRecord(session, head, head.version);
  return storedFrom({ ...known, head });
}

/**
 * One revision as it was when it was last seen here; `undefined` when nothing is remembered of it. For a write that carries its
 * `resourceVersion`: nothing else tells that it still holds.
 */
export function rememberedRecord(session: RecordSession, key: RecordKey, version: number): StoredRelease | undefined {
  const known = session.memory?.get({ ...key, version });
  return known === undefined ? undefined : storedFrom(known);
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
    return await send(session, record, {
      method: "POST",
      path: collectionPath(mapping, release.namespace),
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
    return await send(session, record, {
      method: "PUT",
      path: objectPath(mapping, release.namespace, name),
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
  session.memory?.forget({ ...key, version });
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

async function send(session: RecordSession, record: WrittenRecord, request: RestRequest): Promise<string> {
  const { body } = await sendJson(session, { ...request, body: record.body });
  remember(session, body, record);
  return stringAt(body, "metadata", "resourceVersion") ?? "";
}

/** What was stored; not what an admission webhook made of it. */
function remember({ memory }: RecordSession, answer: JsonValue, { body, document }: WrittenRecord): void {
  const head = headOf(answer, stringAt(body, "metadata", "namespace") ?? "");
  if (memory === undefined || head === undefined || head.resourceVersion === "") return;
  const isOurs = stringAt(answer, "data", "release") === stringAt(body, "data", "release");
  if (isOurs) memory.set({ head, document });
  else memory.forget(head);
}

function mappingOf(session: RecordSession): ResourceMapping {
  return session.records === "configmap" ? CONFIG_MAPS : SECRETS;
}

interface WrittenRecord {
  readonly body: JsonObject;
  readonly document: string;
}

/** Helm compatibility: a Secret has a type and its data in base64, a ConfigMap neither. */
async function recordOf(
  session: RecordSession,
  write: RecordWrite,
  stamp: "createdAt" | "modifiedAt",
  resourceVersion: string | undefined,
): Promise<WrittenRecord> {
  const { release, labels, now } = write;
  const { name, version } = release;
  const metadata = {
    name: recordName(name, version),
    namespace: release.namespace,
    labels: recordLabels({ name, version, status: release.info.status, labels, stamp, now }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  const document = releaseText(release);
  const packed = await encodeDocument(release, document, session.records, session.gzip);
  if (session.records === "configmap") {
    return { document, body: { apiVersion: "v1", kind: "ConfigMap", metadata, data: { release: packed } } };
  }
  const data = { release: btoa(packed) };
  return { document, body: { apiVersion: "v1", kind: "Secret", metadata, type: "helm.sh/release.v1", data } };
}

async function storedOf(
  session: RecordSession,
  json: JsonValue,
  namespace: string,
  name: string,
): Promise<StoredRelease> {
  const head = headOf(json, namespace);
  const data = stringAt(json, "data", "release") ?? "";
  const bytes = session.records === "configmap" ? undefined : decodeBase64(data);
  const packed = bytes === undefined ? data : toBinary(bytes);
  if (head === undefined || (bytes === undefined && session.records !== "configmap")) {
    throw new ReleaseError("invalid", `${decodeText(session, name)}no release record`);
  }
  const read = await decodeNamed(session, packed, name);
  session.memory?.set({ head, document: read.document });
  return withLabels(head, read.release);
}

function storedFrom({ head, document }: RememberedRecord): StoredRelease {
  return withLabels(head, parseReleaseText(document));
}

function withLabels(head: RecordHead, release: Release): StoredRelease {
  return { ...head, release: { ...release, labels: customLabels(head.labels) } };
}

async function decodeNamed(
  session: RecordSession,
  text: string,
  name: string,
): Promise<{ readonly document: string; readonly release: Release }> {
  try {
    const document = await decodeDocument(text);
    return { document, release: parseReleaseText(document) };
  } catch (error) {
    if (!(error instanceof ReleaseError)) throw error;
    throw new ReleaseError(error.code, `${decodeText(session, name)}${error.message}`, error.detail);
  }
}

/** Helm compatibility: the ConfigMap driver puts no words in front of an error. */
function decodeText(session: RecordSession, name: string): string {
  return session.records === "configmap" ? "" : `get: failed to decode data "${name}": `;
}

function headOf(json: JsonValue, namespace: string): RecordHead | undefined {
  const labels = stringLabels(objectAt(json, "metadata", "labels"));
  const version = Number(labels["version"] ?? "");
  if (!isJsonObject(json) || !Number.isSafeInteger(version) || version < 1) return undefined;
  return {
    namespace: stringAt(json, "metadata", "namespace") ?? namespace,
    name: labels["name"] ?? "",
    version,
    status: parseStatus(labels["status"] ?? ""),
    labels,
    uid: stringAt(json, "metadata", "uid") ?? "",
    resourceVersion: stringAt(json, "metadata", "resourceVersion") ?? "",
  };
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
