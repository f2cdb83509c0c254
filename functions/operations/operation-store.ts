import type { JsonObject } from "../../engine/errors.ts";

/** `CLUSTER/NAMESPACE/NAME` of a release: what a lease excludes by, and what an operation's id starts with. */
export type ReleaseKey = string;

/** The right to write for one release until `expires` (milliseconds since 1970). `token` goes with every journal write. */
export interface Lease {
  readonly release: ReleaseKey;
  readonly operation: string;
  readonly token: string;
  readonly expires: number;
}

/**
 * One line of an operation's journal. `sequence` counts from 1 without holes. The member `terminal: true` ends the journal: it is all
 * that a store reads of an entry.
 */
export interface JournalEntry {
  readonly sequence: number;
  readonly time: number;
  readonly entry: JsonObject;
}

/**
 * Journals and leases. A write carries the lease's token and the sequence it expects: a holder whose lease was taken over writes
 * nothing more. One contract suite (test/contracts/operation-store.ts) runs against every adapter.
 */
export interface OperationStore {
  /** The lease, or the one that stands in the way. An expired lease is taken over. */
  readonly acquire: (
    release: ReleaseKey,
    operation: string,
    ttl: number,
  ) => Promise<{ readonly kind: "acquired"; readonly lease: Lease } | { readonly kind: "held"; readonly by: Lease }>;
  /** The lease with a later end, or undefined when it was lost. */
  readonly renew: (lease: Lease, ttl: number) => Promise<Lease | undefined>;
  readonly release: (lease: Lease) => Promise<void>;
  readonly holder: (release: ReleaseKey) => Promise<Lease | undefined>;
  /** Appends in one piece. False when the token is no longer the holder's or `after` is not the last sequence; nothing is written then. */
  readonly append: (lease: Lease, after: number, entries: readonly JsonObject[]) => Promise<boolean>;
  readonly read: (operation: string, after: number, limit: number) => Promise<readonly JournalEntry[]>;
  /** Resolves when the operation may have entries after `after`, or when `signal` aborts. */
  readonly changed: (operation: string, after: number, signal: AbortSignal) => Promise<void>;
  /** Operations whose last entry is not terminal, oldest first: what a start or a scan takes up again; with `release`, its own only. */
  readonly unfinished: (
    release?: ReleaseKey,
  ) => Promise<readonly { readonly release: ReleaseKey; readonly operation: string }[]>;
  /** Forgets the journals that ended before `before` (milliseconds since 1970) and says how many. */
  readonly prune: (before: number) => Promise<number>;
}

/** Asks for `advance` of an operation at a time (milliseconds since 1970). At least once; a later call for the same operation replaces an earlier one. */
export interface Wakeup {
  readonly at: (release: ReleaseKey, operation: string, time: number) => Promise<void>;
}
