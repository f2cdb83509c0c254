import { isPrint, quote, quoteRune } from "./quote.ts";
import { fromUtf8, toUtf8 } from "./utf8.ts";
import { GoFailure } from "./value.ts";

/** How deep a text may nest: the reader recurses once per level. */
const MAX_DEPTH = 400;

/** How values are made of a JSON text. */
export interface JsonShape<V> {
  readonly scalar: (value: string | boolean | null) => V;
  /** A number by its text. `path` leads to it, for error texts; it changes after the call. */
  readonly number: (text: string, path: readonly string[]) => V;
  readonly list: (items: V[]) => V;
  /** An object. Of a name that comes twice the last value counts. */
  readonly map: (entries: Map<string, V>) => V;
}

/** What Go says of a text that ends too early. */
export const UNEXPECTED_END = "unexpected end of JSON input";

interface Reader<V> {
  readonly text: string;
  readonly shape: JsonShape<V>;
  pos: number;
  depth: number;
  readonly path: string[];
}

/**
 * Reads a JSON text as Go 1.27's `encoding/json` does: bytes that are no UTF-8 and lone surrogates become U+FFFD. Throws
 * {@link GoFailure} with Go's text, {@link UNEXPECTED_END} among them.
 */
export function readJson<V>(text: string, shape: JsonShape<V>): V {
  const r: Reader<V> = { text, shape, pos: 0, depth: 0, path: [] };
  const value = readValue(r);
  skipSpace(r);
  if (r.pos < text.length) throw unexpected(r, "after top-level value");
  return value;
}

function skipSpace<V>(r: Reader<V>): void {
  let c = r.text.charCodeAt(r.pos);
  while (c === 32 || c === 10 || c === 13 || c === 9) c = r.text.charCodeAt(++r.pos);
}

function unexpected<V>(r: Reader<V>, where: string): GoFailure {
  const code = r.text.codePointAt(r.pos);
  return new GoFailure(code === undefined ? UNEXPECTED_END : `invalid character ${showRune(code)} ${where}`);
}

function showRune(code: number): string {
  if (code >= 0xdc80 && code <= 0xdcff) return `'\\x${(code - 0xdc00).toString(16)}'`;
  return code === 34 ? "'\"'" : quoteRune(code);
}

function readValue<V>(r: Reader<V>): V {
  skipSpace(r);
  const c = r.text.charCodeAt(r.pos);
  switch (c) {
    case 34:
      return r.shape.scalar(readString(r));
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

function readLiteral<V>(r: Reader<V>, word: string, value: boolean | null): V {
  for (let i = 0; i < word.length; i++) {
    if (r.text.charCodeAt(r.pos) !== word.charCodeAt(i)) {
      throw unexpected(r, `in literal ${word} (expecting '${word.charAt(i)}')`);
    }
    r.pos += 1;
  }
  return r.shape.scalar(value);
}

function enter<V>(r: Reader<V>): void {
  r.depth += 1;
  if (r.depth > MAX_DEPTH) throw new GoFailure("exceeded max depth");
  r.pos += 1;
  skipSpace(r);
}

function readObject<V>(r: Reader<V>): V {
  enter(r);
  const entries = new Map<string, V>();
  while (r.text.charCodeAt(r.pos) !== 125 || entries.size > 0) {
    skipSpace(r);
    if (r.text.charCodeAt(r.pos) !== 34) throw unexpected(r, "looking for beginning of object key string");
    const key = readString(r);
    skipSpace(r);
    if (r.text.charCodeAt(r.pos) !== 58) throw unexpected(r, "after object key");
    r.pos += 1;
    r.path.push(key);
    entries.set(key, readValue(r));
    r.path.pop();
    if (endsAfter(r, 125, "after object key:value pair")) break;
  }
  r.pos += 1;
  r.depth -= 1;
  return r.shape.map(entries);
}

function readArray<V>(r: Reader<V>): V {
  enter(r);
  const items: V[] = [];
  while (r.text.charCodeAt(r.pos) !== 93 || items.length > 0) {
    r.path.push(String(items.length));
    items.push(readValue(r));
    r.path.pop();
    if (endsAfter(r, 93, "after array element")) break;
  }
  r.pos += 1;
  r.depth -= 1;
  return r.shape.list(items);
}

/** True at the end of a collection; else eats the comma. */
function endsAfter<V>(r: Reader<V>, end: number, where: string): boolean {
  skipSpace(r);
  const c = r.text.charCodeAt(r.pos);
  if (c === end) return true;
  if (c !== 44) throw unexpected(r, where);
  r.pos += 1;
  return false;
}

function skipDigits<V>(r: Reader<V>): void {
  const c = r.text.charCodeAt(r.pos);
  if (!(c >= 48 && c <= 57)) throw unexpected(r, "in numeric literal");
  r.pos += 1;
  while (r.text.charCodeAt(r.pos) >= 48 && r.text.charCodeAt(r.pos) <= 57) r.pos += 1;
}

function readNumber<V>(r: Reader<V>): V {
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
  return r.shape.number(text.slice(from, r.pos), r.path);
}

/** The string at `r.pos` (a quote). */
function readString<V>(r: Reader<V>): string {
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

function readEscape<V>(r: Reader<V>): string {
  const letter = r.text.charAt(r.pos + 1);
  if (letter === "") throw new GoFailure(UNEXPECTED_END);
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

function badUnicode<V>(r: Reader<V>): GoFailure {
  const found = bytesAt(r, 6);
  if (r.pos + 6 > r.text.length && /^\\u[0-9a-fA-F]*$/.test(found)) return new GoFailure(UNEXPECTED_END);
  return badEscape(found);
}

/** The next bytes; Go cuts them without regard to runes. */
function bytesAt<V>(r: Reader<V>, count: number): string {
  return fromUtf8(toUtf8(r.text.slice(r.pos, r.pos + count + 1)).subarray(0, count));
}

function badEscape(found: string): GoFailure {
  const odd = Array.from(found).some((character) => {
    const code = character.codePointAt(0) ?? 0;
    return character === "`" || code === 0xfffd || /\s/u.test(character) || !isPrint(code);
  });
  return new GoFailure(`invalid escape sequence ${odd ? quote(found) : `\`${found}\``} in string`);
}
