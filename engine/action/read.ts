import type { GoMap } from "../go/value.ts";
import type { LabelTest } from "../kube/label-query.ts";
import type { KubeSession, RequestBudget } from "../kube/session.ts";
import type { ClusterTransport, Identity } from "../kube/transport.ts";
import type { Hook } from "../manifest/hook.ts";
import { newest } from "../release/history.ts";
import { checkReleaseName } from "../release/name.ts";
import type { ReleaseStatus } from "../release/release.ts";
import {
  listRecordHeads,
  readListed,
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
  /** Requests that one answer may send; absent: as many as it takes. */
  readonly budget?: RequestBudget;
  /** Waits where the cluster asks one request to come again (429 and 5xx with `Retry-After`). Without it that is an error. */
  readonly sleep?: KubeSession["sleep"];
  /** Milliseconds that such waits have from now on. */
  readonly patience?: KubeSession["patience"];
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
  /** States to show; absent or empty: all that are known. */
  readonly states?: readonly ReleaseStatus[];
  /** A test of the labels that the newest record must have, custom or Helm's. */
  readonly labels?: LabelTest;
  /** A test on the name. */
  readonly matches?: (name: string) => boolean;
  /** Which releases the caller may see; absent: all. */
  readonly visible?: (of: { readonly namespace: string; readonly name: string }) => boolean;
  /** By name when absent. */
  readonly order?: "name" | "date";
  readonly reverse?: boolean;
  /** How many to leave out at the front. */
  readonly offset?: number;
  /** How many to give at most; 0 or absent gives all. */
  readonly max?: number;
}

/** Summaries by record, kept between lists: a record that has its `resourceVersion` is not read again. */
export interface SummaryCache {
  readonly get: (record: RecordHead) => ReleaseSummary | undefined;
  readonly set: (record: RecordHead, summary: ReleaseSummary) => void;
}

/**
 * The newest revision of each release. Records are listed by their metadata alone; only those that are shown are read, and, ordered by
 * date, all that could be.
 * Helm compatibility: states are looked at after the newest revision was chosen, except that `superseded` alone lists all such
 * revisions; a state that is not known is never listed; dates count in seconds.
 */
export async function listReleases(
  deps: ReadDeps & { readonly summaries?: SummaryCache },
  query: ListQuery,
): Promise<readonly ReleaseSummary[]> {
  const session = sessionOf(deps);
  const heads = await listRecordHeads(session, { namespace: query.namespace, name: "" });
  const chosen = chooseHeads(heads, query).toSorted(byName);
  const read = async (some: readonly RecordHead[]): Promise<readonly ReleaseSummary[]> =>
    (await gather(some, (head) => summaryOf(session, head, deps.summaries))).flatMap((summary) => summary ?? []);
  if (query.order !== "date") return read(windowOf(query.reverse === true ? chosen.toReversed() : chosen, query));
  const dated = (await read(chosen)).toSorted((a, b) => secondsOf(a) - secondsOf(b) || order(a.name, b.name));
  return windowOf(query.reverse === true ? dated.toReversed() : dated, query);
}

type HeadFilter = Pick<ListQuery, "states" | "labels" | "matches" | "visible">;

/** The revisions that are listed of the releases whose revisions are given. */
export function chooseHeads(heads: readonly RecordHead[], query: HeadFilter): readonly RecordHead[] {
  const { visible = () => true, matches = () => true } = query;
  const named = heads.filter((head) => visible(head) && matches(head.name));
  return (listsAll(query) ? named : newestOfEach(named)).filter((head) => isListed(head, query));
}

/** True where not the newest revision alone of a release is listed. */
export function listsAll({ states = [] }: HeadFilter): boolean {
  return states.length === 1 && states[0] === "superseded";
}

function windowOf<Item>(items: readonly Item[], { offset = 0, max = 0 }: ListQuery): readonly Item[] {
  const from = Math.max(0, offset);
  return items.slice(from, max > 0 ? from + max : undefined);
}

/** What is shown of a revision; `undefined` where it is gone or cannot be read. */
export async function summaryOf(
  session: RecordSession,
  head: RecordHead,
  cache: SummaryCache | undefined,
): Promise<ReleaseSummary | undefined> {
  const known = cache?.get(head);
  if (known !== undefined) return known;
  const stored = await readIfGood(session, head);
  if (stored === undefined) return undefined;
  const summary = releaseSummary(stored.release);
  cache?.set(stored, summary);
  return summary;
}

/** Seconds since 1970; a release that was never deployed comes first. */
function secondsOf({ updated }: ReleaseSummary): number {
  const milliseconds = updated === undefined ? Number.NaN : Date.parse(updated);
  return Number.isNaN(milliseconds) ? Number.MIN_SAFE_INTEGER : Math.floor(milliseconds / 1000);
}

function byName(a: RecordHead, b: RecordHead): number {
  return order(a.name, b.name) || order(a.namespace, b.namespace) || a.version - b.version;
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

/** A revision; `undefined` for a record that is gone or cannot be read. */
export async function readIfGood(session: RecordSession, head: RecordHead): Promise<StoredRelease | undefined> {
  try {
    return await readListed(session, head);
  } catch (error) {
    if (error instanceof ReleaseError && (error.code === "invalid" || error.code === "too-large")) return undefined;
    throw error;
  }
}

function newestOfEach(heads: readonly RecordHead[]): readonly RecordHead[] {
  const groups = Map.groupBy(heads, (head) => `${head.namespace}/${head.name}`);
  return [...groups.values()].flatMap((group) => newest(group) ?? []);
}

function isListed(head: RecordHead, query: HeadFilter): boolean {
  const states = query.states ?? [];
  if (states.length > 0 ? !states.includes(head.status) : head.status === "unknown") return false;
  return query.labels === undefined || query.labels(head.labels);
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
    ...(deps.budget === undefined ? {} : { budget: deps.budget }),
    ...(deps.sleep === undefined ? {} : { sleep: deps.sleep }),
    ...(deps.patience === undefined ? {} : { patience: deps.patience }),
  };
}

function order(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
