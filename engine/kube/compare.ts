import type { JsonObject, JsonValue } from "../errors.ts";
import { MAX_OBJECT_DEPTH, jsonEqual } from "../object/equal.ts";
import { printFieldPath, type PathElement } from "../object/field-path.ts";
import { EMPTY_FIELDS, branchOf, subtree, type FieldTree } from "../object/fields-v1.ts";
import { parseApiVersion } from "../object/gvk.ts";
import { isJsonArray, isJsonObject, memberAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { isEmptyKeyedList, isZero, sameLeaf } from "./atomic.ts";
import { indexList, listKind, type ListIndex } from "./list-item.ts";
import { appliedEntry, foreignEntries } from "./managed-fields.ts";
import { storedText } from "./string-data.ts";

/** One field that an apply would touch. Values are raw: mask those of Secrets before they are shown. */
export interface FieldDifference {
  /** As conflicts print it; empty for the object as a whole. */
  readonly field: string;
  /**
   * `add`: not there yet. `change`: another value. `adopt`: the same value, not ours yet. `remove`: ours, not wanted any more.
   * `order`: list items in another order. `undecided`: cannot be told without the server, so it is written.
   */
  readonly kind: "add" | "change" | "adopt" | "remove" | "order" | "undecided";
  readonly live?: JsonValue;
  readonly desired?: JsonValue;
}

/** What an apply would do. */
export interface Comparison {
  /** Certain: an apply would change nothing, neither values nor owners. */
  readonly unchanged: boolean;
  readonly differences: readonly FieldDifference[];
}

/** Differences beyond these are not listed: no reader looks at them, and a plan is kept. */
const MAX_DIFFERENCES = 1000;

interface Walk {
  readonly group: string;
  readonly foreign: readonly FieldTree[];
  readonly path: PathElement[];
  readonly found: FieldDifference[];
}

/**
 * Compares what we want with what is there, by what the server says we applied last. Both must be of the same version. `unchanged`
 * only when each wanted leaf is ours and equal, each leaf of ours is still wanted, and lists keep their order.
 */
export function compareDesired(live: KubeObject, desired: KubeObject, manager: string): Comparison {
  const own = appliedEntry(live, manager);
  const walk: Walk = {
    group: parseApiVersion(desired.apiVersion).group,
    foreign: foreignEntries(live, manager).map((entry) => entry.fields ?? EMPTY_FIELDS),
    path: [],
    found: [],
  };
  const sameVersion = own?.apiVersion === desired.apiVersion && live.apiVersion === desired.apiVersion;
  if (own?.fields === undefined || !sameVersion) report(walk, "undecided");
  walkMap(walk, own?.fields ?? EMPTY_FIELDS, withoutIdentity(desired), live, MAX_OBJECT_DEPTH);
  return { unchanged: walk.found.length === 0, differences: walk.found };
}

/** Members that the server never counts as fields of a manager. */
function withoutIdentity(object: KubeObject): JsonObject {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object;
  const { name: _name, namespace: _namespace, creationTimestamp: _at, generation: _generation, ...meta } = metadata;
  return Object.keys(meta).length === 0 ? rest : { ...rest, metadata: meta };
}

function walkMap(walk: Walk, own: FieldTree, desired: JsonObject, live: JsonValue | undefined, depth: number): void {
  for (const { element } of own.children.values()) {
    if (element.kind === "field" && Object.hasOwn(desired, element.name)) continue;
    walk.path.push(element);
    report(walk, "remove", element.kind === "field" ? memberAt(live, element.name) : undefined);
    walk.path.pop();
  }
  for (const [name, value] of Object.entries(desired)) {
    walk.path.push({ kind: "field", name });
    const isStringData = name === "stringData" && walk.path.length === 1;
    const at = isStringData ? storedText(value, live) : memberAt(live, name);
    walkValue(walk, branchOf(own, name), value, at, depth - 1);
    walk.path.pop();
  }
}

function walkValue(
  walk: Walk,
  own: FieldTree | undefined,
  desired: JsonValue,
  live: JsonValue | undefined,
  depth: number,
): void {
  if (depth <= 0) report(walk, "undecided");
  else if (own !== undefined && live === undefined && isForeign(walk)) report(walk, "change", live, desired);
  else if (own === undefined) walkUnowned(walk, desired, live, depth);
  else if (own.children.size === 0) walkLeaf(walk, desired, live, depth);
  else if (isJsonObject(desired) && Object.keys(desired).length > 0) walkOwnMap(walk, own, desired, live, depth);
  else if (isJsonArray(desired) && desired.length > 0) walkList(walk, own, desired, live, depth);
  else report(walk, "change", live, desired);
}

/** A map that somebody took away comes back, were all that we want in it null. */
function walkOwnMap(walk: Walk, own: FieldTree, desired: JsonObject, live: JsonValue | undefined, depth: number): void {
  const before = walk.found.length;
  walkMap(walk, own, desired, live, depth);
  if (live === undefined && walk.found.length === before) report(walk, "add", live, desired);
}

/** Nothing here is ours: down to the leaves of maps; lists as a whole, as nobody tells their keys. */
function walkUnowned(walk: Walk, desired: JsonValue, live: JsonValue | undefined, depth: number): void {
  if (isEmptyKeyedList(walk.group, walk.path, desired) && !isForeign(walk)) return;
  if (isJsonObject(desired) && Object.keys(desired).length > 0 && (live === undefined || isJsonObject(live))) {
    walkMap(walk, EMPTY_FIELDS, desired, live, depth);
  } else {
    report(walk, live === undefined ? "add" : jsonEqual(live, desired) ? "adopt" : "change", live, desired);
  }
}

function walkLeaf(walk: Walk, desired: JsonValue, live: JsonValue | undefined, depth: number): void {
  if (live === undefined) {
    if (!isZero(desired)) report(walk, "change", live, desired);
    return;
  }
  const isContainer = typeof live === "object" && live !== null;
  const granular = isContainer && isGranular(walk);
  if (granular && isZero(desired)) return;
  if (!sameLeaf(walk.group, walk.path, live, desired, depth)) report(walk, "change", live, desired);
  else if (granular) report(walk, "adopt", live, desired);
}

/** True when somebody owns parts of what we own as a leaf: then it is no atomic list or map. */
function isGranular(walk: Walk): boolean {
  return walk.foreign.some((tree) => (subtree(tree, walk.path)?.children.size ?? 0) > 0);
}

/** True when somebody else owns what stands here, were it nothing. */
function isForeign(walk: Walk): boolean {
  return walk.foreign.some((tree) => subtree(tree, walk.path)?.self === true);
}

function walkList(
  walk: Walk,
  own: FieldTree,
  desired: readonly JsonValue[],
  live: JsonValue | undefined,
  depth: number,
): void {
  if (listKind(own) === "atomic") return report(walk, "change", live, desired);
  const wanted = indexList(desired, own);
  const there = indexList(live, own);
  if (wanted.ambiguous || there.ambiguous) return report(walk, "undecided", live, desired);
  for (const [name, { element }] of own.children) {
    if (wanted.items.has(name)) continue;
    walk.path.push(element);
    report(walk, "remove", there.items.get(name)?.item);
    walk.path.pop();
  }
  walkItems(walk, own, wanted, there, depth);
  return undefined;
}

function walkItems(walk: Walk, own: FieldTree, wanted: ListIndex, there: ListIndex, depth: number): void {
  let last = -1;
  for (const [name, { item }] of wanted.items) {
    const branch = own.children.get(name);
    const at = there.items.get(name);
    if (branch === undefined) {
      report(walk, at === undefined ? "add" : "adopt", at?.item, item);
      continue;
    }
    walk.path.push(branch.element);
    if (at === undefined) report(walk, "add", undefined, item);
    else walkItem(walk, branch.tree, item, at.item, depth - 1);
    walk.path.pop();
    if (at !== undefined && at.position < last) report(walk, "order");
    last = Math.max(last, at?.position ?? last);
  }
}

function walkItem(walk: Walk, own: FieldTree, desired: JsonValue, live: JsonValue, depth: number): void {
  if (own.children.size > 0 && isJsonObject(desired)) walkMap(walk, own, desired, live, depth);
  else walkValue(walk, own, desired, live, depth);
}

function report(walk: Walk, kind: FieldDifference["kind"], live?: JsonValue, desired?: JsonValue): void {
  if (walk.found.length >= MAX_DIFFERENCES) return;
  walk.found.push({
    field: printFieldPath(walk.path),
    kind,
    ...(live === undefined ? {} : { live }),
    ...(desired === undefined ? {} : { desired }),
  });
}
