import { createLeastUsed } from "../../engine/least-used.ts";
import type { Digest } from "../../engine/oci/digest.ts";

/**
 * Small content in memory, by digest: what was verified when it was stored needs no second look. It says nothing about who may read:
 * whoever asks has seen the repository's link or entry in the store before.
 */
export interface ContentCache {
  readonly get: (digest: Digest) => Uint8Array | undefined;
  /** The bytes have the digest, and nobody writes to them any more. Larger ones than the cache takes are passed over. */
  readonly keep: (digest: Digest, bytes: Uint8Array) => void;
  /** Content of this size or less is worth reading whole. */
  readonly largest: number;
}

/** What one entry costs beside its bytes: digest, map slot, buffer. */
const ENTRY_OVERHEAD = 400;
/** No entry takes more than one part in so many. */
const LEAST_ENTRIES = 32;

/** Keeps at most `capacity` bytes; the longest unused go first. */
export function createContentCache(capacity: number): ContentCache {
  const largest = Math.floor(capacity / LEAST_ENTRIES);
  const entries = createLeastUsed<Digest, Uint8Array>({
    most: capacity,
    sizeOf: ({ length }) => length + ENTRY_OVERHEAD,
  });
  return {
    largest,
    get: entries.get,
    keep: (digest, bytes) => {
      if (bytes.length <= largest && !entries.has(digest)) entries.set(digest, bytes);
    },
  };
}
