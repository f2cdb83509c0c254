/** One page of digests that must stay pullable. */
export interface PinPage {
  readonly digests: readonly string[];
  /** How many of them are kept because nobody can tell any more whether they are needed; none when absent. */
  readonly orphaned?: number;
  /** Pass as `after` for the next page; absent at the end. */
  readonly next?: string;
}

/**
 * The port by which collection learns what is needed elsewhere: the charts of kept revisions, plans, operations. Retention and caps
 * never remove a pinned manifest. A source that cannot tell whether a pin is still needed keeps it; one that throws stops the collection.
 */
export interface PinSource {
  /** At most `limit` releases' pins. */
  readonly page: (after: string | undefined, limit: number) => Promise<PinPage>;
}

/** Nothing is pinned: a registry without clusters. */
export const NO_PINS: PinSource = { page: async () => ({ digests: [] }) };
