import {
  checkConstraint,
  compareVersions,
  type Constraint,
  parseConstraint,
  parseVersion,
  SemverError,
  type Version,
} from "../../engine/semver/index.ts";

/** Something that has a version. */
export interface Versioned {
  readonly version: string;
}

/**
 * The item that Helm would take for `wanted` (empty: the newest release; `devel`: pre-releases too): an exact text first, then the newest
 * that satisfies it as a constraint. Strict versions go before loose ones such as `v1.2.3`, which OCI clients do not see. Undefined when
 * none fits, or when `wanted` is no constraint.
 */
export function chooseVersion<T extends Versioned>(items: readonly T[], wanted: string, devel: boolean): T | undefined {
  const exact = wanted === "" ? undefined : items.find((item) => item.version === wanted);
  if (exact !== undefined) return exact;
  const constraint = readConstraint(wanted === "" ? (devel ? ">0.0.0-0" : "*") : wanted);
  if (constraint === undefined) return undefined;
  return newest(items, constraint, true) ?? newest(items, constraint, false);
}

function newest<T extends Versioned>(items: readonly T[], constraint: Constraint, strict: boolean): T | undefined {
  let best: { readonly item: T; readonly version: Version } | undefined;
  for (const item of items) {
    const version = readVersion(item.version, strict);
    if (version === undefined || !checkConstraint(constraint, version)) continue;
    if (best === undefined || compareVersions(version, best.version) > 0) best = { item, version };
  }
  return best?.item;
}

/** Newest first; what is no version stands at the end, by text. */
export function sortVersions<T extends Versioned>(items: readonly T[]): readonly T[] {
  const keyed = items.map((item) => ({ item, version: readVersion(item.version, false) }));
  keyed.sort((a, b) => {
    if (a.version === undefined || b.version === undefined) {
      if (a.version !== b.version) return a.version === undefined ? 1 : -1;
      return a.item.version < b.item.version ? 1 : -1;
    }
    return compareVersions(b.version, a.version);
  });
  return keyed.map(({ item }) => item);
}

/** The version that `text` is, or undefined. */
export function readVersion(text: string, strict: boolean): Version | undefined {
  return orUndefined(() => parseVersion(text, { strict }));
}

function readConstraint(text: string): Constraint | undefined {
  return orUndefined(() => parseConstraint(text));
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SemverError) return undefined;
    throw error;
  }
}
