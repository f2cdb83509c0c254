import { gvkOf, keyText } from "../object/gvk.ts";
import type { GroupVersionKind, KubeObject } from "../object/object.ts";
import { getName, getNamespace } from "../object/read.ts";
import { getObject } from "./client.ts";
import type { Discovery } from "./discovery.ts";
import { noMatchError } from "./discovery.ts";
import { KubeError, isKubeError } from "./error.ts";
import { listObjects, type ListResult, PAGE_LIMIT } from "./list.ts";
import type { ResourceMapping } from "./mapping.ts";
import type { KubeSession } from "./session.ts";

/** Names an object in the version that it is written in. `namespace` is empty for cluster-scoped kinds. */
export interface ObjectRef {
  readonly gvk: GroupVersionKind;
  readonly namespace: string;
  readonly name: string;
}

/** What was found out about one object. */
export type LiveRead =
  | { readonly kind: "present"; readonly object: KubeObject }
  /** Proven by a complete list or the API server's own 404. */
  | { readonly kind: "absent" }
  | { readonly kind: "error"; readonly error: KubeError };

/** The reads by {@link refText}. */
export interface LiveReads {
  readonly reads: ReadonlyMap<string, LiveRead>;
  /** Not read: the request budget ended before. Ask again with these. */
  readonly remaining: readonly ObjectRef[];
  /** Where a watch of the collections that were listed may go on. */
  readonly lists: readonly ListedCollection[];
}

/** A collection that was read as a list. */
export interface ListedCollection {
  readonly mapping: ResourceMapping;
  readonly namespace: string;
  readonly resourceVersion: string;
}

/** How to read. */
export interface ReadPlan {
  readonly discovery: Discovery;
  readonly refs: readonly ObjectRef[];
  /** `metadata` suffices for ownership checks. */
  readonly want: "metadata" | "whole";
  /** `get` needs no `list` right; `auto` lists where it saves requests. */
  readonly reads: "auto" | "get";
}

/** From this many objects of a kind in a namespace on, one list is cheaper than single reads. */
const LIST_FROM = 4;
/** A list is paged on while other people's objects are as many as ours: single reads cost more than that. */
const LISTED_PER_WANTED = 2;
/** Bytes of a page. */
const LIST_BYTES = 8 * 1024 * 1024;
/** An API server answers this many at once without queueing. */
const CONCURRENT_READS = 16;
/** Fewer lists: each may hold a page of {@link LIST_BYTES}. */
const CONCURRENT_LISTS = 4;

/** The reference of an object as it is written. */
export function refOf(object: KubeObject): ObjectRef {
  return { gvk: gvkOf(object), namespace: getNamespace(object), name: getName(object) };
}

/** One text per object, whatever its version: the key of {@link LiveReads}. */
export function refText(ref: ObjectRef): string {
  return keyText({ group: ref.gvk.group, kind: ref.gvk.kind, namespace: ref.namespace, name: ref.name });
}

/**
 * Reads objects with as few requests as it can: lists of kinds with at least {@link LIST_FROM} objects in a namespace, except
 * Secrets, CRDs and cluster-scoped kinds; single reads for the rest, for what a list was too long to tell of, and where a list is
 * forbidden, too large or expired before its end.
 */
export async function readLive(session: KubeSession, plan: ReadPlan): Promise<LiveReads> {
  const reads = new Map<string, LiveRead>();
  const lists: ListedCollection[] = [];
  const singles: MappedRef[] = [];
  const groups = groupsOf(plan, reads);
  const listings = await readLists(session, plan, groups);
  for (const [i, group] of groups.entries()) {
    const listed = listings[i];
    if (listed === undefined) singles.push(...group.refs.map((ref) => ({ ref, mapping: group.mapping })));
    else singles.push(...takeList(group, listed, reads, lists));
  }
  const remaining = await readSingles(session, plan, singles, reads);
  return { reads, remaining, lists };
}

interface MappedRef {
  readonly ref: ObjectRef;
  readonly mapping: ResourceMapping;
}

interface RefGroup {
  readonly mapping: ResourceMapping;
  readonly namespace: string;
  readonly refs: ObjectRef[];
}

