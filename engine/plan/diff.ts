import type { JsonObject, JsonValue } from "../errors.ts";
import { listKind } from "../kube/list-item.ts";
import { jsonEqual, MAX_OBJECT_DEPTH } from "../object/equal.ts";
import { type FieldPath, formatPathElement, type PathElement, printFieldPath } from "../object/field-path.ts";
import { EMPTY_FIELDS, type FieldTree, unionFields } from "../object/fields-v1.ts";
import { isJsonArray, isJsonObject } from "../object/json.ts";
import { managedFieldsOf } from "../object/managed-fields-entry.ts";
import type { KubeObject } from "../object/object.ts";

/** One field that differs. An absent side has no such field. Values are raw: mask them before they are shown. */
export interface FieldChange {
  /** As conflicts print it, e.g. `.spec.replicas`. */
  readonly field: string;
  readonly path: FieldPath;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

/** Changes of one object beyond these are not listed: no reader looks at them, and a plan is kept. */
const MAX_CHANGES = 2000;

/** Members of `metadata` that only the server writes, and those that name the object. */
const SERVER_METADATA: ReadonlySet<string> = new Set([
  "managedFields",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "uid",
  "selfLink",
  "name",
  "namespace",
]);

interface Walk {
  readonly path: PathElement[];
  readonly found: FieldChange[];
}

/** The fields in which two states of an object differ, without those that the server writes by itself. Pure. */
export function diffObjects(before: KubeObject | undefined, after: KubeObject | undefined): readonly FieldChange[] {
  const walk: Walk = { path: [], found: [] };
  const tree = unionFields(treeOf(before), treeOf(after));
  diffMaps(walk, tree, plainOf(before), plainOf(after), MAX_OBJECT_DEPTH);
  return walk.found;
}

function treeOf(object: KubeObject | undefined): FieldTree {
  if (object === undefined) return EMPTY_FIELDS;
  return managedFieldsOf(object).reduce((sum, entry) => unionFields(sum, entry.fields ?? EMPTY_FIELDS), EMPTY_FIELDS);
}

/** The object without what is no field of anybody's. */
export function plainOf(object: KubeObject | undefined): JsonObject {
  if (object === undefined) return {};
  const { apiVersion: _version, kind: _kind, status: _status, metadata, ...rest } = object;
  const own = Object.entries(metadata).filter(([name]) => !SERVER_METADATA.has(name));
  return own.length === 0 ? rest : { metadata: Object.fromEntries(own), ...rest };
}

function diffValues(
  walk: Walk,
  tree: FieldTree,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  depth: number,
): void {
  if (jsonEqual(before, after, depth)) return;
  const known = walk.found.length;
  if (depth > 0 && isMapOrAbsent(before) && isMapOrAbsent(after)) diffMaps(walk, tree, before, after, depth);
  else if (depth > 0 && isListOrAbsent(before) && isListOrAbsent(after)) diffLists(walk, tree, before, after, depth);
  else report(walk, before, after);
  if (walk.found.length === known) report(walk, before, after);
}

function isMapOrAbsent(value: JsonValue | undefined): value is JsonObject | undefined {
  return value === undefined || isJsonObject(value);
}

function isListOrAbsent(value: JsonValue | undefined): value is readonly JsonValue[] | undefined {
  return value === undefined || isJsonArray(value);
}

function diffMaps(
  walk: Walk,
  tree: FieldTree,
  before: JsonObject | undefined,
  after: JsonObject | undefined,
  depth: number,
): void {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  for (const name of names) {
    const element = { kind: "field", name } as const;
    walk.path.push(element);
    diffValues(walk, childOf(tree, element), memberOf(before, name), memberOf(after, name), depth - 1);
    walk.path.pop();
  }
}

function memberOf(value: JsonObject | undefined, name: string): JsonValue | undefined {
  return value !== undefined && Object.hasOwn(value, name) ? value[name] : undefined;
}

function childOf(tree: FieldTree, element: PathElement): FieldTree {
  return tree.children.get(formatPathElement(element))?.tree ?? EMPTY_FIELDS;
}

/** Items are told apart by their keys where the server or a `name` says them; any other list is one value. */
function diffLists(
  walk: Walk,
  tree: FieldTree,
  before: readonly JsonValue[] | undefined,
  after: readonly JsonValue[] | undefined,
  depth: number,
): void {
  const there = itemsOf(tree, before ?? []);
  const wanted = itemsOf(tree, after ?? []);
  if (there === undefined || wanted === undefined) return report(walk, before, after);
  for (const [name, { element }] of new Map([...there, ...wanted])) {
    walk.path.push(element);
    diffValues(walk, childOf(tree, element), there.get(name)?.item, wanted.get(name)?.item, depth - 1);
    walk.path.pop();
  }
  return undefined;
}

interface Item {
  readonly element: PathElement;
  readonly item: JsonValue;
}

function itemsOf(tree: FieldTree, list: readonly JsonValue[]): ReadonlyMap<string, Item> | undefined {
  const keys = listKind(tree) === "set" ? undefined : (keysOf(tree) ?? ["name"]);
  const items = new Map<string, Item>();
  for (const item of list) {
    const element = elementOf(item, keys);
    const name = element === undefined ? "" : formatPathElement(element);
    if (element === undefined || items.has(name)) return undefined;
    items.set(name, { element, item });
  }
  return items;
}

function keysOf(tree: FieldTree): readonly string[] | undefined {
  for (const { element } of tree.children.values()) {
    if (element.kind === "key") return element.fields.map((field) => field.name);
  }
  return undefined;
}

function elementOf(item: JsonValue, keys: readonly string[] | undefined): PathElement | undefined {
  if (keys === undefined) return { kind: "value", value: item };
  if (!isJsonObject(item)) return undefined;
  const fields: { name: string; value: JsonValue }[] = [];
  for (const name of keys) {
    const value = memberOf(item, name) ?? (name === "protocol" ? "TCP" : undefined);
    if (value === undefined) return undefined;
    fields.push({ name, value });
  }
  return { kind: "key", fields };
}

function report(walk: Walk, before: JsonValue | undefined, after: JsonValue | undefined): void {
  if (walk.found.length >= MAX_CHANGES) return;
  const path = [...walk.path];
  walk.found.push({
    field: printFieldPath(path),
    path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  });
}
