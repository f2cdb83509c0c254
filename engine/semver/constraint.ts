import { quote } from "../go/quote.ts";
import { byteLength } from "../go/utf8.ts";
import { rewriteRanges, splitGroup } from "./constraint-text.ts";
import type { Comparison } from "./constraint-text.ts";
import { SemverError } from "./semver-error.ts";
import { comparePrereleases, compareVersions, formatVersion, parseVersion } from "./version.ts";
import type { Version } from "./version.ts";

/** One comparison. Parts that the constraint leaves open are 0 in `version`. */
interface Condition {
  readonly operator: string;
  readonly text: string;
  readonly version: Version;
  readonly open: boolean;
  readonly openMinor: boolean;
  readonly openPatch: boolean;
}

/** Groups joined by `||`, each of conditions that must all hold. */
export interface Constraint {
  readonly groups: readonly Group[];
}

interface Group {
  readonly conditions: readonly Condition[];
  /** Some condition names a prerelease: only then can a prerelease match. */
  readonly prereleases: boolean;
}

const LONGEST = 512;
const MOST_GROUPS = 32;

function refuse(message: string): SemverError {
  return new SemverError("invalid-constraint", message);
}

/** Reads a constraint such as `>=1.2 <2 || ^3.1`. Throws {@link SemverError}. */
export function parseConstraint(text: string): Constraint {
  if (byteLength(text) > LONGEST) throw refuse(`constraint string is too long (max ${LONGEST} bytes)`);
  const groups = rewriteRanges(text).split("||");
  if (groups.length > MOST_GROUPS) throw refuse(`too many constraint groups (max ${MOST_GROUPS})`);
  return { groups: groups.map(parseGroup) };
}

function parseGroup(text: string): Group {
  const comparisons = splitGroup(text);
  if (comparisons === undefined) throw refuse(`improper constraint: ${quote(text)}`);
  const conditions = comparisons.map(parseCondition);
  return { conditions, prereleases: conditions.some((condition) => condition.version.prerelease !== "") };
}

function isAny(part: string): boolean {
  return part === "" || part === "x" || part === "X" || part === "*";
}

function parseCondition({ operator, pattern }: Comparison): Condition {
  const { major, prerelease } = pattern;
  const anyMajor = isAny(major);
  const openMinor = !anyMajor && isAny(pattern.minor.slice(1));
  const openPatch = !anyMajor && !openMinor && isAny(pattern.patch.slice(1));
  const open = anyMajor || openMinor || openPatch;
  let text = pattern.text;
  if (anyMajor) text = `0.0.0${prerelease}`;
  else if (openMinor) text = `${major}.0.0${prerelease}`;
  else if (openPatch) text = `${major}${pattern.minor}.0${prerelease}`;
  return { operator, text: pattern.text, version: versionOf(text), open, openMinor, openPatch };
}

function versionOf(text: string): Version {
  try {
    return parseVersion(text);
  } catch (error) {
    if (error instanceof SemverError) throw refuse("constraint parser error");
    throw error;
  }
}

/** The constraint as Masterminds prints it. */
export function formatConstraint(constraint: Constraint): string {
  const groups = constraint.groups.map(({ conditions }) => conditions.map((c) => c.operator + c.text).join(" "));
  return groups.join(" || ");
}

/** True if the version satisfies one of the groups. */
export function checkConstraint(constraint: Constraint, version: Version): boolean {
  return constraint.groups.some((group) =>
    group.conditions.every((condition) => check(condition, version, group.prereleases) === undefined),
  );
}

/** Why the version fails, one text per failed condition in their order; empty if it satisfies the constraint. */
export function validateConstraint(constraint: Constraint, version: Version): readonly string[] {
  const problems: string[] = [];
  let told = false;
  for (const { conditions, prereleases } of constraint.groups) {
    if (version.prerelease !== "" && !prereleases) {
      if (!told) problems.push(prereleaseProblem(version));
      told = true;
      continue;
    }
    const failed = conditions.flatMap((condition) => check(condition, version, prereleases) ?? []);
    if (failed.length === 0) return [];
    problems.push(...failed);
  }
  return problems;
}

