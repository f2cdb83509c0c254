import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createHasher,
  digestAlgorithm,
  digestHex,
  digestOf,
  digestOfSmall,
  parseDigest,
} from "../../../engine/oci/digest.ts";
import { advanceSha256, finishSha256, SHA256_START } from "../../../engine/oci/sha256-state.ts";

const hex = "0123456789abcdef".repeat(4);
const node = (algorithm: string, bytes: Uint8Array) =>
  `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;

describe("a digest", () => {
  it.each([
    [`sha256:${hex}`, true],
    [`sha512:${hex}${hex}`, true],
    [`sha256:${hex.toUpperCase()}`, false],
    [`sha256:${hex.slice(1)}`, false],
    [`sha256:${hex}0`, false],
    [`sha512:${hex}`, false],
    [`sha384:${hex}`, false],
    [`SHA256:${hex}`, false],
    ["sha256:baddigeststring", false],
    [hex, false],
    ["", false],
  ])("%s is one: %s", (text, good) => {
    expect(parseDigest(text)).toBe(good ? text : undefined);
  });

  it("says its algorithm and its hex", () => {
    const digest = parseDigest(`sha512:${hex}${hex}`);
    expect(digest && digestAlgorithm(digest)).toBe("sha512");
    expect(digest && digestHex(digest)).toBe(hex + hex);
  });

  it("is what Node's own hash says, however the bytes come", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 10_000 }),
        fc.constantFrom("sha256", "sha512"),
        async (bytes, name) => {
          const algorithm = name === "sha256" ? "sha256" : "sha512";
          const hasher = createHasher(algorithm);
          hasher.update(bytes.subarray(0, bytes.length >> 1));
          hasher.update(bytes.subarray(bytes.length >> 1));
          const expected = node(algorithm, bytes);
          expect([await digestOf(bytes, algorithm), digestOfSmall(bytes, algorithm), hasher.digest()]).toEqual([
            expected,
            expected,
            expected,
          ]);
        },
      ),
    );
  });
});

describe("a SHA-256 that waits in a store", () => {
  it("goes on from its state to the digest of all bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), fc.nat(15), (bytes, blocks) => {
        const cut = Math.min(blocks * 64, bytes.length - (bytes.length % 64));
        const state = advanceSha256(SHA256_START, bytes.subarray(0, cut));
        const restored = JSON.parse(JSON.stringify(state)) as typeof state;
        expect(restored.length).toBe(cut);
        expect(finishSha256(restored, bytes.subarray(cut))).toBe(node("sha256", bytes));
      }),
    );
  });

  it("counts bytes beyond 32 bits of length", () => {
    const far = { ...SHA256_START, length: 2 ** 33 };
    expect(finishSha256(far, new Uint8Array(3))).not.toBe(finishSha256({ ...far, length: 2 ** 34 }, new Uint8Array(3)));
  });

  it("does not advance by half a block", () => {
    expect(() => advanceSha256(SHA256_START, new Uint8Array(63))).toThrow("whole blocks");
  });
});
