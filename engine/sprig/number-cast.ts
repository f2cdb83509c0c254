import { parseFloat64, parseInt64 } from "../go/strconv.ts";
import { GoInt } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";

const MIN_INT64 = -(2n ** 63n);
const TWO_63 = 2 ** 63;

/** Go's conversion of a float to int64 on amd64: truncation; what does not fit is the least int64. */
export function floatToInt64(value: number): bigint {
  if (!(value >= -TWO_63 && value < TWO_63)) return MIN_INT64;
  return BigInt(Math.trunc(value));
}

/** Types that cast knows; `time.Duration` counts as zero. */
function isPlain(value: GoInt): boolean {
  return value.type !== "time.Duration";
}

/** `10.00` is 10: a fraction of zeros is cut before the text is parsed. */
function cutZeroFraction(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === "0") end--;
  return end > 0 && end < text.length && text[end - 1] === "." ? text.slice(0, end - 1) : text;
}

/** Sprig's `int64` (spf13/cast): whatever is no number is 0. Strings may have a base prefix: `010` is 8. */
export function toInt64(value: GoValue): bigint {
  if (value instanceof GoInt) return isPlain(value) ? BigInt.asIntN(64, value.value) : 0n;
  if (typeof value === "number") return floatToInt64(value);
  if (typeof value === "string") return wholeOrZero(value);
  return value === true ? 1n : 0n;
}

function wholeOrZero(text: string): bigint {
  const parsed = parseInt64(cutZeroFraction(text), 0);
  return parsed.failure === undefined ? parsed.value : 0n;
}

function floatOrZero(text: string): number {
  const parsed = parseFloat64(text);
  return parsed.failure === undefined ? parsed.value : 0;
}

/** Sprig's `int` as a number, for positions and counts. */
export function toGoInt(value: GoValue): number {
  return Number(toInt64(value));
}

/** Sprig's `float64` (spf13/cast): whatever is no number is 0. */
export function toFloat64(value: GoValue): number {
  if (typeof value === "number") return value;
  if (value instanceof GoInt) return isPlain(value) ? Number(value.value) : 0;
  if (typeof value === "string") return floatOrZero(value);
  return value === true ? 1 : 0;
}
