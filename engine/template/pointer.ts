import { GoObject } from "../go/value.ts";
import type { GoMethod, GoValue } from "../go/value.ts";

/** What a pointer points to, without the pointer's own `String()`: as a refused range names it. */
export function pointee(value: GoValue): GoValue {
  if (!(value instanceof GoObject) || !value.type.name.startsWith("*")) return value;
  const fields = value.type.printed?.(value);
  return fields === undefined ? dereference(value) : new GoObject({ ...PLAIN, name: value.type.name.slice(1) }, fields);
}

const PLAIN = { fields: [], methods: new Map<string, GoMethod>() };

/** What a pointer points to, as printing and ranging follow it; every other value as it is. */
export function dereference(value: GoValue): GoValue {
  if (!(value instanceof GoObject) || !value.type.name.startsWith("*") || value.type.print !== undefined) return value;
  return new GoObject({ ...value.type, name: value.type.name.slice(1) }, value.fields, value.native);
}
