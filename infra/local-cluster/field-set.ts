import { isJsonArray, isJsonObject } from "../../engine/object/json.ts";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { formatPathElement, type FieldPath, type PathElement } from "../../engine/object/field-path.ts";
import { EMPTY_FIELDS, fieldPaths, type FieldBranch, type FieldTree } from "../../engine/object/fields-v1.ts";
import { schemaOf, type ListKey, type TypeRow, type TypeTable } from "./schema.ts";

/** Paths by their text, so that two sets can be compared. */
export type FieldSet = ReadonlyMap<string, FieldPath>;

/** A value with its type. */
export interface Typed {
  readonly types: TypeTable;
  readonly type: TypeRow;
  readonly value: JsonValue | undefined;
}

/** The API server's own limit on nesting is far below. */
export const MAX_DEPTH = 200;

/** The text that a path has in a {@link FieldSet}. */
export function pathText(path: FieldPath): string {
  return path.map(formatPathElement).join("\0");
}

/** Every field that a value sets, as server-side apply counts them (structured-merge-diff `ToFieldSet`). */
export function fieldSetOf(typed: Typed): FieldSet {
  const set = new Map<string, FieldPath>();
  collect(typed, [], set);
  return set;
}

function collect(typed: Typed, path: FieldPath, set: Map<string, FieldPath>): void {
  const { types, type, value } = typed;
  const schema = schemaOf(types, type, value);
  const insert = (at: FieldPath): void => void set.set(pathText(at), at);
  if (path.length > MAX_DEPTH) return;
  if (schema.kind === "list" && schema.relation !== "atomic" && isJsonArray(value)) {
    for (const item of value) {
      const at = [...path, elementOf(schema.keys, item)];
      collect({ types, type: schema.element, value: item }, at, set);
      insert(at);
    }
    return;
  }
  if ((schema.kind === "struct" || schema.kind === "map") && !schema.atomic && isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      const at: FieldPath = [...path, { kind: "field", name }];
      const declared = schema.kind === "struct" ? schema.members[name] : undefined;
      collect({ types, type: declared ?? (schema.kind === "map" ? schema.element : "any"), value: member }, at, set);
      if (declared === undefined || member === null || (isJsonObject(member) && Object.keys(member).length === 0))
        insert(at);
    }
    return;
  }
  if (path.length > 0 && (schema.kind === "scalar" || (value !== null && value !== undefined))) insert(path);
}

/** How an item of a list is named: by its key fields, or by its value in a set. */
export function elementOf(keys: readonly ListKey[], item: JsonValue): PathElement {
  if (keys.length === 0) return { kind: "value", value: item };
  const fields = keys.flatMap(({ name, fallback }) => {
    const value = isJsonObject(item) ? (item[name] ?? fallback) : undefined;
    return value === undefined ? [] : [{ name, value }];
  });
  return { kind: "key", fields: fields.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** All paths of both. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  return new Map([...a, ...b]);
}

/** The paths of `a` that are not in `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return new Map([...a].filter(([text]) => !b.has(text)));
}

/** The paths that are in both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return new Map([...a].filter(([text]) => b.has(text)));
}

/** The same paths in both. */
export function sameSet(a: FieldSet, b: FieldSet): boolean {
  return a.size === b.size && [...a.keys()].every((text) => b.has(text));
}

/** A set without the fields below some paths. */
export function withoutBelow(set: FieldSet, roots: readonly string[]): FieldSet {
  return new Map([...set].filter(([text]) => !roots.some((root) => text === root || text.startsWith(`${root}\0`))));
}

/** A set from a managed-fields tree. */
export function setOfTree(tree: FieldTree | undefined): FieldSet {
  return new Map(fieldPaths(tree ?? EMPTY_FIELDS).map((path) => [pathText(path), path]));
}

interface Node {
  self: boolean;
  readonly children: Map<string, { readonly element: PathElement; readonly node: Node }>;
}

/** The managed-fields tree of a set. */
export function treeOfSet(set: FieldSet): FieldTree {
  const root: Node = { self: false, children: new Map() };
  for (const path of set.values()) {
    let at = root;
    for (const element of path) {
      const name = formatPathElement(element);
      const known = at.children.get(name) ?? { element, node: { self: false, children: new Map() } };
      at.children.set(name, known);
      at = known.node;
    }
    at.self = true;
  }
  return freeze(root);
}

function freeze(node: Node): FieldTree {
  const children = [...node.children].map(([name, { element, node: child }]): [string, FieldBranch] => [
    name,
    { element, tree: freeze(child) },
  ]);
  return { self: node.self, children: new Map(children) };
}

/** Sets a member also where its name is `__proto__`. */
export function setMember(object: Record<string, JsonValue>, name: string, value: JsonValue): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}

/** An object with one member changed, or taken out where `value` is undefined. */
export function withMember(object: JsonObject, name: string, value: JsonValue | undefined): JsonObject {
  const out: Record<string, JsonValue> = {};
  for (const [key, member] of Object.entries(object)) if (key !== name) setMember(out, key, member);
  if (value !== undefined) setMember(out, name, value);
  return out;
}
