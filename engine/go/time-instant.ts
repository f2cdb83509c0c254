import { UTC } from "./time-zone.ts";
import type { Zone } from "./time-zone.ts";

/** What a `time.Time` is: an instant and the zone that shows it. */
export interface Instant {
  /** Seconds since 1970, before it negative. */
  readonly seconds: number;
  /** 0 to 999999999. */
  readonly nanoseconds: number;
  readonly zone: Zone;
  /** Nanoseconds on the clock that `now` also reads. Only shown when printed; lost when the zone is set. */
  readonly monotonic?: bigint;
}

/** A calendar date; months count from 1. */
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const DAY = 86_400;
/** Days from 0000-03-01 to 1970-01-01. */
const ERA_SHIFT = 719_468;
/** Days of 400 years. */
const ERA = 146_097;

/** Go's zero time: 0001-01-01T00:00:00Z. */
export const ZERO_INSTANT: Instant = { seconds: -62_135_596_800, nanoseconds: 0, zone: UTC };

/** Days since 1970-01-01 in the Gregorian calendar, for any month number. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month - 3;
  const y = year + Math.floor(shifted / 12);
  const m = shifted - Math.floor(shifted / 12) * 12;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * m + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * ERA + dayOfEra - ERA_SHIFT;
}

/** The date of a day counted from 1970-01-01. */
export function civilFromDays(days: number): CivilDate {
  const z = days + ERA_SHIFT;
  const era = Math.floor(z / ERA);
  const dayOfEra = z - era * ERA;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const m = Math.floor((5 * dayOfYear + 2) / 153);
  const month = m < 10 ? m + 3 : m - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * m + 2) / 5) + 1,
  };
}

/** A time as its zone shows it. */
export interface WallClock extends CivilDate {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** From 1. */
  readonly yearDay: number;
  readonly offset: number;
  readonly abbreviation: string;
}

/** What clock and calendar show at an instant in its zone. */
export function wallClock(instant: Instant): WallClock {
  const { abbreviation, offset } = instant.zone.at(instant.seconds);
  const local = instant.seconds + offset;
  const days = Math.floor(local / DAY);
  const rest = local - days * DAY;
  const date = civilFromDays(days);
  return {
    ...date,
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearDay: days - daysFromCivil(date.year, 1, 1) + 1,
    offset,
    abbreviation,
  };
}

/** A date and a time of day, each part possibly out of its range. */
export interface Civil extends CivilDate {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanoseconds: number;
}

/** Go's `time.Date`: parts out of range carry over; in a gap of the zone one of the two offsets is used. */
export function instantOfCivil(civil: Civil, zone: Zone): Instant {
  const days = daysFromCivil(civil.year, civil.month, civil.day);
  const local = days * DAY + civil.hour * 3600 + civil.minute * 60 + civil.second;
  const guess = zone.at(local).offset;
  const offset = guess === 0 ? 0 : zone.at(local - guess).offset;
  return { seconds: local - offset, nanoseconds: civil.nanoseconds, zone };
}

/** The same instant shown in `zone`. */
export function inZone({ seconds, nanoseconds }: Instant, zone: Zone): Instant {
  return { seconds, nanoseconds, zone };
}

const GIGA = 1_000_000_000n;

/** Nanoseconds since 1970. */
export function unixNanoseconds(instant: Instant): bigint {
  return BigInt(instant.seconds) * GIGA + BigInt(instant.nanoseconds);
}

/** The instant `nanoseconds` after 1970, shown in `zone`. */
export function instantOfNanoseconds(nanoseconds: bigint, zone: Zone): Instant {
  const rest = BigInt.asUintN(64, ((nanoseconds % GIGA) + GIGA) % GIGA);
  return { seconds: Number((nanoseconds - rest) / GIGA), nanoseconds: Number(rest), zone };
}
