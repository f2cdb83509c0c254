import { YamlError } from "./yaml-error.ts";

export const STREAM_END = 0;
export const DOCUMENT_START = 1;
export const DOCUMENT_END = 2;
export const VERSION_DIRECTIVE = 3;
export const TAG_DIRECTIVE = 4;
export const BLOCK_SEQUENCE_START = 5;
export const BLOCK_MAPPING_START = 6;
export const BLOCK_END = 7;
export const FLOW_SEQUENCE_START = 8;
export const FLOW_SEQUENCE_END = 9;
export const FLOW_MAPPING_START = 10;
export const FLOW_MAPPING_END = 11;
export const BLOCK_ENTRY = 12;
export const FLOW_ENTRY = 13;
export const KEY = 14;
export const VALUE = 15;
export const ALIAS = 16;
export const ANCHOR = 17;
export const TAG = 18;
export const SCALAR = 19;

/** How deep collections may nest: our parser and all who walk its result recurse once per level, some in half a stack. */
export const MAX_DEPTH = 400;

/** One token. `at` is where it starts; `value` and `extra` are a scalar's text, an anchor's name, a tag's handle and suffix. */
export interface Token {
  readonly type: number;
  readonly at: number;
  readonly value: string;
  readonly extra: string;
  /** A scalar without quotes that is no block scalar. */
  readonly plain: boolean;
}

/**
 * The state of one scan. Positions are UTF-16 units of `text`, which ends with NUL units so that looking ahead needs no
 * check. `keys…` is the stack of possible simple keys, one per flow level.
 */
export interface Scanner {
  readonly text: string;
  /** Where the text ends, or where the first unreadable chunk starts. */
  readonly end: number;
  /** The reader's complaint about what lies behind `end`, if any. */
  readonly unreadable: string | undefined;
  /** The text has no line ends but LF: it may be read line by line. */
  readonly byLine: boolean;
  pos: number;
  lineStart: number;
  flowLevel: number;
  indent: number;
  readonly indents: number[];
  simpleKeyAllowed: boolean;
  readonly keyPossible: boolean[];
  readonly keyRequired: boolean[];
  readonly keyKnown: boolean[];
  readonly keyToken: number[];
  readonly keyAt: number[];
  readonly queue: Token[];
  head: number;
  taken: number;
  available: boolean;
  /** A line start that was counted to, and its line: what follows is counted from there. */
  countedAt: number;
  countedLine: number;
}

export function newScanner(text: string, end: number, unreadable: string | undefined): Scanner {
  return {
    text,
    end,
    unreadable,
    byLine: unreadable === undefined && !/[\r\u0085\u2028\u2029]/.test(text),
    pos: 0,
    lineStart: 0,
    flowLevel: 0,
    indent: -1,
    indents: [],
    simpleKeyAllowed: true,
    keyPossible: [false],
    keyRequired: [false],
    keyKnown: [false],
    keyToken: [0],
    keyAt: [0],
    queue: [],
    head: 0,
    taken: 0,
    available: false,
    countedAt: 0,
    countedLine: 0,
  };
}

export function isBreak(c: number): boolean {
  return c === 10 || c === 13 || c === 0x85 || c === 0x2028 || c === 0x2029;
}

export function isBlank(c: number): boolean {
  return c === 32 || c === 9;
}

/** White space, a line break or the end of the text. */
export function isBlankOrEnd(c: number): boolean {
  return c <= 32 ? c === 32 || c === 10 || c === 13 || c === 9 || c === 0 : c >= 0x85 && isBreak(c);
}

export function isBreakOrEnd(c: number): boolean {
  return c === 0 || isBreak(c);
}

/** A letter, digit, `_` or `-` of ASCII. */
export function isWord(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 95 || c === 45;
}

export function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

/** Where the line after the break at `at` starts: CR LF is one break. */
export function afterBreak(text: string, at: number): number {
  return text.charCodeAt(at) === 13 && text.charCodeAt(at + 1) === 10 ? at + 2 : at + 1;
}

/** What a line break reads as: `\n`, except for LS and PS. */
export function breakText(c: number): string {
  return c === 0x2028 ? "\u2028" : c === 0x2029 ? "\u2029" : "\n";
}

/** True where `---` or `...` stands alone at the start of a line. */
export function isDocumentMark(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  return (
    (c === 45 || c === 46) &&
    text.charCodeAt(at + 1) === c &&
    text.charCodeAt(at + 2) === c &&
    isBlankOrEnd(text.charCodeAt(at + 3))
  );
}

