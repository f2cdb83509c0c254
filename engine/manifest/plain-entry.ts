import { FILENAME } from "./plain-filename.ts";
import {
  APOSTROPHE,
  COLON,
  DASH,
  IN_DOUBLE,
  IN_KEY,
  IN_SINGLE,
  IN_WORD,
  isIn,
  NEWLINE,
  passBlanks,
  PIPE,
  type PlainSource,
  QUOTE,
  SPACE,
  STARTS_KEY,
} from "./plain-codes.ts";

/** Flags of an entry: it has a key; nothing stands behind that; the next lines are a literal block. */
export const IS_PAIR = 1;
export const IS_OPEN = 2;
export const IS_BLOCK = 4;
const FLAG_BITS = 3;
/** What {@link scanEntry} does not know. */
export const UNKNOWN = -1;

/** An entry in a number, since there are so many: its flags, and above them where its line break stands. */
function entryOf(end: number, flags: number): number {
  return (end << FLAG_BITS) | flags;
}

/** Where the line break of an entry stands. */
export function entryEnd(entry: number): number {
  return entry >>> FLAG_BITS;
}

/** The entry at `from`, behind an item's dash if there is one, where it has one of the commonest forms: printed as they are written. */
export function scanEntry(codes: Uint8Array, from: number, isItem: boolean): number {
  let at = from;
  while (isIn(codes[at], IN_KEY)) at++;
  if (codes[at] !== COLON) return isItem && codes[at] === NEWLINE && isWord(codes, from, at) ? entryOf(at, 0) : UNKNOWN;
  if (!isIn(codes[from], STARTS_KEY) || at - from > MAX_KEY || !isWord(codes, from, at)) return UNKNOWN;
  if (codes[at + 1] === NEWLINE) return entryOf(at + 1, IS_PAIR | IS_OPEN);
  return codes[at + 1] === SPACE ? scanValue(codes, at + 2) : UNKNOWN;
}

const MAX_KEY = 202;

function scanValue(codes: Uint8Array, from: number): number {
  const first = codes[from];
  if (first === PIPE) {
    const end = codes[from + 1] === DASH ? from + 2 : from + 1;
    return codes[end] === NEWLINE ? entryOf(end, IS_PAIR | IS_BLOCK) : UNKNOWN;
  }
  let end = from;
  if (first === QUOTE) end = passQuoted(codes, from, IN_DOUBLE);
  else if (first === APOSTROPHE) end = passQuoted(codes, from, IN_SINGLE);
  else if (isEmpty(codes, from)) end = from + 2;
  else {
    end = passWords(codes, from);
    if (!isWord(codes, from, end)) return UNKNOWN;
  }
  return codes[end] === NEWLINE ? entryOf(end, IS_PAIR) : UNKNOWN;
}

/** Behind a quoted text without escapes; its beginning where it is none. */
function passQuoted(codes: Uint8Array, from: number, set: number): number {
  let at = from + 1;
  while (isIn(codes[at], set)) at++;
  return codes[at] === codes[from] ? at + 1 : from;
}

/** Behind words, between which single blanks and colons stand. */
function passWords(codes: Uint8Array, from: number): number {
  if (!isIn(codes[from], IN_KEY)) return from;
  let at = from + 1;
  for (; ; at++) {
    const code = codes[at];
    if (isIn(code, IN_WORD)) continue;
    const isInner = (code === COLON || code === SPACE) && isIn(codes[at + 1], IN_KEY);
    if (!isInner) return at;
  }
}

/** Not null, and without a dash at either end. */
function isWord(codes: Uint8Array, from: number, to: number): boolean {
  return to > from && codes[from] !== DASH && codes[to - 1] !== DASH && !isNull(codes, from, to);
}

function isNull(codes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== 4 || ((codes[from + 1] ?? 0) | 0x20) !== 0x75) return false;
  return NULL.test(String.fromCharCode(...codes.subarray(from, to)));
}

const NULL = /^(?:null|Null|NULL)$/;

/** Whether `{}` or `[]` stands here, at the end of a line. */
export function isEmpty(codes: Uint8Array, from: number): boolean {
  const close = codes[from] === 0x7b ? 0x7d : codes[from] === 0x5b ? 0x5d : undefined;
  return close !== undefined && codes[from + 1] === close && codes[from + 2] === NEWLINE;
}

function isScalar(value: string): boolean {
  if (value.endsWith("-")) return false;
  return PLAIN.test(value) || DOUBLE.test(value) || SINGLE.test(value) || EMPTY.test(value) || isShortList(value);
}

function isShortList(value: string): boolean {
  return value.length <= MAX_FLOW && FLOW.test(value) && !NULLS.test(value);
}

const KEY =
  /^(?:((?!(?:null|Null|NULL):)[A-Za-z_](?:[\w./-]{0,200}[\w./])?)|"([A-Za-z_][\w./-]{0,200})"): *(?:(?<= )(.*))?$/;
/** What is printed as it is written: nothing in it is quoted, escaped, folded, or a comment. */
const PLAIN =
  /^(?!(?:~|null|Null|NULL)$)(?:[\w./(+=$]|-(?=\S))(?:[\w./()+=$,;@%^~<>!?*&|'"[\]{}-]|:(?=[^\s])|(?<=\S)#| (?=[^\s#]))*$/;
const DOUBLE = /^"(?:[ !#-[\]-~]|\\[nrt"\\])*"$/;
const SINGLE = /^'[ -&(-~]*'$/;
/** Longer lists may be printed on lines of their own. */
const MAX_FLOW = 50;
const FLOW = /^\[(?:"[\w ./:=-]*"|[\w/][\w./]*)(?:, (?:"[\w ./:=-]*"|[\w/][\w./]*))*\]$/;
const NULLS = /\b(?:null|Null|NULL)\b/;
const EMPTY = /^(?:\{\}|\[\])$/;

/** Keys that are looked for in what is printed, where they have no quotes. */
const HEADINGS: ReadonlySet<string> = new Set(["metadata", "annotations", "kind", FILENAME]);

/** An entry that may be written otherwise than it is printed. */
export interface MatchedEntry {
  readonly entry: number;
  /** Where it begins, behind an item's dash and its blanks. */
  readonly inner: number;
  /** As it is printed, the dash included. */
  readonly shown: string;
}

/** The entry of a line, whose text begins at `first`; undefined for what the full reader takes. */
export function matchEntry({ text, codes }: PlainSource, first: number, isItem: boolean): MatchedEntry | undefined {
  const inner = isItem ? passBlanks(codes, first + 1) : first;
  const end = codes.indexOf(NEWLINE, inner);
  if (isItem && codes[inner] === DASH && codes[inner + 1] === SPACE) return undefined;
  const body = text.slice(inner, end);
  const found = KEY.exec(body);
  const value = found === null ? body : (found[3] ?? "");
  const isBlock = value === "|" || value === "|-";
  if (found === null && (!isItem || value === "")) return undefined;
  if (found !== null && HEADINGS.has(found[2] ?? "")) return undefined;
  if (value !== "" && !isBlock && !isScalar(value)) return undefined;
  const key = found === null ? "" : `${body.slice(0, body.indexOf(":") + 1)}${value === "" ? "" : " "}`;
  const flags = (found === null ? 0 : IS_PAIR) | (value === "" ? IS_OPEN : 0) | (isBlock ? IS_BLOCK : 0);
  return { entry: entryOf(end, flags), inner, shown: `${isItem ? "- " : ""}${key}${value}` };
}
