import { assert, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDuration, roundDuration, truncateDuration } from "../../../engine/go/duration.ts";
import { durationText } from "../../../engine/go/int-text.ts";
import { formatTime, timeText } from "../../../engine/go/time-format.ts";
import { civilFromDays, daysFromCivil } from "../../../engine/go/time-instant.ts";
import { parseTime } from "../../../engine/go/time-parse.ts";
import { UTC, loadZone } from "../../../engine/go/time-zone.ts";
import { GoFailure } from "../../../engine/go/value.ts";

function failure(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof GoFailure) return error.message;
    throw error;
  }
  throw new Error("nothing failed");
}

const instant = parseTime("2006-01-02T15:04:05Z07:00", "2024-02-29T13:04:05.678901234-05:00");

const layouts: readonly (readonly [string, string])[] = [
  ["06-1-2", "24-2-29"],
  ["Jan January Mon Monday", "Feb February Thu Thursday"],
  ["01/02 03:04:05PM", "02/29 01:04:05PM"],
  ["_2 __2 002", "29  60 060"],
  [".000 .999999999 ,00", ".678 .678901234 ,67"],
  ["MST -0700 -07:00 -07 Z0700 Z07 Z07:00:00", "-0500 -0500 -05:00 -05 -0500 -05 -05:00:00"],
  ["yyyy-MM-dd", "yyyy-MM-dd"],
  ["_2006 2006006 Januaryx Janx", "_2024 2024024 Februaryx Janx"],
];

const refusals: readonly (readonly [string, string, string])[] = [
  ["2006-01-02", "bad", 'parsing time "bad" as "2006-01-02": cannot parse "bad" as "2006"'],
  ["2006-01-02", "2020-02-30", 'parsing time "2020-02-30": day out of range'],
  ["2006-01-02", "2020-1-02", 'parsing time "2020-1-02" as "2006-01-02": cannot parse "1-02" as "01"'],
  ["2006-01-02", "2020-01-02x", 'parsing time "2020-01-02x": extra text: "x"'],
  ["15:04:05", "10:61:00", 'parsing time "10:61:00": minute out of range'],
  ["2006-002", "2023-366", 'parsing time "2023-366": day-of-year out of range'],
  ["2006", "é", String.raw`parsing time "\xc3\xa9" as "2006": cannot parse "\xc3\xa9" as "2006"`],
];

describe("time", () => {
  it.each(layouts)("formats %j as Go does", (layout, wanted) => {
    expect(formatTime(instant, layout)).toBe(wanted);
  });

  it.each(refusals)("refuses to read by %j the text %j as Go does", (layout, text, wanted) => {
    expect(failure(() => parseTime(layout, text))).toBe(wanted);
  });

  it("reads zones by offset and by abbreviation", () => {
    expect(timeText(parseTime("2006-01-02 -0700", "2020-01-01 +0530"))).toBe("2020-01-01 00:00:00 +0530 +0530");
    expect(timeText(parseTime("2006-01-02 MST", "2020-01-01 PST"))).toBe("2020-01-01 00:00:00 +0000 PST");
  });

  it("takes a zone's offset from who knows it, since 1970", () => {
    const zone = loadZone("Asia/Colombo", (seconds) => (seconds === 0 ? 19_800 : 3600));
    expect([-1, 0, 1].map((seconds) => zone?.at(seconds))).toEqual([
      { abbreviation: "+0530", offset: 19_800 },
      { abbreviation: "+0530", offset: 19_800 },
      { abbreviation: "+01", offset: 3600 },
    ]);
  });
  it("knows the zones of Go's database by their exact names", () => {
    const zone = loadZone("Europe/London");
    expect(zone?.at(1679792399)).toEqual({ abbreviation: "GMT", offset: 0 });
    expect(zone?.at(1679792400)).toEqual({ abbreviation: "BST", offset: 3600 });
    expect(loadZone("Asia/Kathmandu")?.at(1700000000)).toEqual({ abbreviation: "+0545", offset: 20700 });
    expect(loadZone("europe/london")).toBeUndefined();
    expect(loadZone("")).toBe(UTC);
  });

  it("turns days into dates and back over 20,000 years", () => {
    assert(
      property(integer({ min: -3_650_000, max: 3_650_000 }), (days) => {
        const { year, month, day } = civilFromDays(days);
        expect(daysFromCivil(year, month, day)).toBe(days);
        const date = new Date(days * 86_400_000);
        expect([year, month, day]).toEqual([date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]);
      }),
    );
  });

  it("reads back what it wrote", () => {
    assert(
      property(
        integer({ min: 0, max: 4_000_000_000 }),
        integer({ min: 0, max: 999_999_999 }),
        (seconds, nanoseconds) => {
          const text = formatTime({ seconds, nanoseconds, zone: UTC }, "2006-01-02T15:04:05.999999999Z07:00");
          expect(parseTime("2006-01-02T15:04:05Z07:00", text)).toEqual({ seconds, nanoseconds, zone: UTC });
        },
      ),
    );
  });
});

describe("duration", () => {
  it.each([
    ["1h2m3s4ms5us6ns", 3_723_004_005_006n],
    ["-1.5h", -5_400_000_000_000n],
    [".5s", 500_000_000n],
    ["0", 0n],
    ["-2562047h47m16.854775808s", -(2n ** 63n)],
  ])("reads %s", (text, wanted) => {
    expect(parseDuration(text)).toBe(wanted);
  });

  it.each([
    ["", 'time: invalid duration ""'],
    ["1", 'time: missing unit in duration "1"'],
    ["1x", 'time: unknown unit "x" in duration "1x"'],
    ["2562047h47m16.854775808s", 'time: invalid duration "2562047h47m16.854775808s"'],
  ])("refuses %j as Go does", (text, wanted) => {
    expect(failure(() => parseDuration(text))).toBe(wanted);
  });

  it("rounds halves away from zero and truncates towards it", () => {
    expect(roundDuration(-90n, 60n)).toBe(-120n);
    expect(roundDuration(2n ** 63n - 1n, 2n ** 62n)).toBe(2n ** 63n - 1n);
    expect(truncateDuration(-90n, 60n)).toBe(-60n);
  });

  it("reads back its own text", () => {
    assert(
      property(integer(), integer(), (high, low) => {
        const duration = BigInt.asIntN(64, BigInt(high) * 4_294_967_296n + BigInt(low));
        expect(parseDuration(durationText(duration))).toBe(duration);
      }),
    );
  });
});
