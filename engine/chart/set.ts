import { GoList, GoMap, goInt64 } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { quote, quoteRune } from "../go/quote.ts";
import { atoi, numberError } from "../go/strconv.ts";
import { isSpace } from "../go/unicode.ts";
import { jsonExtent } from "./json-extent.ts";
import { typeName } from "../go/format-value.ts";
import { decodeJson, JsonError } from "../encoding/index.ts";
import { ChartError } from "./chart-error.ts";

/** The flags that set single values. */
export type SetKind = "set" | "set-string" | "set-file" | "set-json" | "set-literal";

/** Gives the content of a file named in `--set-file`, or throws {@link ChartError} with the text that Helm prints. */
export type ReadValueFile = (path: string) => string;

/** Helm's limit for dots in a key. */
const MAX_NESTING = 30;
/** Helm's limit for a list index: a hole is filled, so an index is an amount of memory. */
const MAX_INDEX = 65_536;

/**
 * Reads one `--set…` argument into `target`, which is written. Throws {@link ChartError} `invalid-set` with Helm's text; what was read
 * before the fault stays set.
 */
export function parseSet(kind: SetKind, text: string, target: GoMap, readFile?: ReadValueFile): void {
  const parser: Parser = { kind, runes: Array.from(text), at: 0, readFile };
  while (readKey(parser, target, 0)) continue;
}

interface Parser {
  readonly kind: SetKind;
  readonly runes: readonly string[];
  at: number;
  readonly readFile: ReadValueFile | undefined;
}

interface Word {
  readonly text: readonly string[];
  /** The character that ended the word; `undefined` at the end of the input. */
  readonly stop: string | undefined;
}

/** Reads up to one of `stops`. A backslash takes the next character as it is, except in `--set-literal`. */
function readWord(parser: Parser, stops: string): Word {
  const text: string[] = [];
  for (;;) {
    const rune = parser.runes[parser.at++];
    if (rune === undefined) return { text, stop: undefined };
    if (stops.includes(rune)) return { text, stop: rune };
    if (rune !== "\\" || parser.kind === "set-literal") {
      text.push(rune);
      continue;
    }
    const next = parser.runes[parser.at++];
    if (next === undefined) return { text, stop: undefined };
    text.push(next);
  }
}

/** Reads a key with its value into `target`. False at the end of the input. */
function readKey(parser: Parser, target: GoMap, nesting: number): boolean {
  const { text, stop } = readWord(parser, parser.kind === "set-literal" ? "=[." : "=[,.");
  const key = text.join("");
  switch (stop) {
    case "=":
      return readValue(parser, (value) => put(target, key, value));
    case "[":
      return readListKey(parser, target, key, nesting);
    case ".":
      return readNestedKey(parser, target, key, nesting + 1);
    case ",":
      put(target, key, "");
      throw invalid(`key ${quote(key)} has no value (cannot end with ,)`);
    default:
      if (key === "") return false;
      throw invalid(`key ${quote(key)} has no value`);
  }
}

function readNestedKey(parser: Parser, target: GoMap, key: string, nesting: number): boolean {
  if (nesting > MAX_NESTING) {
    throw invalid(`value name nested level is greater than maximum supported nested level of ${MAX_NESTING}`);
  }
  const inner = target.entries.has(key) ? target.entries.get(key) : new GoMap();
  if (!(inner instanceof GoMap)) throw wrongType(inner, "map[string]interface {}");
  let more = false;
  try {
    more = readKey(parser, inner, nesting);
  } finally {
    if (inner.entries.size > 0) put(target, key, inner);
  }
  if (more && inner.entries.size === 0) throw invalid(`key map ${quote(key)} has no value`);
  return more;
}

function readListKey(parser: Parser, target: GoMap, key: string, nesting: number): boolean {
  const index = readIndex(parser);
  if (index === undefined) return false;
  const list = target.entries.has(key) ? target.entries.get(key) : new GoList([]);
  if (!(list instanceof GoList)) throw wrongType(list, "[]interface {}");
  const items = [...list.items];
  try {
    return readItem(parser, items, index, nesting);
  } finally {
    put(target, key, new GoList(items));
  }
}

/** The index before the next `]`; `undefined` when there is no `]`. */
function readIndex(parser: Parser): number | undefined {
  const { text, stop } = readWord(parser, "]");
  if (stop === undefined) return undefined;
  const digits = text.join("");
  const { value, failure } = atoi(digits);
  if (failure === undefined) return Number(value);
  throw invalid(`error parsing index: ${numberError("Atoi", digits, failure)}`);
}

/** Reads what follows `KEY[INDEX]` into `items`. */
function readItem(parser: Parser, items: GoValue[], index: number, nesting: number): boolean {
  if (index < 0) throw invalid(`negative ${index} index not allowed`);
  const { text, stop } = readWord(parser, "[.=");
  if (text.length > 0) throw invalid(`unexpected data at end of array index: ${quoteRunes(text)}`);
  switch (stop) {
    case "=":
      readValue(parser, (value) => putItem(items, index, value));
      return true;
    case "[":
      return readInnerList(parser, items, index, nesting);
    case ".":
      return readInnerMap(parser, items, index, nesting);
    default:
      return false;
  }
}

