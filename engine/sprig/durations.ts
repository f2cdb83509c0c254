import { HOUR, MICROSECOND, MILLISECOND, MINUTE, NANOSECOND, SECOND } from "../go/duration.ts";
import { inUnits, parseDuration, roundDuration, truncateDuration } from "../go/duration.ts";
import type { Duration } from "../go/duration.ts";
import { formatValue, typeName } from "../go/format-value.ts";
import { quote } from "../go/quote.ts";
import { parseFloat64 } from "../go/strconv.ts";
import { trimSpace } from "../go/unicode.ts";
import { GoFailure, GoInt, goInt64 } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { floatToInt64 } from "./number-cast.ts";
import { ANY, binary, fail, unary } from "./signature.ts";
import type { Entry } from "./signature.ts";

/** The most whole seconds that fit a duration. */
const MAX_SECONDS = 9_223_372_036n;
const MAX_FLOAT_SECONDS = 2 ** 63 / 1e9;

function fromSeconds(seconds: bigint): Duration {
  if (seconds > MAX_SECONDS || seconds < -MAX_SECONDS) fail(`duration seconds overflow: ${seconds}`);
  return seconds * SECOND;
}

function fromFloatSeconds(seconds: number): Duration {
  if (!Number.isFinite(seconds)) fail(`invalid duration seconds: ${formatValue(seconds)}`);
  if (Math.abs(seconds) > MAX_FLOAT_SECONDS) fail(`duration seconds overflow: ${formatValue(seconds)}`);
  return floatToInt64(seconds * 1e9);
}

function fromText(text: string): Duration {
  const trimmed = trimSpace(text);
  if (trimmed === "") fail("empty duration");
  try {
    return parseDuration(trimmed);
  } catch (error) {
    if (!(error instanceof GoFailure)) throw error;
  }
  const seconds = parseFloat64(trimmed);
  return seconds.failure === undefined
    ? fromFloatSeconds(seconds.value)
    : fail(`could not parse duration ${quote(text)}`);
}

/** Helm's conversion: durations as they are, numbers are seconds, strings either. Throws `GoFailure` with Helm's text. */
function toDuration(value: GoValue): Duration {
  if (value === null || value === undefined) return fail("invalid duration");
  if (typeof value === "string") return fromText(value);
  if (typeof value === "number") return fromFloatSeconds(value);
  if (!(value instanceof GoInt)) return fail(`unsupported duration type ${typeName(value)}`);
  return value.type === "time.Duration" ? value.value : fromSeconds(value.value);
}

function durationOr<T>(value: GoValue, failed: T): Duration | T {
  try {
    return toDuration(value);
  } catch (error) {
    if (error instanceof GoFailure) return failed;
    throw error;
  }
}

function goDuration(duration: Duration): GoInt {
  return new GoInt("time.Duration", duration);
}

/** Helm compatibility: what is no duration counts as zero. */
function floatIn(unit: Duration, divisors: readonly number[] = []): Entry[1] {
  return unary(ANY, (value) => {
    let amount = inUnits(durationOr(value, 0n), unit);
    for (const divisor of divisors) amount /= divisor;
    return amount;
  });
}

function wholeIn(unit: Duration): Entry[1] {
  return unary(ANY, (value) => goInt64(durationOr(value, 0n) / unit));
}

/** Helm compatibility: a bad value is `0s`, a bad multiple leaves the value as it is. */
function toMultiple(settle: (duration: Duration, unit: Duration) => Duration): Entry[1] {
  return binary(ANY, ANY, (value, multiple) => {
    const duration = durationOr(value, undefined);
    if (duration === undefined) return goDuration(0n);
    return goDuration(settle(duration, durationOr(multiple, 0n)));
  });
}

/** Helm's duration functions. */
export const durationFunctions: readonly Entry[] = [
  ["mustToDuration", unary(ANY, (value) => goDuration(toDuration(value)))],
  ["durationSeconds", floatIn(SECOND)],
  ["durationMinutes", floatIn(MINUTE)],
  ["durationHours", floatIn(HOUR)],
  ["durationDays", floatIn(HOUR, [24])],
  ["durationWeeks", floatIn(HOUR, [24, 7])],
  ["durationMilliseconds", wholeIn(MILLISECOND)],
  ["durationMicroseconds", wholeIn(MICROSECOND)],
  ["durationNanoseconds", wholeIn(NANOSECOND)],
  ["durationRoundTo", toMultiple(roundDuration)],
  ["durationTruncateTo", toMultiple(truncateDuration)],
];
