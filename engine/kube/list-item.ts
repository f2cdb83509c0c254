import type { JsonValue } from "../errors.ts";
import { formatPathElement, type PathElement } from "../object/field-path.ts";
import { branchOf, type FieldBranch, type FieldTree } from "../object/fields-v1.ts";
import { jsonEqual } from "../object/equal.ts";
import { isJsonArray, isJsonObject } from "../object/json.ts";

/** Items whose keys a chart left to their defaults are searched one by one; this many comparisons per list at most. */
const MAX_SCANS = 20_000;

/** What a field tree tells about a list: `map` (items by key fields), `set` (items by value), or nothing: an atomic list. */
export function listKind(tree: FieldTree): "map" | "set" | "atomic" {
  for (const branch of tree.children.values()) {
    if (branch.element.kind === "key") return "map";
    if (branch.element.kind === "value") return "set";
  }
  return "atomic";
}

/** The items of a list by the path element that names them. */
export interface ListIndex {
  /** Item and position by element name, e.g. `k:{"name":"web"}`. */
  readonly items: ReadonlyMap<string, IndexedItem>;
  /** Some item is named twice, or not at all: nothing can be said about this list. */
  readonly ambiguous: boolean;
}

/** An item where it stands. */
export interface IndexedItem {
  readonly item: JsonValue;
  readonly position: number;
}

/**
 * Names the items of `list` by the elements that `tree` has for it. An item that leaves a key to its default (`protocol`) is the one
 * element whose other keys agree and that does not own the missing key, since then the same default was left out before.
 */
export function indexList(list: JsonValue | undefined, tree: FieldTree): ListIndex {
  const items = new Map<string, IndexedItem>();
  if (!isJsonArray(list)) return { items, ambiguous: list !== undefined && list !== null };
  const shape = keyNames(tree);
  let ambiguous = false;
  let scans = MAX_SCANS;
  for (const [position, item] of list.entries()) {
    let name = shape === undefined ? formatPathElement({ kind: "value", value: item }) : nameByKeys(item, shape);
    if (name === undefined && shape !== undefined) {
      scans -= tree.children.size;
      name = scans < 0 ? undefined : nameByDefault(item, tree);
    }
    if (name === undefined || items.has(name)) ambiguous = true;
    else items.set(name, { item, position });
  }
  return { items, ambiguous };
}

/** The names of the key fields, or `undefined` for a set. */
function keyNames(tree: FieldTree): readonly string[] | undefined {
  for (const { element } of tree.children.values()) {
    if (element.kind === "key") return element.fields.map((field) => field.name);
  }
  return undefined;
}

function nameByKeys(item: JsonValue, names: readonly string[]): string | undefined {
  if (!isJsonObject(item)) return undefined;
  const fields: { name: string; value: JsonValue }[] = [];
  for (const name of names) {
    const value = Object.hasOwn(item, name) ? item[name] : undefined;
    if (value === undefined) return undefined;
    fields.push({ name, value });
  }
  return formatPathElement({ kind: "key", fields });
}

function nameByDefault(item: JsonValue, tree: FieldTree): string | undefined {
  let found: string | undefined;
  for (const [name, branch] of tree.children) {
    if (!agrees(item, branch)) continue;
    if (found !== undefined) return undefined;
    found = name;
  }
  return found ?? nameWithKnownDefault(item, tree);
}

function agrees(item: JsonValue, { element, tree }: FieldBranch): boolean {
  if (element.kind !== "key" || !isJsonObject(item)) return false;
  return element.fields.every(({ name, value }) =>
    Object.hasOwn(item, name) ? jsonEqual(item[name], value) : branchOf(tree, name) === undefined,
  );
}

/** The one default that the built-in kinds have in a key. */
function nameWithKnownDefault(item: JsonValue, tree: FieldTree): string | undefined {
  if (!isJsonObject(item) || Object.hasOwn(item, "protocol")) return undefined;
  return nameByKeys({ ...item, protocol: "TCP" }, keyNames(tree) ?? []);
}

/** The item that a path element names, or `undefined`: also when two would fit. */
export function findItem(list: JsonValue | undefined, element: PathElement): IndexedItem | undefined {
  if (!isJsonArray(list)) return undefined;
  let found: IndexedItem | undefined;
  for (const [position, item] of list.entries()) {
    if (!isNamedBy(item, position, element)) continue;
    if (found !== undefined) return undefined;
    found = { item, position };
  }
  return found;
}

function isNamedBy(item: JsonValue, position: number, element: PathElement): boolean {
  if (element.kind === "index") return position === element.index;
  if (element.kind === "value") return jsonEqual(item, element.value);
  if (element.kind !== "key" || !isJsonObject(item)) return false;
  return element.fields.every(({ name, value }) =>
    Object.hasOwn(item, name) ? jsonEqual(item[name], value) : name === "protocol" && value === "TCP",
  );
}
