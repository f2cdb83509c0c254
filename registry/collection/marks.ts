import { digestHex, digestOfSmall } from "../../engine/oci/digest.ts";

/** Keys that were seen in use. May take a key for one that was added, never the other way round: what that keeps goes in a later collection. */
export interface Marks {
  readonly add: (key: string) => void;
  readonly has: (key: string) => boolean;
  /** As {@link openMarks} takes it. */
  readonly bytes: Uint8Array;
}

/** Bits for each key: one of some four thousand unused objects is taken for a used one. */
const BITS_PER_KEY = 32;
const LEAST_BYTES = 16 * 1024;
const MOST_BYTES = 16 * 1024 * 1024;
/** Bits that one key sets. */
const PROBES = 4;
const encoder = new TextEncoder();

/** Room for about `keys` keys (a Bloom filter). */
export function emptyMarks(keys: number): Uint8Array {
  let size = LEAST_BYTES;
  while (size * 8 < keys * BITS_PER_KEY && size < MOST_BYTES) size *= 2;
  return new Uint8Array(size);
}

/** Marks over `bytes`, whose length is a power of two. `salt` differs with every collection, so that none is mistaken twice in the same way. */
export function openMarks(bytes: Uint8Array, salt: number): Marks {
  const mask = bytes.length * 8 - 1;
  const positions = (key: string): readonly number[] => {
    const hex = digestHex(digestOfSmall(encoder.encode(`${salt}\n${key}`)));
    return Array.from({ length: PROBES }, (_, i) => Number.parseInt(hex.slice(i * 8, i * 8 + 8), 16) & mask);
  };
  return {
    bytes,
    add: (key) => {
      for (const at of positions(key)) bytes[at >>> 3] = (bytes[at >>> 3] ?? 0) | (1 << (at & 7));
    },
    has: (key) => positions(key).every((at) => ((bytes[at >>> 3] ?? 0) & (1 << (at & 7))) !== 0),
  };
}
