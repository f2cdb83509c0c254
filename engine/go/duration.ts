import { toUtf8 } from "./utf8.ts";
import { GoFailure } from "./value.ts";

/** Go's `time.Duration`: nanoseconds in an int64. */
export type Duration = bigint;

export const NANOSECOND: Duration = 1n;
export const MICROSECOND: Duration = 1000n;
export const MILLISECOND: Duration = 1_000_000n;
export const SECOND: Duration = 1_000_000_000n;
export const MINUTE: Duration = 60n * SECOND;
export const HOUR: Duration = 60n * MINUTE;

export const MAX_DURATION: Duration = 2n ** 63n - 1n;
const MIN_DURATION: Duration = -(2n ** 63n);

const UNITS: ReadonlyMap<string, Duration> = new Map([
  ["ns", NANOSECOND],
  ["us", MICROSECOND],
  ["µs", MICROSECOND],
  ["μs", MICROSECOND],
  ["ms", MILLISECOND],
  ["s", SECOND],
  ["m", MINUTE],
  ["h", HOUR],
]);

/** The quoting of package `time`: bytes outside of printable ASCII as `\xNN`. */
export function quoteTime(text: string): string {
  let out = '"';
  for (const byte of toUtf8(text)) {
    if (byte < 0x20 || byte >= 0x80) out += `\\x${byte.toString(16).padStart(2, "0")}`;
    else if (byte === 0x22 || byte === 0x5c) out += `\\${String.fromCharCode(byte)}`;
    else out += String.fromCharCode(byte);
  }
  return `${out}"`;
}

const PART = /([0-9]*)(\.[0-9]*)?([^.0-9]*)/y;
const LIMIT = 2n ** 63n;

/** Go's `time.ParseDuration`: `1h30m`, `-1.5h`, `300ms`. Throws {@link GoFailure} with Go's text. */
export function parseDuration(text: string): Duration {
  const signed = text.startsWith("-") || text.startsWith("+");
  const body = signed ? text.slice(1) : text;
  if (body === "0") return 0n;
  if (body === "") throw invalid(text);
  let total = 0n;
  PART.lastIndex = 0;
  while (PART.lastIndex < body.length) {
    total += parsePart(body, text);
    if (total > LIMIT) throw invalid(text);
  }
  if (text.startsWith("-")) return -total;
  if (total >= LIMIT) throw invalid(text);
  return total;
}

function parsePart(body: string, text: string): Duration {
  const match = PART.exec(body);
  const [whole = "", fraction = "", unitName = ""] = match?.slice(1) ?? [];
  if (whole === "" && fraction.length < 2) throw invalid(text);
  if (whole.length > MAX_DIGITS || BigInt(whole || "0") > LIMIT) throw invalid(text);
  if (unitName === "") throw new GoFailure(`time: missing unit in duration ${quoteTime(text)}`);
  const unit = UNITS.get(unitName);
  if (unit === undefined) {
    throw new GoFailure(`time: unknown unit ${quoteTime(unitName)} in duration ${quoteTime(text)}`);
  }
  const value = BigInt(whole || "0");
  if (value > LIMIT / unit) throw invalid(text);
  return value * unit + fractionOf(fraction.slice(1), unit);
}

/** More digits than an int64 has, leading zeros aside, cannot be a duration. */
const MAX_DIGITS = 10_000;

/** Go reads as many digits as fit an int64 and multiplies as float64. */
function fractionOf(digits: string, unit: Duration): Duration {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit);
    if (next > MAX_DURATION) break;
    value = next;
    scale *= 10;
  }
  return value === 0n ? 0n : BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

function invalid(text: string): GoFailure {
  return new GoFailure(`time: invalid duration ${quoteTime(text)}`);
}

/** Go's `Duration.Truncate`: towards zero to a multiple of `unit`; unchanged when that is not positive. */
export function truncateDuration(duration: Duration, unit: Duration): Duration {
  return unit <= 0n ? duration : duration - (duration % unit);
}

/** Go's `Duration.Round`: to the nearest multiple of `unit`, halves away from zero, kept within an int64. */
export function roundDuration(duration: Duration, unit: Duration): Duration {
  if (unit <= 0n) return duration;
  const magnitude = duration < 0n ? -duration : duration;
  const rest = magnitude % unit;
  const rounded = rest * 2n < unit ? magnitude - rest : magnitude - rest + unit;
  if (duration < 0n) return -rounded < MIN_DURATION ? MIN_DURATION : -rounded;
  return rounded > MAX_DURATION ? MAX_DURATION : rounded;
}

/** Go's `Seconds`, `Minutes` and `Hours`: whole units plus the rest as a float, as Go adds them. */
export function inUnits(duration: Duration, unit: Duration): number {
  return Number(duration / unit) + Number(duration % unit) / Number(unit);
}

/** A value kept within an int64, as the difference of two times is. */
export function clampDuration(nanoseconds: bigint): Duration {
  if (nanoseconds > MAX_DURATION) return MAX_DURATION;
  return nanoseconds < MIN_DURATION ? MIN_DURATION : nanoseconds;
}
