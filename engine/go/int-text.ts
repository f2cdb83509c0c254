import type { GoInt } from "./value.ts";

const MONTHS: readonly string[] =
  "January February March April May June July August September October November December".split(" ");
const WEEKDAYS: readonly string[] = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** The `String()` method of a named integer type; `undefined` for the plain kinds, which have none. */
export function intMethodText(int: GoInt): string | undefined {
  switch (int.type) {
    case "time.Duration":
      return durationText(int.value);
    case "time.Month":
      return MONTHS[Number(int.value) - 1] ?? `%!Month(${int.value})`;
    case "time.Weekday":
      return WEEKDAYS[Number(int.value)] ?? `%!Weekday(${int.value})`;
    default:
      return undefined;
  }
}

/** Go's `time.Duration.String` of nanoseconds, e.g. `1h0m1.5s`, `2.2µs`, `0s`. */
export function durationText(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return "0s";
  const sign = nanoseconds < 0n ? "-" : "";
  const magnitude = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (magnitude < 1000n) return `${sign}${magnitude}ns`;
  if (magnitude < 1_000_000n) return `${sign}${decimal(magnitude, 3)}µs`;
  if (magnitude < 1_000_000_000n) return `${sign}${decimal(magnitude, 6)}ms`;
  const minute = 60_000_000_000n;
  const seconds = `${decimal(magnitude % minute, 9)}s`;
  const minutes = magnitude / minute;
  if (minutes === 0n) return sign + seconds;
  const hours = minutes / 60n;
  return hours === 0n ? `${sign}${minutes}m${seconds}` : `${sign}${hours}h${minutes % 60n}m${seconds}`;
}

/** `value / 10^places` without trailing zeros. */
function decimal(value: bigint, places: number): string {
  const text = value.toString().padStart(places + 1, "0");
  const fraction = text.slice(-places).replace(/0+$/, "");
  const whole = text.slice(0, -places);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
