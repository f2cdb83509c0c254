import type { JsonObject, JsonValue } from "../errors.ts";
import { compareBytes } from "../go/value.ts";
import { formatShortest } from "../go/float.ts";
import { isJsonArray, isJsonObject } from "../object/json.ts";
import { refuse } from "./patch-type.ts";

/** Items of one list of scalars, each of which is compared with each: finalizers and such are few. */
const MAX_SCALARS = 10_000;

/** The kinds of JSON values as Go's decoder tells them apart. */
export type JsonKind = "null" | "map" | "list" | "string" | "number" | "bool";

/** The kind of a value. */
export function kindOf(value: JsonValue | undefined): JsonKind {
  if (value === null || value === undefined) return "null";
  if (isJsonArray(value)) return "list";
  if (typeof value === "object") return "map";
  return typeof value === "boolean" ? "bool" : typeof value === "number" ? "number" : "string";
}

/** The one kind of the items of some lists. Throws for mixed ones, lists of lists and for none, with client-go's texts. */
export function itemKind(...lists: readonly (readonly JsonValue[])[]): JsonKind {
  let kind: JsonKind | undefined;
  for (const list of lists) {
    for (const item of list) {
      const own = kindOf(item);
      if (own === "list" && kind === undefined) throw refuse("lists of lists are not supported");
      if (kind !== undefined && own !== kind) throw refuse(`list element types are not identical: ${goText(lists)}`);
      kind = own;
    }
  }
  if (kind === undefined) throw refuse("no elements in any of the given slices");
  return kind;
}

/** The value of an item's merge key. Throws with client-go's text when there is none. */
export function keyOfItem(item: JsonValue, mergeKey: string): JsonValue {
  const map = isJsonObject(item) ? item : undefined;
  const value = map !== undefined && Object.hasOwn(map, mergeKey) ? map[mergeKey] : undefined;
  if (value === undefined) throw refuse(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`);
  return value;
}

/** What items are compared by: their merge key, or themselves. */
export function identity(item: JsonValue, mergeKey: string): JsonValue | undefined {
  return mergeKey !== "" && isJsonObject(item) ? item[mergeKey] : item;
}

/** True for an item that says `$patch: delete`. */
export function isDeletion(item: JsonValue): boolean {
  return isJsonObject(item) && item["$patch"] === "delete";
}

/** Items in the order of others; those that are deleted come last. */
export function inOrderOf(
  items: readonly JsonValue[],
  order: readonly JsonValue[],
  mergeKey: string,
): readonly JsonValue[] {
  const places = placesOf(order, mergeKey);
  const at = (item: JsonValue): number => places.get(identity(item, mergeKey)) ?? -1;
  const kept = items.filter((item) => !isDeletion(item));
  return [...kept.sort((a, b) => at(a) - at(b)), ...items.filter(isDeletion)];
}

/** First places of items by what they are compared by. */
export function placesOf(items: readonly JsonValue[], mergeKey: string): ReadonlyMap<JsonValue | undefined, number> {
  const places = new Map<JsonValue | undefined, number>();
  items.forEach((item, place) => {
    const key = identity(item, mergeKey);
    if (!places.has(key)) places.set(key, place);
  });
  return places;
}

/**
 * Items sorted by the text of what they are compared by. Helm compatibility: client-go calls equal items smaller than each other, and
 * Go's insertion sort then turns their order around.
 */
export function sortedByText(items: readonly JsonValue[], textOf: (item: JsonValue) => string): readonly JsonValue[] {
  return items
    .map((item, place) => ({ item, place, text: textOf(item) }))
    .sort((a, b) => compareBytes(a.text, b.text) || b.place - a.place)
    .map(({ item }) => item);
}

/** Scalars without repetitions, in the order that client-go leaves: a repetition is replaced by the last one. */
export function withoutRepetitions(items: readonly JsonValue[]): readonly JsonValue[] {
  if (items.length > MAX_SCALARS) throw refuse(`a list of more than ${MAX_SCALARS} items cannot be patched`);
  const out = [...items];
  for (let i = 0; i < out.length - 1; i++) {
    for (let j = i + 1; j < out.length; j++) {
      if (out[i] !== out[j]) continue;
      const last = out.pop();
      if (j < out.length && last !== undefined) out[j] = last;
      j--;
    }
  }
  return out;
}

/** A value as Go's `%v` prints it. */
export function goText(value: JsonValue | readonly (readonly JsonValue[])[] | undefined): string {
  if (value === null || value === undefined) return "<nil>";
  if (isJsonArray(value)) return `[${value.map((item) => goText(item)).join(" ")}]`;
  if (isJsonObject(value)) return mapText(value);
  return typeof value === "number" ? numberText(value) : String(value);
}

function mapText(value: JsonObject): string {
  const names = Object.keys(value).sort(compareBytes);
  return `map[${names.map((name) => `${name}:${goText(value[name])}`).join(" ")}]`;
}

/** Integers are int64 in Kubernetes' JSON. */
function numberText(value: number): string {
  return Number.isInteger(value) ? value.toFixed(0) : formatShortest(value);
}
