import type { WaitStrategy } from "./request.ts";

/** What Helm's watcher takes a timeout of nothing for. */
const WATCHER_DEFAULT = 30_000;

/**
 * When a wait that began at `since` is over, in milliseconds since 1970.
 * Helm compatibility: a timeout of 0 is 30 seconds to the watcher and no limit to `legacy`; a negative one is no limit to either.
 */
export function deadlineOf(since: number, timeout: number, wait: WaitStrategy): number {
  if (timeout < 0 || (timeout === 0 && wait === "legacy")) return Number.POSITIVE_INFINITY;
  return since + (timeout === 0 ? WATCHER_DEFAULT : timeout);
}
