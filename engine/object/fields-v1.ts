import type { JsonObject, JsonValue } from "../errors.ts";
import { formatPathElement, parsePathElement, type FieldPath, type PathElement } from "./field-path.ts";
import { isJsonObject } from "./json.ts";
import { MAX_OBJECT_DEPTH } from "./equal.ts";

/**
 * A set of field paths, as the tree that fieldsV1 is. `self` says that the path itself is in the set; a node without children is
 * always in it. Children are found by the member name that fieldsV1 writes (`f:spec`, `k:{"name":"web"}`).
 */
export interface FieldTree {
  readonly self: boolean;
  readonly children: ReadonlyMap<string, FieldBranch>;
}

/** A child of a {@link FieldTree}. */
export interface FieldBranch {
  readonly element: PathElement;
  readonly tree: FieldTree;
}

/** The set of nothing. */
export const EMPTY_FIELDS: FieldTree = { self: false, children: new Map() };
const LEAF: FieldTree = { self: true, children: new Map() };

/** Reads fieldsV1. `undefined` when it is no object, or deeper than {@link MAX_OBJECT_DEPTH}; unknown elements are dropped. */
export function parseFieldsV1(json: JsonValue | undefined): FieldTree | undefined {
  if (!isJsonObject(json)) return undefined;
  const tree = parseTree(json, MAX_OBJECT_DEPTH);
  return tree === LEAF ? EMPTY_FIELDS : tree;
}

function parseTree(json: JsonObject, depth: number): FieldTree | undefined {
  if (depth === 0) return undefined;
  const children = new Map<string, FieldBranch>();
  let self = false;
  for (const [name, value] of Object.entries(json)) {
    if (name === ".") {
      self = true;
      continue;
    }
    const element = parsePathElement(name);
    if (element === undefined) continue;
    const tree = isJsonObject(value) ? parseTree(value, depth - 1) : LEAF;
    if (tree === undefined) return undefined;
    children.set(formatPathElement(element), { element, tree });
  }
  return children.size === 0 ? LEAF : { self, children };
}

/** Writes fieldsV1, members in the API server's order. */
export function formatFieldsV1(tree: FieldTree): JsonObject {
  const out: Record<string, JsonValue> = {};
  if (tree.self && tree.children.size > 0) out["."] = {};
  const names = [...tree.children.keys()].sort(compareElements);
  for (const name of names) {
    const branch = tree.children.get(name);
    if (branch !== undefined) out[name] = formatFieldsV1(branch.tree);
  }
  return out;
}

/** Fields, then keys, then values, then indices; each by its text. */
function compareElements(a: string, b: string): number {
  const kind = ELEMENT_ORDER.indexOf(a.charAt(0)) - ELEMENT_ORDER.indexOf(b.charAt(0));
  return kind !== 0 ? kind : a < b ? -1 : a > b ? 1 : 0;
}
const ELEMENT_ORDER = "fkvi";

/** All paths of either set. */
export function unionFields(a: FieldTree, b: FieldTree): FieldTree {
  if (a.children.size === 0 && b.children.size === 0) return a.self ? a : b;
  const children = new Map(a.children);
  for (const [name, branch] of b.children) {
    const other = children.get(name);
    children.set(
      name,
      other === undefined ? branch : { element: branch.element, tree: unionFields(other.tree, branch.tree) },
    );
  }
  return { self: a.self || b.self, children };
}

/** True when the path itself is in the set. */
export function hasField(tree: FieldTree, path: FieldPath): boolean {
  const found = subtree(tree, path);
  return found !== undefined && found.self;
}

/** What lies below a path, or `undefined` when the set has nothing there. */
export function subtree(tree: FieldTree, path: FieldPath): FieldTree | undefined {
  let at: FieldTree | undefined = tree;
  for (const element of path) {
    at = at.children.get(formatPathElement(element))?.tree;
    if (at === undefined) return undefined;
  }
  return at;
}

/** Every path in the set, in the tree's order. */
export function fieldPaths(tree: FieldTree): readonly FieldPath[] {
  const out: FieldPath[] = [];
  collect(tree, [], out);
  return out;
}

function collect(tree: FieldTree, path: FieldPath, out: FieldPath[]): void {
  if (tree.self && path.length > 0) out.push(path);
  for (const branch of tree.children.values()) collect(branch.tree, [...path, branch.element], out);
}

/** A set of the paths given. */
export function fieldsOf(paths: readonly FieldPath[]): FieldTree {
  let tree = EMPTY_FIELDS;
  for (const path of paths) tree = unionFields(tree, single(path, 0));
  return tree;
}

function single(path: FieldPath, from: number): FieldTree {
  const element = path[from];
  if (element === undefined) return LEAF;
  return { self: false, children: new Map([[formatPathElement(element), { element, tree: single(path, from + 1) }]]) };
}

/** A single path's step in a tree by member name. */
export function branchOf(tree: FieldTree, field: string): FieldTree | undefined {
  return tree.children.get(`f:${field}`)?.tree;
}
