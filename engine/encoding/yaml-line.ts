import { isBlankOrEnd } from "./yaml-scanner.ts";
import type { Scanner } from "./yaml-scanner.ts";

/** What a character means at the start of a value on the quick way: 0 leave it to the tokens, else one of these. */
export const PLAIN = 1;
export const DASH = 2;
export const QUOTE = 3;
export const BLOCK = 4;
export const LINE_END = 5;
export const EMPTY_FLOW = 6;

const START: Uint8Array = starts();

function starts(): Uint8Array {
  const table = new Uint8Array(128);
  for (let c = 33; c < 127; c++) table[c] = PLAIN;
  for (const c of "-?:,[]{}#&*!|>'\"%@`") table[c.charCodeAt(0)] = 0;
  table[45] = DASH;
  table[34] = table[39] = QUOTE;
  table[124] = table[62] = BLOCK;
  table[10] = table[0] = table[35] = LINE_END;
  table[91] = table[123] = EMPTY_FLOW;
  return table;
}

export function startOf(c: number): number {
  return c < 128 ? (START[c] ?? 0) : PLAIN;
}

/** Characters at which a run of plain ones has to look closer: line end, tab, `:`, `#` and the end. */
const STOP: Uint8Array = stops();

function stops(): Uint8Array {
  const table = new Uint8Array(128);
  for (const c of [0, 9, 10, 35, 58]) table[c] = 1;
  return table;
}

/**
 * Where the plain text from `at` ends: at a line end, a comment, the end, or a `:` with white space behind. -1 where a tab
 * asks for a closer look.
 */
export function plainEnd(text: string, at: number): number {
  let p = at;
  for (;;) {
    const c = text.charCodeAt(p);
    if (c >= 128 || STOP[c] === 0) {
      p += 1;
      continue;
    }
    if (c === 10 || c === 0) return p;
    if (c === 9) return -1;
    if (c === 58 ? isBlankOrEnd(text.charCodeAt(p + 1)) : text.charCodeAt(p - 1) === 32) return p;
    p += 1;
  }
}

/** The closing quote of a quoted text without escapes on one line; -1 for all others. */
export function simpleQuoteEnd(text: string, at: number): number {
  const mark = text.charCodeAt(at);
  let p = at + 1;
  for (;;) {
    const c = text.charCodeAt(p);
    if (c === mark) return mark === 39 && text.charCodeAt(p + 1) === 39 ? -1 : p;
    if (c === 92 ? mark === 34 : c <= 10 && (c === 10 || c === 0)) return -1;
    p += 1;
  }
}

/** Longer keys are no simple keys; the tokens know. */
const LONGEST_KEY = 1000;

/** The `:` of a key at `at` that is plain or simply quoted, on its line; -1 for all others. */
export function keyColon(text: string, at: number): number {
  const c = text.charCodeAt(at);
  if (c === 34 || c === 39) {
    const quote = simpleQuoteEnd(text, at);
    const colon = quote + 1;
    return quote > 0 && text.charCodeAt(colon) === 58 && isBlankOrEnd(text.charCodeAt(colon + 1)) ? colon : -1;
  }
  if (startOf(c) !== PLAIN || c === 46 || c === 60) return -1;
  const end = plainEnd(text, at);
  if (end < 0 || text.charCodeAt(end) !== 58 || end - at > LONGEST_KEY) return -1;
  return text.charCodeAt(end - 1) === 32 ? -1 : end;
}

/** The end of what may follow a value on its line: blanks, then a line end, a comment behind white space, or the end. -1: more. */
export function lineRest(text: string, at: number): number {
  let p = at;
  let c = text.charCodeAt(p);
  while (c === 32) c = text.charCodeAt(++p);
  if (c === 10 || c === 0) return p;
  return c === 35 && p > at ? p : -1;
}

/**
 * Moves over blanks, comments and line ends to the next content and gives its first character, 0 at the end. -1 where a tab
 * stands before it.
 */
export function toContent(s: Scanner): number {
  const { text } = s;
  let p = s.pos;
  for (;;) {
    let c = text.charCodeAt(p);
    while (c === 32) c = text.charCodeAt(++p);
    if (c === 35) {
      p = text.indexOf("\n", p);
      if (p < 0) p = s.end;
      c = text.charCodeAt(p);
    }
    if (c !== 10) {
      s.pos = p;
      return c === 9 ? -1 : c;
    }
    p += 1;
    s.lineStart = p;
    s.simpleKeyAllowed = true;
  }
}

/**
 * Ends a plain scalar whose line ends at `at`. False where the next line goes on with it, or starts with a tab: then nothing
 * was moved.
 */
export function endPlain(s: Scanner, at: number): boolean {
  const { text } = s;
  let p = at;
  if (text.charCodeAt(p) !== 10) {
    s.pos = p;
    return true;
  }
  let lineStart = p;
  let c = 10;
  while (c === 10) {
    lineStart = ++p;
    c = text.charCodeAt(p);
    while (c === 32) c = text.charCodeAt(++p);
  }
  if (c === 9 || (c !== 0 && c !== 35 && p - lineStart > s.indent)) return false;
  s.pos = p;
  s.lineStart = lineStart;
  s.simpleKeyAllowed = true;
  return true;
}
