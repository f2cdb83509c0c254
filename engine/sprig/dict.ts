import { typeName } from "../go/format-value.ts";
import { GoList, GoMap, sortedKeys } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import type { CallContext, GoFunction } from "../template/function.ts";
import { deepCopy } from "./deep-copy.ts";
import { mergeInto } from "./merge.ts";
import { ANY, MAP, TEXT, binary, fail, named, triple, unary, unaryVariadic, variadic } from "./signature.ts";
import type { Entry } from "./signature.ts";
import { stringForm } from "./string-form.ts";
import { stringList } from "./strings.ts";

/** `dict`: keys by their string form; the last key without a value gets "". */
function dict(pairs: readonly GoValue[]): GoMap {
  const entries = new Map<string, GoValue>();
  for (let i = 0; i < pairs.length; i += 2) {
    entries.set(stringForm(pairs[i]), i + 1 < pairs.length ? pairs[i + 1] : "");
  }
  return new GoMap(entries);
}

function set(map: GoMap, key: string, value: GoValue, context: CallContext): GoMap {
  if (map.type.isNil === true) fail("assignment to entry in nil map");
  context.spend(1);
  map.entries.set(key, value);
  return map;
}

function unset(map: GoMap, key: string): GoMap {
  map.entries.delete(key);
  return map;
}

function get(map: GoMap, key: string): GoValue {
  return map.entries.has(key) ? map.entries.get(key) : "";
}

function pluck(key: string, maps: readonly GoMap[]): GoList {
  return new GoList(maps.filter((map) => map.entries.has(key)).map((map) => map.entries.get(key)));
}

/** Helm compatibility: Go's order is random; here it is the order of the bytes. */
function keys(maps: readonly GoMap[]): GoList {
  return stringList(maps.flatMap(sortedKeys));
}

function values(map: GoMap): GoList {
  return new GoList(sortedKeys(map).map((key) => map.entries.get(key)));
}

function pick(map: GoMap, wanted: readonly string[]): GoMap {
  const entries = new Map<string, GoValue>();
  for (const key of wanted) if (map.entries.has(key)) entries.set(key, map.entries.get(key));
  return new GoMap(entries);
}

function omit(map: GoMap, unwanted: readonly string[]): GoMap {
  const entries = new Map(map.entries);
  for (const key of unwanted) entries.delete(key);
  return new GoMap(entries);
}

function merge(target: GoMap, sources: readonly GoMap[], overwrite: boolean, context: CallContext): GoMap | string {
  const isNil = target.type.isNil === true && sources.every((source) => source.type.isNil === true);
  const result = target.type.isNil === true && !isNil ? new GoMap() : target;
  for (const source of sources) {
    const problem = mergeInto(result, source, overwrite, context);
    if (problem !== undefined) return problem;
  }
  return result;
}

/** A Go type assertion: the interface must hold exactly this type. */
function conversionError(value: GoValue, wanted: string): never {
  const held = value === null || value === undefined ? "nil" : typeName(value);
  return fail(`interface conversion: interface {} is ${held}, not ${wanted}`);
}

function asPlainMap(value: GoValue): GoMap {
  return value instanceof GoMap && value.type.name === MAP.type ? value : conversionError(value, MAP.type);
}

function asText(value: GoValue): string {
  return typeof value === "string" ? value : conversionError(value, "string");
}

/** `dig k1 k2… default map`. Helm compatibility: `.Values` itself is a named type and refused. */
function dig(args: readonly GoValue[]): GoValue {
  if (args.length < 3) fail("dig needs at least three arguments");
  let map = asPlainMap(args.at(-1));
  const path = args.slice(0, -2).map(asText);
  for (let i = 0; i < path.length; i++) {
    const key = path[i] ?? "";
    if (!map.entries.has(key)) return args.at(-2);
    const step = map.entries.get(key);
    if (i === path.length - 1) return step;
    map = asPlainMap(step);
  }
  return null;
}

function merging(overwrite: boolean, onProblem: (problem: string) => GoValue): GoFunction {
  return unaryVariadic(MAP, MAP, (target, sources, context) => {
    const result = merge(target, sources, overwrite, context);
    return typeof result === "string" ? onProblem(result) : result;
  });
}

/** Sprig's forms without `must` give the empty text for an error. */
const quietly = (): GoValue => "";

function copyOrFail(value: GoValue, context: CallContext): GoValue {
  if (value === null) fail("reflect: call of reflect.Value.Type on zero Value");
  return deepCopy(value, context);
}

/** Sprig's dictionaries. `set`, `unset` and the merges change the map that they are given. */
export const dictFunctions: readonly Entry[] = [
  ["dict", variadic(ANY, dict)],
  ["get", binary(MAP, TEXT, get)],
  ["set", triple(MAP, TEXT, ANY, set)],
  ["unset", binary(MAP, TEXT, unset)],
  ["hasKey", binary(MAP, TEXT, (map, key) => map.entries.has(key))],
  ["pluck", unaryVariadic(TEXT, MAP, pluck)],
  ["keys", variadic(MAP, keys)],
  ["values", unary(MAP, values)],
  ["pick", unaryVariadic(MAP, TEXT, pick)],
  ["omit", unaryVariadic(MAP, TEXT, omit)],
  ["merge", merging(false, quietly)],
  ["mustMerge", merging(false, fail)],
  ["mergeOverwrite", merging(true, quietly)],
  ["mustMergeOverwrite", merging(true, fail)],
  ...named(["deepCopy", "mustDeepCopy"], unary(ANY, copyOrFail)),
  ["dig", variadic(ANY, dig)],
];
