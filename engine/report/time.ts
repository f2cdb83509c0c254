import { formatTime } from "../go/time-format.ts";
import { inZone, ZERO_INSTANT, type Instant } from "../go/time-instant.ts";
import { parseTime } from "../go/time-parse.ts";
import { fixedZone, UTC, type Zone } from "../go/time-zone.ts";
import { GoFailure } from "../go/value.ts";

const RFC3339 = "2006-01-02T15:04:05Z07:00";
/** Go's `time.ANSIC`. */
const ANSIC = "Mon Jan _2 15:04:05 2006";

/**
 * A time of a record as Go's JSON decoder gives it in a process whose local zone is `zone`: UTC where it says `Z`, local where the offset
 * is the local one, else a zone that only has an offset. Absent, or no time, is Go's zero time.
 */
export function storedInstant(text: string | undefined, zone: Zone): Instant {
  if (text === undefined) return ZERO_INSTANT;
  try {
    const instant = parseTime(RFC3339, text);
    if (text.endsWith("Z")) return inZone(instant, UTC);
    const offset = instant.zone.at(instant.seconds).offset;
    return inZone(instant, zone.at(instant.seconds).offset === offset ? zone : fixedZone("", offset));
  } catch (error) {
    if (error instanceof GoFailure) return ZERO_INSTANT;
    throw error;
  }
}

/** `Mon Jan  2 15:04:05 2006`. */
export function ansicText(text: string | undefined, zone: Zone): string {
  return formatTime(storedInstant(text, zone), ANSIC);
}

/** Go's RFC 3339 without a fraction, in the time's own zone. */
export function secondsText(text: string | undefined, zone: Zone): string {
  return formatTime(storedInstant(text, zone), RFC3339);
}
