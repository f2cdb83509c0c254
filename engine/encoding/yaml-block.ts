import { enter, scalarValue } from "./yaml-composer.ts";
import type { Composer } from "./yaml-composer.ts";
import { newEntries, putEntry } from "./yaml-entry.ts";
import type { Entries } from "./yaml-entry.ts";
import { peekToken } from "./yaml-fetch.ts";
import {
  BLOCK,
  DASH,
  EMPTY_FLOW,
  endPlain,
  keyColon,
  LINE_END,
  lineRest,
  PLAIN,
  plainEnd,
  QUOTE,
  simpleQuoteEnd,
  startOf,
  toContent,
} from "./yaml-line.ts";
import { resolve, resolveKey } from "./yaml-resolve.ts";
import { scanBlock } from "./yaml-scan-scalar.ts";
import { ALIAS, BLOCK_END, BLOCK_ENTRY, isBlankOrEnd, KEY, parserError, takeToken, VALUE } from "./yaml-scanner.ts";
import type { Scanner } from "./yaml-scanner.ts";

/*
 * Block collections are read in two ways that give the same: by tokens, and line by line where a line is simple (a plain or
 * simply quoted key, one scalar, a dash). The second way takes over whenever the token queue is empty, leaves the scanner
 * exactly as the tokens of what it read would have, and hands over where a line is anything else.
 */

/** Contexts of {@link Composer.parseNode}: a block node, and one that may be a sequence without indentation. */
export const IN_BLOCK = 1;
export const INDENTLESS = 2;

/** True where nothing is read ahead and no key is due, so that lines may be read instead of tokens. */
function isIdle<V, M extends V>(c: Composer<V, M>): boolean {
  const s = c.scanner;
  if (!s.byLine || s.queue.length > 0 || s.flowLevel > 0 || c.strict) return false;
  return s.keyPossible[0] !== true || s.keyRequired[0] !== true;
}

function open(s: Scanner, column: number): void {
  s.indents.push(s.indent);
  s.indent = column;
}

function close(s: Scanner): void {
  s.indent = s.indents.pop() ?? -1;
}

/** A node that is not there. */
export function emptyNode<V, M extends V>(c: Composer<V, M>): V {
  c.decoded += 1;
  return c.shape.scalar(null);
}

/** Reads a block mapping whose start was taken. */
export function parseMapping<V, M extends V>(c: Composer<V, M>): V {
  const s = c.scanner;
  const entries = newEntries(c);
  for (;;) {
    if (isIdle(c) && readEntries(c, entries)) return entries.map;
    const token = peekToken(s);
    takeToken(s);
    if (token.type === BLOCK_END) return entries.map;
    if (token.type !== KEY) throw parserError(s, "did not find expected key", token.at);
    c.parseKey(c, entries, isGap(peekToken(s).type), INDENTLESS);
    parseEntryValue(c, entries);
  }
}

function isGap(type: number): boolean {
  return type === KEY || type === VALUE || type === BLOCK_END;
}

function parseEntryValue<V, M extends V>(c: Composer<V, M>, entries: Entries<V, M>): void {
  const s = c.scanner;
  const mark = peekToken(s);
  if (mark.type !== VALUE) return putEntry(c, entries, emptyNode(c), mark.at);
  takeToken(s);
  if (isIdle(c) && !entries.merge && !s.simpleKeyAllowed) return putEntry(c, entries, readValue(c), mark.at);
  const token = peekToken(s);
  if (isGap(token.type)) return putEntry(c, entries, emptyNode(c), mark.at);
  entries.aliased = token.type === ALIAS;
  putEntry(c, entries, c.parseNode(c, INDENTLESS), token.at);
}

/** Reads a block sequence whose start was taken, or one without indentation. */
export function parseSequence<V, M extends V>(c: Composer<V, M>, indentless: boolean): V {
  const s = c.scanner;
  const items: V[] = [];
  for (;;) {
    if (isIdle(c) && readItems(c, items, indentless)) break;
    const token = peekToken(s);
    if (token.type !== BLOCK_ENTRY) {
      if (indentless) break;
      if (token.type !== BLOCK_END) throw parserError(s, "did not find expected '-' indicator", token.at);
      takeToken(s);
      break;
    }
    takeToken(s);
    items.push(isIdle(c) ? readItem(c, indentless) : parseItem(c, indentless));
  }
  return c.shape.list(items);
}

