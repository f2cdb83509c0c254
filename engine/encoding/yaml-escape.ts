import { scannerError } from "./yaml-scanner.ts";
import type { Scanner } from "./yaml-scanner.ts";

const SIMPLE: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  t: "\t",
  "\t": "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\x1b",
  " ": " ",
  '"': '"',
  "'": "'",
  "\\": "\\",
  N: "\u0085",
  _: "\u00a0",
  L: "\u2028",
  P: "\u2029",
};

const CODE_LENGTH: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function hexDigit(c: number): number {
  if (c >= 48 && c <= 57) return c - 48;
  if (c >= 97 && c <= 102) return c - 87;
  return c >= 65 && c <= 70 ? c - 55 : -1;
}

/** The character of the escape at `s.pos` (a backslash); moves behind it. */
export function scanEscape(s: Scanner): string {
  const letter = s.text.charAt(s.pos + 1);
  const simple = Object.hasOwn(SIMPLE, letter) ? SIMPLE[letter] : undefined;
  if (simple !== undefined) {
    s.pos += 2;
    return simple;
  }
  const length = Object.hasOwn(CODE_LENGTH, letter) ? CODE_LENGTH[letter] : undefined;
  if (length === undefined) throw scannerError(s, "found unknown escape character");
  s.pos += 2;
  let code = 0;
  for (let i = 0; i < length; i++) {
    const digit = hexDigit(s.text.charCodeAt(s.pos + i));
    if (digit < 0) throw scannerError(s, "did not find expected hexdecimal number");
    code = code * 16 + digit;
  }
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
    throw scannerError(s, "found invalid Unicode character escape code");
  }
  s.pos += length;
  return String.fromCodePoint(code);
}
