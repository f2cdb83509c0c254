/**
 * Go strings and their bytes. A string holds runes; a byte that is not valid UTF-8 is the lone surrogate U+DC00 + byte
 * (see value.ts), so every byte sequence has exactly one string and comes back unchanged.
 */

const STRAY = 0xdc00;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** True for the UTF-16 unit that stands for an invalid byte. */
export function isStrayUnit(unit: number): boolean {
  return unit >= STRAY + 0x80 && unit <= STRAY + 0xff;
}

/** The string of one invalid byte (0x80 to 0xff). */
export function strayByte(byte: number): string {
  return String.fromCharCode(STRAY + byte);
}

/** Go's `len(s)`: the number of UTF-8 bytes. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (unit < 0xd800 || unit > 0xdfff) bytes += 2;
    else if (unit < STRAY) {
      bytes += 2;
      i += 1;
    } else if (!isStrayUnit(unit)) bytes += 2;
  }
  return bytes;
}

/** The bytes of a Go string. */
export function toUtf8(text: string): Uint8Array<ArrayBuffer> {
  if (text.isWellFormed()) return encoder.encode(text);
  const bytes = new Uint8Array(byteLength(text));
  let at = 0;
  for (const rune of text) {
    const unit = rune.charCodeAt(0);
    if (rune.length === 1 && isStrayUnit(unit)) bytes[at++] = unit - STRAY;
    else at += encoder.encodeInto(rune, bytes.subarray(at)).written;
  }
  return bytes;
}

/** The Go string of these bytes, valid UTF-8 or not. A byte order mark stays. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return decodeStray(bytes);
  }
}

/** Joins runs of valid bytes and stray ones. Runs are decoded whole; each invalid byte stands alone, as in Go's `range`. */
function decodeStray(bytes: Uint8Array): string {
  let text = "";
  let start = 0;
  let at = 0;
  while (at < bytes.length) {
    const width = runeWidth(bytes, at);
    if (width > 0) {
      at += width;
      continue;
    }
    text += decoder.decode(bytes.subarray(start, at)) + strayByte(bytes[at] ?? 0);
    at += 1;
    start = at;
  }
  return text + decoder.decode(bytes.subarray(start));
}

/** The width of the valid rune at `at`, or 0. Surrogates, overlong forms and values above U+10FFFF are invalid. */
export function runeWidth(bytes: Uint8Array, at: number): 0 | 1 | 2 | 3 | 4 {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const second = bytes[at + 1] ?? 0;
  if (first < 0xe0) return isContinuation(second) ? 2 : 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high || !isContinuation(bytes[at + 2] ?? 0)) return 0;
  if (first < 0xf0) return 3;
  return isContinuation(bytes[at + 3] ?? 0) ? 4 : 0;
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

/** Go's `utf8.RuneCountInString`: an invalid byte counts as one rune. */
export function runeCount(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < STRAY) count -= 1;
  }
  return count;
}

/** The first `count` runes of `text`. */
export function firstRunes(text: string, count: number): string {
  if (text.length <= count) return text;
  let at = 0;
  for (let left = count; left > 0 && at < text.length; left--) {
    const unit = text.charCodeAt(at);
    at += unit >= 0xd800 && unit < STRAY ? 2 : 1;
  }
  return text.slice(0, at);
}

/** `text` as if decoded from its own bytes: stray bytes that were joined to a valid rune become that rune. */
export function normalizeUtf8(text: string): string {
  return text.isWellFormed() ? text : fromUtf8(toUtf8(text));
}
