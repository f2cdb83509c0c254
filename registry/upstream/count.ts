/** What was asked for through a proxy. */
export type UpstreamSubject = "manifest" | "blob" | "tags" | "referrers" | "index";

/**
 * How it was answered. `hit`: from the store, fresh. `revalidated`: from the store, the upstream says that nothing changed. `miss`: the
 * upstream gave it. `stale`: from the store, while the upstream fails or has it
 * no more. `negative`: there is none. `failed`: an error.
 */
export type UpstreamOutcome = "hit" | "revalidated" | "miss" | "stale" | "negative" | "failed";

/** One answer of a proxy project. */
export interface UpstreamEvent {
  readonly project: string;
  readonly subject: UpstreamSubject;
  readonly outcome: UpstreamOutcome;
}

/** Told of every answer, for counters. Must not throw. */
export type CountUpstream = (event: UpstreamEvent) => void;
