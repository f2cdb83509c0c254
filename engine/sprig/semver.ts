import { toUtf8 } from "../go/utf8.ts";
import { GoBytes, GoFailure, GoInt, GoObject, goInt } from "../go/value.ts";
import type { GoMethod, GoStructType, GoTypeName, GoValue } from "../go/value.ts";
import {
  SemverError,
  checkConstraint,
  compareVersions,
  formatVersion,
  incrementMajor,
  incrementMinor,
  incrementPatch,
  parseConstraint,
  parseVersion,
  withMetadata,
  withPrerelease,
} from "../semver/index.ts";
import type { Constraint, Version } from "../semver/index.ts";
import { TEXT, binary, unary } from "./signature.ts";
import type { Entry } from "./signature.ts";

const versions = new WeakMap<GoObject, Version>();

/** A refused version or constraint as the error of the function that was called. */
function asFailure<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SemverError) throw new GoFailure(error.message);
    throw error;
  }
}

function fieldsOf(version: Version): ReadonlyMap<string, GoValue> {
  return new Map<string, GoValue>([
    ["major", uint64(version.major)],
    ["minor", uint64(version.minor)],
    ["patch", uint64(version.patch)],
    ["pre", version.prerelease],
    ["metadata", version.metadata],
    ["original", version.original],
  ]);
}

function goVersion(version: Version, type: GoStructType): GoObject {
  const value = new GoObject(type, fieldsOf(version), `${formatVersion(version)} ${version.original}`);
  versions.set(value, version);
  return value;
}

/** The zero value of a version's type, or behind its pointer; `undefined` for what is no version. */
export function zeroVersion(value: GoObject): GoObject | undefined {
  if (!versions.has(value)) return undefined;
  return goVersion({ major: 0n, minor: 0n, patch: 0n, prerelease: "", metadata: "", original: "" }, value.type);
}

function versionOf(value: GoValue): Version {
  const version = value instanceof GoObject ? versions.get(value) : undefined;
  if (version === undefined) throw new GoFailure("runtime error: invalid memory address or nil pointer dereference");
  return version;
}

function method(
  parameters: readonly GoTypeName[],
  body: (self: Version, args: readonly GoValue[]) => GoValue,
): GoMethod {
  return { parameters, call: (self, args) => asFailure(() => body(versionOf(self), args)) };
}

function uint64(value: bigint): GoInt {
  return new GoInt("uint64", value);
}

function textOf(value: GoValue): string {
  return typeof value === "string" ? value : "";
}

/** A comparison with another version; a prerelease is lower than its release, metadata count for nothing. */
function comparison(test: (order: number) => boolean): GoMethod {
  return method([POINTER], (self, [other]) => test(compareVersions(self, versionOf(other))));
}

const POINTER = "*semver.Version";

/** Methods of `semver.Version`. */
const VALUE_METHODS: ReadonlyMap<string, GoMethod> = new Map([
  ["String", method([], formatVersion)],
  ["Major", method([], (self) => uint64(self.major))],
  ["Minor", method([], (self) => uint64(self.minor))],
  ["Patch", method([], (self) => uint64(self.patch))],
  ["Prerelease", method([], (self) => self.prerelease)],
  ["Metadata", method([], (self) => self.metadata)],
  ["IncMajor", method([], (self) => goVersion(incrementMajor(self), VALUE_TYPE))],
  ["IncMinor", method([], (self) => goVersion(incrementMinor(self), VALUE_TYPE))],
  ["IncPatch", method([], (self) => goVersion(incrementPatch(self), VALUE_TYPE))],
  ["SetPrerelease", method(["string"], (self, [text]) => goVersion(withPrerelease(self, textOf(text)), VALUE_TYPE))],
  ["SetMetadata", method(["string"], (self, [text]) => goVersion(withMetadata(self, textOf(text)), VALUE_TYPE))],
  ["MarshalText", method([], (self) => new GoBytes(toUtf8(formatVersion(self))))],
  ["MarshalJSON", method([], (self) => new GoBytes(toUtf8(`"${formatVersion(self)}"`)))],
]);

/** Methods of `*semver.Version`: those of the value and those that need a pointer. */
const POINTER_METHODS: ReadonlyMap<string, GoMethod> = new Map([
  ...VALUE_METHODS,
  ["Original", method([], (self) => self.original)],
  ["Compare", method([POINTER], (self, [other]) => goInt(compareVersions(self, versionOf(other))))],
  ["Equal", comparison((order) => order === 0)],
  ["LessThan", comparison((order) => order < 0)],
  ["LessThanEqual", comparison((order) => order <= 0)],
  ["GreaterThan", comparison((order) => order > 0)],
  ["GreaterThanEqual", comparison((order) => order >= 0)],
]);

const HIDDEN: readonly string[] = ["major", "minor", "patch", "pre", "metadata", "original"];

function print(self: GoObject): string {
  return formatVersion(versionOf(self));
}

function versionType(name: string, methods: ReadonlyMap<string, GoMethod>): GoStructType {
  return { name, fields: [], hidden: HIDDEN, methods, print, json: print };
}

const VALUE_TYPE: GoStructType = versionType("semver.Version", VALUE_METHODS);
const POINTER_TYPE: GoStructType = versionType(POINTER, POINTER_METHODS);

/** Constraints that are kept parsed: charts ask the same few again and again. */
const KEPT = 256;
const constraints = new Map<string, Constraint>();

function knownConstraint(text: string): Constraint {
  const known = constraints.get(text);
  if (known !== undefined) return known;
  const constraint = parseConstraint(text);
  if (constraints.size >= KEPT) constraints.clear();
  constraints.set(text, constraint);
  return constraint;
}

function satisfies(constraint: string, version: string): boolean {
  return asFailure(() => checkConstraint(knownConstraint(constraint), parseVersion(version)));
}

export const semverFunctions: readonly Entry[] = [
  ["semver", unary(TEXT, (text) => asFailure(() => goVersion(parseVersion(text), POINTER_TYPE)))],
  ["semverCompare", binary(TEXT, TEXT, satisfies)],
];
