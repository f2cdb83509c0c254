import { parseVersion, SemverError } from "../semver/index.ts";

/** Names of plugins. */
export const NAME_PATTERN: RegExp = /^[A-Za-z0-9_-]+$/;

/** What is wrong with a plugin's version, in Helm's words: strict SemVer, three numbers and no `v`. */
export function versionProblem(version: string): string | undefined {
  try {
    parseVersion(version, { strict: true });
    return undefined;
  } catch (error) {
    if (!(error instanceof SemverError)) throw error;
    return "must be valid semver";
  }
}
