import { checkConstraint, parseConstraint, parseVersion, SemverError } from "../semver/index.ts";

/** True when both parse and `range` allows `version`. Helm compatibility: what does not parse is simply not compatible. */
export function isCompatible(range: string, version: string): boolean {
  try {
    const parsed = parseVersion(version);
    return checkConstraint(parseConstraint(range), parsed);
  } catch (error) {
    if (error instanceof SemverError) return false;
    throw error;
  }
}

/** True for what Helm takes as a version; `1`, `v1.2` are. */
export function isVersion(text: string): boolean {
  try {
    parseVersion(text);
    return true;
  } catch (error) {
    if (error instanceof SemverError) return false;
    throw error;
  }
}
