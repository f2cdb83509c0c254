import { clampDuration, quoteTime } from "./duration.ts";
import type { Duration } from "./duration.ts";
import { RFC3339_NANO, MONTHS, formatTime, timeText } from "./time-format.ts";
import {
  ZERO_INSTANT,
  inZone,
  instantOfCivil,
  instantOfNanoseconds,
  unixNanoseconds,
  wallClock,
} from "./time-instant.ts";
import type { Instant, WallClock } from "./time-instant.ts";
import { LOCAL, UTC } from "./time-zone.ts";
import type { Zone } from "./time-zone.ts";
import { toUtf8 } from "./utf8.ts";
import { GoBytes, GoFailure, GoInt, GoList, GoObject, goInt, goInt64 } from "./value.ts";
import type { GoMethod, GoStructType, GoTypeName, GoValue } from "./value.ts";

const NO_FIELDS: ReadonlyMap<string, GoValue> = new Map();

/** Instants and zones by their template values: what only this file can make and read. */
const instants = new WeakMap<GoObject, Instant>();
const zones = new WeakMap<GoObject, Zone>();

/** A `time.Time`. */
export function goTime(instant: Instant): GoObject {
  const value = new GoObject(
    TIME_TYPE,
    NO_FIELDS,
    `${unixNanoseconds(instant)} ${zoneSource(instant.zone)} ${instant.monotonic}`,
  );
  instants.set(value, instant);
  return value;
}

/** The instant of a `time.Time`; `undefined` for any other value. */
export function instantOf(value: GoValue): Instant | undefined {
  return value instanceof GoObject ? instants.get(value) : undefined;
}

/** The instant of a value that is known to be a `time.Time`. */
export function mustInstantOf(value: GoValue): Instant {
  const instant = instantOf(value);
  if (instant === undefined) throw new Error("argument is not a time.Time: the caller has to check it");
  return instant;
}

function goZone(zone: Zone): GoObject {
  const value = new GoObject(LOCATION_TYPE, NO_FIELDS, zone.name);
  zones.set(value, zone);
  return value;
}

type Body = (self: Instant, args: readonly GoValue[]) => GoValue;

function method(parameters: readonly GoTypeName[], body: Body): GoMethod {
  return { parameters, call: (self, args) => body(mustInstantOf(self), args) };
}

/** An `int` that the wall clock shows. */
function shown(read: (clock: WallClock) => number): GoMethod {
  return method([], (self) => goInt(read(wallClock(self))));
}

function integer(value: GoValue): bigint {
  if (value instanceof GoInt) return value.value;
  throw new Error("argument is not an integer: the caller has to check it");
}

/** `time.Time` plus a duration. */
export function addToTime(instant: Instant, duration: Duration): Instant {
  const moved = instantOfNanoseconds(unixNanoseconds(instant) + duration, instant.zone);
  return instant.monotonic === undefined ? moved : { ...moved, monotonic: instant.monotonic + duration };
}

/** The time from `earlier` to `instant`, kept within an int64. */
export function timeSince(instant: Instant, earlier: Instant): Duration {
  return clampDuration(unixNanoseconds(instant) - unixNanoseconds(earlier));
}

function addDate(self: Instant, years: number, months: number, days: number): Instant {
  const clock = wallClock(self);
  return instantOfCivil(
    {
      ...clock,
      year: clock.year + years,
      month: clock.month + months,
      day: clock.day + days,
      nanoseconds: self.nanoseconds,
    },
    self.zone,
  );
}

function compare(a: Instant, b: Instant): number {
  return Math.sign(a.seconds - b.seconds || a.nanoseconds - b.nanoseconds);
}

const ZERO_NANOSECONDS = unixNanoseconds(ZERO_INSTANT);

/** Multiples are counted from the zero time. */
function toMultiple(self: Instant, unit: Duration, settle: (since: bigint) => bigint): Instant {
  if (unit <= 0n) return inZone(self, self.zone);
  return instantOfNanoseconds(ZERO_NANOSECONDS + settle(unixNanoseconds(self) - ZERO_NANOSECONDS), self.zone);
}

