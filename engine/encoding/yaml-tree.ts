import type { JsonValue } from "../errors.ts";
import type { Shape } from "./yaml-composer.ts";
import { JSON_SHAPE, setMember } from "./yaml-shape.ts";
import type { OpenObject } from "./yaml-shape.ts";

/** A mapping as it was read: keys and values side by side, of equal keys the last counts. Cheaper than an object that nobody will read. */
export class TreeMap {
  readonly keys: string[] = [];
  readonly values: Tree[] = [];
}

/** A YAML document of which most will be thrown away. */
export type Tree = null | boolean | number | string | TreeMap | readonly Tree[];

/** Documents of which only some keys are wanted. */
export const TREE_SHAPE: Shape<Tree, TreeMap> = {
  scalar: (value) => value,
  newMap: () => new TreeMap(),
  put: (map, key, value) => {
    map.keys.push(key);
    map.values.push(value);
  },
  list: (items) => items,
  mapOf: (value) => (value instanceof TreeMap ? value : undefined),
  itemsOf: (value) => (isTreeList(value) ? value : undefined),
  entries: (map) => new Map(map.keys.map((key, i) => [key, map.values[i] ?? null])),
  show: (value) => JSON_SHAPE.show(toJson(value)),
};

/** True for a sequence. */
export function isTreeList(value: Tree): value is readonly Tree[] {
  return Array.isArray(value);
}

/** The same as plain JSON. */
export function toJson(value: Tree): JsonValue {
  if (isTreeList(value)) return value.map(toJson);
  if (!(value instanceof TreeMap)) return value;
  const out: OpenObject = {};
  for (const [i, key] of value.keys.entries()) setMember(out, key, toJson(value.values[i] ?? null));
  return out;
}
