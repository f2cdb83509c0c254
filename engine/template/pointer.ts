import { GoObject } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";

/** What a pointer points to, as printing and ranging follow it; every other value as it is. */
export function dereference(value: GoValue): GoValue {
  if (!(value instanceof GoObject) || !value.type.name.startsWith("*") || value.type.print !== undefined) return value;
  return new GoObject({ ...value.type, name: value.type.name.slice(1) }, value.fields, value.native);
}
