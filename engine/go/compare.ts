import { complexParts } from "./complex.ts";
import { sprintf, typeName } from "./fmt.ts";
import { compareBytes, GoFailure, GoInt, GoObject } from "./value.ts";
import type { GoValue } from "./value.ts";

/** The kinds that templates compare. `other` is everything that has no order: lists, maps, structs, nothing. */
type BasicKind = "bool" | "complex" | "int" | "uint" | "float" | "string" | "other";

const BAD_TYPE = "invalid type for comparison";

function basicKind(value: GoValue): BasicKind {
  switch (typeof value) {
    case "string":
      return "string";
    case "number":
      return "float";
    case "boolean":
      return "bool";
    default:
      if (value instanceof GoInt) return value.type.startsWith("u") ? "uint" : "int";
      return complexParts(value) === undefined ? "other" : "complex";
  }
}

function isWhole(kind: BasicKind): boolean {
  return kind === "int" || kind === "uint";
}

/** Template `eq`: true if `first` equals any of `rest`. Throws {@link GoFailure} with Go's text for kinds that do not compare. */
export function eq(first: GoValue, rest: readonly GoValue[]): boolean {
  if (rest.length === 0) throw new GoFailure("missing argument for comparison");
  for (const other of rest) if (equal(first, other)) return true;
  return false;
}

/** Template `ne`. */
export function ne(a: GoValue, b: GoValue): boolean {
  return !equal(a, b);
}

function equal(a: GoValue, b: GoValue): boolean {
  if (typeof a === "string" && typeof b === "string") return a === b;
  const kind = basicKind(a);
  const otherKind = basicKind(b);
  if (kind === "other" && otherKind === "other") return equalOther(a ?? undefined, b ?? undefined);
  if (a instanceof GoInt && b instanceof GoInt) return a.value === b.value;
  if (kind !== otherKind) {
    if (isNothing(a) || isNothing(b)) return false;
    throw incompatible(a, b);
  }
  if (kind !== "complex") return a === b;
  const x = complexParts(a);
  const y = complexParts(b);
  return x?.re === y?.re && x?.im === y?.im;
}

function isNothing(value: GoValue): boolean {
  return value === undefined || value === null;
}

function incompatible(a: GoValue, b: GoValue): GoFailure {
  return new GoFailure(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
}

function equalOther(a: GoValue, b: GoValue): boolean {
  if (reflectKind(a) !== reflectKind(b) && !isNothing(a) && !isNothing(b)) {
    const types = `${sprintf("%s", [a])}: ${typeName(a)}, ${typeName(b)}: ${sprintf("%v", [b])}`;
    throw new GoFailure(`non-comparable types ${types}`);
  }
  if (isNil(a) || isNil(b)) return isNil(a) === isNil(b);
  if (!(b instanceof GoObject)) throw new GoFailure(`non-comparable type ${sprintf("%s", [b])}: ${typeName(b)}`);
  return a instanceof GoObject && equalStruct(a, b);
}

function reflectKind(value: GoValue): string {
  if (value === null || typeof value !== "object") return "invalid";
  if (value.kind === "bytes") return "list";
  return value.kind === "object" && value.type.name.startsWith("*") ? "pointer" : value.kind;
}

function isNil(value: GoValue): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value !== "object") return false;
  return value.kind === "list" ? value.isNil : value.kind === "map" && value.type.isNil === true;
}

/** Go's `==` of structs: same type, equal fields. Pointers are equal only to themselves. */
function equalStruct(a: GoObject, b: GoObject): boolean {
  if (a === b) return true;
  if (a.type.name !== b.type.name || a.type.name.startsWith("*")) return false;
  for (const [name, value] of a.fields) if (!equalField(value, b.fields.get(name))) return false;
  return equalNative(a.native, b.native);
}

function equalField(a: GoValue, b: GoValue): boolean {
  if (a instanceof GoInt && b instanceof GoInt) return a.type === b.type && a.value === b.value;
  return a instanceof GoObject && b instanceof GoObject ? equalStruct(a, b) : a === b;
}

function equalNative(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const left = Object.entries(a);
  const right = new Map(Object.entries(b));
  return left.length === right.size && left.every(([key, value]) => Object.is(value, right.get(key)));
}

/** Template `lt`. Throws {@link GoFailure} for kinds without an order and for two different kinds. */
export function lt(a: GoValue, b: GoValue): boolean {
  const kind = basicKind(a);
  const otherKind = basicKind(b);
  if (kind === "other" || otherKind === "other") throw new GoFailure(BAD_TYPE);
  if (kind !== otherKind && !(isWhole(kind) && isWhole(otherKind))) throw incompatible(a, b);
  if (a instanceof GoInt && b instanceof GoInt) return a.value < b.value;
  if (typeof a === "string" && typeof b === "string") return compareBytes(a, b) < 0;
  if (typeof a === "number" && typeof b === "number") return a < b;
  throw new GoFailure(BAD_TYPE);
}

/** Template `le`. */
export function le(a: GoValue, b: GoValue): boolean {
  return lt(a, b) || equal(a, b);
}

/** Template `gt`: Go negates `le`, so that nothing compares with NaN as one might expect. */
export function gt(a: GoValue, b: GoValue): boolean {
  return !le(a, b);
}

/** Template `ge`: Go negates `lt`. */
export function ge(a: GoValue, b: GoValue): boolean {
  return !lt(a, b);
}