function prereleaseProblem(version: Version): string {
  return `${quote(formatVersion(version))} is a prerelease version and the constraint is only looking for release versions`;
}

/** Go's complaint, or `undefined` if the condition holds. */
function check(c: Condition, v: Version, prereleases: boolean): string | undefined {
  if (v.prerelease !== "" && !prereleases) return prereleaseProblem(v);
  const problem = problemOf(c, v);
  return problem === undefined ? undefined : quote(formatVersion(v)) + problem.replace("%q", () => quote(c.text));
}

function problemOf(c: Condition, v: Version): string | undefined {
  switch (c.operator) {
    case "!=":
      return isDifferent(c, v) ? undefined : " is equal to %q";
    case ">":
      return isGreater(c, v) ? undefined : " is less than or equal to %q";
    case "<":
      return compareVersions(v, c.version) < 0 ? undefined : " is greater than or equal to %q";
    case ">=":
    case "=>":
      return compareVersions(v, c.version) >= 0 ? undefined : " is less than %q";
    case "<=":
    case "=<":
      return isAtMost(c, v) ? undefined : " is greater than %q";
    case "~":
    case "~>":
      return tilde(c, v);
    case "^":
      return caret(c, v);
    default:
      if (c.open) return tilde(c, v);
      return compareVersions(v, c.version) === 0 ? undefined : " is not equal to %q";
  }
}

/** Helm compatibility: `!=*` compares with 0.0.0. */
function isDifferent(c: Condition, v: Version): boolean {
  const own = c.version;
  if (c.open) {
    if (own.major !== v.major) return true;
    if (c.openMinor) return false;
    if (own.minor !== v.minor) return true;
    if (own.patch !== v.patch && !c.openPatch) return true;
    if (c.openPatch) {
      if (v.prerelease === "" && own.prerelease === "") return false;
      return comparePrereleases(v.prerelease, own.prerelease) !== 0;
    }
  }
  return compareVersions(v, own) !== 0;
}

function isGreater(c: Condition, v: Version): boolean {
  const own = c.version;
  if (!c.open) return compareVersions(v, own) > 0;
  if (v.major !== own.major) return v.major > own.major;
  if (c.openMinor) return false;
  return c.openPatch ? v.minor > own.minor : compareVersions(v, own) > 0;
}

function isAtMost(c: Condition, v: Version): boolean {
  const own = c.version;
  if (!c.open) return compareVersions(v, own) <= 0;
  if (v.major > own.major) return false;
  return !(v.major === own.major && v.minor > own.minor && !c.openMinor);
}

/** `~1.2.3` is >=1.2.3 <1.3, `~1` is >=1 <2; `~0.0.0` and `~*` take anything. */
function tilde(c: Condition, v: Version): string | undefined {
  const own = c.version;
  if (compareVersions(v, own) < 0) return " is less than %q";
  if (own.major === 0n && own.minor === 0n && own.patch === 0n && !c.openMinor && !c.openPatch) return undefined;
  if (v.major !== own.major) return " does not have same major version as %q";
  if (v.minor !== own.minor && !c.openMinor) return " does not have same major and minor version as %q";
  return undefined;
}

/** `^1.2.3` is >=1.2.3 <2, `^0.2.3` is <0.3, `^0.0.3` is 0.0.3 alone. */
function caret(c: Condition, v: Version): string | undefined {
  const own = c.version;
  if (compareVersions(v, own) < 0) return " is less than %q";
  if (own.major > 0n || c.openMinor) {
    return v.major === own.major ? undefined : " does not have same major version as %q";
  }
  if (v.major > 0n) return " does not have same major version as %q";
  if (own.minor > 0n || c.openPatch) {
    if (v.minor === own.minor) return undefined;
    return " does not have same minor version as %q. Expected minor versions to match when constraint major version is 0";
  }
  if (v.minor > 0n) return " does not have same minor version as %q";
  if (own.patch === v.patch) return undefined;
  return " does not equal %q. Expect version and constraint to equal when major and minor versions are 0";
}
