import type { GoMap } from "../go/value.ts";
import type { ClusterTransport, Identity } from "../kube/transport.ts";
import type { Hook } from "../manifest/hook.ts";
import { newest } from "../release/history.ts";
import { checkReleaseName } from "../release/name.ts";
import type { ReleaseStatus } from "../release/release.ts";
import {
  listRecordHeads,
  readRecord,
  type RecordDriver,
  type RecordHead,
  type RecordKey,
  type RecordSession,
  type StoredRelease,
} from "../release/storage.ts";
import { ReleaseError } from "../release/errors.ts";
import { type ReleaseSummary, releaseSummary } from "../release/summary.ts";
import { ActionError } from "./errors.ts";
import { gather } from "./gather.ts";

/** How to reach the cluster for a question. */
export interface ReadDeps {
  readonly cluster: ClusterTransport;
  readonly as?: Identity;
  /** Where the cluster's release records are: `HELM_DRIVER`. `secret` when absent. */
  readonly records?: RecordDriver;
  readonly signal?: AbortSignal;
}

/** A release, and which revision of it: absent or 0 is the newest. */
export interface ReleaseQuery {
  readonly name: string;
  readonly namespace: string;
  readonly revision?: number;
}

/** A revision with its record's labels. Throws `ActionError` `not-found` (`release: not found`) or `invalid-request`. */
export async function getRelease(deps: ReadDeps, query: ReleaseQuery): Promise<StoredRelease> {
  checkName(query.name, "releaseContent: Release name is invalid");
  const session = sessionOf(deps);
  const stored =
    query.revision === undefined || query.revision <= 0
      ? await readNewest(session, query)
      : await readRecord(session, query, query.revision);
  if (stored === undefined) throw new ActionError("not-found", "release: not found");
  return stored;
}

/** The revisions of a release, oldest first; `max` takes the newest so many, 0 takes all. Throws `not-found` when there is none. */
export async function getHistory(
  deps: ReadDeps,
  query: ReleaseQuery & { readonly max?: number },
): Promise<readonly ReleaseSummary[]> {
  checkName(query.name, "release name is invalid");
  const session = sessionOf(deps);
  const heads = await listRecordHeads(session, query);
  if (heads.length === 0) throw new ActionError("not-found", "release: not found");
  const wanted = query.max === undefined || query.max <= 0 ? heads : heads.slice(-query.max);
  const read = await gather(wanted, (head) => readIfGood(session, head));
  return read.flatMap((stored) => (stored === undefined ? [] : [releaseSummary(stored.release)]));
}

/** What to list. */
export interface ListQuery {
  /** Empty: all namespaces. */
  readonly namespace: string;
  /** States to show; absent or empty: all. */
  readonly states?: readonly ReleaseStatus[];
  /** Labels that the newest record must have, custom or Helm's. */
  readonly labels?: Readonly<Record<string, string>>;
  /** A test on the name. */
  readonly matches?: (name: string) => boolean;
}

/**
 * Releases by name, then namespace: the newest revision of each.
 * Helm compatibility: states are looked at after the newest revision was chosen, except that `superseded` alone lists all such
 * revisions.
 */
export async function listReleases(deps: ReadDeps, query: ListQuery): Promise<readonly ReleaseSummary[]> {
  const session = sessionOf(deps);
  const heads = await listRecordHeads(session, { namespace: query.namespace, name: "" });
  const named = heads.filter((head) => query.matches === undefined || query.matches(head.name));
  const states = query.states ?? [];
  const all = states.length === 1 && states[0] === "superseded";
  const chosen = (all ? named : newestOfEach(named)).filter((head) => isListed(head, query));
  const read = await gather(chosen, (head) => readIfGood(session, head));
  return read
    .flatMap((stored) => (stored === undefined ? [] : [releaseSummary(stored.release)]))
    .sort((a, b) => order(a.name, b.name) || order(a.namespace, b.namespace) || a.revision - b.revision);
}

/** The manifest as stored. */
export async function getManifest(deps: ReadDeps, query: ReleaseQuery): Promise<string> {
  return (await getRelease(deps, query)).release.manifest;
}

/** The values that the user gave. */
export async function getValues(deps: ReadDeps, query: ReleaseQuery): Promise<GoMap> {
  return (await getRelease(deps, query)).release.config;
}

/** The hooks as stored, with how their last runs went. */
export async function getHooks(deps: ReadDeps, query: ReleaseQuery): Promise<readonly Hook[]> {
  return (await getRelease(deps, query)).release.hooks;
}

/** The notes; empty when the chart has none. */
export async function getNotes(deps: ReadDeps, query: ReleaseQuery): Promise<string> {
  return (await getRelease(deps, query)).release.info.notes ?? "";
}

/**
 * The newest revision whose record can be read, or `undefined`. Helm compatibility: a record that cannot be decoded is passed over.
 */
export async function readNewest(session: RecordSession, key: RecordKey): Promise<StoredRelease | undefined> {
  return newestReadable(session, await listRecordHeads(session, key));
}

/** The newest readable one of some revisions. */
export async function newestReadable(
  session: RecordSession,
  heads: readonly RecordHead[],
): Promise<StoredRelease | undefined> {
  for (const head of heads.toSorted((a, b) => b.version - a.version)) {
    const stored = await readIfGood(session, head);
    if (stored !== undefined) return stored;
  }
  return undefined;
}

async function readIfGood(session: RecordSession, head: RecordHead): Promise<StoredRelease | undefined> {
  try {
    return await readRecord(session, head, head.version);
  } catch (error) {
    if (error instanceof ReleaseError && (error.code === "invalid" || error.code === "too-large")) return undefined;
    throw error;
  }
}

function newestOfEach(heads: readonly RecordHead[]): readonly RecordHead[] {
  const groups = Map.groupBy(heads, (head) => `${head.namespace}/${head.name}`);
  return [...groups.values()].flatMap((group) => newest(group) ?? []);
}

function isListed(head: RecordHead, query: ListQuery): boolean {
  const states = query.states ?? [];
  if (states.length > 0 && !states.includes(head.status)) return false;
  return Object.entries(query.labels ?? {}).every(([name, value]) => head.labels[name] === value);
}

function checkName(name: string, text: string): void {
  if (checkReleaseName(name) !== undefined) throw new ActionError("invalid-request", `${text}: ${name}`);
}

/** A session for questions. */
export function sessionOf(deps: ReadDeps): RecordSession {
  return {
    transport: deps.cluster,
    ...(deps.records === undefined ? {} : { records: deps.records }),
    ...(deps.as === undefined ? {} : { as: deps.as }),
    ...(deps.signal === undefined ? {} : { signal: deps.signal }),
  };
}

function order(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
