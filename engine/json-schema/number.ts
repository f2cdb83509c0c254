import { formatShortest } from "../go/float.ts";
import { GoInt, GoObject } from "../go/value.ts";
import type { GoStructType, GoValue } from "../go/value.ts";

/** A number by its text, exact, and as a double for quick comparisons. */
export interface Decimal {
  readonly text: string;
  readonly value: number;
}

/** Go's `json.Number`: how numbers of a schema document are kept, so that they print as they were written. */
export const JSON_NUMBER: GoStructType = { name: "json.Number", fields: [], methods: new Map() };

const NO_FIELDS: ReadonlyMap<string, GoValue> = new Map();

class NumberText {
  readonly decimal: Decimal;
  constructor(decimal: Decimal) {
    this.decimal = decimal;
  }
}

export function jsonNumber(text: string): GoObject {
  return new GoObject(JSON_NUMBER, NO_FIELDS, new NumberText({ text, value: Number(text) }));
}

/** The number that a value is; `undefined` for all else, NaN and infinities included. */
export function decimalOf(value: GoValue): Decimal | undefined {
  if (typeof value === "number") {
    return Number.isFinite(value) ? { text: formatShortest(value), value } : undefined;
  }
  if (value instanceof GoInt) return { text: value.value.toString(), value: Number(value.value) };
  return value instanceof GoObject && value.native instanceof NumberText ? value.native.decimal : undefined;
}

/** Go refuses exponents above a million; beyond this many digits an exact comparison costs too much, and no chart needs it. */
const MAX_EXPONENT = 5000;

interface Exact {
  readonly mantissa: bigint;
  readonly exponent: number;
}

function exact(text: string): Exact {
  const at = text.search(/[eE]/);
  const digits = at < 0 ? text : text.slice(0, at);
  const exponent = at < 0 ? 0 : Number(text.slice(at + 1));
  const point = digits.indexOf(".");
  const fraction = point < 0 ? 0 : digits.length - point - 1;
  return { mantissa: BigInt(digits.replace(".", "").replace(/^\+/, "")), exponent: exponent - fraction };
}

function scaled(number: Exact, exponent: number): bigint {
  return number.mantissa * 10n ** BigInt(number.exponent - exponent);
}

function isSmall(number: Exact): boolean {
  return Math.abs(number.exponent) <= MAX_EXPONENT;
}

/** Below 0, 0 or above 0. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.value !== b.value) return a.value < b.value ? -1 : 1;
  if (a.text === b.text || (Number.isSafeInteger(a.value) && isPlain(a.text) && isPlain(b.text))) return 0;
  const x = exact(a.text);
  const y = exact(b.text);
  if (!isSmall(x) || !isSmall(y)) return 0;
  const exponent = Math.min(x.exponent, y.exponent);
  const difference = scaled(x, exponent) - scaled(y, exponent);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

/** Short enough that equal doubles are equal numbers. */
function isPlain(text: string): boolean {
  return text.length <= 15;
}

export function isInteger(number: Decimal): boolean {
  if (Number.isSafeInteger(number.value) && isPlain(number.text)) return true;
  const { mantissa, exponent } = exact(number.text);
  if (exponent >= 0 || mantissa === 0n) return true;
  return exponent >= -MAX_EXPONENT && mantissa % 10n ** BigInt(-exponent) === 0n;
}

/** True if `a` is a whole multiple of `b`. Division by zero is Go's panic; a metaschema has refused it before. */
export function isMultiple(a: Decimal, b: Decimal): boolean {
  const x = exact(a.text);
  const y = exact(b.text);
  if (!isSmall(x) || !isSmall(y) || y.mantissa === 0n) return false;
  const exponent = Math.min(x.exponent, y.exponent);
  return scaled(x, exponent) % scaled(y, exponent) === 0n;
}
