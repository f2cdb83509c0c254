import { formatShortest } from "../go/float.ts";
import type { JsonValue } from "../errors.ts";
import { encodeBase64 } from "../go/base64.ts";
import { GoBytes, GoInt, GoList, GoMap, GoObject } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { durationText } from "../go/int-text.ts";
import { instantOf } from "../go/time.ts";
import { toUtf8 } from "../go/utf8.ts";
import { cycleProblem, encodeFailure, structFields, structValue, typeProblem } from "./go-json.ts";
import { YamlError } from "./yaml-error.ts";
import { compareKeys, compareKeysPretty, orderKeys } from "./yaml-key-order.ts";
import { roundTripFloat, roundTripKey, roundTripText } from "./yaml-round-trip.ts";
import { isSimpleKey, scalarText } from "./yaml-scalar.ts";
import { MAX_DEPTH } from "./yaml-scanner.ts";

/** What can be written as YAML: template values and plain JSON. */
export type Emittable = GoValue | JsonValue;

interface Emitter {
  out: string;
  /** go-yaml v3 instead of JSON and v2. */
  readonly pretty: boolean;
  depth: number;
  /** How long the last key was, as written. */
  keyLength: number;
}

const ROOT = 0;
const AFTER_KEY = 1;
const INLINE = 2;

/** Columns of indentation per level. */
const STEP = 2;
const PADS: readonly string[] = Array.from({ length: 64 }, (_, column) => " ".repeat(column));

function pad(column: number): string {
  return PADS[column] ?? " ".repeat(column);
}

/**
 * sigs.k8s.io/yaml `Marshal`: through JSON, then go-yaml v2. Ends with a newline. Throws {@link YamlError} with Go's text
 * where the value is no JSON, or its JSON no YAML (Helm compatibility: U+007F and most C1 controls in a string).
 */
export function encodeYaml(value: Emittable): string {
  return emit(value, false);
}

/** The same for plain JSON. */
export function encodeYamlJson(value: JsonValue): string {
  return emit(value, false);
}

/** go-yaml v3 with indent 2, as `toYamlPretty` writes: no way through JSON, so that `1000000` is `1e+06`. */
export function encodeYamlPretty(value: Emittable): string {
  return emit(value, true);
}

function emit(value: Emittable, pretty: boolean): string {
  const e: Emitter = { out: "", pretty, depth: 0, keyLength: 0 };
  emitValue(e, value, -STEP, ROOT);
  return e.out;
}

/** Writes a value and the end of its line. `indent` is the column of the collection around it. */
function emitValue(e: Emitter, value: Emittable, indent: number, mode: number): void {
  if (typeof value === "string") return emitString(e, value, indent, mode);
  if (typeof value === "object" && value !== null) return emitObject(e, value, indent, mode);
  emitText(e, scalarWord(e, value), mode);
}

