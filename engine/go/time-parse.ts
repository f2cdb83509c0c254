import { quoteTime } from "./duration.ts";
import { MONTHS, WEEKDAYS } from "./time-format.ts";
import { daysFromCivil, instantOfCivil } from "./time-instant.ts";
import type { Instant } from "./time-instant.ts";
import { layoutChunks } from "./time-layout.ts";
import type { Chunk, Element } from "./time-layout.ts";
import { LOCAL, UTC, fixedZone } from "./time-zone.ts";
import type { Zone } from "./time-zone.ts";
import { GoFailure } from "./value.ts";

/** What was read so far. Absent parts keep Go's markers: -1. */
interface Fields {
  year: number;
  month: number;
  day: number;
  yearDay: number;
  hour: number;
  minute: number;
  second: number;
  nanoseconds: number;
  half: "AM" | "PM" | undefined;
  zone: Zone | undefined;
  zoneOffset: number;
  zoneName: string;
}

/** The rest of the value behind an element; `undefined` when it does not fit, `range` when a part is too large. */
type Rest = { readonly rest: string; readonly range?: string } | undefined;

/** Go's `time.Parse`. Throws {@link GoFailure} with Go's text. */
export function parseTime(layout: string, value: string): Instant {
  const fields: Fields = {
    year: 0,
    month: -1,
    day: -1,
    yearDay: -1,
    hour: 0,
    minute: 0,
    second: 0,
    nanoseconds: 0,
    half: undefined,
    zone: undefined,
    zoneOffset: -1,
    zoneName: "",
  };
  const rest = readChunks(layoutChunks(layout), layout, value, fields);
  if (fields.half === "PM" && fields.hour < 12) fields.hour += 12;
  else if (fields.half === "AM" && fields.hour === 12) fields.hour = 0;
  settleDay(fields, value);
  if (fields.day < 1 || fields.day > daysIn(fields.year, fields.month)) throw outOf(value, ": day out of range");
  if (rest !== "") throw new Error("all of the value has been read");
  return withZone(fields);
}

function readChunks(chunks: readonly Chunk[], layout: string, value: string, fields: Fields): string {
  let left = value;
  for (const [i, chunk] of chunks.entries()) {
    const skipped = skip(left, chunk.prefix);
    if (skipped.missed) throw mismatch(layout, value, chunk.prefix, skipped.rest);
    left = skipped.rest;
    if (chunk.element === undefined) {
      if (left !== "") throw outOf(value, `: extra text: ${quoteTime(left)}`);
      break;
    }
    const read = readElement(chunk.element, chunk.text, left, fields, chunks[i + 1]);
    if (read === undefined) throw mismatch(layout, value, chunk.text, left);
    if (read.range !== undefined) throw outOf(value, `: ${read.range} out of range`);
    left = read.rest;
  }
  return left;
}

function mismatch(layout: string, value: string, element: string, at: string): GoFailure {
  return new GoFailure(
    `parsing time ${quoteTime(value)} as ${quoteTime(layout)}: cannot parse ${quoteTime(at)} as ${quoteTime(element)}`,
  );
}

function outOf(value: string, message: string): GoFailure {
  return new GoFailure(`parsing time ${quoteTime(value)}${message}`);
}

/** Drops literal text; a run of spaces stands for any number of them. */
function skip(value: string, prefix: string): { readonly rest: string; readonly missed: boolean } {
  let at = 0;
  for (let i = 0; i < prefix.length; i++) {
    if (prefix[i] === " ") {
      if (at < value.length && value[at] !== " ") return { rest: value.slice(at), missed: true };
      while (prefix[i + 1] === " ") i++;
      while (value[at] === " ") at++;
    } else if (value[at] !== prefix[i]) return { rest: value.slice(at), missed: true };
    else at++;
  }
  return { rest: value.slice(at), missed: false };
}

function readElement(element: Element, text: string, value: string, fields: Fields, next: Chunk | undefined): Rest {
  switch (element) {
    case "2006":
    case "06":
      return readYear(element, value, fields);
    case "January":
    case "Jan":
    case "Monday":
    case "Mon":
      return readName(element, value, fields);
    case "05":
    case "5":
      return readSecond(element, value, fields, next);
    case "002":
    case "__2":
      return readYearDay(element, value, fields);
    case "PM":
    case "pm":
      return readHalf(element, value, fields);
    case "MST":
      return readZoneName(value, fields);
    case ".0":
    case ".9":
      return readFraction(element, text, value, fields);
    case "01":
    case "1":
    case "02":
    case "_2":
    case "2":
    case "15":
    case "03":
    case "3":
    case "04":
    case "4":
      return readNumber(element, value, fields);
    default:
      return readOffset(element, value, fields);
  }
}

