import type { JsonObject, JsonValue } from "../errors.ts";
import { compareBytes } from "../go/value.ts";
import { jsonEqual, MAX_OBJECT_DEPTH } from "../object/equal.ts";
import { isJsonArray, isJsonObject } from "../object/json.ts";
import { KubeError } from "./error.ts";
import {
  goText,
  identity,
  inOrderOf,
  itemKind,
  keyOfItem,
  kindOf,
  sortedByText,
  withoutRepetitions,
} from "./patch-list.ts";
import { listMember, mapMember, type PatchMember, refuse } from "./patch-type.ts";

/** Which half of a difference is wanted: what is added and changed, or what is deleted. */
export type DiffHalf = "changes" | "deletions";

interface Diff {
  readonly half: DiffHalf;
  readonly depth: number;
}

/** One half of the strategic merge patch that turns one object into another, with the order of list items. */
export function strategicDiff(from: JsonObject, to: JsonObject, type: string, half: DiffHalf): JsonObject {
  return diffMaps(from, to, { type, retainKeys: false }, { half, depth: MAX_OBJECT_DEPTH });
}

function diffMaps(
  from: JsonObject,
  to: JsonObject,
  at: Pick<PatchMember, "type" | "retainKeys">,
  diff: Diff,
): JsonObject {
  if (diff.depth <= 0) throw refuse("the object is nested too deeply");
  const patch = new Map<string, JsonValue>();
  for (const [name, wanted] of Object.entries(to)) {
    const there = Object.hasOwn(from, name) ? from[name] : undefined;
    if (there !== undefined && name === "$patch") diffDirective(patch, there, wanted);
    else if (there !== undefined && kindOf(there) === kindOf(wanted)) {
      diffMember(patch, name, [there, wanted], at.type, { ...diff, depth: diff.depth - 1 });
    } else if (diff.half === "changes") patch.set(name, wanted);
  }
  const gone = Object.keys(from).filter((name) => !Object.hasOwn(to, name));
  if (diff.half === "deletions") for (const name of gone) patch.set(name, null);
  if (at.retainKeys) {
    const kept = Object.keys(to).filter((name) => to[name] !== null);
    const cleared = gone.some((name) => from[name] !== null);
    if (kept.length > 0 && (patch.size > 0 || cleared)) patch.set("$retainKeys", kept.sort(compareBytes));
  }
  return Object.fromEntries(patch);
}

function diffDirective(patch: Map<string, JsonValue>, there: JsonValue, wanted: JsonValue): void {
  if (typeof there !== "string" || typeof wanted !== "string") throw refuse("invalid value for special key: $patch");
  if (there !== wanted) patch.set("$patch", wanted);
}

/** Two values of one kind. */
function diffMember(
  patch: Map<string, JsonValue>,
  name: string,
  [there, wanted]: readonly [JsonValue, JsonValue],
  type: string,
  diff: Diff,
): void {
  if (isJsonObject(there) && isJsonObject(wanted)) {
    const member = known(() => mapMember(type, name), there, wanted);
    if (member === undefined) return;
    if (member.strategy === "replace") {
      if (diff.half === "changes") patch.set(name, wanted);
      return;
    }
    const inner = diffMaps(
      there,
      wanted,
      { type: member.list ? "" : member.type, retainKeys: member.retainKeys },
      diff,
    );
    if (Object.keys(inner).length > 0) patch.set(name, inner);
  } else if (isJsonArray(there) && isJsonArray(wanted)) {
    const member = known(() => listMember(type, name), there, wanted);
    if (member === undefined) return;
    if (member.strategy === "merge") addListDiff(patch, name, diffLists(there, wanted, member, diff));
    else if (diff.half === "changes" && !jsonEqual(there, wanted)) patch.set(name, wanted);
  } else if (diff.half === "changes" && !jsonEqual(there, wanted)) patch.set(name, wanted);
}

/** Helm compatibility: a member that the kind does not have matters only where it differs. */
function known(find: () => PatchMember, there: JsonValue, wanted: JsonValue): PatchMember | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof KubeError && jsonEqual(there, wanted)) return undefined;
    throw error;
  }
}

