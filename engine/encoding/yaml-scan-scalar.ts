import {
  afterBreak,
  breakText,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  isDigit,
  isDocumentMark,
  SCALAR,
  scannerError,
} from "./yaml-scanner.ts";
import type { Scanner, Token } from "./yaml-scanner.ts";
import { scanEscape } from "./yaml-escape.ts";

function scalar(at: number, value: string, plain: boolean): Token {
  return { type: SCALAR, at, value, extra: "", plain };
}

/** How line breaks inside a scalar read: one becomes a space, more lose the first; LS and PS stay. */
function fold(leading: string, trailing: string): string {
  if (leading !== "\n") return leading + trailing;
  return trailing === "" ? " " : trailing;
}

function isFlowIndicator(c: number): boolean {
  return c === 44 || c === 63 || c === 91 || c === 93 || c === 123 || c === 125;
}

/** Where a run of plain characters from `at` ends. */
function plainRun(s: Scanner, at: number): number {
  const text = s.text;
  const inFlow = s.flowLevel > 0;
  let p = at;
  for (let c = text.charCodeAt(p); !isBlankOrEnd(c); c = text.charCodeAt(++p)) {
    if (c === 58 && isBlankOrEnd(text.charCodeAt(p + 1))) break;
    if (inFlow && isFlowIndicator(c)) break;
  }
  return p;
}

/** The breaks and blanks between two words or lines of a scalar. */
interface Gap {
  /** The first line break, or `""` when the words share a line. */
  leading: string;
  trailing: string;
}

/** Eats blanks and breaks from `s.pos`. `indent` is the column below which a tab is an error; -1 allows all. */
function scanGap(s: Scanner, gap: Gap, indent: number): void {
  const text = s.text;
  let p = s.pos;
  for (let c = text.charCodeAt(p); isBlank(c) || isBreak(c); c = text.charCodeAt(p)) {
    if (isBlank(c)) {
      if (c === 9 && gap.leading !== "" && p - s.lineStart < indent) {
        throw scannerError(s, "found a tab character that violates indentation", p);
      }
      p += 1;
      continue;
    }
    if (gap.leading === "") gap.leading = breakText(c);
    else gap.trailing += breakText(c);
    p = afterBreak(text, p);
    s.lineStart = p;
  }
  s.pos = p;
}

/** A scalar without quotes, over as many lines as it takes. */
export function scanPlain(s: Scanner): Token {
  const text = s.text;
  const start = s.pos;
  const indent = s.indent + 1;
  const gap: Gap = { leading: "", trailing: "" };
  let value = "";
  let from = start;
  let end = start;
  for (;;) {
    if (s.pos === s.lineStart && isDocumentMark(text, s.pos)) break;
    if (text.charCodeAt(s.pos) === 35) break;
    const run = plainRun(s, s.pos);
    if (run > s.pos) {
      if (gap.leading !== "") {
        value += text.slice(from, end) + fold(gap.leading, gap.trailing);
        from = s.pos;
        gap.leading = "";
        gap.trailing = "";
      }
      end = run;
      s.pos = run;
    }
    const c = text.charCodeAt(s.pos);
    if (!isBlank(c) && !isBreak(c)) break;
    scanGap(s, gap, indent);
    if (s.flowLevel === 0 && s.pos - s.lineStart < indent) break;
  }
  if (gap.leading !== "") s.simpleKeyAllowed = true;
  return scalar(start, value === "" ? text.slice(from, end) : value + text.slice(from, end), true);
}

/** A scalar in single or double quotes. */
export function scanQuoted(s: Scanner, mark: 34 | 39): Token {
  const text = s.text;
  const start = s.pos;
  let value = "";
  s.pos += 1;
  for (;;) {
    if (s.pos === s.lineStart && isDocumentMark(text, s.pos)) {
      throw scannerError(s, "found unexpected document indicator");
    }
    if (text.charCodeAt(s.pos) === 0) throw scannerError(s, "found unexpected end of stream");
    const run = mark === 39 ? scanSingleRun(s) : scanDoubleRun(s);
    value += run.text;
    const from = s.pos;
    if (text.charCodeAt(from) === mark) break;
    const gap: Gap = { leading: run.joined ? "\n" : "", trailing: "" };
    scanGap(s, gap, -1);
    if (run.joined) value += gap.trailing;
    else if (gap.leading === "") value += text.slice(from, s.pos);
    else value += fold(gap.leading, gap.trailing);
  }
  s.pos += 1;
  return scalar(start, value, false);
}

/** A run without blanks. `joined`: it ended with an escaped line break, which reads as nothing. */
interface Run {
  readonly text: string;
  readonly joined: boolean;
}

function scanSingleRun(s: Scanner): Run {
  const text = s.text;
  let out = "";
  let from = s.pos;
  let p = from;
  for (let c = text.charCodeAt(p); !isBlankOrEnd(c); c = text.charCodeAt(++p)) {
    if (c !== 39) continue;
    if (text.charCodeAt(p + 1) !== 39) break;
    p += 1;
    out += text.slice(from, p);
    from = p + 1;
  }
  s.pos = p;
  return { text: out + text.slice(from, p), joined: false };
}

