import { createHash, hash } from "node:crypto";
import {
  type CreateHasher,
  type Digest,
  type DigestAlgorithm,
  type DigestBytes,
  parseDigest,
} from "../../engine/oci/digest.ts";

/** Digests by Node's own hash functions, at once: small bytes take less than a promise. */
export const nativeDigest: DigestBytes = (bytes, algorithm) => digestFrom(algorithm, hash(algorithm, bytes, "hex"));

/** The same, piece by piece. */
export const nativeHasher: CreateHasher = (algorithm) => {
  const running = createHash(algorithm);
  return {
    update: (bytes) => void running.update(bytes),
    digest: () => digestFrom(algorithm, running.digest("hex")),
  };
};

function digestFrom(algorithm: DigestAlgorithm, hex: string): Digest {
  const digest = parseDigest(`${algorithm}:${hex}`);
  if (digest === undefined) throw new Error("a hash gave no digest");
  return digest;
}