function truncateTime(self: Instant, unit: Duration): Instant {
  return toMultiple(self, unit, (since) => since - (((since % unit) + unit) % unit));
}

function roundTime(self: Instant, unit: Duration): Instant {
  return toMultiple(self, unit, (since) => {
    const rest = ((since % unit) + unit) % unit;
    return rest * 2n < unit ? since - rest : since - rest + unit;
  });
}

function zoneSource(zone: Zone): string {
  if (zone === UTC) return "time.UTC";
  return zone === LOCAL ? "time.Local" : `time.Location(${quoteTime(zone.name)})`;
}

function goString(self: Instant): string {
  const clock = wallClock(self);
  const month = MONTHS[clock.month - 1] ?? "";
  const parts = [clock.day, clock.hour, clock.minute, clock.second, self.nanoseconds].join(", ");
  const zone = zoneSource(self.zone);
  return `time.Date(${clock.year}, time.${month}, ${parts}, ${zone})`;
}

/** What JSON shows. Throws {@link GoFailure} for a year that RFC 3339 cannot write. */
function jsonText(self: Instant): string {
  const { year } = wallClock(self);
  if (year < 0 || year > 9999) throw new GoFailure("Time.MarshalJSON: year outside of range [0,9999]");
  return formatTime(self, RFC3339_NANO);
}

/** Methods with several results cannot be called from templates; Go says so when it is tried. */
function uncallable(message: string): GoMethod {
  return {
    parameters: [],
    refusal: message,
    call: () => {
      throw new GoFailure(message);
    },
  };
}

function twoResults(name: string, second: string): GoMethod {
  return uncallable(`invalid function signature for ${name}: second return value should be error; is ${second}`);
}

function threeResults(name: string): GoMethod {
  return uncallable(`function ${name} has 3 return values; should be 1 or 2`);
}

const TIME = "time.Time";
const DURATION = "time.Duration";
const LOCATION = "*time.Location";

const TIME_METHODS: ReadonlyMap<string, GoMethod> = new Map([
  ["Year", shown((clock) => clock.year)],
  ["Month", method([], (self) => new GoInt("time.Month", BigInt(wallClock(self).month)))],
  ["Day", shown((clock) => clock.day)],
  ["Hour", shown((clock) => clock.hour)],
  ["Minute", shown((clock) => clock.minute)],
  ["Second", shown((clock) => clock.second)],
  ["Nanosecond", method([], (self) => goInt(self.nanoseconds))],
  ["Weekday", method([], (self) => new GoInt("time.Weekday", BigInt(wallClock(self).weekday)))],
  ["YearDay", shown((clock) => clock.yearDay)],
  ["Unix", method([], (self) => goInt64(BigInt(self.seconds)))],
  ["UnixMilli", method([], (self) => goInt64(floorDivide(unixNanoseconds(self), 1_000_000n)))],
  ["UnixMicro", method([], (self) => goInt64(floorDivide(unixNanoseconds(self), 1000n)))],
  ["UnixNano", method([], (self) => goInt64(unixNanoseconds(self)))],
  ["Format", method(["string"], (self, [layout]) => formatTime(self, typeof layout === "string" ? layout : ""))],
  ["String", method([], timeText)],
  ["GoString", method([], goString)],
  ["IsZero", method([], (self) => compare(self, ZERO_INSTANT) === 0)],
  ["UTC", method([], (self) => goTime(inZone(self, UTC)))],
  ["Local", method([], (self) => goTime(inZone(self, LOCAL)))],
  ["In", method([LOCATION], (self, [zone]) => goTime(inZone(self, zoneOf(zone))))],
  ["Location", method([], (self) => goZone(self.zone))],
  ["Add", method([DURATION], (self, [duration]) => goTime(addToTime(self, integer(duration))))],
  [
    "AddDate",
    method(["int", "int", "int"], (self, [years, months, days]) =>
      goTime(addDate(self, Number(integer(years)), Number(integer(months)), Number(integer(days)))),
    ),
  ],
  ["Sub", method([TIME], (self, [other]) => new GoInt(DURATION, timeSince(self, mustInstantOf(other))))],
  ["After", method([TIME], (self, [other]) => compare(self, mustInstantOf(other)) > 0)],
  ["Before", method([TIME], (self, [other]) => compare(self, mustInstantOf(other)) < 0)],
  ["Equal", method([TIME], (self, [other]) => compare(self, mustInstantOf(other)) === 0)],
  ["Compare", method([TIME], (self, [other]) => goInt(compare(self, mustInstantOf(other))))],
  ["Truncate", method([DURATION], (self, [unit]) => goTime(truncateTime(self, integer(unit))))],
  ["Round", method([DURATION], (self, [unit]) => goTime(roundTime(self, integer(unit))))],
  ["IsDST", method([], isDaylightSaving)],
  ["MarshalText", method([], (self) => new GoBytes(toUtf8(jsonText(self))))],
  ["MarshalJSON", method([], (self) => new GoBytes(toUtf8(`"${jsonText(self)}"`)))],
  ["ISOWeek", twoResults("ISOWeek", "int")],
  ["Clock", threeResults("Clock")],
  ["Date", threeResults("Date")],
  ["Zone", twoResults("Zone", "int")],
  ["ZoneBounds", twoResults("ZoneBounds", "time.Time")],
]);

