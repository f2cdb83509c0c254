import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBundle } from "../../../engine/attestation/bundle.ts";
import { parseCertificate, parseCertificates } from "../../../engine/attestation/certificate.ts";
import { keyKind } from "../../../engine/attestation/certificate-key.ts";
import { chainProblem, openTrustStore } from "../../../engine/attestation/certificate-chain.ts";
import { notationProblem } from "../../../engine/attestation/notation.ts";
import { parseDigest } from "../../../engine/oci/digest.ts";
import { makeCertificate } from "../../support/test-authority.ts";

const root = makeCertificate({ subject: [["CN", "root"]], authority: true });
const leaf = makeCertificate({ subject: [["O", "acme"]], parent: root, uri: "https://a", issuer: "https://b" });
const trust = openTrustStore(root.pem);
const NOW = Date.parse("2030-01-01T00:00:00Z");
const subject = parseDigest(`sha256:${"1".repeat(64)}`);

/** A few bytes of a text changed, cut or doubled. */
const damaged = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc
    .record({
      changes: fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      end: fc.option(fc.nat(bytes.length)),
    })
    .map(({ changes, end }) => {
      const copy = Uint8Array.from(bytes);
      for (const [at, byte] of changes) copy[at] = byte;
      return end === null ? copy : copy.subarray(0, end);
    });

describe("what somebody sends as a signature", () => {
  it("is no certificate, or one that leads to a root only when not a byte of it was changed", async () => {
    await fc.assert(
      fc.asyncProperty(damaged(leaf.der), async (der) => {
        const parsed = parseCertificate(der);
        if (parsed === undefined) return;
        keyKind(parsed.publicKey);
        const same = Buffer.from(der).equals(leaf.der);
        const problem = await chainProblem({ leaf: parsed, sent: [], trust, at: NOW });
        expect(problem === undefined).toBe(same);
      }),
      { numRuns: 300 },
    );
  });

  it("is read or refused, whatever the bytes are", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.json().map(encode)), async (bytes) => {
        parseCertificate(bytes);
        parseBundle(bytes);
        parseCertificates(new TextDecoder().decode(bytes));
        if (subject === undefined) throw new Error("no digest");
        expect(await notationProblem(bytes, subject, { trust, identities: [] }, NOW)).toBeTypeOf("string");
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["a time that is none", "20200101000000Z", "20209901000000Z"],
    ["a time with a zone", "20200101000000Z", "202001010000+01"],
  ])("is no certificate with %s", (_, good, bad) => {
    const text = Buffer.from(leaf.der).toString("latin1");
    expect(text).toContain(good);
    expect(parseCertificate(Buffer.from(text.replace(good, bad), "latin1"))).toBeUndefined();
  });
});

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
