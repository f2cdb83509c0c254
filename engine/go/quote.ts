import { isStrayUnit, normalizeUtf8, strayByte } from "./utf8.ts";

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u;
const SHORT: Readonly<Record<number, string>> = {
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
};
const UNSHORT: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};
const MAX_RUNE = 0x10ffff;

/** Go's `strconv.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII space. */
export function isPrint(code: number): boolean {
  if (code < 0x7f) return code >= 0x20;
  if (code > MAX_RUNE || (code >= 0xd800 && code <= 0xdfff)) return false;
  return PRINTABLE.test(String.fromCodePoint(code));
}

/** Go's `strconv.Quote` (`%q`). */
export function quote(text: string): string {
  return quoteWith(text, false);
}

/** Go's `strconv.QuoteToASCII` (`%+q`). */
export function quoteToAscii(text: string): string {
  return quoteWith(text, true);
}

function quoteWith(text: string, ascii: boolean): string {
  let out = '"';
  let plain = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x20 && unit < 0x7f && unit !== 0x22 && unit !== 0x5c) continue;
    const code = text.codePointAt(i) ?? 0;
    out += text.slice(plain, i) + (isStrayUnit(code) ? `\\x${hex(code - 0xdc00, 2)}` : escapeRune(code, 0x22, ascii));
    if (code > 0xffff) i += 1;
    plain = i + 1;
  }
  return `${out}${text.slice(plain)}"`;
}

/** Go's `strconv.QuoteRune` (`%q` of a number). A number that is no rune quotes as U+FFFD. */
export function quoteRune(code: number, ascii = false): string {
  return `'${escapeRune(isRune(code) ? code : 0xfffd, 0x27, ascii)}'`;
}

function isRune(code: number): boolean {
  return code >= 0 && code <= MAX_RUNE && !(code >= 0xd800 && code <= 0xdfff);
}

function escapeRune(code: number, mark: number, ascii: boolean): string {
  if (code === mark || code === 0x5c) return `\\${String.fromCodePoint(code)}`;
  if (ascii ? code >= 0x20 && code < 0x7f : isPrint(code)) return String.fromCodePoint(code);
  const short = SHORT[code];
  if (short !== undefined) return short;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  if (!isRune(code)) return "\\ufffd";
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, "0");
}

/** Go's `strconv.CanBackquote`: one line, no control characters but tab, no backquote, no byte order mark, valid UTF-8. */
export function canBackquote(text: string): boolean {
  if (!text.isWellFormed()) return false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if ((unit < 0x20 && unit !== 9) || unit === 0x60 || unit === 0x7f || unit === 0xfeff) return false;
  }
  return true;
}

/** Go's `strconv.Unquote` for `"…"` and `` `…` ``: an invalid byte inside becomes U+FFFD. `undefined` is Go's `invalid syntax`. */
export function unquote(quoted: string): string | undefined {
  const mark = quoted[0];
  if (quoted.length < 2 || quoted.at(-1) !== mark) return undefined;
  const body = quoted.slice(1, -1);
  if (mark === "`") return body.includes("`") ? undefined : body.replaceAll("\r", "");
  if (mark !== '"' || body.includes("\n")) return undefined;
  if (!body.includes("\\") && body.isWellFormed()) return body.includes('"') ? undefined : body;
  let out = "";
  for (let at = 0; at < body.length;) {
    const next = unquoteCharacter(body, at, '"');
    if (next === undefined) return undefined;
    out += next.text;
    at = next.end;
  }
  return normalizeUtf8(out);
}

/** One character of a quoted text: its string, its rune (or byte) value, and where the next one starts. */
export interface Unquoted {
  readonly text: string;
  readonly code: number;
  readonly end: number;
}

/** Go's `strconv.UnquoteChar` at `at`; `mark` is the quote around. `undefined` is Go's `invalid syntax`. */
export function unquoteCharacter(body: string, at: number, mark: '"' | "'"): Unquoted | undefined {
  const code = body.codePointAt(at);
  if (code === undefined || body[at] === mark) return undefined;
  const rune = String.fromCodePoint(code);
  if (isStrayUnit(code)) return { text: "\ufffd", code: 0xfffd, end: at + 1 };
  if (rune !== "\\") return { text: rune, code, end: at + rune.length };
  const letter = body[at + 1] ?? "";
  const short = UNSHORT[letter];
  if (short !== undefined) return { text: short, code: short.charCodeAt(0), end: at + 2 };
  if (letter === mark) return { text: mark, code: mark.charCodeAt(0), end: at + 2 };
  if (letter === "x") return numeric(body, at + 2, 2, 16, true);
  if (letter === "u") return numeric(body, at + 2, 4, 16, false);
  if (letter === "U") return numeric(body, at + 2, 8, 16, false);
  return letter >= "0" && letter <= "7" ? numeric(body, at + 1, 3, 8, true) : undefined;
}

function numeric(body: string, from: number, width: number, base: 8 | 16, byte: boolean): Unquoted | undefined {
  const digits = body.slice(from, from + width);
  const wellFormed = base === 16 ? /^[0-9a-fA-F]+$/ : /^[0-7]+$/;
  if (digits.length < width || !wellFormed.test(digits)) return undefined;
  const code = Number.parseInt(digits, base);
  if (byte ? code > 0xff : !isRune(code)) return undefined;
  const text = byte && code >= 0x80 ? strayByte(code) : String.fromCodePoint(code);
  return { text, code, end: from + width };
}
