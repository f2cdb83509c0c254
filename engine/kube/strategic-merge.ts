import type { JsonObject, JsonValue } from "../errors.ts";
import { jsonEqual, MAX_OBJECT_DEPTH } from "../object/equal.ts";
import { isJsonArray, isJsonObject } from "../object/json.ts";
import {
  goText,
  identity,
  inOrderOf,
  isDeletion,
  itemKind,
  keyOfItem,
  kindOf,
  placesOf,
  withoutRepetitions,
} from "./patch-list.ts";
import { withoutNulls } from "./merge-patch.ts";
import { listMember, mapMember, type PatchMember, refuse } from "./patch-type.ts";

const ORDER = "$setElementOrder/";
const DELETED = "$deleteFromPrimitiveList/";
const BAD_ORDER = "invalid patch format of setElementOrder list";

/** Whether the first of two is an object that is changed, or another patch, so that directives stay. */
interface Merge {
  readonly applies: boolean;
  readonly depth: number;
}

/** Two strategic merge patches as one: the second wins, directives of both stay. */
export function mergePatches(first: JsonObject, second: JsonObject, type: string): JsonObject {
  return mergeMaps(first, second, type, { applies: false, depth: MAX_OBJECT_DEPTH });
}

/** An object of a built-in type with a strategic merge patch applied. Throws {@link KubeError} `invalid` with client-go's text. */
export function applyStrategicPatch(object: JsonObject, patch: JsonObject, type: string): JsonObject {
  return mergeMaps(object, patch, type, { applies: true, depth: MAX_OBJECT_DEPTH });
}

function mergeMaps(first: JsonObject, second: JsonObject, type: string, before: Merge): JsonObject {
  const how = { ...before, depth: before.depth - 1 };
  if (how.depth <= 0) throw refuse("the object is nested too deeply");
  if (Object.hasOwn(second, "$patch")) return replaced(second);
  const merged = new Map(Object.entries(first));
  const rest = new Map(Object.entries(second));
  if (how.applies) applyRetainKeys(merged, rest);
  else mergeRetainKeys(merged, rest);
  mergeOrders(merged, rest, type, how);
  for (const [name, value] of rest) {
    if (!how.applies || !applyDeletion(merged, name, value)) mergeMember(merged, name, value, type, how);
  }
  return Object.fromEntries(merged);
}

/** A patch that says what becomes of the whole map. */
function replaced(patch: JsonObject): JsonObject {
  const { $patch: directive, ...rest } = patch;
  if (directive === "replace") return rest;
  if (directive === "delete") return {};
  throw refuse(`unknown patch type: ${goText(directive)} in map: ${goText(patch)}`);
}

function mergeRetainKeys(merged: Map<string, JsonValue>, rest: Map<string, JsonValue>): void {
  const kept = rest.get("$retainKeys");
  if (kept === undefined) return;
  rest.delete("$retainKeys");
  const before = merged.get("$retainKeys");
  if (before === undefined) merged.set("$retainKeys", kept);
  else if (!jsonEqual(before, kept)) {
    const both = `${goText(before)} and ${goText(kept)}`;
    throw refuse(`${both} are not deep equal: this may happen when calculating the 3-way diff patch`);
  }
}

/** All members go that the patch does not name. */
function applyRetainKeys(merged: Map<string, JsonValue>, rest: Map<string, JsonValue>): void {
  const kept = rest.get("$retainKeys");
  if (kept === undefined) return;
  rest.delete("$retainKeys");
  const named = (name: string): boolean => isJsonArray(kept) && kept.includes(name);
  const stray = [...rest].some(
    ([name, value]) => value !== null && !name.startsWith(ORDER) && !name.startsWith(DELETED) && !named(name),
  );
  if (!isJsonArray(kept) || stray) throw refuse("invalid patch format of retainKeys");
  for (const name of merged.keys()) if (!named(name)) merged.delete(name);
}

