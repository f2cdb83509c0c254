import { byteLength } from "../go/utf8.ts";
import { shortTagOf } from "./yaml-resolve.ts";

/** A line break that needs a literal block. */
const LF = 10;

/** What the text of a scalar allows, found in one pass. */
interface Analysis {
  readonly plain: boolean;
  readonly single: boolean;
  readonly block: boolean;
  readonly breaks: boolean;
}

const SAFE: Uint8Array = safeCharacters();

/** Characters that mean nothing anywhere in a plain scalar of block style. */
function safeCharacters(): Uint8Array {
  const table = new Uint8Array(128);
  for (let c = 48; c < 58; c++) table[c] = 1;
  for (let c = 65; c < 91; c++) table[c] = table[c + 32] = 1;
  for (const c of "_./-+=(),;$~^<\\") table[c.charCodeAt(0)] = 1;
  return table;
}

/** True for letters first and safe characters only: most keys and values. A word such as `yes` still has to be looked up. */
function isSimple(text: string): boolean {
  const first = text.charCodeAt(0) | 32;
  if (!(first >= 97 && first <= 122)) return false;
  for (let i = 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 128 || SAFE[c] === 0) return false;
  }
  return true;
}

const WORDY = /^[yYnNtTfFoO]/;
const LONGEST_WORD = 5;

/**
 * The text of a string scalar as go-yaml v2 (or v3: `pretty`) writes it. `indent` is the column of its further lines, `start`
 * the column where it begins, or -1 for a key on one line. A literal block carries its own line end, all else none.
 */
export function scalarText(text: string, indent: number, start: number, pretty: boolean): string {
  if (isSimple(text) && (text.length > LONGEST_WORD || !WORDY.test(text) || shortTagOf(text) === "!!str")) return text;
  const isKey = start < 0;
  const analysis = analyse(text, pretty);
  const fold: Fold = { column: pretty || isKey ? NEVER : start, indent };
  if (text.includes("\n")) return analysis.block && !isKey ? literal(text, indent) : doubleQuoted(text, fold);
  if (isKey && analysis.breaks) return doubleQuoted(text, fold);
  if (shortTagOf(text) !== "!!str" || isBase60(text)) return doubleQuoted(text, fold);
  if (analysis.plain) return plain(text, fold);
  return analysis.single ? singleQuoted(text, fold) : doubleQuoted(text, fold);
}

/** Where a text starts and where its further lines do. Only v2 folds: at a space behind column 80. */
interface Fold {
  readonly column: number;
  readonly indent: number;
}

const WIDTH = 80;
const NEVER = Number.NEGATIVE_INFINITY;

function isShort(text: string, fold: Fold): boolean {
  return fold.column + text.length <= WIDTH || !text.includes(" ");
}

function plain(text: string, fold: Fold): string {
  return isShort(text, fold) ? text : foldAtSpaces(text, fold.column, fold.indent, false);
}

/**
 * Breaks an escaped text at single spaces, and indents what follows a line break of its own (LS, PS). `escaped`: double
 * quotes, which can also break before more spaces.
 */
function foldAtSpaces(text: string, start: number, indent: number, escaped: boolean): string {
  const pad = " ".repeat(indent);
  let out = "";
  let from = 0;
  let column = start;
  let broken = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (isSeparator(c)) {
      broken = true;
      continue;
    }
    if (broken) {
      out += text.slice(from, i) + pad;
      from = i;
      column = start === NEVER ? NEVER : indent;
      broken = false;
    }
    const spaceAfter = text.charCodeAt(i + 1) === 32;
    if (c === 32 && column > WIDTH && isInner(text, i) && (escaped || !spaceAfter)) {
      out += `${text.slice(from, i)}\n${pad}${spaceAfter ? "\\" : ""}`;
      from = i + 1;
      column = indent + (spaceAfter ? 1 : 0);
    } else column += 1;
  }
  return out + text.slice(from);
}

function isSeparator(c: number): boolean {
  return c === 0x2028 || c === 0x2029;
}

/** The first of some spaces, and neither the first nor the last character. */
function isInner(text: string, at: number): boolean {
  return at > 0 && at < text.length - 1 && text.charCodeAt(at - 1) !== 32;
}

const LONGEST_SIMPLE_KEY = 128;

/** True where a key can stand before its `:` on one line. */
export function isSimpleKey(text: string): boolean {
  if (text.length * 3 > LONGEST_SIMPLE_KEY && byteLength(text) > LONGEST_SIMPLE_KEY) return false;
  return !/[\n\r\u0085\u2028\u2029]/.test(text);
}

const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

