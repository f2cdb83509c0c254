import { scanBlock, scanPlain, scanQuoted } from "./yaml-scan-scalar.ts";
import { scanAnchor, scanDirective, scanTag } from "./yaml-scan-tag.ts";
import {
  ALIAS,
  ANCHOR,
  decreaseFlowLevel,
  DOCUMENT_END,
  DOCUMENT_START,
  fetchBlockEntry,
  fetchKey,
  fetchTokens,
  fetchValue,
  FLOW_ENTRY,
  FLOW_MAPPING_END,
  FLOW_MAPPING_START,
  FLOW_SEQUENCE_END,
  FLOW_SEQUENCE_START,
  increaseFlowLevel,
  isBlank,
  isBlankOrEnd,
  isDocumentMark,
  push,
  removeSimpleKey,
  requireReadable,
  saveSimpleKey,
  scannerError,
  skipToNextToken,
  STREAM_END,
  unrollIndent,
} from "./yaml-scanner.ts";
import type { Scanner, Token } from "./yaml-scanner.ts";

/** The next token; it stays at the head of the queue. */
export function peekToken(s: Scanner): Token {
  if (!s.available) fetchTokens(s, fetchNextToken);
  const token = s.queue[s.head];
  if (token === undefined) throw new Error("the token queue is empty");
  return token;
}

function fetchNextToken(s: Scanner): void {
  if (s.unreadable === undefined) return fetchReadable(s);
  try {
    fetchReadable(s);
  } finally {
    requireReadable(s, s.pos + 1);
  }
}

function fetchReadable(s: Scanner): void {
  skipToNextToken(s);
  requireReadable(s, s.pos + 4);
  const column = s.pos - s.lineStart;
  unrollIndent(s, column);
  const c = s.text.charCodeAt(s.pos);
  if (c === 0) return fetchStreamEnd(s);
  if (column === 0) {
    if (c === 37) return fetchDirective(s);
    if (isDocumentMark(s.text, s.pos)) return fetchDocumentMark(s, c === 45 ? DOCUMENT_START : DOCUMENT_END);
  }
  fetchByCharacter(s, c);
}

function fetchByCharacter(s: Scanner, c: number): void {
  const inFlow = s.flowLevel > 0;
  switch (c) {
    case 91:
      return fetchFlowStart(s, FLOW_SEQUENCE_START);
    case 123:
      return fetchFlowStart(s, FLOW_MAPPING_START);
    case 93:
      return fetchFlowEnd(s, FLOW_SEQUENCE_END);
    case 125:
      return fetchFlowEnd(s, FLOW_MAPPING_END);
    case 44:
      return fetchFlowEntry(s);
    case 42:
      return fetchKeyable(s, scanAlias);
    case 38:
      return fetchKeyable(s, scanAnchorHere);
    case 33:
      return fetchKeyable(s, scanTag);
    case 39:
      return fetchKeyable(s, scanSingle);
    case 34:
      return fetchKeyable(s, scanDouble);
    case 124:
    case 62:
      if (inFlow) throw scannerError(s, "found character that cannot start any token");
      return fetchBlock(s, c === 124);
    default:
      return fetchIndicatorOrPlain(s, c, inFlow);
  }
}

function fetchIndicatorOrPlain(s: Scanner, c: number, inFlow: boolean): void {
  if (c === 45 || c === 63 || c === 58) {
    const next = s.text.charCodeAt(s.pos + 1);
    const alone = isBlankOrEnd(next);
    if (c === 45) {
      if (alone) return fetchBlockEntry(s);
    } else if (inFlow || alone) {
      return c === 63 ? fetchKey(s) : fetchValue(s);
    }
    return fetchKeyable(s, scanPlain);
  }
  if (isBlank(c) || c === 35 || c === 37 || c === 64 || c === 96) {
    throw scannerError(s, "found character that cannot start any token");
  }
  fetchKeyable(s, scanPlain);
}

function scanAlias(s: Scanner): Token {
  return scanAnchor(s, ALIAS);
}

function scanAnchorHere(s: Scanner): Token {
  return scanAnchor(s, ANCHOR);
}

function scanSingle(s: Scanner): Token {
  return scanQuoted(s, 39);
}

function scanDouble(s: Scanner): Token {
  return scanQuoted(s, 34);
}

/** A token that may be a simple key, and after which none may start. */
function fetchKeyable(s: Scanner, scan: (s: Scanner) => Token): void {
  saveSimpleKey(s);
  s.simpleKeyAllowed = false;
  s.queue.push(scan(s));
}

function fetchBlock(s: Scanner, literal: boolean): void {
  removeSimpleKey(s);
  s.simpleKeyAllowed = true;
  s.queue.push(scanBlock(s, literal));
}

function fetchFlowStart(s: Scanner, type: number): void {
  saveSimpleKey(s);
  increaseFlowLevel(s);
  s.simpleKeyAllowed = true;
  push(s, type, s.pos);
  s.pos += 1;
}

function fetchFlowEnd(s: Scanner, type: number): void {
  removeSimpleKey(s);
  decreaseFlowLevel(s);
  s.simpleKeyAllowed = false;
  push(s, type, s.pos);
  s.pos += 1;
}

function fetchFlowEntry(s: Scanner): void {
  removeSimpleKey(s);
  s.simpleKeyAllowed = true;
  push(s, FLOW_ENTRY, s.pos);
  s.pos += 1;
}

function fetchStreamEnd(s: Scanner): void {
  if (s.pos !== s.lineStart) {
    s.pos = s.end + 1;
    s.lineStart = s.pos;
  }
  unrollIndent(s, -1);
  removeSimpleKey(s);
  s.simpleKeyAllowed = false;
  push(s, STREAM_END, s.pos);
}

function fetchDirective(s: Scanner): void {
  unrollIndent(s, -1);
  removeSimpleKey(s);
  s.simpleKeyAllowed = false;
  s.queue.push(scanDirective(s));
}

function fetchDocumentMark(s: Scanner, type: number): void {
  unrollIndent(s, -1);
  removeSimpleKey(s);
  s.simpleKeyAllowed = false;
  push(s, type, s.pos);
  s.pos += 3;
}
