import { X509Certificate, createPrivateKey } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { JsonValue } from "../../../engine/errors.ts";
import { GoObject, goInt } from "../../../engine/go/value.ts";
import type { GoValue } from "../../../engine/go/value.ts";
import { answerPrivateKey } from "../../../engine/sprig/keys.ts";
import type { CallContext } from "../../../engine/template/function.ts";
import { Pending } from "../../../engine/template/pending.ts";
import { callIn, failureOf, fixedContext } from "./calling.ts";

const NOW = Date.UTC(2026, 10, 21, 8, 30, 0, 250);
const answers = new Map<string, JsonValue>();

/** Runs `work` again until all keys that it asks for are made, each time with clock, randomness and ordinals replayed. */
async function answered<T>(work: (context: CallContext) => T): Promise<T> {
  for (let pass = 0; pass < 8; pass++) {
    try {
      return work(fixedContext({ now: NOW, answers }));
    } catch (error) {
      if (!(error instanceof Pending) || error.request.kind !== "private-key") throw error;
      const answer = await answerPrivateKey(error.request);
      if (answer.ok) answers.set(error.request.key, answer.value);
    }
  }
  throw new Error("too many keys");
}

function part(certificate: GoValue, name: "Cert" | "Key"): string {
  const value = certificate instanceof GoObject ? certificate.fields.get(name) : undefined;
  return typeof value === "string" ? value : "";
}

describe("certificates", () => {
  let authority: GoValue;
  let leaf: GoValue;
  beforeAll(async () => {
    [authority, leaf] = await answered((context) => {
      const ca = callIn(context, "genCA", "my-ca", 365);
      const signed = callIn(context, "genSignedCert", "foo", ["10.0.0.1", "::1"], ["a.b", "*.c"], 10, ca);
      return [ca, signed];
    });
  });

  it("makes an authority whose certificates verify", () => {
    const ca = new X509Certificate(part(authority, "Cert"));
    const signed = new X509Certificate(part(leaf, "Cert"));
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(signed.verify(ca.publicKey)).toBe(true);
    expect(signed.checkIssued(ca)).toBe(true);
    expect(signed.checkPrivateKey(createPrivateKey(part(leaf, "Key")))).toBe(true);
  });

  it("writes names, addresses, use and validity as Sprig does", () => {
    const signed = new X509Certificate(part(leaf, "Cert"));
    expect(signed.subject).toBe("CN=foo");
    expect(signed.subjectAltName).toBe("DNS:a.b, DNS:*.c, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1");
    expect(signed.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
    expect([signed.validFrom, signed.validTo]).toEqual(["Nov 21 08:30:00 2026 GMT", "Dec  1 08:30:00 2026 GMT"]);
    expect(part(leaf, "Key").startsWith("-----BEGIN RSA PRIVATE KEY-----\n")).toBe(true);
  });

  it("gives the same bytes for the same seed, clock and keys", async () => {
    const again = await answered((context) => callIn(context, "genCA", "my-ca", 365));
    expect(part(again, "Cert")).toBe(part(authority, "Cert"));
  });

  it.each(["ecdsa", "ed25519"])("signs with %s keys", async (algorithm) => {
    const own = await answered((context) => {
      const key = callIn(context, "genPrivateKey", algorithm);
      return callIn(context, "genSelfSignedCertWithKey", "x", null, ["b"], 5, key);
    });
    const certificate = new X509Certificate(part(own, "Cert"));
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(part(own, "Key")))).toBe(true);
  });

  it("refuses a signer whose key is another's", async () => {
    const other = await answered((context) => {
      context.nextOrdinal();
      context.nextOrdinal();
      return callIn(context, "genCA", "other", 1);
    });
    const mixed = new GoObject(
      { name: "sprig.certificate", fields: ["Cert", "Key"], methods: new Map() },
      new Map([
        ["Cert", part(authority, "Cert")],
        ["Key", part(other, "Key")],
      ]),
    );
    await expect(answered((context) => callIn(context, "genSignedCert", "x", null, null, 1, mixed))).rejects.toThrow(
      "error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey",
    );
  });

  it("fails as Sprig does on what is no key, no address and no certificate", () => {
    expect(failureOf("genCAWithKey", "x", 1, "nope")).toBe("parsing private key: no PEM data in input");
    expect(failureOf("buildCustomCert", "!", "x")).toBe("unable to decode base64 certificate");
    expect(failureOf("buildCustomCert", "", "")).toBe("unable to decode certificate");
    const key = answers.get("private-key rsa 2048 0");
    expect(
      failureOf("genSelfSignedCertWithKey", "x", ["bad"], null, goInt(1), typeof key === "string" ? key : ""),
    ).toBe("error parsing ip: bad");
  });

  it("asks for keys under names that count", () => {
    const asked: string[] = [];
    const context = fixedContext({
      ask: (request) => {
        asked.push(request.key);
        return "PEM";
      },
    });
    callIn(context, "genPrivateKey", "rsa");
    callIn(context, "genPrivateKey", "ed25519");
    expect(asked).toEqual(["private-key rsa 4096 0", "private-key ed25519 256 1"]);
    expect(callIn(context, "genPrivateKey", "foo")).toBe("Unknown type foo");
  });
});