/** Applies what a patch takes away. False when it takes nothing away. */
function applyDeletion(merged: Map<string, JsonValue>, name: string, value: JsonValue): boolean {
  if (value === null) merged.delete(name);
  if (value === null || !name.startsWith(DELETED)) return value === null;
  const list = merged.get(name.slice(DELETED.length));
  if (isJsonArray(list) && isJsonArray(value)) {
    const deleted = new Set(value);
    merged.set(
      name.slice(DELETED.length),
      list.filter((item) => !deleted.has(item)),
    );
  }
  return true;
}

/** Lists whose order is told: they are merged and ordered here, and taken out of what is left to merge. */
function mergeOrders(merged: Map<string, JsonValue>, rest: Map<string, JsonValue>, type: string, how: Merge): void {
  for (const [directive, order] of rest) {
    if (!directive.startsWith(ORDER)) continue;
    const before = merged.get(directive);
    if (before !== undefined && !jsonEqual(before, order)) throw refuse(BAD_ORDER);
    if (!how.applies) merged.set(directive, order);
    rest.delete(directive);
    const name = directive.slice(ORDER.length);
    const [first, second] = [merged.get(name), rest.get(name)];
    if (!isJsonArray(order) || !isList(first) || !isList(second)) throw refuse(BAD_ORDER);
    const member = listMember(type, name);
    checkOrder(second ?? [], order, member.mergeKey);
    if (first === undefined && second === undefined) continue;
    const { list, before: places } = joined(first, second, member, how);
    itemKind(first ?? [], second ?? []);
    merged.set(name, ordered(list, order, places, member.mergeKey));
    rest.delete(name);
  }
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] | undefined {
  return value === undefined || isJsonArray(value);
}

/** A list, and what stands where the first one stood: it tells the places of items that no order names. */
interface Merged {
  readonly list: readonly JsonValue[];
  readonly before: readonly JsonValue[];
}

function joined(
  first: readonly JsonValue[] | undefined,
  second: readonly JsonValue[] | undefined,
  member: PatchMember,
  how: Merge,
): Merged {
  if (second === undefined) return { list: first ?? [], before: first ?? [] };
  if (first === undefined) return { list: second.flatMap((item) => withoutDirectives(item)), before: [] };
  return member.strategy === "merge" ? mergeLists(first, second, member, how) : { list: second, before: first };
}

/** Items of a patch must stand in the order that it tells. */
function checkOrder(items: readonly JsonValue[], order: readonly JsonValue[], mergeKey: string): void {
  if (items.length === 0 || order.length === 0) return;
  const wanted = items.filter((item) => !isJsonObject(item) || !Object.hasOwn(item, "$patch"));
  let at = 0;
  for (const one of order)
    if (at < wanted.length && identity(wanted[at] ?? null, mergeKey) === identity(one, mergeKey)) at++;
  if (at === wanted.length) return;
  throw refuse(`The order in patch list:\n${goText(items)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`);
}

function mergeMember(merged: Map<string, JsonValue>, name: string, value: JsonValue, type: string, how: Merge): void {
  const before = merged.get(name);
  if (name.startsWith(DELETED)) merged.set(name, value);
  else if (before === undefined || kindOf(before) !== kindOf(value)) {
    const [own] = withoutDirectives(how.applies ? withoutNulls(value, MAX_OBJECT_DEPTH) : value);
    if (own === undefined) merged.delete(name);
    else merged.set(name, own);
  } else if (isJsonObject(before) && isJsonObject(value)) {
    const member = mapMember(type, name);
    merged.set(name, member.strategy === "replace" ? value : mergeMaps(before, value, member.type, how));
  } else if (isJsonArray(before) && isJsonArray(value)) {
    const member = listMember(type, name);
    merged.set(name, joined(before, value, member, how).list);
  } else merged.set(name, value);
}

/**
 * Helm compatibility: client-go deletes items in the array of the first list and appends new ones to it, so that whoever still holds
 * that list sees new items where deleted ones were.
 */
