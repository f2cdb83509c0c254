import { GoFailure, GoInt, GoList, GoMap, GoObject, NIL_MAP } from "../go/value.ts";
import type { GoTypeName, GoValue } from "../go/value.ts";
import type { CallContext, GoFunction } from "../template/function.ts";

/** A parameter of a Go function: its Go type, and how the body reads an argument that the caller already checked. */
export interface Parameter<T> {
  readonly type: GoTypeName;
  readonly read: (value: GoValue) => T;
}

/** A Go panic of `reflect` or a dereference on nil, as template functions report it. */
export const NIL_DEREFERENCE = "runtime error: invalid memory address or nil pointer dereference";

function wrongArgument(type: GoTypeName): never {
  throw new Error(`argument is not a ${type}: the caller has to check it`);
}

/** `string`. */
export const TEXT: Parameter<string> = {
  type: "string",
  read: (value) => (typeof value === "string" ? value : wrongArgument("string")),
};

/** `int`, as a number. Precise to 2^53, which no length or count reaches. */
export const INT: Parameter<number> = {
  type: "int",
  read: (value) => (value instanceof GoInt ? Number(value.value) : wrongArgument("int")),
};

/** `uint32`, as a number. */
export const UINT32: Parameter<number> = { type: "uint32", read: INT.read };

/** `float64`. */
export const FLOAT: Parameter<number> = {
  type: "float64",
  read: (value) => (typeof value === "number" ? value : wrongArgument("float64")),
};

/** `bool`. */
export const BOOL: Parameter<boolean> = {
  type: "bool",
  read: (value) => (typeof value === "boolean" ? value : wrongArgument("bool")),
};

/** `interface {}`; nil and "no value" are both `null`. */
export const ANY: Parameter<GoValue> = {
  type: "interface {}",
  read: (value) => (value === undefined ? null : value),
};

/** `map[string]interface {}`. A named map type loses its name but shares its entries; the literal nil reads as a nil map. */
export const MAP: Parameter<GoMap> = { type: "map[string]interface {}", read: readMap };

function readMap(value: GoValue): GoMap {
  if (value instanceof GoMap) return value.type.name === MAP.type ? value : new GoMap(value.entries);
  if (value === null || value === undefined) return new GoMap(new Map(), NIL_MAP);
  return wrongArgument(MAP.type);
}

/** `[]interface {}`; nil reads as an empty list. */
export const LIST: Parameter<readonly GoValue[]> = {
  type: "[]interface {}",
  read: (value) => {
    if (value instanceof GoList) return value.items;
    return value === null || value === undefined ? [] : wrongArgument("[]interface {}");
  },
};

/** A struct of the Go type `name`. */
export function struct(name: GoTypeName): Parameter<GoObject> {
  return { type: name, read: (value) => (value instanceof GoObject ? value : wrongArgument(name)) };
}

/** `func() R`. */
export function nullary(call: (context: CallContext) => GoValue): GoFunction {
  return { parameters: [], call: (_args, context) => call(context) };
}

/** `func(A) R`. */
export function unary<A>(a: Parameter<A>, call: (a: A, context: CallContext) => GoValue): GoFunction {
  const readA = a.read;
  return { parameters: [a.type], call: (args, context) => call(readA(args[0]), context) };
}

/** `func(A, B) R`. */
export function binary<A, B>(
  a: Parameter<A>,
  b: Parameter<B>,
  call: (a: A, b: B, context: CallContext) => GoValue,
): GoFunction {
  const readA = a.read;
  const readB = b.read;
  return {
    parameters: [a.type, b.type],
    call: (args, context) => call(readA(args[0]), readB(args[1]), context),
  };
}

/** `func(A, B, C) R`. */
export function triple<A, B, C>(
  a: Parameter<A>,
  b: Parameter<B>,
  c: Parameter<C>,
  call: (a: A, b: B, c: C, context: CallContext) => GoValue,
): GoFunction {
  const readA = a.read;
  const readB = b.read;
  const readC = c.read;
  return {
    parameters: [a.type, b.type, c.type],
    call: (args, context) => call(readA(args[0]), readB(args[1]), readC(args[2]), context),
  };
}

/** `func(...T) R`. */
export function variadic<T>(
  rest: Parameter<T>,
  call: (rest: readonly T[], context: CallContext) => GoValue,
): GoFunction {
  const read = rest.read;
  return {
    parameters: [rest.type],
    variadic: true,
    call: (args, context) => call(args.map(read), context),
  };
}

/** `func(A, ...T) R`. */
export function unaryVariadic<A, T>(
  a: Parameter<A>,
  rest: Parameter<T>,
  call: (a: A, rest: readonly T[], context: CallContext) => GoValue,
): GoFunction {
  const readA = a.read;
  const read = rest.read;
  return {
    parameters: [a.type, rest.type],
    variadic: true,
    call: (args, context) => call(readA(args[0]), args.slice(1).map(read), context),
  };
}

/** `func(A, B, ...T) R`. */
export function binaryVariadic<A, B, T>(
  a: Parameter<A>,
  b: Parameter<B>,
  rest: Parameter<T>,
  call: (a: A, b: B, rest: readonly T[], context: CallContext) => GoValue,
): GoFunction {
  return {
    parameters: [a.type, b.type, rest.type],
    variadic: true,
    call: (args, context) => call(a.read(args[0]), b.read(args[1]), args.slice(2).map(rest.read), context),
  };
}

/** One row of a function table. */
export type Entry = readonly [name: string, implementation: GoFunction];

/** The same implementation under several names: aliases and `must` twins, whose final error text is the same. */
export function named(names: readonly string[], implementation: GoFunction): readonly Entry[] {
  return names.map((name) => [name, implementation] as const);
}

/** Throws the `error` that a Go function returned. */
export function fail(message: string): never {
  throw new GoFailure(message);
}
