import type { PartStore } from "../../engine/action/action.ts";
import { createLeastUsed } from "../../engine/least-used.ts";

/** Bytes that are remembered: the drafts and plans of some operations at once. */
const MAX_BYTES: number = 8 * 1024 * 1024;
/** One part may not push out all others. */
const MAX_PART_BYTES: number = 2 * 1024 * 1024;

/** A store that gives back what went through it lately without reading and opening it again. A digest never means other bytes. */
export function rememberParts(inner: PartStore): PartStore {
  const kept = createLeastUsed<string, Uint8Array>({ most: MAX_BYTES, sizeOf: ({ length }) => length });
  return {
    put: async (bytes, signal) => {
      const digest = await inner.put(bytes, signal);
      if (bytes.length <= MAX_PART_BYTES) kept.set(digest, bytes.slice());
      return digest;
    },
    get: async (digest, signal) => {
      const bytes = kept.get(digest) ?? (await inner.get(digest, signal));
      if (bytes === undefined || bytes.length > MAX_PART_BYTES) return bytes;
      kept.set(digest, bytes);
      return bytes.slice();
    },
  };
}
