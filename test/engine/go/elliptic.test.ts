import { ed25519 as nobleEd25519 } from "@noble/curves/ed25519.js";
import * as noble from "@noble/curves/nist.js";
import { type Arbitrary, assert, property, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { ed25519, p256, p384, p521 } from "../../../engine/go/elliptic.ts";

const SEEDS = { numRuns: 5 };
const bytes = (length: number): Arbitrary<Uint8Array> => uint8Array({ minLength: length, maxLength: length });

test.each([
  { name: "P-256", ours: p256, theirs: noble.p256 },
  { name: "P-384", ours: p384, theirs: noble.p384 },
  { name: "P-521", ours: p521, theirs: noble.p521 },
])("$name has the points and the signatures of the library's own", ({ ours, theirs }) => {
  assert(
    property(bytes(theirs.lengths.seed ?? 0), bytes(40), (seed, message) => {
      const secret = theirs.utils.randomSecretKey(seed);
      const publicKey = ours().getPublicKey(secret, false);
      expect(publicKey).toEqual(theirs.getPublicKey(secret, false));
      const signature = ours().sign(message, secret, { format: "der", lowS: false });
      expect(signature).toEqual(theirs.sign(message, secret, { format: "der", lowS: false }));
      expect(ours().verify(signature, message, publicKey, { format: "der", lowS: false })).toBe(true);
      const other = message.with(0, (message[0] ?? 0) ^ 1);
      expect(ours().verify(signature, other, publicKey, { format: "der", lowS: false })).toBe(false);
    }),
    SEEDS,
  );
});

test("Ed25519 has the keys and the signatures of the library's own", () => {
  assert(
    property(bytes(32), bytes(40), (seed, message) => {
      expect(ed25519().getPublicKey(seed)).toEqual(nobleEd25519.getPublicKey(seed));
      expect(ed25519().sign(message, seed)).toEqual(nobleEd25519.sign(message, seed));
    }),
    SEEDS,
  );
});
