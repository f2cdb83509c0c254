import { byteLength, isStrayUnit, toUtf8 } from "../go/utf8.ts";
import { newScanner } from "./yaml-scanner.ts";
import type { Scanner } from "./yaml-scanner.ts";

/** The reader of Go's YAML library takes its input in pieces of this many bytes and complains about whole pieces. */
const CHUNK_BYTES = 512;

const SUSPECT = /[^\t\n\r -~\u0085\u00a0-\ud7ff\ue000-\ufffd]/;
const FORBIDDEN = /[^\t\n\r -~\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** A scanner at the start of `text`. One byte order mark is skipped; an empty text reads as an empty line. */
export function openSource(text: string): Scanner {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const at = body.search(SUSPECT);
  const bad = at < 0 ? -1 : firstForbidden(body, at);
  if (bad < 0) return newScanner(`${body}\0\0\0\0`, body.length, undefined);
  const marked = body.length === text.length ? 0 : 3;
  const end = chunkStart(body, bad, marked);
  return newScanner(`${body.slice(0, end)}\0\0\0\0`, end, complaint(body, bad));
}

function firstForbidden(body: string, from: number): number {
  const offset = body.slice(from).search(FORBIDDEN);
  return offset < 0 ? -1 : from + offset;
}

/** Where the piece with the unit at `bad` starts. */
function chunkStart(body: string, bad: number, marked: number): number {
  const bytes = byteLength(body.slice(0, bad)) + marked;
  let left = Math.max(bytes - (bytes % CHUNK_BYTES) - marked, 0);
  let at = 0;
  while (at < bad) {
    const width = byteLength(String.fromCodePoint(body.codePointAt(at) ?? 0));
    if (width > left) break;
    left -= width;
    at += width === 4 ? 2 : 1;
  }
  return at;
}

/** Why the reader refuses the unit at `bad`: a control character, or bytes that are no UTF-8. */
function complaint(body: string, bad: number): string {
  if (!isStrayUnit(body.charCodeAt(bad))) return "control characters are not allowed";
  const bytes = toUtf8(body.slice(bad, bad + 4));
  const first = bytes[0] ?? 0;
  const width = (first & 0xe0) === 0xc0 ? 2 : (first & 0xf0) === 0xe0 ? 3 : (first & 0xf8) === 0xf0 ? 4 : 0;
  if (width === 0) return "invalid leading UTF-8 octet";
  if (width > bytes.length) return "incomplete UTF-8 octet sequence";
  let value = first & (0xff >> (width + 1));
  for (let i = 1; i < width; i++) {
    const octet = bytes[i] ?? 0;
    if ((octet & 0xc0) !== 0x80) return "invalid trailing UTF-8 octet";
    value = value * 64 + (octet & 0x3f);
  }
  const least = width === 2 ? 0x80 : width === 3 ? 0x800 : 0x10000;
  return value < least ? "invalid length of a UTF-8 sequence" : "invalid Unicode character";
}