interface ListDiff {
  readonly items: readonly JsonValue[];
  /** Scalars that go. */
  readonly deleted: readonly JsonValue[];
  readonly order: readonly JsonValue[];
}

function addListDiff(patch: Map<string, JsonValue>, name: string, list: ListDiff): void {
  if (list.items.length > 0) patch.set(name, list.items);
  if (list.deleted.length > 0) patch.set(`$deleteFromPrimitiveList/${name}`, list.deleted);
  if (list.order.length > 0) patch.set(`$setElementOrder/${name}`, list.order);
}

function diffLists(from: readonly JsonValue[], to: readonly JsonValue[], member: PatchMember, diff: Diff): ListDiff {
  if (from.length === 0) return { items: diff.half === "changes" ? to : [], deleted: [], order: [] };
  return itemKind(from, to) === "map" ? diffItems(from, to, member, diff) : diffScalars(from, to, diff);
}

function diffItems(from: readonly JsonValue[], to: readonly JsonValue[], member: PatchMember, diff: Diff): ListDiff {
  const { mergeKey } = member;
  const { changed, deleted } = matchItems(from, to, member, diff);
  const items = [...inOrderOf(changed, to, mergeKey), ...deleted];
  const moved = from.length !== to.length || to.some((item, i) => !sameKey(from[i], item, mergeKey));
  const ordered = items.length > 0 || (diff.half === "changes" && moved);
  return {
    items,
    deleted: [],
    order: ordered ? to.map((item) => ({ [mergeKey]: keyOfItem(item, mergeKey) })) : [],
  };
}

function sameKey(a: JsonValue | undefined, b: JsonValue, mergeKey: string): boolean {
  return a !== undefined && identity(a, mergeKey) === identity(b, mergeKey);
}

/** Walks both lists by the text of their merge keys. */
function matchItems(
  from: readonly JsonValue[],
  to: readonly JsonValue[],
  member: PatchMember,
  diff: Diff,
): { readonly changed: readonly JsonValue[]; readonly deleted: readonly JsonValue[] } {
  const { mergeKey } = member;
  const textOf = (item: JsonValue | undefined): string =>
    goText(item === undefined ? undefined : keyOfItem(item, mergeKey));
  const [old, wanted] = [sortedByText(from, textOf), sortedByText(to, textOf)];
  const changed: JsonValue[] = [];
  const deleted: JsonValue[] = [];
  for (let i = 0, j = 0; i < old.length || j < wanted.length;) {
    const [a, b] = [old[i], wanted[j]];
    const order = a === undefined ? 1 : b === undefined ? -1 : compareBytes(textOf(a), textOf(b));
    if (order === 0 && isJsonObject(a) && isJsonObject(b)) {
      const inner = diffMaps(a, b, member, { ...diff, depth: diff.depth - 1 });
      if (Object.keys(inner).length > 0) changed.push({ ...inner, [mergeKey]: keyOfItem(b, mergeKey) });
    } else if (order > 0 && b !== undefined && diff.half === "changes") changed.push(b);
    else if (order < 0 && a !== undefined && diff.half === "deletions")
      deleted.push({ [mergeKey]: keyOfItem(a, mergeKey), $patch: "delete" });
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return { changed, deleted };
}

/**
 * Helm compatibility: client-go sorts the old list in place before it compares it with the wanted one, so that a list that is not
 * sorted always counts as changed.
 */
function diffScalars(from: readonly JsonValue[], to: readonly JsonValue[], diff: Diff): ListDiff {
  const [old, wanted] = [sortedByText(from, goText), sortedByText(to, goText)];
  const added: JsonValue[] = [];
  const deleted: JsonValue[] = [];
  for (let i = 0, j = 0; i < old.length || j < wanted.length;) {
    const [a, b] = [old[i], wanted[j]];
    const order = a === undefined ? 1 : b === undefined ? -1 : compareBytes(goText(a), goText(b));
    if (order > 0 && b !== undefined && diff.half === "changes") added.push(b);
    if (order < 0 && a !== undefined && diff.half === "deletions") deleted.push(a);
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  const ordered = diff.half === "deletions" ? deleted.length > 0 : !jsonEqual(old, to);
  return { items: inOrderOf(added, to, ""), deleted: withoutRepetitions(deleted), order: ordered ? to : [] };
}
