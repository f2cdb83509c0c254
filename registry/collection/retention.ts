import { compareVersions, parseVersion, SemverError, type Version } from "../../engine/semver/index.ts";
import { tagToVersion } from "../../engine/oci/repository-name.ts";
import { matchesPattern } from "../projects/pattern.ts";
import type { RetentionRule } from "../projects/project.ts";

/** A tag as rules see it. */
export interface AgedTag {
  readonly tag: string;
  /** Milliseconds since 1970 of the last push. */
  readonly modified: number;
}

/** Where the rules are asked. `path` is the repository's name below its project. */
export interface RetentionQuestion {
  readonly rules: readonly RetentionRule[];
  readonly path: string;
  readonly tags: readonly AgedTag[];
  readonly now: number;
}

/**
 * The tags that no rule keeps, in byte order. A tag that no rule speaks of is kept. `keepLast` counts versions by precedence: a rule
 * with nothing else does not speak of tags that are no versions.
 */
export function expiredTags({ rules, path, tags, now }: RetentionQuestion): readonly string[] {
  const spoken = new Set<string>();
  const kept = new Set<string>();
  for (const rule of rules) {
    if (!matchesPattern(rule.repositories ?? "*", path)) continue;
    const own = tags.filter(({ tag }) => speaksOf(rule, tag));
    for (const { tag } of own) spoken.add(tag);
    for (const tag of newest(own, rule.keepLast ?? 0)) kept.add(tag);
    for (const { tag, modified } of own) if (now - modified < (rule.keepNewer ?? 0)) kept.add(tag);
  }
  return [...spoken].filter((tag) => !kept.has(tag)).sort();
}

function speaksOf(rule: RetentionRule, tag: string): boolean {
  if (!matchesPattern(rule.tags ?? "*", tag)) return false;
  return rule.keepNewer !== undefined || versionOf(tag) !== undefined;
}

function newest(tags: readonly AgedTag[], count: number): readonly string[] {
  const versions = tags.flatMap(({ tag }) => {
    const version = versionOf(tag);
    return version === undefined ? [] : [{ tag, version }];
  });
  versions.sort((a, b) => compareVersions(b.version, a.version) || (a.tag < b.tag ? 1 : -1));
  return versions.slice(0, count).map(({ tag }) => tag);
}

function versionOf(tag: string): Version | undefined {
  try {
    return parseVersion(tagToVersion(tag));
  } catch (error) {
    if (error instanceof SemverError) return undefined;
    throw error;
  }
}
