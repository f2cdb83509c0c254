import { layoutChunks } from "./time-layout.ts";
import type { Chunk, Element } from "./time-layout.ts";
import { wallClock } from "./time-instant.ts";
import type { Instant, WallClock } from "./time-instant.ts";

export const MONTHS: readonly string[] =
  "January February March April May June July August September October November December".split(" ");
export const WEEKDAYS: readonly string[] = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** Go's `time.RFC3339Nano`. */
export const RFC3339_NANO = "2006-01-02T15:04:05.999999999Z07:00";
/** The layout of `Time.String`. */
const STRING_LAYOUT = "2006-01-02 15:04:05.999999999 -0700 MST";

/** Go's `Time.Format`. */
export function formatTime(instant: Instant, layout: string): string {
  const clock = wallClock(instant);
  let out = "";
  for (const chunk of layoutChunks(layout)) out += chunk.prefix + elementText(chunk, clock, instant.nanoseconds);
  return out;
}

/** Go's `Time.String`: a time that `now` gave also shows its monotonic clock, `m=+0.000000000`. */
export function timeText(instant: Instant): string {
  const text = formatTime(instant, STRING_LAYOUT);
  const { monotonic } = instant;
  if (monotonic === undefined) return text;
  const size = monotonic < 0n ? -monotonic : monotonic;
  const fraction = String(size % GIGA).padStart(9, "0");
  return `${text} m=${monotonic < 0n ? "-" : "+"}${size / GIGA}.${fraction}`;
}

const GIGA = 1_000_000_000n;

function pad(value: number, width: number): string {
  return value < 0 ? `-${String(-value).padStart(width, "0")}` : String(value).padStart(width, "0");
}

function elementText(chunk: Chunk, clock: WallClock, nanoseconds: number): string {
  const element = chunk.element;
  if (element === undefined) return "";
  if (element === ".0" || element === ".9") return fractionText(chunk.text, nanoseconds);
  return dateText(element, clock) ?? clockText(element, clock) ?? zoneText(element, clock);
}

function dateText(element: Element, { year, month, day, weekday, yearDay }: WallClock): string | undefined {
  switch (element) {
    case "2006":
      return pad(year, 4);
    case "06":
      return pad(Math.abs(year) % 100, 2);
    case "January":
      return MONTHS[month - 1] ?? "";
    case "Jan":
      return (MONTHS[month - 1] ?? "").slice(0, 3);
    case "01":
      return pad(month, 2);
    case "1":
      return String(month);
    case "Monday":
      return WEEKDAYS[weekday] ?? "";
    case "Mon":
      return (WEEKDAYS[weekday] ?? "").slice(0, 3);
    case "02":
      return pad(day, 2);
    case "_2":
      return String(day).padStart(2, " ");
    case "2":
      return String(day);
    case "002":
      return pad(yearDay, 3);
    case "__2":
      return String(yearDay).padStart(3, " ");
    default:
      return undefined;
  }
}

function clockText(element: Element, { hour, minute, second }: WallClock): string | undefined {
  switch (element) {
    case "15":
      return pad(hour, 2);
    case "03":
      return pad(hour % 12 || 12, 2);
    case "3":
      return String(hour % 12 || 12);
    case "04":
      return pad(minute, 2);
    case "4":
      return String(minute);
    case "05":
      return pad(second, 2);
    case "5":
      return String(second);
    case "PM":
      return hour >= 12 ? "PM" : "AM";
    case "pm":
      return hour >= 12 ? "pm" : "am";
    default:
      return undefined;
  }
}

/** Zones by name or offset. Helm compatibility: the sign is that of the whole minutes. */
function zoneText(element: Element, { offset, abbreviation }: WallClock): string {
  if (element === "MST" && abbreviation !== "") return abbreviation;
  if (element.startsWith("Z") && offset === 0) return "Z";
  const minutes = Math.trunc(offset / 60);
  const sign = minutes < 0 ? "-" : "+";
  const size = Math.abs(minutes);
  const hour = sign + pad(Math.floor(size / 60), 2);
  const colon = element.includes(":") ? ":" : "";
  if (element === "-07" || element === "Z07") return hour;
  const seconds = element.length >= 7 && element !== "MST" ? colon + pad(Math.abs(offset % 60), 2) : "";
  return hour + colon + pad(size % 60, 2) + seconds;
}

/** `.000` prints its digits, `.999` drops trailing zeros and, with them all, the point. */
function fractionText(text: string, nanoseconds: number): string {
  const digits = pad(nanoseconds, 9).slice(0, Math.min(9, text.length - 1));
  if (text[1] === "0") return (text[0] ?? "") + digits;
  const kept = digits.replace(/0+$/, "");
  return kept === "" ? "" : (text[0] ?? "") + kept;
}
