import { quote } from "./quote.ts";

/** Why a text is no number, in Go's words. */
export type NumberFailure = "invalid syntax" | "value out of range";

/** A parsed number. With `value out of range` the value is the nearest limit, as in Go; with `invalid syntax` it is zero. */
export interface ParsedNumber<T> {
  readonly value: T;
  readonly failure?: NumberFailure;
}

const UINT64_MAX = (1n << 64n) - 1n;
/** Digits that a double holds exactly whatever they are. */
const EXACT_DIGITS = 15;

/** The text of Go's `*strconv.NumError`, e.g. `strconv.Atoi: parsing "x": invalid syntax`. */
export function numberError(functionName: string, text: string, failure: NumberFailure): string {
  return `strconv.${functionName}: parsing ${quote(text)}: ${failure}`;
}

/** Go's `strconv.ParseInt`. `base` 0 reads the prefixes `0x`, `0o`, `0`, `0b` and allows `_` between digits. */
export function parseInt64(text: string, base = 10, bits = 64): ParsedNumber<bigint> {
  const negative = text.startsWith("-");
  const unsigned = parseUint64(negative || text.startsWith("+") ? text.slice(1) : text, base, bits);
  if (unsigned.failure === "invalid syntax") return unsigned;
  const limit = 1n << BigInt(bits - 1);
  if (!negative && unsigned.value >= limit) return { value: limit - 1n, failure: "value out of range" };
  if (negative && unsigned.value > limit) return { value: -limit, failure: "value out of range" };
  return { value: negative ? -unsigned.value : unsigned.value };
}

/** Go's `strconv.ParseUint`. */
export function parseUint64(text: string, base = 10, bits = 64): ParsedNumber<bigint> {
  if (text === "") return SYNTAX_INT;
  const prefix = base === 0 ? basePrefix(text) : { base, length: 0 };
  const underscores = base === 0 && text.includes("_");
  if (underscores && !underscoresAllowed(text)) {
    const plain = accumulate(text.slice(prefix.length), prefix.base, bits, true);
    return plain.failure === "value out of range" ? plain : SYNTAX_INT;
  }
  return accumulate(text.slice(prefix.length), prefix.base, bits, underscores);
}

const SYNTAX_INT: ParsedNumber<bigint> = { value: 0n, failure: "invalid syntax" };

function basePrefix(text: string): { readonly base: number; readonly length: number } {
  if (text[0] !== "0") return { base: 10, length: 0 };
  const letter = text.length >= 3 ? (text[1] ?? "").toLowerCase() : "";
  if (letter === "x") return { base: 16, length: 2 };
  if (letter === "o") return { base: 8, length: 2 };
  return letter === "b" ? { base: 2, length: 2 } : { base: 8, length: 1 };
}

function accumulate(digits: string, base: number, bits: number, underscores: boolean): ParsedNumber<bigint> {
  const max = bits === 64 ? UINT64_MAX : (1n << BigInt(bits)) - 1n;
  const exact = digits.length <= (base > 10 ? 10 : EXACT_DIGITS);
  let small = 0;
  let large = 0n;
  for (let i = 0; i < digits.length; i++) {
    const unit = digits.charCodeAt(i);
    if (unit === 0x5f && underscores) continue;
    const digit = digitValue(unit);
    if (digit >= base) return SYNTAX_INT;
    if (exact) small = small * base + digit;
    else {
      large = large * BigInt(base) + BigInt(digit);
      if (large > max) return { value: max, failure: "value out of range" };
    }
  }
  const value = exact ? BigInt(small) : large;
  return value > max ? { value: max, failure: "value out of range" } : { value };
}

/** The value of a digit of base 36; other units have 99. */
function digitValue(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x7a && unit < 0x80 ? lower - 0x61 + 10 : 99;
}

/** Go's rule: an underscore stands between digits, or between a base prefix and a digit. */
function underscoresAllowed(text: string): boolean {
  const body = /^[+-]?(0[box])?/i.exec(text)?.[0] ?? "";
  const hex = body.toLowerCase().endsWith("x");
  let previous = /[box]$/i.test(body) ? "digit" : "start";
  for (let i = body.length; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const isDigit = digitValue(unit) < (hex ? 16 : 10);
    if (unit === 0x5f) {
      if (previous !== "digit") return false;
      previous = "underscore";
    } else {
      if (!isDigit && previous === "underscore") return false;
      previous = isDigit ? "digit" : "other";
    }
  }
  return previous !== "underscore";
}

/** Go's `strconv.Atoi`. */
export function atoi(text: string): ParsedNumber<bigint> {
  return parseInt64(text, 10, 64);
}

const DECIMAL = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const HEX = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)$/;
const INFINITE = /^[+-]?inf(?:inity)?$/i;
const NOT_A_NUMBER = /^nan$/i;

/** Go's `strconv.ParseFloat(text, 64)`: decimal, hexadecimal, `inf`, `infinity`, `nan`; `_` between digits. */
export function parseFloat64(text: string): ParsedNumber<number> {
  const plain = text.includes("_") && underscoresAllowed(text) ? text.replaceAll("_", "") : text;
  if (DECIMAL.test(plain)) return finite(Number(plain));
  const hex = HEX.exec(plain);
  if (hex !== null) return parseHexFloat(hex);
  if (INFINITE.test(text)) return { value: text.startsWith("-") ? -Infinity : Infinity };
  return NOT_A_NUMBER.test(text) ? { value: NaN } : { value: 0, failure: "invalid syntax" };
}

function finite(value: number): ParsedNumber<number> {
  return Number.isFinite(value) ? { value } : { value, failure: "value out of range" };
}

function parseHexFloat(match: RegExpExecArray): ParsedNumber<number> {
  const digits = (match[2] ?? "") + (match[3] ?? "");
  if (digits === "") return { value: 0, failure: "invalid syntax" };
  const exponent = Number(match[4]) - 4 * (match[3] ?? "").length;
  const magnitude = scale(Number(BigInt(`0x${digits}`)), exponent);
  return finite(match[1] === "-" ? -magnitude : magnitude);
}

/** `value * 2^exponent` without leaving the range of a double half way. */
function scale(value: number, exponent: number): number {
  const half = Math.trunc(Math.max(-2200, Math.min(2200, exponent)) / 2);
  return value * 2 ** half * 2 ** (Math.max(-2200, Math.min(2200, exponent)) - half);
}