function groupsOf(plan: ReadPlan, reads: Map<string, LiveRead>): readonly RefGroup[] {
  const groups = new Map<string, RefGroup>();
  for (const ref of plan.refs) {
    const mapping = plan.discovery.mappingFor(ref.gvk);
    if (mapping === undefined) {
      reads.set(refText(ref), { kind: "error", error: noMatchError(ref.gvk) });
      continue;
    }
    const key = `${mapping.group}/${mapping.version}/${mapping.plural}/${ref.namespace}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { mapping, namespace: ref.namespace, refs: [ref] });
    else group.refs.push(ref);
  }
  return [...groups.values()];
}

function isListed(plan: ReadPlan, { mapping, refs }: RefGroup): boolean {
  if (plan.reads === "get" || refs.length < LIST_FROM || !mapping.namespaced) return false;
  const isSecret = mapping.group === "" && mapping.kind === "Secret";
  return !isSecret && mapping.verbs.includes("list");
}

/** The lists of some groups, side by side; of several failures the first group's is thrown, once nothing is on its way any more. */
async function readLists(
  session: KubeSession,
  plan: ReadPlan,
  groups: readonly RefGroup[],
): Promise<readonly (ListResult | undefined)[]> {
  const listings: (ListResult | undefined)[] = [];
  for (let from = 0; from < groups.length; from += CONCURRENT_LISTS) {
    const some = groups.slice(from, from + CONCURRENT_LISTS);
    const read = some.map(async (group) => (isListed(plan, group) ? readList(session, plan, group) : undefined));
    for (const result of await Promise.allSettled(read)) {
      if (result.status === "rejected") throw result.reason;
      listings.push(result.value);
    }
  }
  return listings;
}

/** `undefined` when the list proves nothing: forbidden, too large, or not read within the time that the server keeps it. */
async function readList(session: KubeSession, plan: ReadPlan, group: RefGroup): Promise<ListResult | undefined> {
  try {
    return await listObjects(session, group.mapping, {
      namespace: group.namespace,
      metadataOnly: plan.want === "metadata",
      maxPages: Math.ceil((LISTED_PER_WANTED * group.refs.length) / PAGE_LIMIT),
      maxBytes: LIST_BYTES,
      names: new Set(group.refs.map((ref) => ref.name)),
    });
  } catch (error) {
    if (isKubeError(error, "forbidden", "bad-response", "method-not-allowed", "budget", "gone")) return undefined;
    throw error;
  }
}

/** What the list tells; gives what it does not tell of. */
function takeList(
  group: RefGroup,
  listed: ListResult,
  reads: Map<string, LiveRead>,
  lists: ListedCollection[],
): readonly MappedRef[] {
  const { mapping, namespace } = group;
  const byName = new Map(listed.items.map((object) => [getName(object), object]));
  const untold: MappedRef[] = [];
  for (const ref of group.refs) {
    const object = byName.get(ref.name);
    if (object !== undefined) reads.set(refText(ref), { kind: "present", object });
    else if (listed.complete) reads.set(refText(ref), { kind: "absent" });
    else untold.push({ ref, mapping });
  }
  if (listed.complete) lists.push({ mapping, namespace, resourceVersion: listed.resourceVersion });
  return untold;
}

async function readSingles(
  session: KubeSession,
  plan: ReadPlan,
  singles: readonly MappedRef[],
  reads: Map<string, LiveRead>,
): Promise<readonly ObjectRef[]> {
  const remaining: ObjectRef[] = [];
  for (let from = 0; from < singles.length; from += CONCURRENT_READS) {
    const some = singles.slice(from, from + CONCURRENT_READS);
    const results = await Promise.all(some.map((single) => readSingle(session, plan, single)));
    for (const [i, { ref }] of some.entries()) {
      const result = results[i];
      if (result === undefined) remaining.push(ref);
      else reads.set(refText(ref), result);
    }
  }
  return remaining;
}

/** `undefined` when the budget is used up. Anything but a refusal (an abort, a defect) is thrown. */
async function readSingle(session: KubeSession, plan: ReadPlan, single: MappedRef): Promise<LiveRead | undefined> {
  const { ref, mapping } = single;
  try {
    const at = { namespace: ref.namespace, name: ref.name, metadataOnly: plan.want === "metadata" };
    const object = await getObject(session, mapping, at);
    return object === undefined ? { kind: "absent" } : { kind: "present", object };
  } catch (error) {
    if (isKubeError(error, "budget")) return undefined;
    if (error instanceof KubeError) return { kind: "error", error };
    throw error;
  }
}
