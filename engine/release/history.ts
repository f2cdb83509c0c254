import type { ReleaseStatus } from "./release.ts";

/** What the rules about a history need to know of a revision. */
export interface Revision {
  readonly version: number;
  readonly status: ReleaseStatus;
}

/** The newest revision, or `undefined` for an empty history. */
export function newest<R extends Revision>(history: readonly R[]): R | undefined {
  return history.reduce<R | undefined>(
    (best, one) => (best === undefined || one.version > best.version ? one : best),
    undefined,
  );
}

/** The newest revision that is deployed. Several can be after a crash of other tools. */
export function newestDeployed<R extends Revision>(history: readonly R[]): R | undefined {
  return newest(history.filter((one) => one.status === "deployed"));
}

/** The newest revision that once was good: what `--rollback-on-failure` goes back to. */
export function newestSuccessful<R extends Revision>(history: readonly R[]): R | undefined {
  return newest(history.filter((one) => one.status === "superseded" || one.status === "deployed"));
}

/**
 * The revisions that must go before one more is written, oldest first, so that at most `maxHistory` remain. The newest deployed one
 * stays. 0 keeps all.
 */
export function toPrune<R extends Revision>(history: readonly R[], maxHistory: number): readonly R[] {
  if (maxHistory <= 0) return [];
  const keep = newestDeployed(history)?.version;
  const excess = history.length - (maxHistory - 1);
  if (excess <= 0) return [];
  const candidates = history.toSorted((a, b) => a.version - b.version).filter((one) => one.version !== keep);
  return candidates.slice(0, excess);
}