function isDigit(value: string, at: number): boolean {
  const code = value.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

function readYear(element: "2006" | "06", value: string, fields: Fields): Rest {
  const digits = value.slice(0, element.length);
  if (!(element === "2006" ? /^\d{4}$/ : /^(?:\d|[+-])\d$/).test(digits)) return undefined;
  const year = Number(digits);
  if (element === "2006") fields.year = year;
  else fields.year = year >= 69 ? year + 1900 : year + 2000;
  return { rest: value.slice(element.length) };
}

/** Names match whatever their case. */
function readName(element: Element, value: string, fields: Fields): Rest {
  const names = element === "January" || element === "Jan" ? MONTHS : WEEKDAYS;
  const length = element === "Jan" || element === "Mon" ? 3 : undefined;
  for (const [i, name] of names.entries()) {
    const wanted = name.slice(0, length).toLowerCase();
    if (value.slice(0, wanted.length).toLowerCase() !== wanted) continue;
    if (names === MONTHS) fields.month = i + 1;
    return { rest: value.slice(wanted.length) };
  }
  return undefined;
}

/** One or two digits; two where the layout has two. */
function leadingNumber(value: string, fixed: boolean): { readonly number: number; readonly rest: string } | undefined {
  if (!isDigit(value, 0)) return undefined;
  if (isDigit(value, 1)) return { number: Number(value.slice(0, 2)), rest: value.slice(2) };
  return fixed ? undefined : { number: Number(value[0]), rest: value.slice(1) };
}

function readNumber(element: Element, value: string, fields: Fields): Rest {
  const from = element === "_2" && value.startsWith(" ") ? value.slice(1) : value;
  const found = leadingNumber(from, element.startsWith("0"));
  if (found === undefined) return undefined;
  const { number, rest } = found;
  switch (element) {
    case "01":
    case "1":
      fields.month = number;
      return number < 1 || number > 12 ? { rest, range: "month" } : { rest };
    case "15":
      fields.hour = number;
      return number > 23 ? { rest, range: "hour" } : { rest };
    case "03":
    case "3":
      fields.hour = number;
      return number > 12 ? { rest, range: "hour" } : { rest };
    case "04":
    case "4":
      fields.minute = number;
      return number > 59 ? { rest, range: "minute" } : { rest };
    default:
      fields.day = number;
      return { rest };
  }
}

/** Seconds take a fraction along even where the layout has none. */
function readSecond(element: Element, value: string, fields: Fields, next: Chunk | undefined): Rest {
  const found = leadingNumber(value, element === "05");
  if (found === undefined) return undefined;
  fields.second = found.number;
  if (found.number > 59) return { rest: found.rest, range: "second" };
  const nextIsFraction = next?.element === ".0" || next?.element === ".9";
  if (nextIsFraction || !/^[.,]\d/.test(found.rest)) return { rest: found.rest };
  return takeFraction(found.rest, fields);
}

function takeFraction(value: string, fields: Fields): Rest {
  let end = 1;
  while (isDigit(value, end)) end++;
  fields.nanoseconds = Number(value.slice(1, Math.min(end, 10)).padEnd(9, "0"));
  return { rest: value.slice(end) };
}

function readFraction(element: ".0" | ".9", text: string, value: string, fields: Fields): Rest {
  if (element === ".9") return /^[.,]\d/.test(value) ? takeFraction(value, fields) : { rest: value };
  const digits = value.slice(1, text.length);
  if (value.length < text.length || !/^[.,]/.test(value) || !/^\d+$/.test(digits)) return undefined;
  fields.nanoseconds = Number(digits.slice(0, 9).padEnd(9, "0"));
  return { rest: value.slice(text.length) };
}

function readYearDay(element: "002" | "__2", value: string, fields: Fields): Rest {
  const spaces = element === "__2" ? (/^ {0,2}/.exec(value)?.[0].length ?? 0) : 0;
  const digits = /^\d{1,3}/.exec(value.slice(spaces))?.[0] ?? "";
  if (digits === "" || (element === "002" && digits.length < 3)) return undefined;
  fields.yearDay = Number(digits);
  return { rest: value.slice(spaces + digits.length) };
}

function readHalf(element: "PM" | "pm", value: string, fields: Fields): Rest {
  const half = value.slice(0, 2);
  const wanted = element === "PM" ? half : half.toUpperCase();
  if (element === "pm" && half !== half.toLowerCase()) return undefined;
  if (wanted !== "AM" && wanted !== "PM") return undefined;
  fields.half = wanted;
  return { rest: value.slice(2) };
}

const OFFSETS: Readonly<Record<string, RegExp>> = {
  "07": /^(.)(\d\d)/,
  "0700": /^(.)(\d\d)(\d\d)/,
  "07:00": /^(.)(\d\d):(\d\d)/,
  "070000": /^(.)(\d\d)(\d\d)(\d\d)/,
  "07:00:00": /^(.)(\d\d):(\d\d):(\d\d)/,
};

function readOffset(element: Element, value: string, fields: Fields): Rest {
  if (element.startsWith("Z") && value.startsWith("Z")) {
    fields.zone = UTC;
    return { rest: value.slice(1) };
  }
  const match = OFFSETS[element.slice(1)]?.exec(value) ?? null;
  if (match === null) return undefined;
  const [hours, minutes, seconds] = [Number(match[2]), Number(match[3] ?? 0), Number(match[4] ?? 0)];
  const rest = value.slice(match[0].length);
  if (seconds > 60) return { rest, range: "time zone offset second" };
  if (minutes > 60) return { rest, range: "time zone offset minute" };
  if (hours > 24) return { rest, range: "time zone offset hour" };
  if (match[1] !== "+" && match[1] !== "-") return undefined;
  const size = (hours * 60 + minutes) * 60 + seconds;
  fields.zoneOffset = match[1] === "-" ? -size : size;
  return { rest };
}

/** `UTC`, `CEST`, `GMT+3`, `+03`: what looks like a zone's abbreviation. */
const ZONE_NAME =
  /^(?:ChST|MeST|GMT(?:[+-](?:\d|1\d|2[0-3])(?!\d))?|[+-](?:0?\d|1\d|2[0-3])(?!\d)|[A-Z]{4}T(?![A-Z])|(?:[A-Z]{3}T|WITA)(?![A-Z])|[A-Z]{3}(?![A-Z]))/;

function readZoneName(value: string, fields: Fields): Rest {
  if (value.startsWith("UTC")) {
    fields.zone = UTC;
    return { rest: value.slice(3) };
  }
  const name = value.length < 3 ? undefined : ZONE_NAME.exec(value)?.[0];
  if (name === undefined) return undefined;
  fields.zoneName = name;
  return { rest: value.slice(name.length) };
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysIn(year: number, month: number): number {
  return daysFromCivil(year, month + 1, 1) - daysFromCivil(year, month, 1);
}

/** The day by month or by day of the year; both together must agree. */
function settleDay(fields: Fields, value: string): void {
  if (fields.yearDay < 0) {
    if (fields.month < 0) fields.month = 1;
    if (fields.day < 0) fields.day = 1;
    return;
  }
  const yearDays = isLeap(fields.year) ? 366 : 365;
  if (fields.yearDay < 1 || fields.yearDay > yearDays) throw outOf(value, ": day-of-year out of range");
  let month = 12;
  while (dayBefore(fields.year, month) >= fields.yearDay) month--;
  const day = fields.yearDay - dayBefore(fields.year, month);
  if (fields.month >= 0 && fields.month !== month) throw outOf(value, ": day-of-year does not match month");
  if (fields.day >= 0 && fields.day !== day) throw outOf(value, ": day-of-year does not match day");
  fields.month = month;
  fields.day = day;
}

/** Days of the year before the first of `month`. */
function dayBefore(year: number, month: number): number {
  return daysFromCivil(year, month, 1) - daysFromCivil(year, 1, 1);
}

/** An offset counts; a name alone has none, as the local zone here is UTC, but `GMT+3` has its own. */
function withZone(fields: Fields): Instant {
  if (fields.zone !== undefined) return instantOfCivil(fields, fields.zone);
  if (fields.zoneOffset !== -1) {
    const isLocal = fields.zoneOffset === 0 && (fields.zoneName === "" || fields.zoneName === "UTC");
    return instantOfCivil(fields, isLocal ? LOCAL : fixedZone(fields.zoneName, fields.zoneOffset));
  }
  if (fields.zoneName === "") return instantOfCivil(fields, LOCAL);
  const hours = fields.zoneName.startsWith("GMT") ? Number(fields.zoneName.slice(3) || "0") : 0;
  const instant = instantOfCivil(fields, UTC);
  return { ...instant, zone: fixedZone(fields.zoneName, hours * 3600) };
}
