import { createHasher, type Digest, digestAlgorithm } from "../../engine/oci/digest.ts";
import { StoreError } from "./store-error.ts";

/**
 * The same bytes, errored with StoreError `digest-mismatch` before the last `held` bytes pass unless all of them have
 * the digest (and `size`, when given). With `held` 0 the error comes after the last byte and before the end.
 */
export function verifying(digest: Digest, options: { readonly held: number; readonly size?: number }): VerifyingStream {
  const hasher = createHasher(digestAlgorithm(digest));
  const waiting: Uint8Array[] = [];
  let waitingSize = 0;
  let size = 0;
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      hasher.update(chunk);
      size += chunk.length;
      if (options.size !== undefined && size > options.size) throw mismatch();
      waiting.push(chunk);
      waitingSize += chunk.length;
      while (waiting.length > 0 && waitingSize - (waiting[0]?.length ?? 0) >= options.held) {
        const first = waiting.shift();
        if (first === undefined) break;
        waitingSize -= first.length;
        controller.enqueue(first);
      }
    },
    flush(controller) {
      if (options.size !== undefined && size !== options.size) throw mismatch();
      if (hasher.digest() !== digest) throw mismatch();
      for (const chunk of waiting) controller.enqueue(chunk);
    },
  });
}

type VerifyingStream = TransformStream<Uint8Array, Uint8Array>;

function mismatch(): StoreError {
  return new StoreError("digest-mismatch", "the bytes do not have the digest that they were announced with");
}
