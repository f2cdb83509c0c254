import { GoBytes, GoFailure, GoInt, GoList, GoMap, GoObject } from "./value.ts";
import type { GoValue } from "./value.ts";

/** Deeper values are refused instead of overflowing the stack; Go's own stack ends far later, charts nest less than 100 levels. */
const DEPTH = 1000;

/** Go's `reflect.DeepEqual`: types count (`1` is not `1.0`), NaN differs from itself, a nil slice differs from an empty one. */
export function deepEqual(a: GoValue, b: GoValue, depth = 0): boolean {
  if (depth > DEPTH) throw new GoFailure(`values nested more than ${DEPTH} levels deep cannot be compared`);
  if (typeof a !== "object" || a === null) return (a ?? null) === (b ?? null);
  if (typeof b !== "object" || b === null) return false;
  if (a instanceof GoInt) return b instanceof GoInt && a.type === b.type && a.value === b.value;
  if (a instanceof GoMap) return b instanceof GoMap && equalMaps(a, b, depth);
  if (a instanceof GoList) return b instanceof GoList && equalLists(a, b, depth);
  if (a instanceof GoBytes) return b instanceof GoBytes && equalBytes(a.data, b.data);
  return b instanceof GoObject && equalObjects(a, b, depth);
}

function equalMaps(a: GoMap, b: GoMap, depth: number): boolean {
  if (a.type.name !== b.type.name || a.entries.size !== b.entries.size) return false;
  if ((a.type.isNil === true) !== (b.type.isNil === true)) return false;
  if (a.entries === b.entries) return true;
  for (const [key, value] of a.entries) {
    if (!b.entries.has(key) || !deepEqual(value, b.entries.get(key), depth + 1)) return false;
  }
  return true;
}

function equalLists(a: GoList, b: GoList, depth: number): boolean {
  if (a.type !== b.type || a.isNil !== b.isNil || a.items.length !== b.items.length) return false;
  if (a.items === b.items) return true;
  return a.items.every((item, i) => deepEqual(item, b.items[i], depth + 1));
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function equalObjects(a: GoObject, b: GoObject, depth: number): boolean {
  if (a === b) return true;
  if (a.type !== b.type || a.native !== b.native) return false;
  for (const [name, value] of a.fields) if (!deepEqual(value, b.fields.get(name), depth + 1)) return false;
  return true;
}
