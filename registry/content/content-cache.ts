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
  const entries = new Map<Digest, Uint8Array>();
  let used = 0;
  return {
    largest,
    get: (digest) => {
      const bytes = entries.get(digest);
      if (bytes === undefined) return undefined;
      entries.delete(digest);
      entries.set(digest, bytes);
      return bytes;
    },
    keep: (digest, bytes) => {
      if (bytes.length > largest || entries.has(digest)) return;
      entries.set(digest, bytes);
      used += bytes.length + ENTRY_OVERHEAD;
      for (const [oldest, entry] of entries) {
        if (used <= capacity) break;
        entries.delete(oldest);
        used -= entry.length + ENTRY_OVERHEAD;
      }
    },
  };
}