function mergeLists(
  first: readonly JsonValue[],
  second: readonly JsonValue[],
  member: PatchMember,
  how: Merge,
): Merged {
  if (first.length === 0 && second.length === 0) return { list: first, before: first };
  const { mergeKey, type } = member;
  if (itemKind(first, second) !== "map") {
    const list = ordered(withoutRepetitions([...first, ...second]), second, first, mergeKey);
    return { list, before: first };
  }
  if (mergeKey === "") throw refuse(`cannot merge lists without merge key for ${type === "" ? "string" : "struct"}`);
  const { base, items } = withDirectives(first, second, mergeKey);
  const list = [...base];
  const places = new Map(placesOf(base, mergeKey));
  for (const item of items) {
    const key = keyOfItem(item, mergeKey);
    const at = places.get(key) ?? list.length;
    const there = list[at];
    list[at] = isJsonObject(there) && isJsonObject(item) ? mergeMaps(there, item, type, how) : item;
    places.set(key, at);
  }
  return { list: ordered(list, items, base, mergeKey), before: list.slice(0, first.length) };
}

function isDirective(item: JsonValue): boolean {
  return isJsonObject(item) && Object.hasOwn(item, "$patch");
}

/** What items of the second list say about the whole list or about items of the first. */
function withDirectives(
  first: readonly JsonValue[],
  second: readonly JsonValue[],
  mergeKey: string,
): { readonly base: readonly JsonValue[]; readonly items: readonly JsonValue[] } {
  const special = second.filter(isDirective);
  const items = second.filter((item) => !isDirective(item));
  const deleted = new Set<JsonValue>();
  for (const item of special) {
    const directive = isJsonObject(item) ? item["$patch"] : undefined;
    if (directive === "replace") return { base: items, items: [] };
    if (directive === "merge") throw refuse("merging lists cannot yet be specified in the patch");
    if (directive !== "delete") throw refuse(`unknown patch type: ${goText(directive)} in map: ${goText(item)}`);
    deleted.add(keyOfItem(item, mergeKey));
  }
  const isDeleted = (item: JsonValue): boolean => deleted.has(identity(item, mergeKey) ?? null);
  return { base: deleted.size === 0 ? first : first.filter((item) => !isDeleted(item)), items };
}

/** Items that `order` names in its order, the others in that of `before`, which also tells where they go. */
function ordered(
  list: readonly JsonValue[],
  order: readonly JsonValue[],
  before: readonly JsonValue[],
  mergeKey: string,
): readonly JsonValue[] {
  const named = placesOf(order, mergeKey);
  const isNamed = (item: JsonValue): boolean => named.has(identity(item, mergeKey));
  const right = inOrderOf(list.filter(isNamed), order, mergeKey);
  const left = inOrderOf(
    list.filter((item) => !isNamed(item)),
    before,
    mergeKey,
  );
  return interleaved(left, right, placesOf(before, mergeKey), mergeKey);
}

function interleaved(
  left: readonly JsonValue[],
  right: readonly JsonValue[],
  places: ReadonlyMap<JsonValue | undefined, number>,
  mergeKey: string,
): readonly JsonValue[] {
  const out: JsonValue[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const [a, b] = [left[i], right[j]];
    const [l, r] = [placeOf(a, places, mergeKey), placeOf(b, places, mergeKey)];
    const first = b === undefined || (a !== undefined && l !== undefined && r !== undefined && l < r);
    if (first && a !== undefined) {
      out.push(a);
      i++;
    } else if (b !== undefined) {
      out.push(b);
      j++;
    }
  }
  return out;
}

function placeOf(
  item: JsonValue | undefined,
  places: ReadonlyMap<JsonValue | undefined, number>,
  mergeKey: string,
): number | undefined {
  return item === undefined ? undefined : places.get(identity(item, mergeKey));
}

/** A value without the maps in it that carry a directive; empty when it is one itself. */
function withoutDirectives(value: JsonValue, depth: number = MAX_OBJECT_DEPTH): readonly JsonValue[] {
  if (depth <= 0) throw refuse("the object is nested too deeply");
  if (isJsonArray(value)) return [value.flatMap((item) => withoutDirectives(item, depth - 1))];
  if (!isJsonObject(value)) return [value];
  if (isDeletion(value) || Object.hasOwn(value, "$patch")) return [];
  const members = Object.entries(value).flatMap(([name, of]) =>
    withoutDirectives(of, depth - 1).map((one) => [name, one] as const),
  );
  return [Object.fromEntries(members)];
}
