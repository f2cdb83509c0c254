import { GoList, GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";

/** A copy that shares no map and no list with its original. Scalars are shared: they never change. */
export function copyValue(value: GoValue): GoValue {
  if (value instanceof GoMap) return copyMap(value);
  if (value instanceof GoList) return new GoList(value.items.map(copyValue), value.type, value.isNil);
  return value;
}

/** {@link copyValue} of a map. */
export function copyMap(map: GoMap): GoMap {
  const entries = new Map<string, GoValue>();
  for (const [key, value] of map.entries) entries.set(key, copyValue(value));
  return new GoMap(entries, map.type);
}

/**
 * Helm's `MergeMaps`: a new map in which `over` wins over `base`; maps merge, everything else replaces, a `null` too. Neither input is
 * written, but untouched inner values are shared.
 */
export function mergeMaps(base: GoMap, over: GoMap): GoMap {
  const entries = new Map(base.entries);
  for (const [key, value] of over.entries) {
    const below = entries.get(key);
    entries.set(key, value instanceof GoMap && below instanceof GoMap ? mergeMaps(below, value) : value);
  }
  return new GoMap(entries);
}

/** The table at a dotted path, or the name of the first step that is none. */
export function tableAt(map: GoMap, path: string): { readonly table: GoMap } | { readonly missing: string } {
  let table = map;
  for (const step of path.split(".")) {
    const next = table.entries.get(step);
    if (!(next instanceof GoMap)) return { missing: step };
    table = next;
  }
  return { table };
}

/** The value at a dotted path that is no table; `undefined` where there is none. Helm's `PathValue`. */
export function valueAt(map: GoMap, path: string): GoValue {
  const dot = path.lastIndexOf(".");
  const key = path.slice(dot + 1);
  const found = dot < 0 ? { table: map } : tableAt(map, path.slice(0, dot));
  if (!("table" in found)) return undefined;
  const value = found.table.entries.get(key);
  return value instanceof GoMap ? undefined : value;
}
