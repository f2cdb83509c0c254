import { asObject } from "../../engine/oci/descriptor.ts";
import { OciError } from "../../engine/oci/error.ts";
import type { Freshness } from "./upstream.ts";

/** What was learned of something at an upstream, and when. */
export interface Checked {
  /** Milliseconds since 1970. */
  readonly checked: number;
  /** False: the upstream said that there is none. */
  readonly present: boolean;
}

/** Whether what is known may answer without asking. */
export function isFresh(known: Checked | undefined, freshness: Freshness, now: number): boolean {
  if (known === undefined) return false;
  return now - known.checked < (known.present ? freshness.ttl : freshness.negativeTtl);
}

/** Whether what is known may answer although the upstream fails. */
export function mayBeStale(known: Checked, freshness: Freshness, now: number): boolean {
  return now - known.checked < freshness.ttl + freshness.staleIfError;
}

/** The record that a stored JSON value is. */
export function parseChecked(value: unknown): Checked | undefined {
  const object = asObject(value);
  const checked = object?.["checked"];
  const present = object?.["present"];
  return typeof checked === "number" && typeof present === "boolean" ? { checked, present } : undefined;
}

/** True for failures that stale content may stand in for. */
export function isOutage(error: unknown): boolean {
  return (
    error instanceof OciError &&
    (error.code === "UNAVAILABLE" || error.code === "TOOMANYREQUESTS" || error.code === "DENIED")
  );
}
