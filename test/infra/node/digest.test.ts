import { describe, expect, it } from "vitest";
import { createHasher, digestOf } from "../../../engine/oci/digest.ts";
import { nativeDigest, nativeHasher } from "../../../infra/node/digest.ts";

describe("Node's own digests", () => {
  for (const algorithm of ["sha256", "sha512"] as const) {
    for (const size of [0, 1, 63, 64, 5000]) {
      it(`are those of the engine: ${algorithm} of ${size} bytes, whole and in pieces`, async () => {
        const bytes = new Uint8Array(size).map((_, at) => at & 255);
        const expected = await digestOf(bytes, algorithm);
        expect(await nativeDigest(bytes, algorithm)).toBe(expected);
        for (const start of [nativeHasher, createHasher]) {
          const hasher = start(algorithm);
          for (let at = 0; at < size; at += 700) hasher.update(bytes.subarray(at, at + 700));
          expect(hasher.digest()).toBe(expected);
        }
      });
    }
  }
});
