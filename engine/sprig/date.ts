import { HOUR, MINUTE, SECOND, parseDuration, roundDuration } from "../go/duration.ts";
import type { Duration } from "../go/duration.ts";
import { durationText } from "../go/int-text.ts";
import { atoi } from "../go/strconv.ts";
import { formatTime } from "../go/time-format.ts";
import { ZERO_INSTANT, inZone, instantOfNanoseconds } from "../go/time-instant.ts";
import type { Instant } from "../go/time-instant.ts";
import { parseTime } from "../go/time-parse.ts";
import { LOCAL, UTC, loadZone } from "../go/time-zone.ts";
import { addToTime, goTime, instantOf, mustInstantOf, timeSince } from "../go/time.ts";
import { GoFailure, GoInt } from "../go/value.ts";
import type { GoObject, GoValue } from "../go/value.ts";
import type { CallContext } from "../template/function.ts";
import { ANY, TEXT, binary, named, nullary, struct, triple, unary } from "./signature.ts";
import type { Entry } from "./signature.ts";

const TIME = struct("time.Time");
const HTML_DATE = "2006-01-02";
/** The name of the local zone. */
const LOCAL_NAME = "Local";

function now(context: CallContext): Instant {
  return instantOfNanoseconds(BigInt(Math.trunc(context.now * 1000)) * 1000n, LOCAL);
}

/** Unix seconds. Helm compatibility: only `int`, `int64` and `int32` count; floats and strings silently mean now. */
function ofSeconds(value: GoValue, kinds: readonly string[]): Instant | undefined {
  if (!(value instanceof GoInt) || !kinds.includes(value.type)) return undefined;
  return { seconds: Number(value.value), nanoseconds: 0, zone: LOCAL };
}

function dateInZone(layout: string, value: GoValue, zoneName: string, context: CallContext): string {
  const instant = instantOf(value) ?? ofSeconds(value, ["int", "int64", "int32"]) ?? now(context);
  context.spend(1 + layout.length);
  return formatTime(inZone(instant, loadZone(zoneName) ?? UTC), layout);
}

function modify(duration: string, time: GoObject): GoObject {
  return goTime(addToTime(mustInstantOf(time), parseDuration(duration)));
}

/** Helm compatibility: a bad duration leaves the time as it is. */
function modifyQuietly(duration: string, time: GoObject): GoObject {
  return orElse(() => modify(duration, time), time);
}

function orElse<T>(work: () => T, fallback: T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof GoFailure) return fallback;
    throw error;
  }
}

function ago(value: GoValue, context: CallContext): string {
  const current = now(context);
  const instant = instantOf(value) ?? ofSeconds(value, ["int", "int64"]) ?? current;
  return durationText(roundDuration(timeSince(current, instant), SECOND));
}

/** Helm compatibility: only strings and `int64` count as seconds. */
function secondsText(value: GoValue): string {
  return durationText(BigInt.asIntN(64, seconds(value) * SECOND));
}

function seconds(value: GoValue): bigint {
  if (value instanceof GoInt && value.type === "int64") return value.value;
  const parsed = typeof value === "string" ? atoi(value) : undefined;
  if (parsed === undefined || parsed.failure === "invalid syntax") return 0n;
  return parsed.value;
}

const DAY = 24n * HOUR;
const UNITS: readonly (readonly [Duration, string])[] = [
  [365n * DAY, "y"],
  [30n * DAY, "mo"],
  [DAY, "d"],
  [HOUR, "h"],
  [MINUTE, "m"],
  [SECOND, "s"],
];

/** Helm compatibility: a unit counts only when it is exceeded, so that `1s` is `0s` and `24h` is `24h`. */
function roundedText(value: GoValue, context: CallContext): string {
  const duration = roundable(value, context);
  const magnitude = duration < 0n ? -duration : duration;
  for (const [unit, name] of UNITS) if (magnitude > unit) return `${magnitude / unit}${name}`;
  return "0s";
}

function roundable(value: GoValue, context: CallContext): Duration {
  if (typeof value === "string") return orElse(() => parseDuration(value), 0n);
  if (value instanceof GoInt) return value.type === "int64" ? value.value : 0n;
  const instant = instantOf(value);
  return instant === undefined ? 0n : timeSince(now(context), instant);
}

function toDate(layout: string, value: string, context: CallContext): GoObject {
  context.spend(1 + layout.length);
  return goTime(parseTime(layout, value));
}

/** Sprig's dates. The local zone is UTC. */
export const dateFunctions: readonly Entry[] = [
  ["now", nullary((context) => goTime({ ...now(context), monotonic: 0n }))],
  ["date", binary(TEXT, ANY, (layout, value, context) => dateInZone(layout, value, LOCAL_NAME, context))],
  ...named(["dateInZone", "date_in_zone"], triple(TEXT, ANY, TEXT, dateInZone)),
  ["htmlDate", unary(ANY, (value, context) => dateInZone(HTML_DATE, value, LOCAL_NAME, context))],
  ["htmlDateInZone", binary(ANY, TEXT, (value, zone, context) => dateInZone(HTML_DATE, value, zone, context))],
  ...named(["dateModify", "date_modify"], binary(TEXT, TIME, modifyQuietly)),
  ...named(["mustDateModify", "must_date_modify"], binary(TEXT, TIME, modify)),
  ["ago", unary(ANY, ago)],
  ["duration", unary(ANY, secondsText)],
  ["durationRound", unary(ANY, roundedText)],
  [
    "toDate",
    binary(TEXT, TEXT, (layout, value, context) => orElse(() => toDate(layout, value, context), goTime(ZERO_INSTANT))),
  ],
  ["mustToDate", binary(TEXT, TEXT, toDate)],
  ["unixEpoch", unary(TIME, (time) => String(mustInstantOf(time).seconds))],
];
