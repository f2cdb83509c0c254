import {
  afterBreak,
  isBlank,
  isBlankOrEnd,
  isBreakOrEnd,
  isDigit,
  isWord,
  scannerError,
  TAG,
  TAG_DIRECTIVE,
  VERSION_DIRECTIVE,
} from "./yaml-scanner.ts";
import type { Scanner, Token } from "./yaml-scanner.ts";

function scanWord(s: Scanner): string {
  const from = s.pos;
  while (isWord(s.text.charCodeAt(s.pos))) s.pos += 1;
  return s.text.slice(from, s.pos);
}

function skipBlanks(s: Scanner): void {
  while (isBlank(s.text.charCodeAt(s.pos))) s.pos += 1;
}

/** `?`, `:`, `,`, `]`, `}`, `%`, `@` and the backquote end an anchor. */
const AFTER_ANCHOR = new Set([63, 58, 44, 93, 125, 37, 64, 96]);

/** An anchor (`&x`) or an alias (`*x`). */
export function scanAnchor(s: Scanner, type: number): Token {
  const at = s.pos;
  s.pos += 1;
  const value = scanWord(s);
  const c = s.text.charCodeAt(s.pos);
  if (value === "" || !(isBlankOrEnd(c) || AFTER_ANCHOR.has(c))) {
    throw scannerError(s, "did not find expected alphabetic or numeric character");
  }
  return { type, at, value, extra: "", plain: false };
}

/** `!`, `!suffix`, `!handle!suffix` or `!<uri>`. */
export function scanTag(s: Scanner): Token {
  const at = s.pos;
  let value = "";
  let extra = "";
  if (s.text.charCodeAt(at + 1) === 60) {
    s.pos += 2;
    extra = scanUri(s, "");
    if (s.text.charCodeAt(s.pos) !== 62) throw scannerError(s, "did not find the expected '>'");
    s.pos += 1;
  } else {
    const handle = scanHandle(s, false);
    if (handle.length > 1 && handle.endsWith("!")) {
      value = handle;
      extra = scanUri(s, "");
    } else {
      extra = scanUri(s, handle);
      value = "!";
      if (extra === "") [value, extra] = ["", "!"];
    }
  }
  if (!isBlankOrEnd(s.text.charCodeAt(s.pos))) throw scannerError(s, "did not find expected whitespace or line break");
  return { type: TAG, at, value, extra, plain: false };
}

function scanHandle(s: Scanner, directive: boolean): string {
  if (s.text.charCodeAt(s.pos) !== 33) throw scannerError(s, "did not find expected '!'");
  s.pos += 1;
  const handle = `!${scanWord(s)}`;
  if (s.text.charCodeAt(s.pos) === 33) {
    s.pos += 1;
    return `${handle}!`;
  }
  if (directive && handle !== "!") throw scannerError(s, "did not find expected '!'");
  return handle;
}

const URI = new Set(Array.from(";/?:@&=+$,.!~*'()[]%", (character) => character.charCodeAt(0)));

/** The rest of a tag. `head` is what was read of it as a handle, with its `!`. */
function scanUri(s: Scanner, head: string): string {
  let uri = head.slice(1);
  const from = s.pos;
  for (let c = s.text.charCodeAt(s.pos); isWord(c) || URI.has(c); c = s.text.charCodeAt(s.pos)) {
    if (c === 37) uri += scanUriEscape(s);
    else {
      uri += String.fromCharCode(c);
      s.pos += 1;
    }
  }
  if (head === "" && s.pos === from) throw scannerError(s, "did not find expected tag URI");
  return uri;
}

const decoder = new TextDecoder();

/** One rune written as `%XX` octets. */
function scanUriEscape(s: Scanner): string {
  const octets: number[] = [];
  let width = 1;
  while (octets.length < width) {
    const digits = s.text.slice(s.pos, s.pos + 3);
    if (!/^%[0-9a-fA-F]{2}$/.test(digits)) throw scannerError(s, "did not find URI escaped octet");
    const octet = Number.parseInt(digits.slice(1), 16);
    if (octets.length === 0) width = leadingWidth(s, octet);
    else if ((octet & 0xc0) !== 0x80) throw scannerError(s, "found an incorrect trailing UTF-8 octet");
    octets.push(octet);
    s.pos += 3;
  }
  return decoder.decode(Uint8Array.from(octets));
}

function leadingWidth(s: Scanner, octet: number): number {
  if (octet < 0x80) return 1;
  if ((octet & 0xe0) === 0xc0) return 2;
  if ((octet & 0xf0) === 0xe0) return 3;
  if ((octet & 0xf8) === 0xf0) return 4;
  throw scannerError(s, "found an incorrect leading UTF-8 octet");
}

/** `%YAML 1.1` or `%TAG !h! prefix`, with the rest of its line. */
export function scanDirective(s: Scanner): Token {
  const at = s.pos;
  s.pos += 1;
  const name = scanWord(s);
  if (name === "") throw scannerError(s, "could not find expected directive name");
  if (!isBlankOrEnd(s.text.charCodeAt(s.pos))) throw scannerError(s, "found unexpected non-alphabetical character");
  let token: Token;
  if (name === "YAML") token = scanVersion(s, at);
  else if (name === "TAG") token = scanTagDirective(s, at);
  else throw scannerError(s, "found unknown directive name");
  skipBlanks(s);
  if (s.text.charCodeAt(s.pos) === 35) while (!isBreakOrEnd(s.text.charCodeAt(s.pos))) s.pos += 1;
  const c = s.text.charCodeAt(s.pos);
  if (!isBreakOrEnd(c)) throw scannerError(s, "did not find expected comment or line break");
  if (c !== 0) {
    s.pos = afterBreak(s.text, s.pos);
    s.lineStart = s.pos;
  }
  return token;
}

function scanVersion(s: Scanner, at: number): Token {
  skipBlanks(s);
  const major = scanVersionNumber(s);
  if (s.text.charCodeAt(s.pos) !== 46) throw scannerError(s, "did not find expected digit or '.' character");
  s.pos += 1;
  const minor = scanVersionNumber(s);
  return { type: VERSION_DIRECTIVE, at, value: `${major}.${minor}`, extra: "", plain: false };
}

function scanVersionNumber(s: Scanner): number {
  const from = s.pos;
  while (isDigit(s.text.charCodeAt(s.pos))) {
    if (s.pos - from === 2) throw scannerError(s, "found extremely long version number");
    s.pos += 1;
  }
  if (s.pos === from) throw scannerError(s, "did not find expected version number");
  return Number.parseInt(s.text.slice(from, s.pos), 10);
}

function scanTagDirective(s: Scanner, at: number): Token {
  skipBlanks(s);
  const value = scanHandle(s, true);
  if (!isBlank(s.text.charCodeAt(s.pos))) throw scannerError(s, "did not find expected whitespace");
  skipBlanks(s);
  const extra = scanUri(s, "");
  if (!isBlankOrEnd(s.text.charCodeAt(s.pos))) throw scannerError(s, "did not find expected whitespace or line break");
  return { type: TAG_DIRECTIVE, at, value, extra, plain: false };
}