function parseItem<V, M extends V>(c: Composer<V, M>, indentless: boolean): V {
  const { type } = peekToken(c.scanner);
  const none = type === BLOCK_ENTRY || type === BLOCK_END || (indentless && (type === KEY || type === VALUE));
  return none ? emptyNode(c) : c.parseNode(c, IN_BLOCK);
}

/** Reads the entries of a mapping line by line. True at its end; false where tokens have to go on. */
function readEntries<V, M extends V>(c: Composer<V, M>, entries: Entries<V, M>): boolean {
  const s = c.scanner;
  const { text, indent } = s;
  s.keyPossible[0] = false;
  s.keyKnown[0] = false;
  while (s.queue.length === 0) {
    const first = toContent(s);
    if (first < 0) return false;
    const column = s.pos - s.lineStart;
    if (first === 0 || column < indent) {
      close(s);
      return true;
    }
    const colon = column === indent ? keyColon(text, s.pos) : -1;
    if (colon < 0) return false;
    const quoted = first === 34 || first === 39;
    const key = quoted ? text.slice(s.pos + 1, colon - 1) : resolveKey(text.slice(s.pos, colon));
    if (key === null) return false;
    s.pos = colon + 1;
    c.decoded += 1;
    c.shape.put(entries.map, key, readValue(c));
  }
  return false;
}

/** The value behind a `:` that was just read. */
function readValue<V, M extends V>(c: Composer<V, M>): V {
  const s = c.scanner;
  const start = s.pos;
  let p = start;
  let first = s.text.charCodeAt(p);
  while (first === 32) first = s.text.charCodeAt(++p);
  const kind = startOf(first);
  if (kind === LINE_END) return readBelow(c, p);
  if (kind !== 0 && readScalar(c, p, kind)) return c.value;
  return tokenValue(c, start, s.lineStart);
}

function tokenValue<V, M extends V>(c: Composer<V, M>, at: number, lineStart: number): V {
  const s = c.scanner;
  s.pos = at;
  s.lineStart = lineStart;
  s.simpleKeyAllowed = false;
  return isGap(peekToken(s).type) ? emptyNode(c) : c.parseNode(c, INDENTLESS);
}

/** The value below its key: a collection, or nothing. */
function readBelow<V, M extends V>(c: Composer<V, M>, from: number): V {
  const s = c.scanner;
  const { pos, lineStart } = s;
  s.pos = from;
  const first = toContent(s);
  if (first < 0) return tokenValue(c, pos, lineStart);
  const column = s.pos - s.lineStart;
  if (first === 0 || column < s.indent) return emptyNode(c);
  const dash = first === 45 && isBlankOrEnd(s.text.charCodeAt(s.pos + 1));
  if (dash) return readSequence(c, column === s.indent ? -1 : column);
  if (keyColon(s.text, s.pos) < 0) return tokenValue(c, pos, lineStart);
  return column === s.indent ? emptyNode(c) : readMapping(c, column);
}

function readMapping<V, M extends V>(c: Composer<V, M>, column: number): V {
  c.decoded += 1;
  enter(c);
  open(c.scanner, column);
  const value = parseMapping(c);
  c.depth -= 1;
  return value;
}

/** A sequence at the position. `column` -1: it has the indentation of the mapping around it. */
function readSequence<V, M extends V>(c: Composer<V, M>, column: number): V {
  c.decoded += 1;
  enter(c);
  if (column >= 0) open(c.scanner, column);
  const value = parseSequence(c, column < 0);
  c.depth -= 1;
  return value;
}

