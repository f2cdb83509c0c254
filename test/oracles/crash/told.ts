import type { Seen } from "./play.ts";

/** How a case ended, and how often each of its objects was made. */
export interface Told {
  readonly seen: Seen;
  readonly made: Readonly<Record<string, number>>;
}
