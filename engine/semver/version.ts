import { byteLength } from "../go/utf8.ts";
import { SemverError } from "./semver-error.ts";

/** A semantic version. `original` is the text that it was read from. */
export interface Version {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  /** Without its `-`; `""` for a release. */
  readonly prerelease: string;
  /** Without its `+`. */
  readonly metadata: string;
  readonly original: string;
}

/** How a version is read. `strict`: three numbers, no `v`, no leading zeros. */
export interface VersionOptions {
  readonly strict?: boolean;
}

const LONGEST = 256;
const UINT64_MAX = 2n ** 64n - 1n;
const LOOSE =
  /^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;
const DIGITS = /^[0-9]*$/;
const IDENTIFIER = /^[0-9A-Za-z-]+$/;

function refuse(message: string): SemverError {
  return new SemverError("invalid-version", message);
}

/** Reads a version: `v1.2` is 1.2.0 unless `strict`. Throws {@link SemverError}. */
export function parseVersion(text: string, options: VersionOptions = {}): Version {
  if (options.strict === true) return parseStrict(text);
  checkLength(text);
  const match = LOOSE.exec(text);
  if (match === null) throw refuse("invalid semantic version");
  const [, major = "0", minor = "0", patch = "0", prerelease = "", metadata = ""] = match;
  const version: Version = {
    major: segment(major),
    minor: segment(minor),
    patch: segment(patch),
    prerelease,
    metadata,
    original: text,
  };
  checkPrerelease(prerelease);
  return version;
}

function checkLength(text: string): void {
  if (byteLength(text) > LONGEST) throw refuse(`version string is too long (max ${LONGEST} bytes)`);
}

function segment(digits: string): bigint {
  try {
    return parseUint(digits);
  } catch (error) {
    if (error instanceof SemverError) throw refuse(`error parsing version segment: ${error.message}`);
    throw error;
  }
}

function parseUint(digits: string): bigint {
  if (digits === "") throw refuse(`strconv.ParseUint: parsing "": invalid syntax`);
  const value = BigInt(digits);
  if (value > UINT64_MAX) throw refuse(`strconv.ParseUint: parsing "${digits}": value out of range`);
  return value;
}

function parseStrict(text: string): Version {
  if (text === "") throw refuse("version string empty");
  checkLength(text);
  const first = text.indexOf(".");
  const second = first < 0 ? -1 : text.indexOf(".", first + 1);
  if (second < 0) throw refuse("invalid semantic version");
  const [beforePlus, metadata] = cut(text.slice(second + 1), "+");
  if (metadata !== undefined) checkMetadata(metadata);
  const [patch, prerelease] = cut(beforePlus, "-");
  if (prerelease !== undefined) checkPrereleaseParts(prerelease);
  const parts = [text.slice(0, first), text.slice(first + 1, second), patch] as const;
  for (const part of parts) {
    if (!DIGITS.test(part)) throw refuse("invalid characters in version");
    if (hasLeadingZero(part)) throw refuse("version segment starts with 0");
  }
  return {
    major: parseUint(parts[0]),
    minor: parseUint(parts[1]),
    patch: parseUint(parts[2]),
    prerelease: prerelease ?? "",
    metadata: metadata ?? "",
    original: text,
  };
}

function cut(text: string, mark: string): readonly [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function hasLeadingZero(digits: string): boolean {
  return digits.length > 1 && digits.startsWith("0");
}

function checkPrerelease(prerelease: string): void {
  if (prerelease !== "") checkPrereleaseParts(prerelease);
}

function checkPrereleaseParts(prerelease: string): void {
  for (const part of prerelease.split(".")) {
    if (part === "") throw refuse("invalid prerelease string");
    if (DIGITS.test(part)) {
      if (hasLeadingZero(part)) throw refuse("version segment starts with 0");
    } else if (!IDENTIFIER.test(part)) throw refuse("invalid prerelease string");
  }
}

function checkMetadata(metadata: string): void {
  for (const part of metadata.split(".")) {
    if (!IDENTIFIER.test(part)) throw refuse("invalid metadata string");
  }
}

/** `1.2.3-pre+meta`, without a leading `v`. */
export function formatVersion(version: Version): string {
  const { major, minor, patch, prerelease, metadata } = version;
  return `${major}.${minor}.${patch}${prerelease === "" ? "" : `-${prerelease}`}${metadata === "" ? "" : `+${metadata}`}`;
}

/** `-1`, `0` or `1` by precedence. Metadata does not count, a prerelease stands before its release. */
export function compareVersions(a: Version, b: Version): -1 | 0 | 1 {
  if (a.major !== b.major) return a.major < b.major ? -1 : 1;
  if (a.minor !== b.minor) return a.minor < b.minor ? -1 : 1;
  if (a.patch !== b.patch) return a.patch < b.patch ? -1 : 1;
  if (a.prerelease === b.prerelease) return 0;
  if (a.prerelease === "") return 1;
  return b.prerelease === "" ? -1 : comparePrereleases(a.prerelease, b.prerelease);
}

/** The order of two prereleases, part by part; a missing part stands first. */
export function comparePrereleases(a: string, b: string): -1 | 0 | 1 {
  const x = a.split(".");
  const y = b.split(".");
  const length = Math.max(x.length, y.length);
  for (let i = 0; i < length; i++) {
    const order = comparePart(x[i] ?? "", y[i] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

/** Numbers stand before words. A number above 64 bits is a word. */
function comparePart(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  if (a === "" || b === "") return a === "" ? -1 : 1;
  const x = numberOf(a);
  const y = numberOf(b);
  if (x === undefined && y === undefined) return a > b ? 1 : -1;
  if (x === undefined || y === undefined) return x === undefined ? 1 : -1;
  return x > y ? 1 : -1;
}

function numberOf(part: string): bigint | undefined {
  if (!DIGITS.test(part)) return undefined;
  const value = BigInt(part);
  return value > UINT64_MAX ? undefined : value;
}

function next(version: Version, changes: Partial<Version>): Version {
  const changed = { ...version, ...changes };
  const prefix = version.original.startsWith("v") ? "v" : "";
  return { ...changed, original: prefix + formatVersion(changed) };
}

function increment(value: bigint, name: string): bigint {
  if (value === UINT64_MAX) throw refuse(`${name} version increment would overflow uint64`);
  return value + 1n;
}

/** The next major version; prerelease and metadata go. */
export function incrementMajor(version: Version): Version {
  return next(version, {
    major: increment(version.major, "major"),
    minor: 0n,
    patch: 0n,
    prerelease: "",
    metadata: "",
  });
}

/** The next minor version; prerelease and metadata go. */
export function incrementMinor(version: Version): Version {
  return next(version, { minor: increment(version.minor, "minor"), patch: 0n, prerelease: "", metadata: "" });
}

/** The next patch version, or the release of a prerelease. */
export function incrementPatch(version: Version): Version {
  const patch = version.prerelease === "" ? increment(version.patch, "patch") : version.patch;
  return next(version, { patch, prerelease: "", metadata: "" });
}

/** The version with another prerelease (without its `-`); throws {@link SemverError} for a bad one. */
export function withPrerelease(version: Version, prerelease: string): Version {
  checkPrerelease(prerelease);
  return next(version, { prerelease });
}

/** The version with other metadata (without its `+`); throws {@link SemverError} for bad ones. */
export function withMetadata(version: Version, metadata: string): Version {
  if (metadata !== "") checkMetadata(metadata);
  return next(version, { metadata });
}