/** Helm compatibility: numbers of base 60 are quoted though nobody reads them. */
function isBase60(text: string): boolean {
  const c = text.charCodeAt(0);
  return (c === 43 || c === 45 || (c >= 48 && c <= 57)) && BASE_60.test(text);
}

const FIRST_INDICATORS = new Set(Array.from("#,[]{}&*!|>'\"%@`", (character) => character.charCodeAt(0)));

function isBreak(c: number): boolean {
  return c === LF || c === 13 || c === 0x85 || c === 0x2028 || c === 0x2029;
}

function isBlank(c: number): boolean {
  return c === 32 || c === 9;
}

/** True for what the emitters write unescaped. Helm compatibility: nothing above U+FFFF. */
function isPrintable(c: number): boolean {
  if (c < 0x7f) return c >= 32 || c === LF;
  if (c < 0xa0 || (c >= 0xd800 && c <= 0xdfff)) return false;
  return c !== 0xfeff && c < 0xfffe;
}

function startsLikeIndicator(text: string): boolean {
  const c = text.charCodeAt(0);
  if (FIRST_INDICATORS.has(c)) return true;
  if (text.startsWith("---") || text.startsWith("...")) return true;
  if (c !== 63 && c !== 58 && c !== 45) return false;
  return text.length === 1 || isBlank(text.charCodeAt(1));
}

function analyse(text: string, pretty: boolean): Analysis {
  let indicators = startsLikeIndicator(text);
  let special = false;
  let tabs = false;
  let breaks = false;
  let breakSpace = false;
  let spaceBreak = false;
  let before = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 58) indicators ||= i + 1 >= text.length || isBlank(text.charCodeAt(i + 1));
    else if (c === 35) indicators ||= isBlank(before) || isBreak(before);
    else if (c === 9 && pretty) tabs = true;
    else if (!isPrintable(c)) special = true;
    if (c === 32) breakSpace ||= isBreak(before);
    else if (isBreak(c)) {
      breaks = true;
      spaceBreak ||= before === 32;
    }
    before = c;
  }
  const first = text.charCodeAt(0);
  const edges = first === 32 || isBreak(first) || before === 32 || isBreak(before);
  const single = !breakSpace && !spaceBreak && !special && !tabs;
  return {
    plain: single && !edges && !breaks && !indicators && text !== "",
    single,
    block: before !== 32 && !spaceBreak && !special && text !== "",
    breaks,
  };
}

function singleQuoted(text: string, fold: Fold): string {
  const doubled = text.replaceAll("'", "''");
  if (isShort(doubled, fold) && !/[\u2028\u2029]/.test(doubled)) return `'${doubled}'`;
  return `'${foldAtSpaces(doubled, fold.column + 1, fold.indent, false)}'`;
}

const SHORT: Readonly<Record<number, string>> = {
  0: "0",
  7: "a",
  8: "b",
  9: "t",
  10: "n",
  11: "v",
  12: "f",
  13: "r",
  27: "e",
  34: '"',
  92: "\\",
  0x85: "N",
  0xa0: "_",
  0x2028: "L",
  0x2029: "P",
};

/** Helm compatibility: after a byte order mark at its start, every character of the text is escaped. */
function doubleQuoted(text: string, fold: Fold): string {
  const escapeAll = text.charCodeAt(0) === 0xfeff;
  let out = "";
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (!escapeAll && c !== 34 && c !== 92 && isPrintable(c) && !isBreak(c)) continue;
    const code = text.codePointAt(i) ?? c;
    out += text.slice(from, i) + escape(code);
    if (code > 0xffff) i += 1;
    from = i + 1;
  }
  out += text.slice(from);
  return isShort(out, fold) ? `"${out}"` : `"${foldAtSpaces(out, fold.column + 1, fold.indent, true)}"`;
}

function escape(code: number): string {
  const short = SHORT[code];
  if (short !== undefined) return `\\${short}`;
  const digits = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

function literal(text: string, indent: number): string {
  const first = text.charCodeAt(0);
  const hint = first === 32 || isBreak(first) ? "2" : "";
  const pad = " ".repeat(indent);
  let out = `|${hint}${chomp(text)}\n`;
  let from = 0;
  for (let i = 0; i <= text.length; i++) {
    if (i < text.length && !isBreak(text.charCodeAt(i))) continue;
    if (i > from) out += pad + text.slice(from, i);
    if (i < text.length) out += text.charAt(i);
    from = i + 1;
  }
  return isBreak(text.charCodeAt(text.length - 1)) ? out : `${out}\n`;
}

function chomp(text: string): string {
  if (!isBreak(text.charCodeAt(text.length - 1))) return "-";
  return text.length === 1 || isBreak(text.charCodeAt(text.length - 2)) ? "+" : "";
}
