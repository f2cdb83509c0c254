/** Go's `unicode` on strings: simple case mapping rune by rune (never `ß` to `SS`) and the classes that Sprig asks for. */

const UPPER = /^\p{Lu}$/u;
const LOWER = /^\p{Ll}$/u;
const TITLE = /^\p{Lt}$/u;
const LETTER = /^\p{L}$/u;
const DIGIT = /^\p{Nd}$/u;
const NUMBER = /^\p{N}$/u;
const PUNCTUATION = /^\p{P}$/u;

/** True when every unit of `text` is ASCII, so that its units are its bytes. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

/** Go's `unicode.IsSpace`: JavaScript's white space plus U+0085, minus U+FEFF. */
export function isSpaceCode(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  if (code < 0x1680) return code === 0x85 || code === 0xa0;
  if (code >= 0x2000 && code <= 0x200a) return true;
  return code === 0x1680 || code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f || code === 0x3000;
}

export function isSpace(rune: string): boolean {
  return rune.length === 1 && isSpaceCode(rune.charCodeAt(0));
}

export function isUpper(rune: string): boolean {
  const code = rune.charCodeAt(0);
  return code < 0x80 ? code >= 0x41 && code <= 0x5a : UPPER.test(rune);
}

export function isLower(rune: string): boolean {
  const code = rune.charCodeAt(0);
  return code < 0x80 ? code >= 0x61 && code <= 0x7a : LOWER.test(rune);
}

export function isTitle(rune: string): boolean {
  return rune.charCodeAt(0) >= 0x80 && TITLE.test(rune);
}

export function isLetter(rune: string): boolean {
  const code = rune.charCodeAt(0);
  return code < 0x80 ? (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a : LETTER.test(rune);
}

export function isDigit(rune: string): boolean {
  const code = rune.charCodeAt(0);
  return code < 0x80 ? code >= 0x30 && code <= 0x39 : DIGIT.test(rune);
}

export function isNumber(rune: string): boolean {
  const code = rune.charCodeAt(0);
  return code < 0x80 ? code >= 0x30 && code <= 0x39 : NUMBER.test(rune);
}

export function isPunctuation(rune: string): boolean {
  return PUNCTUATION.test(rune);
}

/** Code points whose full upper case is several runes though a simple one exists: Greek with iota subscript. */
function iotaUpper(code: number): number {
  if (code >= 0x1f80 && code <= 0x1faf) return code | 8;
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return code + 9;
  return code;
}

function oneRune(mapped: string): boolean {
  return mapped.length === 1 || (mapped.length === 2 && mapped.codePointAt(0) !== mapped.charCodeAt(0));
}

/** Go's `unicode.ToUpper`. */
export function toUpperRune(rune: string): string {
  const mapped = rune.toUpperCase();
  return oneRune(mapped) ? mapped : String.fromCodePoint(iotaUpper(rune.codePointAt(0) ?? 0));
}

/** Go's `unicode.ToLower`. U+0130 is the one rune whose full lower case is longer. */
export function toLowerRune(rune: string): string {
  const mapped = rune.toLowerCase();
  return oneRune(mapped) ? mapped : "i";
}

/** Go's `unicode.ToTitle`: upper case, but for the digraphs and Georgian. */
export function toTitleRune(rune: string): string {
  const code = rune.codePointAt(0) ?? 0;
  if (code >= 0x1c4 && code <= 0x1cc) return String.fromCharCode(Math.floor((code - 0x1c4) / 3) * 3 + 0x1c5);
  if (code >= 0x1f1 && code <= 0x1f3) return "\u01f2";
  if (code >= 0x10d0 && code <= 0x10ff) return rune;
  return toUpperRune(rune);
}

/** A byte that is not valid UTF-8 (see value.ts) becomes U+FFFD wherever Go maps runes. */
function mapRunes(text: string, map: (rune: string) => string): string {
  let out = "";
  for (const rune of text) out += map(isStray(rune) ? "\ufffd" : rune);
  return out;
}

/** True for the stand-in of an invalid byte. */
export function isStray(rune: string): boolean {
  if (rune.length !== 1) return false;
  const code = rune.charCodeAt(0);
  return code >= 0xd800 && code <= 0xdfff;
}

/** Go's `strings.ToUpper`. */
export function toUpper(text: string): string {
  return isAscii(text) ? text.toUpperCase() : mapRunes(text, toUpperRune);
}

/** Go's `strings.ToLower`. */
export function toLower(text: string): string {
  return isAscii(text) ? text.toLowerCase() : mapRunes(text, toLowerRune);
}

function isSeparator(rune: string): boolean {
  const code = rune.charCodeAt(0);
  if (code < 0x80) return !(isLetter(rune) || isDigit(rune) || code === 0x5f);
  return !isLetter(rune) && !isDigit(rune) && isSpace(rune);
}

/** Go's `strings.Title`: title case for a rune that follows a separator, everything else as it is. */
export function toTitle(text: string): string {
  let previous = " ";
  return mapRunes(text, (rune) => {
    const mapped = isSeparator(previous) ? toTitleRune(rune) : rune;
    previous = rune;
    return mapped;
  });
}

/** Go's `strings.TrimSpace`. */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpaceCode(text.charCodeAt(start))) start++;
  while (end > start && isSpaceCode(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}
