import { createHasher, type CreateHasher, type Digest, digestAlgorithm } from "../../engine/oci/digest.ts";
import { StoreError } from "./store-error.ts";

/** How bytes are verified on their way. */
export interface VerifyingOptions {
  readonly held: number;
  readonly size?: number;
  /** A native way to hash; in JavaScript when absent. */
  readonly hasher?: CreateHasher | undefined;
}

/**
 * The same bytes, errored with StoreError `digest-mismatch` before the last `held` bytes pass unless all of them have the digest (and
 * `size`, when given: then bytes before those are not held at all). With `held` 0 the error comes after the last byte and before the end.
 */
export function verifying(digest: Digest, options: VerifyingOptions): VerifyingStream {
  const hasher = (options.hasher ?? createHasher)(digestAlgorithm(digest));
  const hold = options.size === undefined ? holdLast(options.held) : holdFrom(Math.max(0, options.size - options.held));
  let size = 0;
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.length;
      if (options.size !== undefined && size > options.size) throw mismatch();
      for (const free of hold.take(chunk)) controller.enqueue(free);
      hasher.update(chunk);
    },
    flush(controller) {
      if (options.size !== undefined && size !== options.size) throw mismatch();
      if (hasher.digest() !== digest) throw mismatch();
      for (const chunk of hold.rest()) controller.enqueue(chunk);
    },
  });
}

/** Bytes that wait for the verdict. */
interface Hold {
  /** What may pass now. */
  readonly take: (chunk: Uint8Array) => readonly Uint8Array[];
  readonly rest: () => readonly Uint8Array[];
}

/** Holds at least the last `held` bytes, wherever the end is. */
function holdLast(held: number): Hold {
  const waiting: Uint8Array[] = [];
  let waitingSize = 0;
  return {
    take: (chunk) => {
      waiting.push(chunk);
      waitingSize += chunk.length;
      const free: Uint8Array[] = [];
      while (waiting.length > 0 && waitingSize - (waiting[0]?.length ?? 0) >= held) {
        const first = waiting.shift();
        if (first === undefined) break;
        waitingSize -= first.length;
        free.push(first);
      }
      return free;
    },
    rest: () => waiting,
  };
}

/** Holds all bytes from `start` on. */
function holdFrom(start: number): Hold {
  const waiting: Uint8Array[] = [];
  let at = 0;
  return {
    take: (chunk) => {
      const free = Math.min(chunk.length, Math.max(0, start - at));
      at += chunk.length;
      if (free < chunk.length) waiting.push(chunk.subarray(free));
      return free === 0 ? [] : [chunk.subarray(0, free)];
    },
    rest: () => waiting,
  };
}

type VerifyingStream = TransformStream<Uint8Array, Uint8Array>;

function mismatch(): StoreError {
  return new StoreError("digest-mismatch", "the bytes do not have the digest that they were announced with");
}