function scanDoubleRun(s: Scanner): Run {
  const text = s.text;
  let out = "";
  let from = s.pos;
  let p = from;
  for (let c = text.charCodeAt(p); !isBlankOrEnd(c) && c !== 34; c = text.charCodeAt(p)) {
    if (c !== 92) {
      p += 1;
      continue;
    }
    out += text.slice(from, p);
    if (isBreak(text.charCodeAt(p + 1))) {
      s.pos = afterBreak(text, p + 1);
      s.lineStart = s.pos;
      return { text: out, joined: true };
    }
    s.pos = p;
    out += scanEscape(s);
    p = s.pos;
    from = p;
  }
  s.pos = p;
  return { text: out + text.slice(from, p), joined: false };
}

/** The header of a block scalar. `chomp`: -1 strip, 0 clip, 1 keep. `increment` 0: find the indentation. */
interface Header {
  chomp: number;
  increment: number;
}

function scanChomp(s: Scanner, header: Header): boolean {
  const c = s.text.charCodeAt(s.pos);
  if (c !== 43 && c !== 45) return false;
  header.chomp = c === 43 ? 1 : -1;
  s.pos += 1;
  return true;
}

function scanIncrement(s: Scanner, header: Header): boolean {
  const c = s.text.charCodeAt(s.pos);
  if (!isDigit(c)) return false;
  if (c === 48) throw scannerError(s, "found an indentation indicator equal to 0");
  header.increment = c - 48;
  s.pos += 1;
  return true;
}

function scanHeader(s: Scanner): Header {
  const text = s.text;
  const header: Header = { chomp: 0, increment: 0 };
  s.pos += 1;
  if (scanChomp(s, header)) scanIncrement(s, header);
  else if (scanIncrement(s, header)) scanChomp(s, header);
  while (isBlank(text.charCodeAt(s.pos))) s.pos += 1;
  if (text.charCodeAt(s.pos) === 35) while (!isBreakOrEnd(text.charCodeAt(s.pos))) s.pos += 1;
  const c = text.charCodeAt(s.pos);
  if (!isBreakOrEnd(c)) throw scannerError(s, "did not find expected comment or line break");
  if (c !== 0) {
    s.pos = afterBreak(text, s.pos);
    s.lineStart = s.pos;
  }
  return header;
}

/** Eats empty lines and the indentation before a line of a block scalar; gives the breaks. `indent` 0 allows any column. */
function scanBlockBreaks(s: Scanner, indent: number): { readonly breaks: string; readonly deepest: number } {
  const text = s.text;
  let breaks = "";
  let deepest = 0;
  for (;;) {
    let p = s.pos;
    const limit = indent === 0 ? Number.MAX_SAFE_INTEGER : s.lineStart + indent;
    while (p < limit && text.charCodeAt(p) === 32) p += 1;
    s.pos = p;
    if (p - s.lineStart > deepest) deepest = p - s.lineStart;
    const c = text.charCodeAt(p);
    if (c === 9 && p < limit) {
      throw scannerError(s, "found a tab character where an indentation space is expected");
    }
    if (!isBreak(c)) return { breaks, deepest };
    breaks += breakText(c);
    s.pos = afterBreak(text, p);
    s.lineStart = s.pos;
  }
}

/** A literal (`|`) or folded (`>`) scalar. */
export function scanBlock(s: Scanner, literal: boolean): Token {
  const text = s.text;
  const start = s.pos;
  const header = scanHeader(s);
  const base = Math.max(s.indent, 0);
  let indent = header.increment === 0 ? 0 : base + header.increment;
  const first = scanBlockBreaks(s, indent);
  if (indent === 0) indent = Math.max(first.deepest, s.indent + 1, 1);
  let trailing = first.breaks;
  let leading = "";
  let value = "";
  let leadingBlank = false;
  for (;;) {
    const c = text.charCodeAt(s.pos);
    if (s.pos - s.lineStart !== indent || c === 0) break;
    const blank = isBlank(c);
    if (!literal && !leadingBlank && !blank && leading === "\n") value += trailing === "" ? " " : "";
    else value += leading;
    let p = s.pos;
    while (!isBreakOrEnd(text.charCodeAt(p))) p += 1;
    value += trailing + text.slice(s.pos, p);
    leadingBlank = blank;
    s.pos = p;
    leading = "";
    if (text.charCodeAt(p) !== 0) {
      leading = breakText(text.charCodeAt(p));
      s.pos = afterBreak(text, p);
      s.lineStart = s.pos;
    }
    trailing = scanBlockBreaks(s, indent).breaks;
  }
  if (header.chomp !== -1) value += leading;
  if (header.chomp === 1) value += trailing;
  return scalar(start, value, false);
}
