import { typeName } from "../go/fmt.ts";
import { GoBytes, GoInt, GoList, GoMap, GoObject } from "../go/value.ts";
import type { GoIntKind, GoTypeName, GoValue } from "../go/value.ts";
import type { Frame } from "./frame.ts";

/** Go types that take any value. `reflect.Value` keeps "no value" apart from nil. */
const ANY: ReadonlySet<GoTypeName> = new Set(["interface {}", "any"]);
export const REFLECT_VALUE = "reflect.Value";

const SIGNED: ReadonlyMap<GoTypeName, GoIntKind> = intKinds([
  "int",
  "int8",
  "int16",
  "int32",
  "int64",
  "time.Duration",
  "time.Month",
  "time.Weekday",
]);
const UNSIGNED: ReadonlyMap<GoTypeName, GoIntKind> = intKinds(["uint", "uint8", "uint16", "uint32", "uint64"]);

function intKinds(kinds: readonly GoIntKind[]): ReadonlyMap<GoTypeName, GoIntKind> {
  return new Map(kinds.map((kind) => [kind, kind]));
}

export function isAny(type: GoTypeName): boolean {
  return ANY.has(type);
}

export function signedKind(type: GoTypeName): GoIntKind | undefined {
  return SIGNED.get(type);
}

export function unsignedKind(type: GoTypeName): GoIntKind | undefined {
  return UNSIGNED.get(type);
}

/** An integer constant in a parameter of `kind`, cut to its width as Go cuts it. */
export function toKind(kind: GoIntKind, value: bigint): GoInt {
  const bits = Number(/\d+$/.exec(kind)?.[0] ?? 64);
  return new GoInt(kind, kind.startsWith("u") ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value));
}

/** Whether the literal `nil` and "no value" may stand for a parameter of this type. They arrive as `null`. */
export function canBeNil(type: GoTypeName): boolean {
  return isAny(type) || type === REFLECT_VALUE || /^(?:map\[|\[\]|\*|func\(|chan )/.test(type);
}

/** Checks an argument against a parameter's type; fails at the frame's node. Go's `validateType`. */
export type Convert = (frame: Frame, value: GoValue) => GoValue;

/** The check of arguments for parameters of `type`. */
export function converter(type: GoTypeName): Convert {
  if (isAny(type)) return (_frame, value) => toInterface(value);
  if (type === REFLECT_VALUE) return (_frame, value) => value;
  if (type === "string") return (frame, value) => (typeof value === "string" ? value : mismatch(frame, value, type));
  const accepts = acceptor(type);
  return (frame, value) => (accepts(value) ? value : mismatch(frame, value, type));
}

/** A value in a parameter that takes any: no value is nil, a struct is copied. */
export function toInterface(value: GoValue): GoValue {
  if (value === undefined) return null;
  return value instanceof GoObject && value.type.copy !== undefined
    ? new GoObject(value.type.copy, value.fields, value.native)
    : value;
}

function mismatch(frame: Frame, value: GoValue, type: GoTypeName): GoValue {
  if (value === undefined) return canBeNil(type) ? null : frame.fail("invalid value; expected %s", type);
  const got = value === null ? "interface {}" : typeName(value);
  return frame.fail("wrong type for value; expected %s; got %s", type, got);
}

/** Go's `AssignableTo`, and the one dereference that a call makes. */
function acceptor(type: GoTypeName): (value: GoValue) => boolean {
  if (type === "bool") return (value) => typeof value === "boolean";
  if (type === "float64") return (value) => typeof value === "number";
  if (SIGNED.has(type) || UNSIGNED.has(type)) return (value) => value instanceof GoInt && value.type === type;
  if (type.startsWith("map[")) return (value) => value instanceof GoMap && isMapOf(value, type);
  if (type === "[]byte" || type === "[]uint8") return (value) => value instanceof GoBytes;
  if (type.startsWith("[]")) return (value) => value instanceof GoList && isListOf(value, type);
  return (value) =>
    value instanceof GoObject ? value.type.name === type || value.type.name === `*${type}` : typeName(value) === type;
}

/** A named map type is assignable to the unnamed type that it is made of. */
function isMapOf(map: GoMap, type: GoTypeName): boolean {
  const { name, zero } = map.type;
  if (name === type) return true;
  if (name.startsWith("map[")) return false;
  const element = zero === null || zero === undefined ? "interface {}" : typeName(zero);
  return `map[string]${element}` === type;
}

/** A named slice type is assignable to the unnamed type that it is made of; an empty one cannot be told. */
function isListOf(list: GoList, type: GoTypeName): boolean {
  if (list.type === type) return true;
  return !list.type.startsWith("[]") && list.items.every((item) => `[]${typeName(item)}` === type);
}