/** The 0-based line of `at`. A position behind the end is the line that the scanner forces there. */
export function lineAt(s: Scanner, at: number): number {
  const end = Math.min(at, s.end);
  let start = s.countedAt <= end ? s.countedAt : 0;
  let line = start === 0 ? 0 : s.countedLine;
  for (let i = start; i < end;) {
    if (!isBreak(s.text.charCodeAt(i))) {
      i += 1;
      continue;
    }
    i = afterBreak(s.text, i);
    start = i;
    line += 1;
  }
  s.countedAt = start;
  s.countedLine = line;
  return at > s.end && start !== s.end ? line + 1 : line;
}

function syntaxError(line: number, problem: string): YamlError {
  return new YamlError("yaml-syntax", `yaml: ${line === 0 ? "" : `line ${line}: `}${problem}`);
}

/** The scanner's error at `at`. Helm compatibility: scanner errors count lines from 1, but have none on the first line. */
export function scannerError(s: Scanner, problem: string, at: number = s.pos): YamlError {
  const line = lineAt(s, at);
  return syntaxError(line === 0 ? 0 : line + 1, problem);
}

/** The parser's error at `at`. Helm compatibility: its line is one too early. */
export function parserError(s: Scanner, problem: string, at: number): YamlError {
  return syntaxError(lineAt(s, at), problem);
}

/** Throws the reader's error when the scan needs text behind the readable part. */
export function requireReadable(s: Scanner, at: number): void {
  if (at > s.end && s.unreadable !== undefined) throw new YamlError("yaml-syntax", `yaml: ${s.unreadable}`);
}

export function push(s: Scanner, type: number, at: number): void {
  s.queue.push({ type, at, value: "", extra: "", plain: false });
}

/** Puts a token before the one with this number; a number that was taken already puts it last. */
function insert(s: Scanner, number: number, type: number, at: number): void {
  const token: Token = { type, at, value: "", extra: "", plain: false };
  const offset = number - s.taken;
  if (offset < 0) s.queue.push(token);
  else s.queue.splice(s.head + offset, 0, token);
}

function nextNumber(s: Scanner): number {
  return s.taken + s.queue.length - s.head;
}

const LONGEST_SIMPLE_KEY = 1024;

/** Runes between two positions of one line, exact only where it matters. */
function isKeyTooLong(s: Scanner, from: number): boolean {
  if (s.pos - from <= LONGEST_SIMPLE_KEY) return false;
  let runes = 0;
  for (let i = from; i < s.pos && runes <= LONGEST_SIMPLE_KEY; i++) {
    const unit = s.text.charCodeAt(i);
    if (unit < 0xdc00 || unit > 0xdfff) runes += 1;
  }
  return runes > LONGEST_SIMPLE_KEY;
}

function isKeyValid(s: Scanner, level: number): boolean {
  if (s.keyPossible[level] !== true) return false;
  const at = s.keyAt[level] ?? 0;
  if (at >= s.lineStart && s.pos <= s.end && !isKeyTooLong(s, at)) return true;
  if (s.keyRequired[level] === true) throw scannerError(s, "could not find expected ':'");
  s.keyPossible[level] = false;
  return false;
}

