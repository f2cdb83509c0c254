import { complexParts } from "../go/complex.ts";
import { GoBytes, GoInt, GoList, GoMap, GoObject } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { NIL_DEREFERENCE, fail } from "./signature.ts";

/** What `reflect` iterates: the elements of a slice, bytes as `uint8`. `undefined` when the value is no slice. */
export function elements(value: GoValue): readonly GoValue[] | undefined {
  if (value instanceof GoList) return value.items;
  if (value instanceof GoBytes) return Array.from(value.data, (byte) => new GoInt("uint8", BigInt(byte)));
  return undefined;
}

/** The elements of a slice, or the failure `<refusal> <kind>`. Nil fails as Go does on a nil type. */
export function elementsOrFail(value: GoValue, refusal: string): readonly GoValue[] {
  const items = elements(value);
  if (items !== undefined) return items;
  if (value === null || value === undefined) return fail(NIL_DEREFERENCE);
  return fail(`${refusal} ${kindName(value)}`);
}

/** Go's `reflect.Kind` by name: `invalid` for nil, `int64` for a duration, `ptr` for `*T`. */
export function kindName(value: GoValue): string {
  if (value === null || value === undefined) return "invalid";
  if (typeof value === "string") return "string";
  if (typeof value === "number") return "float64";
  if (typeof value === "boolean") return "bool";
  if (value instanceof GoInt) return intKind(value);
  if (value instanceof GoMap) return "map";
  if (value instanceof GoObject) return objectKind(value);
  return "slice";
}

function objectKind(value: GoObject): string {
  if (complexParts(value) !== undefined) return "complex128";
  return value.type.name.startsWith("*") ? "ptr" : "struct";
}

function intKind(value: GoInt): string {
  if (value.type === "time.Duration") return "int64";
  return value.type === "time.Month" || value.type === "time.Weekday" ? "int" : value.type;
}

/** Sprig's `empty`: nil, zero, false and whatever has no elements. Structs and pointers never are. */
export function isEmpty(value: GoValue): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === "string") return value === "";
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value === 0;
  if (value instanceof GoInt) return value.value === 0n;
  if (value instanceof GoMap) return value.entries.size === 0;
  if (value instanceof GoList) return value.items.length === 0;
  if (value instanceof GoBytes) return value.data.length === 0;
  const complex = complexParts(value);
  return complex !== undefined && complex.re === 0 && complex.im === 0;
}
