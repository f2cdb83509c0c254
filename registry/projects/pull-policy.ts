import { checkConstraint, type Constraint } from "../../engine/semver/index.ts";
import { OciError } from "../../engine/oci/error.ts";
import { readVersion } from "./choose-version.ts";
import { matchesPattern } from "./pattern.ts";

/** Charts that may be pulled. */
export interface AllowRule {
  /** Names below the project; `*` stands for any characters. */
  readonly charts: string;
  /** Absent: all versions, and tags that are none. */
  readonly versions?: Constraint;
}

/** What a proxy project gives of its upstream. */
export interface PullPolicy {
  /** What no rule names is not given. Absent: everything is. */
  readonly allow?: readonly AllowRule[];
  /** Milliseconds that a version must be old. */
  readonly cooldown?: number;
  /** What a version's age counts from: the time that the upstream states where it states one, or when it was first seen here. */
  readonly agedFrom?: "published" | "first-seen";
}

/** What is known of a manifest. The facts of a digest never change once they are written down. */
export interface Facts {
  /** Absent where it was pulled by digest and does not say. */
  readonly version?: string;
  /** Milliseconds since 1970. */
  readonly published?: number;
  readonly seen: number;
}

/** Why something is not given, in words for whoever asked. */
export interface Refusal {
  readonly reason: string;
}

/** A policy's refusal, which another version need not meet. */
export class PullRefusal extends OciError {}

/** True when some version of the chart may be pulled. */
export function allowsChart({ allow }: PullPolicy, chart: string): boolean {
  return allow === undefined || allow.some(({ charts }) => matchesPattern(charts, chart));
}

/** True when that version, or tag, of the chart may be pulled. */
export function allowsVersion({ allow }: PullPolicy, chart: string, version: string | undefined): boolean {
  if (allow === undefined) return true;
  return allow.some(({ charts, versions }) => {
    if (!matchesPattern(charts, chart)) return false;
    if (versions === undefined) return true;
    const parsed = version === undefined ? undefined : readVersion(version, false);
    return parsed !== undefined && checkConstraint(versions, parsed);
  });
}

/** When a version has been out for long enough, in milliseconds since 1970. */
export function coolsAt({ cooldown = 0, agedFrom = "published" }: PullPolicy, { published, seen }: Facts): number {
  const born = agedFrom === "published" && published !== undefined ? Math.min(published, seen) : seen;
  return born + cooldown;
}

/** Decides on a manifest by what is known of it; undefined: it may be pulled. */
export function refuse(policy: PullPolicy, chart: string, facts: Facts, now: number): Refusal | undefined {
  if (!allowsVersion(policy, chart, facts.version)) {
    return { reason: `${chart} ${facts.version ?? "by this digest"} is not in the list of what may be pulled` };
  }
  const cool = coolsAt(policy, facts);
  if (cool <= now) return undefined;
  return {
    reason: `${chart} ${facts.version ?? "by this digest"} is too new: it may be pulled from ${isoTime(cool)} on`,
  };
}

function isoTime(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+/, "");
}
