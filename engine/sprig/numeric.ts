import { formatValue } from "../go/format-value.ts";
import { atoi, parseInt64 } from "../go/strconv.ts";
import { GoInt, GoList, goInt, goInt64 } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import type { CallContext } from "../template/function.ts";
import {
  addDecimal,
  decimalFromFloat,
  decimalToFloat,
  divideDecimal,
  multiplyDecimal,
  subtractDecimal,
} from "./decimal.ts";
import type { Decimal } from "./decimal.ts";
import { toFloat64, toInt64 } from "./number-cast.ts";
import {
  ANY,
  FLOAT,
  INT,
  TEXT,
  binary,
  binaryVariadic,
  fail,
  named,
  triple,
  unary,
  unaryVariadic,
  variadic,
} from "./signature.ts";
import type { Entry } from "./signature.ts";

type IntOperation = (a: bigint, b: bigint) => bigint;

function nonZero(divisor: bigint): bigint {
  return divisor === 0n ? fail("runtime error: integer divide by zero") : divisor;
}

function foldInt(first: bigint, rest: readonly GoValue[], operation: IntOperation): GoInt {
  let total = first;
  for (const value of rest) total = BigInt.asIntN(64, operation(total, toInt64(value)));
  return new GoInt("int64", total);
}

const larger: IntOperation = (a, b) => (b > a ? b : a);
const smaller: IntOperation = (a, b) => (b < a ? b : a);

function foldFloat(first: GoValue, rest: readonly GoValue[], operation: (a: number, b: number) => number): number {
  let total = toFloat64(first);
  for (const value of rest) total = operation(total, toFloat64(value));
  return total;
}

/** Decimal numbers grow with every factor; this many digits take about a microsecond per operation. */
const DIGITS_PER_UNIT = 100;

function foldDecimal(
  first: GoValue,
  rest: readonly GoValue[],
  operation: (a: Decimal, b: Decimal) => Decimal,
  context: CallContext,
): number {
  let total = decimalFromFloat(toFloat64(first));
  for (const value of rest) {
    total = operation(total, decimalFromFloat(toFloat64(value)));
    context.spend(1 + Math.abs(total.exponent) / DIGITS_PER_UNIT);
  }
  return decimalToFloat(total);
}

/** Helm compatibility: the signed fraction is compared with `on`, so negative halves go down. */
function round(value: GoValue, places: number, on: number): number {
  const power = 10 ** places;
  const digit = power * toFloat64(value);
  const fraction = digit - Math.trunc(digit);
  return (fraction >= on ? Math.ceil(digit) : Math.floor(digit)) / power;
}

/** Bytes that an element of an int list takes here. */
const INT_SIZE = 16;

/** Go's half-open range with a step; a step of the wrong sign or zero gives nothing. */
function steps(start: number, stop: number, step: number, context: CallContext): readonly number[] {
  const down = stop < start;
  if (step === 0 || down !== step < 0) return [];
  const count = Math.ceil((stop - start) / step);
  context.reserve(count * INT_SIZE);
  const found: number[] = [];
  for (let i = 0; i < count; i++) found.push(start + i * step);
  return found;
}

function intList(values: readonly number[]): GoList {
  return new GoList(values.map(goInt), "[]int");
}

function sequence(params: readonly number[], context: CallContext): string {
  const [a = 0, b = 0, c = 0] = params;
  if (params.length === 1) return closedSteps(1, a, a < 1 ? -1 : 1, context);
  if (params.length === 2) return closedSteps(a, b, b < a ? -1 : 1, context);
  if (params.length !== 3 || (c < a && b > 0)) return "";
  return closedSteps(a, c, b, context);
}

const INT64_END = 2 ** 63;

/** `start` to `end`, both included, as text. Helm compatibility: the step behind the last integer wraps, and nothing is between. */
function closedSteps(start: number, end: number, step: number, context: CallContext): string {
  if (Math.abs(end) >= INT64_END) return "";
  return steps(start, end + (end < start ? -1 : 1), step, context).join(" ");
}

function parseOctal(value: GoValue): GoInt {
  const parsed = parseInt64(formatValue(value), 8);
  return goInt64(parsed.failure === undefined ? parsed.value : 0n);
}

function parseDecimal(text: string): GoInt {
  const parsed = atoi(text);
  return new GoInt("int", parsed.value);
}

const biggest = unaryVariadic(ANY, ANY, (first, rest) => foldInt(toInt64(first), rest, larger));

/** Sprig's numbers: integers are `int64` and wrap, floats of `addf` and its kin are added as decimals. */
export const numericFunctions: readonly Entry[] = [
  ["atoi", unary(TEXT, parseDecimal)],
  ["int", unary(ANY, (value) => new GoInt("int", toInt64(value)))],
  ["int64", unary(ANY, (value) => new GoInt("int64", toInt64(value)))],
  ["float64", unary(ANY, toFloat64)],
  ["toDecimal", unary(ANY, parseOctal)],
  ["add", variadic(ANY, (values) => foldInt(0n, values, (a, b) => a + b))],
  ["add1", unary(ANY, (value) => goInt64(toInt64(value) + 1n))],
  ["sub", binary(ANY, ANY, (a, b) => goInt64(toInt64(a) - toInt64(b)))],
  ["div", binary(ANY, ANY, (a, b) => goInt64(toInt64(a) / nonZero(toInt64(b))))],
  ["mod", binary(ANY, ANY, (a, b) => goInt64(toInt64(a) % nonZero(toInt64(b))))],
  ["mul", unaryVariadic(ANY, ANY, (first, rest) => foldInt(toInt64(first), rest, (a, b) => a * b))],
  ...named(["max", "biggest"], biggest),
  ["min", unaryVariadic(ANY, ANY, (first, rest) => foldInt(toInt64(first), rest, smaller))],
  ["maxf", unaryVariadic(ANY, ANY, (first, rest) => foldFloat(first, rest, goMax))],
  ["minf", unaryVariadic(ANY, ANY, (first, rest) => foldFloat(first, rest, goMin))],
  ["addf", variadic(ANY, (values, context) => foldDecimal(0, values, addDecimal, context))],
  ["add1f", unary(ANY, (value, context) => foldDecimal(value, [1], addDecimal, context))],
  ["subf", unaryVariadic(ANY, ANY, (a, rest, context) => foldDecimal(a, rest, subtractDecimal, context))],
  ["mulf", unaryVariadic(ANY, ANY, (a, rest, context) => foldDecimal(a, rest, multiplyDecimal, context))],
  ["divf", unaryVariadic(ANY, ANY, (a, rest, context) => foldDecimal(a, rest, divideDecimal, context))],
  ["floor", unary(ANY, (value) => Math.floor(toFloat64(value)))],
  ["ceil", unary(ANY, (value) => Math.ceil(toFloat64(value)))],
  ["round", binaryVariadic(ANY, INT, FLOAT, (value, places, on) => round(value, places, on[0] ?? 0.5))],
  ["seq", variadic(INT, sequence)],
  ["until", unary(INT, (count, context) => intList(steps(0, count, count < 0 ? -1 : 1, context)))],
  ["untilStep", triple(INT, INT, INT, (start, stop, step, context) => intList(steps(start, stop, step, context)))],
];

/** Go's `math.Max`: an infinity wins over NaN. */
function goMax(a: number, b: number): number {
  return a === Infinity || b === Infinity ? Infinity : Math.max(a, b);
}

/** Go's `math.Min`. */
function goMin(a: number, b: number): number {
  return a === -Infinity || b === -Infinity ? -Infinity : Math.min(a, b);
}
