export { checkConstraint, formatConstraint, parseConstraint, validateConstraint } from "./constraint.ts";
export type { Constraint } from "./constraint.ts";
export { SemverError } from "./semver-error.ts";
export type { SemverErrorCode } from "./semver-error.ts";
export {
  compareVersions,
  formatVersion,
  incrementMajor,
  incrementMinor,
  incrementPatch,
  parseVersion,
  withMetadata,
  withPrerelease,
} from "./version.ts";
export type { Version, VersionOptions } from "./version.ts";
