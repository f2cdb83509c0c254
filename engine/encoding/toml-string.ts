import { quote } from "../go/quote.ts";
import { accept, complain, complainBefore, END, isLineEnd, peek, take } from "./toml-scanner.ts";
import type { TomlFailure, TomlScanner } from "./toml-scanner.ts";

const QUOTE = 34;
const APOSTROPHE = 39;
const BACKSLASH = 92;

/** A string whose opening quote was taken: basic, literal, or one of the two over many lines. */
export function readString(s: TomlScanner, mark: number, multiline: boolean): string {
  if (mark === APOSTROPHE) return multiline ? withoutFirstBreak(scanLines(s, APOSTROPHE)) : scanLiteral(s);
  if (!multiline) return unescape(s, scanBasic(s));
  return unescape(s, joinLines(withoutFirstBreak(scanLines(s, QUOTE))));
}

function scanLiteral(s: TomlScanner): string {
  const from = s.pos;
  for (let c = take(s); c !== APOSTROPHE; c = take(s)) {
    if (c === END) throw complain(s, `unexpected EOF; expected "'"`, END);
    if (isLineEnd(c)) throw stringBreak(s);
  }
  return s.text.slice(from, s.pos - 1);
}

function scanBasic(s: TomlScanner): string {
  const from = s.pos;
  for (let c = take(s); c !== QUOTE; c = take(s)) {
    if (c === END) throw complain(s, `unexpected EOF; expected '"'`, END);
    if (isLineEnd(c)) throw stringBreak(s);
    if (c === BACKSLASH) scanEscape(s, from);
  }
  return s.text.slice(from, s.pos - 1);
}

function stringBreak(s: TomlScanner): TomlFailure {
  return complainBefore(s, "strings cannot contain newlines");
}

const SIMPLE = new Set(Array.from('ebtnfr" \t\\', (character) => character.charCodeAt(0)));
const DIGITS: ReadonlyMap<number, readonly [number, string, string]> = new Map([
  [120, [2, "two", "\\x"] as const],
  [117, [4, "four", "\\u"] as const],
  [85, [8, "eight", "\\U"] as const],
]);

/** Checks an escape whose backslash was taken; `from` is where the string starts. */
function scanEscape(s: TomlScanner, from: number): void {
  const c = take(s);
  if (SIMPLE.has(c)) return;
  const [count, name, prefix] = DIGITS.get(c) ?? [0, "", ""];
  if (count === 0) {
    const message = `invalid escape in string '\\${String.fromCodePoint(c)}'`;
    throw c === END ? complainBefore(s, message) : complain(s, message);
  }
  for (let i = 0; i < count; i++) {
    const digit = take(s);
    if (isHex(digit)) continue;
    const found = quote(s.text.slice(from, s.pos));
    throw complain(s, `expected ${name} hexadecimal digits after '${prefix}', but got ${found} instead`, digit);
  }
}

function isHex(c: number): boolean {
  return (c >= 48 && c <= 57) || ((c | 32) >= 97 && (c | 32) <= 102);
}

/** A string over many lines, up to its three closing quotes; one or two more may stand before those. */
function scanLines(s: TomlScanner, mark: number): string {
  const from = s.pos;
  const three = String.fromCharCode(mark).repeat(3);
  for (;;) {
    const c = take(s);
    if (c === END) throw complain(s, `unexpected EOF; expected ${mark === QUOTE ? '\'"""\'' : `"'''"`}`, END);
    if (c === BACKSLASH && mark === QUOTE) {
      if (isLineEnd(peek(s))) take(s);
      else scanEscape(s, from);
      continue;
    }
    if (c !== mark || !accept(s, mark)) continue;
    if (!accept(s, mark)) continue;
    if (peek(s) !== mark || s.pos >= s.text.length) return s.text.slice(from, s.pos - 3);
    const current = s.text.slice(from, s.pos);
    const five = three + three.slice(1);
    if (current.endsWith(five) && (mark === APOSTROPHE || !current.endsWith(`\\${five}`))) {
      throw complain(s, mark === QUOTE ? `unexpected '""""""'` : `unexpected "''''''"`);
    }
    s.pos -= 2;
  }
}

function withoutFirstBreak(text: string): string {
  if (text.startsWith("\n")) return text.slice(1);
  return text.startsWith("\r\n") ? text.slice(2) : text;
}

/** A backslash at the end of a line takes the white space behind it away, up to the next word. */
function joinLines(text: string): string {
  return text.replaceAll(/\\(?:\\|[ \t\r]*\n[ \t\r\n]*)/g, (found) => (found === "\\\\" ? found : ""));
}

const PLAIN: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  e: "\x1b",
  '"': '"',
  "\\": "\\",
};

function unescape(s: TomlScanner, text: string): string {
  if (!text.includes("\\")) return text;
  return text.replaceAll(
    /\\(?:x(..)|u(.{4})|U(.{8})|([^]))/g,
    (_, x?: string, u?: string, U?: string, letter?: string) => {
      if (letter !== undefined) {
        const plain = Object.hasOwn(PLAIN, letter) ? PLAIN[letter] : undefined;
        if (plain === undefined) throw complain(s, `invalid escape: '\\${letter}'`);
        return plain;
      }
      const digits = x ?? u ?? U ?? "";
      const code = Number.parseInt(digits, 16);
      if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        throw complain(s, `Escaped character '\\u${digits}' is not valid UTF-8.`);
      }
      return String.fromCodePoint(code);
    },
  );
}
