import { isPrint, quote, quoteRune } from "../go/quote.ts";
import { fromUtf8, toUtf8 } from "../go/utf8.ts";
import { GoList, GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { JsonError } from "./json-error.ts";
import { LIST_TARGET, MAP_TARGET, mismatch } from "./yaml-decode.ts";

/** How deep a text may nest: the reader recurses once per level. */
const MAX_DEPTH = 1000;

/** The reader's state. `path` leads to the value at hand, for the errors of numbers that are too big. */
interface Reader {
  readonly text: string;
  pos: number;
  depth: number;
  readonly path: string[];
  problem: string | undefined;
}

/**
 * `json.Unmarshal` into `interface{}`: every number a float64, bytes that are no UTF-8 and lone surrogates U+FFFD. Throws
 * {@link JsonError} with Go's text.
 */
export function decodeJson(text: string): GoValue {
  const r: Reader = { text, pos: 0, depth: 0, path: [], problem: undefined };
  const value = readValue(r);
  skipSpace(r);
  if (r.pos < text.length) throw unexpected(r, "after top-level value");
  if (r.problem !== undefined) throw new JsonError("json-type", r.problem, value);
  return value;
}

/** `decodeJson` into a map, as `fromJson` does; null is the empty map. */
export function decodeJsonMap(text: string, target: string = MAP_TARGET): GoMap {
  const value = decodeJson(text);
  if (value instanceof GoMap) return value;
  if (value === null) return new GoMap();
  throw new JsonError("json-type", mismatch(value, target), new GoMap());
}

/** `decodeJson` into a list, as `fromJsonArray` does; null is the empty list. */
export function decodeJsonList(text: string, target: string = LIST_TARGET): GoList {
  const value = decodeJson(text);
  if (value instanceof GoList) return value;
  if (value === null) return new GoList([]);
  throw new JsonError("json-type", mismatch(value, target), new GoList([]));
}

function skipSpace(r: Reader): void {
  let c = r.text.charCodeAt(r.pos);
  while (c === 32 || c === 10 || c === 13 || c === 9) c = r.text.charCodeAt(++r.pos);
}

function syntax(problem: string): JsonError {
  return new JsonError("json-syntax", problem);
}

function unexpected(r: Reader, where: string): JsonError {
  const code = r.text.codePointAt(r.pos);
  if (code === undefined) return syntax("unexpected end of JSON input");
  const stray = code >= 0xdc80 && code <= 0xdcff;
  const shown = stray
    ? `'\\x${(code - 0xdc00).toString(16)}'`
    : code === 39
      ? "'\\''"
      : code === 34
        ? "'\"'"
        : quoteRune(code);
  return syntax(`invalid character ${shown} ${where}`);
}

function readValue(r: Reader): GoValue {
  skipSpace(r);
  const c = r.text.charCodeAt(r.pos);
  switch (c) {
    case 34:
      return readString(r);
    case 123:
      return readObject(r);
    case 91:
      return readArray(r);
    case 116:
      return readLiteral(r, "true", true);
    case 102:
      return readLiteral(r, "false", false);
    case 110:
      return readLiteral(r, "null", null);
    default:
      if (c === 45 || (c >= 48 && c <= 57)) return readNumber(r);
      throw unexpected(r, "looking for beginning of value");
  }
}

function readLiteral(r: Reader, word: string, value: boolean | null): boolean | null {
  for (let i = 0; i < word.length; i++) {
    if (r.text.charCodeAt(r.pos) !== word.charCodeAt(i)) {
      throw unexpected(r, `in literal ${word} (expecting '${word.charAt(i)}')`);
    }
    r.pos += 1;
  }
  return value;
}

function enter(r: Reader): void {
  r.depth += 1;
  if (r.depth > MAX_DEPTH) throw syntax("exceeded max depth");
  r.pos += 1;
  skipSpace(r);
}

function readObject(r: Reader): GoMap {
  enter(r);
  const entries = new Map<string, GoValue>();
  for (let c = r.text.charCodeAt(r.pos); c !== 125 || entries.size > 0;) {
    skipSpace(r);
    if (r.text.charCodeAt(r.pos) !== 34) throw unexpected(r, "looking for beginning of object key string");
    const key = readString(r);
    skipSpace(r);
    if (r.text.charCodeAt(r.pos) !== 58) throw unexpected(r, "after object key");
    r.pos += 1;
    r.path.push(key);
    entries.set(key, readValue(r));
    r.path.pop();
    skipSpace(r);
    c = r.text.charCodeAt(r.pos);
    if (c === 125) break;
    if (c !== 44) throw unexpected(r, "after object key:value pair");
    r.pos += 1;
  }
  r.pos += 1;
  r.depth -= 1;
  return new GoMap(entries);
}

function readArray(r: Reader): GoList {
  enter(r);
  const items: GoValue[] = [];
  for (let c = r.text.charCodeAt(r.pos); c !== 93 || items.length > 0;) {
    r.path.push(String(items.length));
    items.push(readValue(r));
    r.path.pop();
    skipSpace(r);
    c = r.text.charCodeAt(r.pos);
    if (c === 93) break;
    if (c !== 44) throw unexpected(r, "after array element");
    r.pos += 1;
  }
  r.pos += 1;
  r.depth -= 1;
  return new GoList(items);
}

function skipDigits(r: Reader): void {
  const c = r.text.charCodeAt(r.pos);
  if (!(c >= 48 && c <= 57)) throw unexpected(r, "in numeric literal");
  r.pos += 1;
  while (r.text.charCodeAt(r.pos) >= 48 && r.text.charCodeAt(r.pos) <= 57) r.pos += 1;
}

function readNumber(r: Reader): number {
  const { text } = r;
  const from = r.pos;
  if (text.charCodeAt(r.pos) === 45) r.pos += 1;
  if (text.charCodeAt(r.pos) === 48) r.pos += 1;
  else skipDigits(r);
  if (text.charCodeAt(r.pos) === 46) {
    r.pos += 1;
    skipDigits(r);
  }
  if ((text.charCodeAt(r.pos) | 32) === 101) {
    r.pos += 1;
    const sign = text.charCodeAt(r.pos);
    if (sign === 43 || sign === 45) r.pos += 1;
    skipDigits(r);
  }
  const value = Number(text.slice(from, r.pos));
  return Number.isFinite(value) ? value : outOfRange(r, from);
}

/** Helm compatibility: a number too big for a float64 is an error that leaves 0 behind and lets the rest be read. */
function outOfRange(r: Reader, from: number): number {
  const target = r.path.length === 0 ? "Go value" : `Go struct field .${r.path.join(".")}`;
  r.problem ??= `json: cannot unmarshal number ${r.text.slice(from, r.pos)} into ${target} of type float64`;
  return 0;
}

/** The string at `r.pos` (a quote). */
function readString(r: Reader): string {
  const { text } = r;
  let p = r.pos + 1;
  let from = p;
  let out = "";
  for (let c = text.charCodeAt(p); c !== 34; c = text.charCodeAt(p)) {
    if (c >= 32 && c !== 92) {
      p += 1;
      continue;
    }
    r.pos = p;
    if (c !== 92) throw unexpected(r, "in string");
    out += text.slice(from, p) + readEscape(r);
    p = r.pos;
    from = p;
  }
  out = out === "" ? text.slice(from, p) : out + text.slice(from, p);
  r.pos = p + 1;
  return out.isWellFormed() ? out : out.toWellFormed();
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

function readEscape(r: Reader): string {
  const letter = r.text.charAt(r.pos + 1);
  if (letter === "") throw syntax("unexpected end of JSON input");
  if (letter !== "u") {
    const simple = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (simple === undefined) throw badEscape(bytesAt(r, 2));
    r.pos += 2;
    return simple;
  }
  const code = hexAt(r.text, r.pos);
  if (code === undefined) throw badUnicode(r);
  r.pos += 6;
  if (code < 0xd800 || code > 0xdfff) return String.fromCharCode(code);
  const low = code < 0xdc00 && r.text.charCodeAt(r.pos) === 92 ? hexAt(r.text, r.pos) : undefined;
  if (low === undefined || low < 0xdc00 || low > 0xdfff) return "\ufffd";
  r.pos += 6;
  return String.fromCharCode(code, low);
}

/** The value of `\uXXXX` at `at`. */
function hexAt(text: string, at: number): number | undefined {
  const digits = text.slice(at + 2, at + 6);
  return text.charAt(at + 1) === "u" && /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}

function badUnicode(r: Reader): JsonError {
  const found = bytesAt(r, 6);
  if (r.pos + 6 > r.text.length && /^\\u[0-9a-fA-F]*$/.test(found)) return syntax("unexpected end of JSON input");
  return badEscape(found);
}

/** The next bytes; Go cuts them without regard to runes. */
function bytesAt(r: Reader, count: number): string {
  return fromUtf8(toUtf8(r.text.slice(r.pos, r.pos + count + 1)).subarray(0, count));
}

function badEscape(found: string): JsonError {
  const odd = Array.from(found).some((character) => {
    const code = character.codePointAt(0) ?? 0;
    return character === "`" || code === 0xfffd || /\s/u.test(character) || !isPrint(code);
  });
  return syntax(`invalid escape sequence ${odd ? quote(found) : `\`${found}\``} in string`);
}