function floorDivide(value: bigint, by: bigint): bigint {
  const rest = ((value % by) + by) % by;
  return (value - rest) / by;
}

/** True when the offset is ahead of the least one of that year. */
function isDaylightSaving(self: Instant): boolean {
  const { year, offset } = wallClock(self);
  const at = (month: number): number =>
    self.zone.at(Date.UTC(2000, month - 1, 1) / 1000 + (year - 2000) * YEAR_SECONDS).offset;
  return offset > Math.min(at(1), at(7));
}

const YEAR_SECONDS = 31_556_952;

function zoneOf(value: GoValue): Zone {
  const zone = value instanceof GoObject ? zones.get(value) : undefined;
  if (zone === undefined) throw new GoFailure("time: missing Location in call to Time.In");
  return zone;
}

const TIME_TYPE: GoStructType = {
  name: TIME,
  fields: [],
  hidden: ["wall", "ext", "loc"],
  printed: (self) => printedFields(mustInstantOf(self)),
  methods: TIME_METHODS,
  print: (self) => timeText(mustInstantOf(self)),
  json: (self) => jsonText(mustInstantOf(self)),
};

const LOCATION_TYPE: GoStructType = {
  name: LOCATION,
  fields: [],
  hidden: ["name", "zone", "tx", "extend", "cacheStart", "cacheEnd", "cacheZone"],
  methods: new Map([["String", { parameters: [], call: (self) => zoneName(self) }]]),
  print: zoneName,
  printed: (self) => locationFields(zones.get(self) ?? UTC),
};

const NO_ZONE = new GoObject({ name: "*time.zone", fields: [], isNil: true, methods: new Map() }, NO_FIELDS);
const NO_LOCATION = new GoObject({ ...LOCATION_TYPE, isNil: true }, NO_FIELDS);

/** Nanoseconds, seconds since the year 1 and the zone, which is nil for UTC. */
function printedFields({ seconds, nanoseconds, zone }: Instant): ReadonlyMap<string, GoValue> {
  return new Map<string, GoValue>([
    ["wall", new GoInt("uint64", BigInt(nanoseconds))],
    ["ext", goInt64(BigInt(seconds - ZERO_INSTANT.seconds))],
    ["loc", zone === UTC ? NO_LOCATION : goZone(zone)],
  ]);
}

/** Of UTC and of the local zone, which is UTC; those of another one hold addresses. */
function locationFields({ name }: Zone): ReadonlyMap<string, GoValue> {
  return new Map<string, GoValue>([
    ["name", name],
    ["zone", new GoList([], "[]time.zone")],
    ["tx", new GoList([], "[]time.zoneTrans")],
    ["extend", ""],
    ["cacheStart", goInt64(0n)],
    ["cacheEnd", goInt64(0n)],
    ["cacheZone", NO_ZONE],
  ]);
}

function zoneName(self: GoValue): string {
  return self instanceof GoObject ? (zones.get(self)?.name ?? "UTC") : "";
}
