/**
 * The values that a template sees, with Go's kinds where a template can tell them apart.
 *
 * | Go | here |
 * |---|---|
 * | no value (`reflect.Value` zero) | `undefined` |
 * | nil interface, JSON null | `null` |
 * | bool | `boolean` |
 * | float64 | `number` |
 * | string | `string`: its runes; a byte that is not valid UTF-8 is the lone surrogate U+DC00 + byte |
 * | int, int64, uint8 … | {@link GoInt} |
 * | `[]byte` | {@link GoBytes} |
 * | other slices | {@link GoList} |
 * | maps with string keys | {@link GoMap} |
 * | structs, pointers to them | {@link GoObject} |
 */
export type GoValue = undefined | null | boolean | number | string | GoInt | GoBytes | GoList | GoMap | GoObject;

/** Go's integer kinds as `%T` names them; a named type such as `time.Duration` carries its own name. */
export type GoIntKind =
  | "int"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "time.Duration"
  | "time.Month"
  | "time.Weekday";

/** An integer with its Go type. Immutable; already wrapped to the range of its type by whoever made it. */
export class GoInt {
  readonly kind = "int";
  readonly type: GoIntKind;
  readonly value: bigint;
  constructor(type: GoIntKind, value: bigint) {
    this.type = type;
    this.value = value;
  }
}

/** Go's `[]byte`. Never written after it was made. */
export class GoBytes {
  readonly kind = "bytes";
  readonly data: Uint8Array;
  constructor(data: Uint8Array) {
    this.data = data;
  }
}

/** A slice. `type` is Go's name of it, e.g. `[]interface {}`, `[]string`. Functions make new lists; none writes into one. */
export class GoList {
  readonly kind = "list";
  readonly type: string;
  /** Never written; another array takes its place where Go sorts a `[]string` in place. */
  items: readonly GoValue[];
  /** Go's nil slice: empty like `[]`, but `null` in JSON and YAML. `rest` of an empty list is one. */
  readonly isNil: boolean;
  /** Methods of a named slice type such as `common.VersionSet`. */
  readonly methods: ReadonlyMap<string, GoMethod> | undefined;
  constructor(
    items: readonly GoValue[],
    type = "[]interface {}",
    isNil = false,
    methods?: ReadonlyMap<string, GoMethod>,
  ) {
    this.items = items;
    this.type = type;
    this.isNil = isNil;
    this.methods = methods;
  }
}

/** What a map type is: its Go name, the value that a missing key gives, and its methods, if any. */
export interface GoMapType {
  readonly name: string;
  readonly zero: GoValue;
  /** Go's nil map: empty like any other, but `null` in JSON and YAML. */
  readonly isNil?: boolean;
  readonly methods?: ReadonlyMap<string, GoMethod>;
}

/** A map with string keys. Mutable, as Sprig's `set` and `unset` need it. Iteration order is {@link sortedKeys}. */
export class GoMap {
  readonly kind = "map";
  readonly type: GoMapType;
  readonly entries: Map<string, GoValue>;
  constructor(entries: Map<string, GoValue> = new Map(), type: GoMapType = ANY_MAP) {
    this.entries = entries;
    this.type = type;
  }
}

/** `map[string]interface {}`. */
export const ANY_MAP: GoMapType = { name: "map[string]interface {}", zero: null };
/** The nil `map[string]interface {}`. */
export const NIL_MAP: GoMapType = { ...ANY_MAP, isNil: true };
/** Helm's `common.Values`: a named `map[string]interface {}`. */
export const VALUES_MAP: GoMapType = { name: "common.Values", zero: null };
/** `map[string]string`. */
export const STRING_MAP: GoMapType = { name: "map[string]string", zero: "" };

/** A struct type as templates see it: exported fields in declaration order, methods, and how `%v` prints it. */
export interface GoStructType {
  /** As `%T` prints it, e.g. `*common.Capabilities`, `time.Time`. */
  readonly name: string;
  readonly fields: readonly string[];
  /** Unexported fields: reading one is its own error in Go. */
  readonly hidden?: readonly string[];
  /** A nil pointer of the type `name`. */
  readonly isNil?: true;
  /** The fields that `%d` and its like print, where {@link GoObject.fields} does not have them. */
  readonly printed?: (self: GoObject) => ReadonlyMap<string, GoValue>;
  readonly methods: ReadonlyMap<string, GoMethod>;
  /** Go's `String()` method where `fmt` would use it. */
  readonly print?: (self: GoObject) => string;
  /** What encoding/json writes: another value, or a map whose entries are the members in order. Without it: all fields by name. */
  readonly json?: (self: GoObject) => GoValue;
  /** `String()` of the pointer: used by an action that prints what Go can take the address of, and nowhere else. */
  readonly printAddressed?: (self: GoObject) => string;
  /** The type of a copy in an interface, where Go's differs: without the methods of the pointer. */
  readonly copy?: GoStructType;
}

/**
 * A struct value. `fields` holds all fields in declaration order, hidden ones too, as `%v` prints them. `native` holds what methods work
 * on (an instant, a parsed version); templates never see it.
 */
export class GoObject {
  readonly kind = "object";
  readonly type: GoStructType;
  readonly fields: ReadonlyMap<string, GoValue>;
  readonly native: unknown;
  constructor(type: GoStructType, fields: ReadonlyMap<string, GoValue>, native?: unknown) {
    this.type = type;
    this.fields = fields;
    this.native = native;
  }
}

/**
 * A Go parameter type by Go's own name: `interface {}`, `string`, `int`, `int64`, `float64`, `bool`,
 * `map[string]interface {}`, `[]string`, `time.Time` … The caller (template/call.ts) checks and converts arguments by it.
 */
export type GoTypeName = string;

/** A method of a map, slice or struct type. A failure is a thrown {@link GoFailure}. */
export interface GoMethod {
  readonly parameters: readonly GoTypeName[];
  readonly variadic?: boolean;
  /** Why no template can call it, e.g. a second result that is no error. */
  readonly refusal?: string;
  readonly call: (self: GoMap | GoObject | GoList, args: readonly GoValue[]) => GoValue;
}

/** The `error` that a Go function returned, or the text of a recovered panic. Exec wraps it as `error calling NAME: …`. */
export class GoFailure extends Error {
  override readonly name = "GoFailure";
}

const SMALL = 1024;
const smallInts: readonly GoInt[] = Array.from({ length: SMALL }, (_, i) => new GoInt("int", BigInt(i)));

/** A Go `int` from a safe JavaScript integer. */
export function goInt(value: number): GoInt {
  const known = value >= 0 && value < SMALL ? smallInts[value] : undefined;
  return known ?? new GoInt("int", BigInt(value));
}

/** A Go `int64`, wrapped as Go wraps. */
export function goInt64(value: bigint): GoInt {
  return new GoInt("int64", BigInt.asIntN(64, value));
}

/** A `map[string]interface {}` from pairs. */
export function goMap(pairs: Iterable<readonly [string, GoValue]> = [], type: GoMapType = ANY_MAP): GoMap {
  return new GoMap(new Map(pairs), type);
}

/** `-1`, `0` or `1`: the order of two strings by their UTF-8 bytes, which is Go's (JavaScript's `<` differs above U+D7FF). */
export function compareBytes(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return byteRank(x) < byteRank(y) ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}

/** UTF-16 puts surrogates below U+E000..U+FFFF, UTF-8 above: lift them. */
function byteRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** The keys of a map in Go's print and range order. */
export function sortedKeys(map: GoMap): readonly string[] {
  return [...map.entries.keys()].sort(compareBytes);
}
