import { eq, ge, gt, le, lt, ne } from "../go/compare.ts";
import { escapeHtml, escapeJs, escapeQuery } from "../go/escape.ts";
import { sprint, sprintf, sprintln, typeName } from "../go/fmt.ts";
import { isTrue } from "../go/truth.ts";
import { byteLength, fromUtf8, toUtf8 } from "../go/utf8.ts";
import { goInt, GoBytes, GoFailure, GoInt, GoList, GoMap } from "../go/value.ts";
import type { GoTypeName, GoValue } from "../go/value.ts";
import type { CallContext, FunctionTable, GoFunction } from "./function.ts";
import { dereference } from "./pointer.ts";
import { NO_VALUE } from "./tpl.ts";

const VALUE: GoTypeName = "reflect.Value";
const ANY: GoTypeName = "interface {}";

/** `func(reflect.Value) T`. */
function one(call: (value: GoValue) => GoValue): GoFunction {
  return { parameters: [VALUE], call: ([value]) => call(value) };
}

/** `func(reflect.Value, reflect.Value) T`. */
function two(call: (a: GoValue, b: GoValue) => GoValue): GoFunction {
  return { parameters: [VALUE, VALUE], call: ([a, b]) => call(a, b) };
}

/** `func(reflect.Value, ...reflect.Value) T`. */
function oneOrMore(call: (first: GoValue, rest: readonly GoValue[]) => GoValue): GoFunction {
  return { parameters: [VALUE, VALUE], variadic: true, call: ([first, ...rest]) => call(first, rest) };
}

/** `func(...any) string`, counted against the budget. */
function printing(print: (args: readonly GoValue[]) => string): GoFunction {
  return { parameters: [ANY], variadic: true, call: (args, context) => counted(print(args), context) };
}

function counted(text: string, context: CallContext): string {
  context.reserve(text.length);
  return text;
}

function compiledApart(name: string): never {
  throw new Error(`${name} is compiled, not called`);
}

/** Short-circuiting: the compiler evaluates the arguments of these two itself. */
export const andFunction: GoFunction = { parameters: [VALUE, VALUE], variadic: true, call: () => compiledApart("and") };
export const orFunction: GoFunction = { parameters: [VALUE, VALUE], variadic: true, call: () => compiledApart("or") };
export const notFunction: GoFunction = one((value) => !isTrue(value));

/** `call`. The compiler puts the text of the callee before its arguments, or `undefined` if it came through a pipe. */
export const callFunction: GoFunction = {
  parameters: [VALUE, VALUE],
  variadic: true,
  call: ([name, callee]) => {
    if (callee === undefined || callee === null) throw new GoFailure("call of nil");
    const shown = typeof name === "string" ? name : typeof callee === "string" ? callee : `<${typeName(callee)} Value>`;
    throw new GoFailure(`non-function ${shown} of type ${typeName(callee)}`);
  },
};

const printfFunction: GoFunction = {
  parameters: ["string", ANY],
  variadic: true,
  call: ([format, ...args], context) => counted(sprintf(typeof format === "string" ? format : "", args), context),
};

/** What the escapers print: nil as an action prints it. */
function escaped(escape: (text: string) => string): GoFunction {
  return printing((args) => escape(sprint(args.map((arg) => dereference(arg) ?? NO_VALUE))));
}

/** Builtin `index`: `index x 1 "a"` is `x[1]["a"]`. */
export function index(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (item === undefined || item === null) throw new GoFailure("index of untyped nil");
  let value: GoValue = item;
  for (const key of indexes) {
    if (value === undefined || value === null) throw new GoFailure("index of nil pointer");
    value = indexOne(value, key);
  }
  return value;
}

function indexOne(item: GoValue, key: GoValue): GoValue {
  if (item instanceof GoMap) {
    const value = item.entries.get(mapKey(key));
    return value === undefined ? item.type.zero : value;
  }
  if (item instanceof GoList) return element("slice", item.items.length, key, (at) => item.items[at]);
  if (item instanceof GoBytes) return element("slice", item.data.length, key, (at) => byteAt(item.data, at));
  if (typeof item !== "string") throw new GoFailure(`can't index item of type ${elementType(item)}`);
  const bytes = toUtf8(item);
  return element("string", bytes.length, key, (at) => byteAt(bytes, at));
}

