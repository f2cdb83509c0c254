import { quoteRune } from "../go/quote.ts";
import { parseTime } from "../go/time-parse.ts";
import { byteLength } from "../go/utf8.ts";
import { GoFailure } from "../go/value.ts";

/** `2006-01-02`, with the text of Go's `time.Parse`. */
export function checkDate(text: string): string | undefined {
  try {
    parseTime("2006-01-02", text);
    return undefined;
  } catch (error) {
    if (error instanceof GoFailure) return error.message;
    throw error;
  }
}

/** `15:04:05Z`, with a fraction and an offset; a leap second only where there is one. */
export function checkTime(text: string): string | undefined {
  if (byteLength(text) < 9) return "less than 9 characters long";
  if (text[2] !== ":" || text[5] !== ":") return "missing colon in correct place";
  const clock = text.slice(0, 8).split(":");
  const [h = 0, m = 0, s = 0] = clock.map(Number);
  if (clock.some((part) => !/^[+-]?[0-9]+$/.test(part))) return "invalid hour/min/sec";
  if (clock.some((part) => Number(part) < 0)) return "non-positive hour/min/sec";
  if (h > 23 || m > 59 || s > 60) return "hour/min/sec out of range";
  let rest = text.slice(8);
  if (rest.startsWith(".")) {
    const digits = /^\.([0-9]*)/.exec(rest)?.[1] ?? "";
    if (digits === "") return "no digits in second fraction";
    rest = rest.slice(1 + digits.length);
  }
  return checkOffset(rest, h * 60 + m, s);
}

function checkOffset(rest: string, minutes: number, s: number): string | undefined {
  let utc = minutes;
  if (rest !== "z" && rest !== "Z") {
    if (byteLength(rest) !== 6) return "offset must be 6 characters long";
    if (rest[0] !== "+" && rest[0] !== "-") return "offset must begin with plus/minus";
    if (rest[3] !== ":") return "missing colon in offset in correct place";
    const parts = [rest.slice(1, 3), rest.slice(4)];
    if (parts.some((part) => !/^[+-]?[0-9]+$/.test(part))) return "invalid hour/min in offset";
    if (parts.some((part) => Number(part) < 0)) return "non-positive hour/min in offset";
    const [zh = 0, zm = 0] = parts.map(Number);
    if (zh > 23 || zm > 59) return "hour/min in offset out of range";
    utc += (rest[0] === "+" ? -1 : 1) * (zh * 60 + zm);
    if (utc < 0) utc += 24 * 60;
  }
  return s >= 60 && utc !== 23 * 60 + 59 ? "invalid leap second" : undefined;
}

/** RFC 3339. */
export function checkDateTime(text: string): string | undefined {
  if (byteLength(text) < 20) return "less than 20 characters long";
  if (text[10] !== "t" && text[10] !== "T") return "11th character must be t or T";
  const date = checkDate(text.slice(0, 10));
  if (date !== undefined) return `invalid date element: ${date}`;
  const time = checkTime(text.slice(11));
  return time === undefined ? undefined : `invalid time element: ${time}`;
}

/** An ISO 8601 duration such as `P1DT2H`. */
export function checkDuration(text: string): string | undefined {
  if (!text.startsWith("P")) return "must start with P";
  const rest = text.slice(1);
  if (rest === "") return "nothing after P";
  if (rest.endsWith("W")) {
    const weeks = rest.slice(0, -1);
    if (weeks === "") return "no number in week";
    return /^[0-9]+$/.test(weeks) ? undefined : "invalid week";
  }
  for (const [i, part] of rest.split("T").entries()) {
    const problem = checkUnits(part, i);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const UNITS = ["YMD", "HMS"];

function checkUnits(part: string, index: number): string | undefined {
  if (index !== 0 && part === "") return "no time elements";
  const all = UNITS[index];
  if (all === undefined) return "more than one T";
  let units = all;
  let rest = part;
  while (rest !== "") {
    const digits = /^[0-9]*/.exec(rest)?.[0].length ?? 0;
    if (digits === 0) return "missing number";
    const unit = rest.charAt(digits);
    if (unit === "") return "missing unit";
    const at = units.indexOf(unit);
    const shown = quoteRune(unit.charCodeAt(0));
    if (at < 0) return all.includes(unit) ? `unit ${shown} out of order` : `invalid unit ${shown}`;
    units = units.slice(at + 1);
    rest = rest.slice(digits + 1);
  }
  return undefined;
}

/** Two instants, or one and a duration, around a slash. */
export function checkPeriod(text: string): string | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return "missing slash";
  const start = text.slice(0, slash);
  const end = text.slice(slash + 1);
  if (start.startsWith("P")) {
    return (
      labelled("invalid start duration", checkDuration(start)) ?? labelled("invalid end date-time", checkDateTime(end))
    );
  }
  return (
    labelled("invalid start date-time", checkDateTime(start)) ??
    (end.startsWith("P")
      ? labelled("invalid end duration", checkDuration(end))
      : labelled("invalid end date-time", checkDateTime(end)))
  );
}

function labelled(label: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${label}: ${problem}`;
}