/** Reads the items of a sequence line by line. True at its end; false where tokens have to go on. */
function readItems<V, M extends V>(c: Composer<V, M>, items: V[], indentless: boolean): boolean {
  const s = c.scanner;
  const { text, indent } = s;
  s.keyPossible[0] = false;
  s.keyKnown[0] = false;
  while (s.queue.length === 0) {
    const first = toContent(s);
    if (first < 0) return false;
    const column = s.pos - s.lineStart;
    if (first === 0 || column < indent) {
      if (!indentless) close(s);
      return true;
    }
    if (column !== indent || first !== 45 || !isBlankOrEnd(text.charCodeAt(s.pos + 1))) return indentless;
    s.pos += 1;
    items.push(readItem(c, indentless));
  }
  return false;
}

/** The item behind a dash that was just read. */
function readItem<V, M extends V>(c: Composer<V, M>, indentless: boolean): V {
  const s = c.scanner;
  const { text, pos, lineStart } = s;
  s.simpleKeyAllowed = true;
  let first = text.charCodeAt(s.pos);
  while (first === 32) first = text.charCodeAt(++s.pos);
  if (startOf(first) === LINE_END) first = toContent(s);
  const column = s.pos - s.lineStart;
  if (first === 0 || (first > 0 && column < s.indent)) return emptyNode(c);
  if (first > 0) {
    const isNext = column === s.indent;
    if (first === 45 && isBlankOrEnd(text.charCodeAt(s.pos + 1)))
      return isNext ? emptyNode(c) : readSequence(c, column);
    if ((!isNext || indentless) && keyColon(text, s.pos) >= 0) return isNext ? emptyNode(c) : readMapping(c, column);
    if (s.lineStart === lineStart && readScalar(c, s.pos, startOf(first))) return c.value;
  }
  s.pos = pos;
  s.lineStart = lineStart;
  s.simpleKeyAllowed = true;
  return parseItem(c, indentless);
}

/** Reads a scalar that ends on its line, or a block scalar, into `c.value`. False: nothing was moved. */
function readScalar<V, M extends V>(c: Composer<V, M>, at: number, kind: number): boolean {
  const s = c.scanner;
  const { text } = s;
  if (kind === PLAIN || (kind === DASH && !isBlankOrEnd(text.charCodeAt(at + 1)))) return readPlain(c, at);
  if (kind === BLOCK) {
    s.pos = at;
    const token = scanBlock(s, text.charCodeAt(at) === 124);
    s.simpleKeyAllowed = true;
    return found(c, c.shape.scalar(token.value));
  }
  if (kind === QUOTE) {
    const end = simpleQuoteEnd(text, at);
    const rest = end < 0 ? -1 : lineRest(text, end + 1);
    if (rest < 0) return false;
    s.pos = rest;
    s.simpleKeyAllowed = false;
    return found(c, c.shape.scalar(text.slice(at + 1, end)));
  }
  return kind === EMPTY_FLOW && readEmptyFlow(c, at);
}

function found<V, M extends V>(c: Composer<V, M>, value: V): boolean {
  c.decoded += 1;
  c.value = value;
  return true;
}

function readPlain<V, M extends V>(c: Composer<V, M>, at: number): boolean {
  const s = c.scanner;
  const { text } = s;
  const end = plainEnd(text, at);
  if (end < 0) return false;
  const stop = text.charCodeAt(end);
  if (stop === 58) return false;
  if (stop === 35) {
    s.pos = end;
    s.simpleKeyAllowed = false;
  } else if (!endPlain(s, end)) return false;
  let last = end;
  while (text.charCodeAt(last - 1) === 32) last -= 1;
  return found(c, scalarValue(c, resolve(text.slice(at, last))));
}

/** `[]` and `{}`. */
function readEmptyFlow<V, M extends V>(c: Composer<V, M>, at: number): boolean {
  const s = c.scanner;
  const isList = s.text.charCodeAt(at) === 91;
  const rest = s.text.charCodeAt(at + 1) === (isList ? 93 : 125) ? lineRest(s.text, at + 2) : -1;
  if (rest < 0) return false;
  s.pos = rest;
  s.simpleKeyAllowed = false;
  return found(c, isList ? c.shape.list([]) : c.shape.newMap());
}
