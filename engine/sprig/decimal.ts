import { GoFailure } from "../go/value.ts";
import { formatValue } from "../go/format-value.ts";
import { fail } from "./signature.ts";

/** `value * 10^exponent`: shopspring's decimal, in which Sprig's `addf` and its kin calculate. */
export interface Decimal {
  readonly value: bigint;
  readonly exponent: number;
}

/** Digits behind the point that a division keeps. */
const DIVISION_DIGITS = 16;

/** The shortest decimal that reads back as `value`. */
export function decimalFromFloat(value: number): Decimal {
  if (!Number.isFinite(value)) throw new GoFailure(`Cannot create a Decimal from ${formatValue(value)}`);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential());
  if (match === null) throw new Error("toExponential has a fixed form");
  const fraction = match[3] ?? "";
  const digits = BigInt((match[2] ?? "0") + fraction);
  return { value: match[1] === "-" ? -digits : digits, exponent: Number(match[4]) - fraction.length };
}

function rescale(d: Decimal, exponent: number): bigint {
  return d.value * 10n ** BigInt(d.exponent - exponent);
}

export function addDecimal(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return { value: rescale(a, exponent) + rescale(b, exponent), exponent };
}

export function subtractDecimal(a: Decimal, b: Decimal): Decimal {
  return addDecimal(a, { value: -b.value, exponent: b.exponent });
}

export function multiplyDecimal(a: Decimal, b: Decimal): Decimal {
  return { value: a.value * b.value, exponent: a.exponent + b.exponent };
}

/** The quotient with 16 digits behind the point, halves rounded away from zero. */
export function divideDecimal(a: Decimal, b: Decimal): Decimal {
  if (b.value === 0n) fail("decimal division by 0");
  const shift = a.exponent - b.exponent + DIVISION_DIGITS;
  const numerator = shift >= 0 ? a.value * 10n ** BigInt(shift) : a.value;
  const denominator = shift >= 0 ? b.value : b.value * 10n ** BigInt(-shift);
  const quotient = numerator / denominator;
  const rest = numerator % denominator;
  const roundUp = absolute(rest) * 2n >= absolute(denominator);
  const sign = a.value < 0n === b.value < 0n ? 1n : -1n;
  return { value: roundUp ? quotient + sign : quotient, exponent: -DIVISION_DIGITS };
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** The nearest float64. */
export function decimalToFloat(d: Decimal): number {
  return Number(`${d.value}e${d.exponent}`);
}
