const LETTER = /^\p{L}$/u;
const DIGIT = /^\p{Nd}$/u;

function isLetter(code: number): boolean {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  return LETTER.test(String.fromCodePoint(code));
}

function isDigit(code: number): boolean {
  if (code < 128) return code >= 48 && code <= 57;
  return DIGIT.test(String.fromCodePoint(code));
}

/** Go's emitters order keys naturally, so that `a9` stands before `a10`; the two differ where a letter meets a digit. */
export type KeyOrder = (a: string, b: string) => number;

/** The order of go-yaml v2 (`toYaml`). Helm compatibility: it is no order for sets such as a9, a10, a1b. */
export function compareKeys(a: string, b: string): number {
  return compare(a, b, false);
}

/** The order of go-yaml v3 (`toYamlPretty`). */
export function compareKeysPretty(a: string, b: string): number {
  return compare(a, b, true);
}

function compare(a: string, b: string, pretty: boolean): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  if (at === length) return a.length - b.length;
  if (isTail(a, at) && isTail(b, at)) at -= 1;
  const x = a.codePointAt(at) ?? 0;
  const y = b.codePointAt(at) ?? 0;
  const xLetter = isLetter(x);
  const yLetter = isLetter(y);
  if (xLetter && yLetter) return x - y;
  if (xLetter || yLetter) {
    const first = pretty && at > 0 && isDigit(a.charCodeAt(at - 1)) ? xLetter : yLetter;
    return first ? -1 : 1;
  }
  return compareNumbers(a, b, at) || x - y;
}

function isTail(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff && at > 0;
}

/** Compares the digit runs from `at` on; a leading zero there belongs to the number before it, if there is one. */
function compareNumbers(a: string, b: string, at: number): number {
  const prefix = (a.charCodeAt(at) === 48 || b.charCodeAt(at) === 48) && hasNumberBefore(a, at) ? "1" : "";
  const x = prefix + digitsAt(a, at);
  const y = prefix + digitsAt(b, at);
  return compareValues(x, y) || x.length - y.length;
}

/** Digit runs up to this length are exact as doubles. */
const SAFE_DIGITS = 15;

/** Helm compatibility: longer runs wrap as int64. */
function compareValues(x: string, y: string): number {
  if (x.length <= SAFE_DIGITS && y.length <= SAFE_DIGITS) return Number(x) - Number(y);
  const difference = BigInt.asIntN(64, BigInt(x || "0")) - BigInt.asIntN(64, BigInt(y || "0"));
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

function hasNumberBefore(text: string, at: number): boolean {
  for (let i = at - 1; i >= 0 && isDigit(text.charCodeAt(i)); i--) {
    if (text.charCodeAt(i) !== 48) return true;
  }
  return false;
}

/** Longer runs than this never differ in a way that a chart would notice, and big numbers cost square time. */
const MAX_DIGITS = 100;

function digitsAt(text: string, at: number): string {
  let end = at;
  while (end < text.length && end - at < MAX_DIGITS && isAsciiDigit(text.charCodeAt(end))) end += 1;
  return text.slice(at, end);
}

function isAsciiDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

const HAS_DIGIT = /[0-9]/;

/** The keys in emitting order. Where the order is none, the result still depends on the set of keys only. */
export function orderKeys(keys: string[], order: KeyOrder): readonly string[] {
  if (keys.length < 2) return keys;
  if (keys.length > 2 && keys.some((key) => HAS_DIGIT.test(key))) keys.sort();
  return keys.sort(order);
}