function scalarWord(e: Emitter, value: undefined | null | boolean | number): string {
  if (typeof value === "number") return e.pretty ? prettyFloat(value) : roundTripFloat(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  return "null";
}

function prettyFloat(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  return Number.isFinite(value) ? formatShortest(value) : value > 0 ? ".inf" : "-.inf";
}

function emitText(e: Emitter, text: string, mode: number): void {
  e.out += mode === ROOT ? `${text}\n` : ` ${text}\n`;
}

function emitString(e: Emitter, value: string, indent: number, mode: number): void {
  const column = mode === ROOT ? STEP : indent + STEP;
  const start = mode === ROOT ? 0 : mode === INLINE ? column : indent + e.keyLength + STEP;
  const text = e.pretty ? prettyString(value, column, start) : scalarText(roundTripText(value), column, start, false);
  e.out += mode === ROOT ? text : ` ${text}`;
  if (!isBlock(text)) e.out += "\n";
}

/** Helm compatibility: bytes that are no UTF-8 become `!!binary`, in lines of 70 when they are many. */
function prettyString(value: string, column: number, start: number): string {
  if (value.isWellFormed()) return scalarText(value, column, start, true);
  const lines = encodeBase64(toUtf8(value)).match(/.{1,70}/g) ?? [];
  const [only = ""] = lines;
  return `!!binary ${lines.length > 1 ? scalarText(`${lines.join("\n")}\n`, column, start, true) : only}`;
}

/** A literal block carries its line end. */
function isBlock(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last === 10 || ((last === 0x2028 || last === 0x2029) && text.startsWith("|"));
}

type Collection = Exclude<Emittable, undefined | null | boolean | number | string>;

function emitObject(e: Emitter, value: Collection, indent: number, mode: number): void {
  if (e.depth >= MAX_DEPTH)
    throw encodeFailure(`error marshaling into JSON: ${cycleProblem(isGo(value) ? value : null)}`);
  e.depth += 1;
  if (value instanceof GoMap) {
    if (value.type.isNil === true && !e.pretty) emitText(e, "null", mode);
    else emitGoMap(e, value, indent, mode);
  } else if (value instanceof GoList) {
    if (value.isNil && !e.pretty) emitText(e, "null", mode);
    else emitList(e, value.items, indent, mode);
  } else if (value instanceof GoInt) emitInt(e, value, indent, mode);
  else if (value instanceof GoBytes) emitBytes(e, value, indent, mode);
  else if (value instanceof GoObject) emitStruct(e, value, indent, mode);
  else if (isArray(value)) emitList(e, value, indent, mode);
  else emitRecord(e, value, indent, mode);
  e.depth -= 1;
}

function isGo(value: Collection): value is GoMap | GoList {
  return value instanceof GoMap || value instanceof GoList;
}

function isArray(value: Collection): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Helm compatibility: v3 writes bytes as a list of numbers. */
function emitBytes(e: Emitter, value: GoBytes, indent: number, mode: number): void {
  if (e.pretty) emitList(e, [...value.data], indent, mode);
  else emitString(e, encodeBase64(value.data), indent, mode);
}

function emitStruct(e: Emitter, value: GoObject, indent: number, mode: number): void {
  const problem = typeProblem(value);
  if (problem !== undefined) throw refusal(e, value, problem);
  const own = structValue(value);
  if (e.pretty && instantOf(value) !== undefined && typeof own === "string") return emitText(e, own, mode);
  if (!e.pretty || typeof own === "string") return emitValue(e, own, indent, mode);
  const pairs = [...structFields(value).entries].map(([key, item]) => [key.toLowerCase(), item] as const);
  const fields = new Map(pairs);
  emitMembers(e, [...fields.keys()], (key) => fields.get(key), indent, mode);
}

/** Helm compatibility: v3 panics, which `toYamlPretty` does not swallow. */
function refusal(e: Emitter, value: GoObject, problem: string): YamlError {
  if (e.pretty) return new YamlError("yaml-panic", `cannot marshal type: ${value.type.name}`);
  return encodeFailure(`error marshaling into JSON: ${problem}`);
}

/** Durations are texts to v3 alone. */
function emitInt(e: Emitter, value: GoInt, indent: number, mode: number): void {
  if (e.pretty && value.type === "time.Duration") emitString(e, durationText(value.value), indent, mode);
  else emitText(e, value.value.toString(), mode);
}

function emitGoMap(e: Emitter, value: GoMap, indent: number, mode: number): void {
  const { entries } = value;
  emitMembers(e, ordered(e, [...entries.keys()]), (key) => entries.get(key), indent, mode);
}

function emitRecord(e: Emitter, value: { readonly [key: string]: JsonValue }, indent: number, mode: number): void {
  emitMembers(e, ordered(e, Object.keys(value)), (key) => value[key], indent, mode);
}

function ordered(e: Emitter, keys: string[]): readonly string[] {
  return orderKeys(keys, e.pretty ? compareKeysPretty : compareKeys);
}

function emitMembers(
  e: Emitter,
  keys: readonly string[],
  read: (key: string) => Emittable,
  indent: number,
  mode: number,
): void {
  if (keys.length === 0) return emitText(e, "{}", mode);
  if (mode !== ROOT) e.out += mode === INLINE ? " " : "\n";
  const column = indent + STEP;
  let first = mode !== AFTER_KEY;
  for (const key of keys) {
    if (!first) e.out += pad(column);
    first = false;
    if (emitKey(e, key, column)) emitValue(e, read(key), column, AFTER_KEY);
    else {
      e.out += `${pad(column)}:`;
      emitValue(e, read(key), column, INLINE);
    }
  }
}

/** Writes a key; false where it takes the explicit form, so that the `:` has a line of its own. */
function emitKey(e: Emitter, key: string, column: number): boolean {
  const text = e.pretty ? key : roundTripKey(key);
  if (isSimpleKey(text)) {
    const written = e.pretty ? prettyString(text, column + STEP, -1) : scalarText(text, column + STEP, -1, false);
    e.keyLength = written.length;
    e.out += `${written}:`;
    return true;
  }
  e.out += "?";
  emitString(e, text, column, INLINE);
  return false;
}

function emitList(e: Emitter, items: readonly Emittable[], indent: number, mode: number): void {
  if (items.length === 0) return emitText(e, "[]", mode);
  if (mode !== ROOT) e.out += mode === INLINE ? " " : "\n";
  const column = mode === AFTER_KEY && !e.pretty ? indent : indent + STEP;
  let first = mode !== AFTER_KEY;
  for (const item of items) {
    if (!first) e.out += pad(column);
    first = false;
    e.out += "-";
    emitValue(e, item, column, INLINE);
  }
}