/** The innermost flow level whose key may be the token with this number; key numbers never fall from level to level. */
function levelOfKey(s: Scanner, number: number): number {
  let low = 0;
  let high = s.flowLevel;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((s.keyToken[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return s.keyToken[low] === number && s.keyKnown[low] === true ? low : -1;
}

/** Makes sure that the head of the queue is final: no simple key may still claim it. */
export function fetchTokens(s: Scanner, fetchNext: (s: Scanner) => void): void {
  for (;;) {
    if (s.head !== s.queue.length) {
      const level = levelOfKey(s, s.taken);
      if (level < 0 || !isKeyValid(s, level)) break;
    }
    fetchNext(s);
  }
  s.available = true;
}

/** Takes the head token off the queue. */
export function takeToken(s: Scanner): void {
  s.available = false;
  s.taken += 1;
  s.head += 1;
  if (s.head === s.queue.length) {
    s.queue.length = 0;
    s.head = 0;
  }
}

export function saveSimpleKey(s: Scanner): void {
  if (!s.simpleKeyAllowed) return;
  removeSimpleKey(s);
  const level = s.flowLevel;
  s.keyPossible[level] = true;
  s.keyKnown[level] = true;
  s.keyRequired[level] = level === 0 && s.indent === s.pos - s.lineStart;
  s.keyToken[level] = nextNumber(s);
  s.keyAt[level] = s.pos;
}

export function removeSimpleKey(s: Scanner): void {
  const level = s.flowLevel;
  if (s.keyPossible[level] !== true) return;
  if (s.keyRequired[level] === true) throw scannerError(s, "could not find expected ':'");
  s.keyPossible[level] = false;
  s.keyKnown[level] = false;
}

export function increaseFlowLevel(s: Scanner): void {
  s.flowLevel += 1;
  if (s.flowLevel > MAX_DEPTH) throw scannerError(s, `exceeded max depth of ${MAX_DEPTH}`);
  const level = s.flowLevel;
  s.keyPossible[level] = false;
  s.keyRequired[level] = false;
  s.keyKnown[level] = false;
  s.keyToken[level] = nextNumber(s);
  s.keyAt[level] = s.pos;
}

/** Helm compatibility: leaving a level that never held a key forgets the outer key of the same token. */
export function decreaseFlowLevel(s: Scanner): void {
  const level = s.flowLevel;
  if (level === 0) return;
  s.flowLevel = level - 1;
  if (s.keyToken[level] === s.keyToken[level - 1]) s.keyKnown[level - 1] = false;
}

/** Opens a block collection when `column` is deeper than the indentation. `number` is the token to put the start before. */
export function rollIndent(s: Scanner, column: number, number: number, type: number, at: number): void {
  if (s.flowLevel > 0 || s.indent >= column) return;
  s.indents.push(s.indent);
  s.indent = column;
  if (s.indents.length > MAX_DEPTH) throw scannerError(s, `exceeded max depth of ${MAX_DEPTH}`);
  if (number < 0) push(s, type, at);
  else insert(s, number, type, at);
}

/** Closes the block collections that are deeper than `column`. */
export function unrollIndent(s: Scanner, column: number): void {
  if (s.flowLevel > 0) return;
  while (s.indent > column) {
    push(s, BLOCK_END, s.pos);
    s.indent = s.indents.pop() ?? -1;
  }
}

/** The `:` of a value: turns the saved simple key into a KEY token, or opens the value of a complex key. */
export function fetchValue(s: Scanner): void {
  const level = s.flowLevel;
  if (isKeyValid(s, level)) {
    const number = s.keyToken[level] ?? 0;
    const at = s.keyAt[level] ?? 0;
    insert(s, number, KEY, at);
    rollIndent(s, at - s.lineStart, number, BLOCK_MAPPING_START, at);
    s.keyPossible[level] = false;
    s.keyKnown[level] = false;
    s.simpleKeyAllowed = false;
  } else {
    openComplex(s, "mapping values are not allowed in this context");
    s.simpleKeyAllowed = level === 0;
  }
  push(s, VALUE, s.pos);
  s.pos += 1;
}

/** The `?` of a complex key. */
export function fetchKey(s: Scanner): void {
  openComplex(s, "mapping keys are not allowed in this context");
  removeSimpleKey(s);
  s.simpleKeyAllowed = s.flowLevel === 0;
  push(s, KEY, s.pos);
  s.pos += 1;
}

function openComplex(s: Scanner, problem: string): void {
  if (s.flowLevel > 0) return;
  if (!s.simpleKeyAllowed) throw scannerError(s, problem);
  rollIndent(s, s.pos - s.lineStart, -1, BLOCK_MAPPING_START, s.pos);
}

/** The `-` of a sequence entry. */
export function fetchBlockEntry(s: Scanner): void {
  if (s.flowLevel === 0) {
    if (!s.simpleKeyAllowed) throw scannerError(s, "block sequence entries are not allowed in this context");
    rollIndent(s, s.pos - s.lineStart, -1, BLOCK_SEQUENCE_START, s.pos);
  }
  removeSimpleKey(s);
  s.simpleKeyAllowed = true;
  push(s, BLOCK_ENTRY, s.pos);
  s.pos += 1;
}

/** Eats white space, comments and line breaks. */
export function skipToNextToken(s: Scanner): void {
  const text = s.text;
  let p = s.pos;
  for (;;) {
    let c = text.charCodeAt(p);
    while (c === 32 || (c === 9 && (s.flowLevel > 0 || !s.simpleKeyAllowed))) c = text.charCodeAt(++p);
    if (c === 35) while (!isBreakOrEnd(c)) c = text.charCodeAt(++p);
    if (!isBreak(c)) break;
    p = afterBreak(text, p);
    s.lineStart = p;
    if (s.flowLevel === 0) s.simpleKeyAllowed = true;
  }
  s.pos = p;
}
