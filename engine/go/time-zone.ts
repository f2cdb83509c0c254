import { TIME_ZONES } from "./time-zone-table.ts";

/** What a clock in a zone shows at an instant. */
export interface ZoneTime {
  /** `CET`, `+03`; "" in a zone that only has an offset. */
  readonly abbreviation: string;
  /** Seconds east of UTC. */
  readonly offset: number;
}

/** Go's `*time.Location`. */
export interface Zone {
  readonly name: string;
  /** At `seconds` since 1970. */
  readonly at: (seconds: number) => ZoneTime;
}

const UTC_TIME: ZoneTime = { abbreviation: "UTC", offset: 0 };

export const UTC: Zone = { name: "UTC", at: () => UTC_TIME };

/** The local zone: another one than UTC, though it has its name and its clock, as in a process with `TZ=UTC`. */
export const LOCAL: Zone = { name: "UTC", at: () => UTC_TIME };

/** A zone of one offset, as a parsed time with a numeric zone has. */
export function fixedZone(name: string, offset: number): Zone {
  const always: ZoneTime = { abbreviation: name, offset };
  return { name, at: () => always };
}

/** Abbreviations by offset in minutes, for each zone; read from the table at the first question. */
let abbreviations: ReadonlyMap<string, ReadonlyMap<number, string>> | undefined;

function zoneAbbreviations(): ReadonlyMap<string, ReadonlyMap<number, string>> {
  abbreviations ??= readTable();
  return abbreviations;
}

function readTable(): ReadonlyMap<string, ReadonlyMap<number, string>> {
  const zones = new Map<string, ReadonlyMap<number, string>>();
  for (const line of TIME_ZONES.trim().split("\n")) {
    const [pairs = "", names = ""] = line.split("|");
    const byOffset = new Map<number, string>();
    for (const pair of pairs.split(",")) {
      const [abbreviation = "", minutes = ""] = pair.split(" ");
      if (minutes !== "") byOffset.set(Number(minutes), abbreviation);
    }
    for (const name of names.split(" ")) zones.set(name, byOffset);
  }
  return zones;
}

const opened = new Map<string, Zone | undefined>();

/** Seconds east of UTC at `seconds` since 1970. */
export type ZoneOffset = (seconds: number) => number;

/**
 * Go's `time.LoadLocation`: an IANA zone by its exact name; "" and `UTC` are UTC, `Local` the local zone. `undefined`: unknown. `offset`: what
 * tells this zone's without a formatter, whose loading takes a process 15 ms; not asked of times before 1970.
 */
export function loadZone(name: string, offset?: ZoneOffset): Zone | undefined {
  if (name === "" || name === "UTC") return UTC;
  if (name === "Local") return LOCAL;
  const known = opened.get(name);
  if (known !== undefined) return known;
  const byOffset = zoneAbbreviations().get(name);
  if (byOffset === undefined) return undefined;
  if (offset !== undefined) {
    const early = (seconds: number): number => loadZone(name)?.at(seconds).offset ?? 0;
    return zoneOf(name, byOffset, (seconds) => (seconds < 0 ? early(seconds) : offset(seconds)));
  }
  const formatter = openFormatter(name);
  if (formatter === undefined) return undefined;
  const zone = zoneOf(name, byOffset, (seconds) => offsetAt(formatter, seconds));
  opened.set(name, zone);
  return zone;
}

function zoneOf(name: string, byOffset: ReadonlyMap<number, string>, offsetOf: ZoneOffset): Zone {
  return {
    name,
    at: (seconds) => {
      const offset = offsetOf(seconds);
      return { abbreviation: byOffset.get(offset / 60) ?? offsetName(offset), offset };
    },
  };
}

function openFormatter(name: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
  } catch {
    return undefined;
  }
}

/** The span of a JavaScript date; beyond it the zone is taken to stay as it was. */
const LAST_SECOND = 8_640_000_000_000;

/** Reads `GMT+05:30`, `GMT-4:56:02`, `GMT`. */
function offsetAt(formatter: Intl.DateTimeFormat, seconds: number): number {
  const within = Math.max(-LAST_SECOND, Math.min(LAST_SECOND, seconds));
  const part = formatter.formatToParts(within * 1000).find((piece) => piece.type === "timeZoneName");
  const match = /^GMT([+-])(\d+)(?::(\d+))?(?::(\d+))?$/.exec(part?.value ?? "");
  if (match === null) return 0;
  const size = Number(match[2]) * 3600 + Number(match[3] ?? 0) * 60 + Number(match[4] ?? 0);
  return match[1] === "-" ? -size : size;
}

/** `+03`, `-0330`; local mean time where the offset has seconds. */
function offsetName(offset: number): string {
  if (offset % 60 !== 0) return "LMT";
  const size = Math.abs(offset) / 60;
  const hours = String(Math.floor(size / 60)).padStart(2, "0");
  const minutes = size % 60 === 0 ? "" : String(size % 60).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${hours}${minutes}`;
}
