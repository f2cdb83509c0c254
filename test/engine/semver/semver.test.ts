import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkConstraint,
  compareVersions,
  formatConstraint,
  formatVersion,
  incrementMajor,
  incrementMinor,
  incrementPatch,
  parseConstraint,
  parseVersion,
  SemverError,
  validateConstraint,
  withMetadata,
  withPrerelease,
} from "../../../engine/semver/index.ts";

function problem(run: () => unknown): string {
  try {
    run();
    return "";
  } catch (error) {
    if (error instanceof SemverError) return error.message;
    throw error;
  }
}

describe("versions", () => {
  it.each([
    ["v1.2", "1.2.0"],
    ["1", "1.0.0"],
    ["01.2.3", "1.2.3"],
    ["1.2.3-alpha.1+meta", "1.2.3-alpha.1+meta"],
    ["18446744073709551615.0.0", "18446744073709551615.0.0"],
  ])("%s is %s", (text, version) => expect(formatVersion(parseVersion(text))).toBe(version));

  it.each([
    ["", "invalid semantic version"],
    ["1.2.3.4", "invalid semantic version"],
    ["1.2.3-01", "version segment starts with 0"],
    [
      "18446744073709551616",
      'error parsing version segment: strconv.ParseUint: parsing "18446744073709551616": value out of range',
    ],
    ["1".repeat(257), "version string is too long (max 256 bytes)"],
  ])("%j is refused", (text, message) => expect(problem(() => parseVersion(text))).toBe(message));

  it.each([
    ["", "version string empty"],
    ["1.2", "invalid semantic version"],
    ["v1.2.3", "invalid characters in version"],
    ["1.02.3", "version segment starts with 0"],
    ["1.2.3-", "invalid prerelease string"],
    ["1.2.3+", "invalid metadata string"],
  ])("%j is refused strictly", (text, message) => {
    expect(problem(() => parseVersion(text, { strict: true }))).toBe(message);
  });

  it("are incremented and keep their v", () => {
    const version = parseVersion("v1.2.3-rc.1+m");
    expect([incrementPatch, incrementMinor, incrementMajor].map((next) => next(version).original)).toEqual([
      "v1.2.3",
      "v1.3.0",
      "v2.0.0",
    ]);
    expect(withMetadata(withPrerelease(version, "rc.2"), "n").original).toBe("v1.2.3-rc.2+n");
    expect(problem(() => withPrerelease(version, "a..b"))).toBe("invalid prerelease string");
  });

  it("are ordered by precedence", () => {
    const order = [
      "1.0.0-1",
      "1.0.0-2",
      "1.0.0-10",
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-beta",
      "1.0.0",
      "1.0.1",
      "2.0.0",
    ];
    const sorted = order
      .toReversed()
      .map((text) => parseVersion(text))
      .toSorted(compareVersions);
    expect(sorted.map((version) => version.original)).toEqual(order);
  });

  const part = fc.constantFrom("0", "1", "2", "10", "a", "b", "-", "a1");
  const version = fc
    .tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.array(part, { maxLength: 3 }))
    .map(([x, y, z, pre]) => parseVersion(`${x}.${y}.${z}${pre.length === 0 ? "" : `-${pre.join(".")}`}`));
  it("have a total order", () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(compareVersions(a, b)).toBe(0 - compareVersions(b, a) + 0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe("constraints", () => {
  it.each([
    ["^1.2", "2.0.0", ['"2.0.0" does not have same major version as "1.2"']],
    [
      ">=1.19",
      "1.20.0-gke.1",
      ['"1.20.0-gke.1" is a prerelease version and the constraint is only looking for release versions'],
    ],
    ["<1 || >3", "2.0.0", ['"2.0.0" is greater than or equal to "1"', '"2.0.0" is less than or equal to "3"']],
    ["1.2 - 2.3", "2.4.0", ['"2.4.0" is greater than "2.3"']],
    ["~1.2.3", "1.2.9", []],
  ])("%s says of %s why it fails", (text, version, problems) => {
    const constraint = parseConstraint(text);
    expect(validateConstraint(constraint, parseVersion(version))).toEqual(problems);
    expect(checkConstraint(constraint, parseVersion(version))).toBe(problems.length === 0);
  });

  it.each([
    ["", 'improper constraint: ""'],
    ["foo", 'improper constraint: "foo"'],
    [">1 || bar", 'improper constraint: " bar"'],
    ["1|2", "constraint parser error"],
    ["1 ".repeat(300), "constraint string is too long (max 512 bytes)"],
    ["1||".repeat(40), "too many constraint groups (max 32)"],
    [`${">=1   ".repeat(80)}!`, `improper constraint: "${">=1   ".repeat(80)}!"`],
  ])("%j is refused", (text, message) => expect(problem(() => parseConstraint(text))).toBe(message));

  it("print as Masterminds prints them", () => {
    expect(formatConstraint(parseConstraint(">= 1.2, <2||=3.x"))).toBe(">=1.2 <2 || =3.x");
  });
});