/** The type behind a pointer, which these functions follow. */
function elementType(item: GoValue): string {
  return typeName(item).replace(/^\*/, "");
}

function mapKey(key: GoValue): string {
  if (typeof key === "string") return key;
  if (key === undefined || key === null) throw new GoFailure("value is nil; should be of type string");
  throw new GoFailure(`value has type ${typeName(key)}; should be string`);
}

function byteAt(bytes: Uint8Array, at: number): GoInt {
  return new GoInt("uint8", BigInt(bytes[at] ?? 0));
}

function element(kind: "slice" | "string", size: number, key: GoValue, read: (at: number) => GoValue): GoValue {
  const at = position(key, size);
  if (at === size) throw new GoFailure(`reflect: ${kind} index out of range`);
  return read(at);
}

/** An index from 0 to `limit`, as Go's `indexArg` reads it. */
function position(key: GoValue, limit: number): number {
  if (key === undefined || key === null) throw new GoFailure("cannot index slice/array with nil");
  if (!(key instanceof GoInt)) throw new GoFailure(`cannot index slice/array with type ${typeName(key)}`);
  const value = BigInt.asIntN(64, key.value);
  if (value < 0n || value > BigInt(limit)) throw new GoFailure(`index out of range: ${value}`);
  return Number(value);
}

/** Builtin `slice`, which Sprig's function of this name shadows in Helm. */
export function slice(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (item === undefined || item === null) throw new GoFailure("slice of untyped nil");
  if (indexes.length > 3) throw new GoFailure(`too many slice indexes: ${indexes.length}`);
  const isText = typeof item === "string";
  if (isText && indexes.length === 3) throw new GoFailure("cannot 3-index slice a string");
  if (!isText && !(item instanceof GoList) && !(item instanceof GoBytes)) {
    throw new GoFailure(`can't slice item of type ${elementType(item)}`);
  }
  const size = length(item);
  const [from = 0, to = size, cap = size] = indexes.map((key) => position(key, size));
  if (from > to) throw new GoFailure(`invalid slice index: ${from} > ${to}`);
  if (to > cap) throw new GoFailure(`invalid slice index: ${to} > ${cap}`);
  if (isText) return fromUtf8(toUtf8(item).subarray(from, to));
  return item instanceof GoList
    ? new GoList(item.items.slice(from, to), item.type)
    : new GoBytes(item.data.subarray(from, to));
}

/** Builtin `len`, in bytes for strings. */
export function length(item: GoValue): number {
  if (item === undefined) throw new GoFailure("reflect: call of reflect.Value.Type on zero Value");
  if (item === null) throw new GoFailure("len of nil pointer");
  if (typeof item === "string") return byteLength(item);
  if (item instanceof GoList) return item.items.length;
  if (item instanceof GoMap) return item.entries.size;
  if (item instanceof GoBytes) return item.data.length;
  throw new GoFailure(`len of type ${elementType(item)}`);
}

/** The functions of Go's `text/template` itself. A table of the caller comes before them. */
export const builtins: FunctionTable = new Map<string, GoFunction>([
  ["and", andFunction],
  ["or", orFunction],
  ["not", notFunction],
  ["call", callFunction],
  ["html", escaped(escapeHtml)],
  ["js", escaped(escapeJs)],
  ["urlquery", escaped(escapeQuery)],
  ["index", oneOrMore(index)],
  ["slice", oneOrMore(slice)],
  ["len", one((value) => goInt(length(value)))],
  ["print", printing(sprint)],
  ["printf", printfFunction],
  ["println", printing(sprintln)],
  ["eq", oneOrMore(eq)],
  ["ne", two(ne)],
  ["lt", two(lt)],
  ["le", two(le)],
  ["gt", two(gt)],
  ["ge", two(ge)],
]);