function readInnerList(parser: Parser, items: GoValue[], index: number, nesting: number): boolean {
  const innerIndex = readIndex(parser);
  if (innerIndex === undefined) return false;
  const inner = items[index] ?? new GoList([]);
  if (!(inner instanceof GoList)) throw wrongType(inner, "[]interface {}");
  const innerItems = [...inner.items];
  if (!readItem(parser, innerItems, innerIndex, nesting)) return false;
  putItem(items, index, new GoList(innerItems));
  return true;
}

function readInnerMap(parser: Parser, items: GoValue[], index: number, nesting: number): boolean {
  const known = items[index];
  const inner = known instanceof GoMap ? known : new GoMap();
  if (index < items.length) items[index] = inner;
  if (!readKey(parser, inner, nesting)) return false;
  putItem(items, index, inner);
  return true;
}

/** Reads a value and hands it to `store`. False at the end of the input. */
function readValue(parser: Parser, store: (value: GoValue) => void): boolean {
  if (parser.kind === "set-json") return readJson(parser, store);
  if (parser.kind === "set-literal") {
    store(readWord(parser, "").text.join(""));
    return true;
  }
  if (parser.at >= parser.runes.length) {
    store("");
    return false;
  }
  store(parser.runes[parser.at] === "{" ? readList(parser) : typed(parser, readWord(parser, ",").text.join("")));
  return true;
}

function readList(parser: Parser): GoList {
  parser.at++;
  const items: GoValue[] = [];
  for (;;) {
    const { text, stop } = readWord(parser, ",}");
    if (stop === undefined) throw invalid("list must terminate with '}'");
    if (stop === "}" && parser.runes[parser.at] === ",") parser.at++;
    items.push(typed(parser, text.join("")));
    if (stop === "}") return new GoList(items);
  }
}

function typed(parser: Parser, text: string): GoValue {
  if (parser.kind === "set-file") {
    if (parser.readFile === undefined) throw new Error("--set-file needs a reader");
    return parser.readFile(text);
  }
  return parser.kind === "set" ? typedValue(text) : text;
}

/** Helm's `typedVal`: booleans, null and base-10 integers without a leading zero; everything else is a string. */
function typedValue(text: string): GoValue {
  const lower = text.toLowerCase();
  if (lower === "true") return true;
  if (lower === "false") return false;
  if (lower === "null") return null;
  if (text === "0") return goInt64(0n);
  if (text.startsWith("0") || !/^[+-]?[0-9]+$/.test(text)) return text;
  const value = BigInt(text.startsWith("+") ? text.slice(1) : text);
  return BigInt.asIntN(64, value) === value ? goInt64(value) : text;
}

function readJson(parser: Parser, store: (value: GoValue) => void): boolean {
  if (skipBlanks(parser)) {
    store(null);
    return true;
  }
  const rest = parser.runes.slice(parser.at).join("");
  const text = rest.slice(0, jsonExtent(rest));
  store(jsonValue(text));
  parser.at += Array.from(text).length;
  skipBlanks(parser);
  return true;
}

/** Helm compatibility: a value that stops midway has the stream decoder's text. */
function jsonValue(text: string): GoValue {
  try {
    return decodeJson(text);
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    const isCut = cause.message === "unexpected end of JSON input";
    throw invalid(isCut ? "unexpected EOF" : cause.message);
  }
}

/** Skips white space and one comma; true when a comma or the end was met. */
function skipBlanks(parser: Parser): boolean {
  for (; parser.at < parser.runes.length; parser.at++) {
    const rune = parser.runes[parser.at] ?? "";
    if (rune === ",") {
      parser.at++;
      return true;
    }
    if (!isSpace(rune)) return false;
  }
  return true;
}

function put(target: GoMap, key: string, value: GoValue): void {
  if (key !== "") target.entries.set(key, value);
}

function putItem(items: GoValue[], index: number, value: GoValue): void {
  if (index > MAX_INDEX) {
    throw invalid(`index of ${index} is greater than maximum supported index of ${MAX_INDEX}`);
  }
  while (items.length <= index) items.push(null);
  items[index] = value;
}

function quoteRunes(runes: readonly string[]): string {
  return `[${runes.map((rune) => quoteRune(rune.codePointAt(0) ?? 0)).join(" ")}]`;
}

function wrongType(value: GoValue, wanted: string): ChartError {
  const type = value === null || value === undefined ? "nil" : typeName(value);
  return invalid(`unable to parse key: interface conversion: interface {} is ${type}, not ${wanted}`);
}

function invalid(message: string): ChartError {
  return new ChartError("invalid-set", message);
}
