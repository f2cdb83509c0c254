/** Helm's own limit for the files of one chart together. */
export const MAX_CHART_BYTES = 104_857_600;

/**
 * What one archive may inflate to: Helm counts file contents only, so headers, padding and skipped entries need room beside
 * {@link MAX_CHART_BYTES}; twice of it ends a stream of empty entries that Helm would read for ever.
 */
export const MAX_INFLATED_BYTES: number = 2 * MAX_CHART_BYTES;

/** Entries of one archive. The largest public charts have some thousands; each entry costs memory beyond its bytes. */
export const MAX_ENTRIES = 100_000;

/** A PAX record block or a GNU long name, as in Go's `archive/tar`. */
export const MAX_EXTENDED_HEADER_BYTES = 1_048_576;

/** What an archive may inflate to in one step, before the first entry is looked at. Larger ones are inflated as a stream. */
export const MAX_WHOLE_BYTES = 16_777_216;

/** Bytes handed to the inflater at once: small enough that a bomb is noticed after few outputs. */
export const INFLATE_STEP_BYTES = 65_536;
