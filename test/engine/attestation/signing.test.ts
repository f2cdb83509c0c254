import { describe, expect, it } from "vitest";
import { BLOB_BUNDLE, HINT, PASSWORD, PRIVATE_KEY, PUBLIC_KEY, SIGN_BUNDLE, SIGNED_DIGEST } from "./cosign-table.ts";
import { parseBundle, signFile, signStatement } from "../../../engine/attestation/bundle.ts";
import { openSigningKey, openVerifyingKey } from "../../../engine/attestation/cosign-key.ts";
import { type Envelope, preAuthEncoding } from "../../../engine/attestation/dsse.ts";
import { COSIGN_SIGN, parseStatement, writeStatement } from "../../../engine/attestation/statement.ts";
import { verifyFileBundle } from "../../../engine/attestation/verify-file.ts";
import { parseDigest } from "../../../engine/oci/digest.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);
const key = await openSigningKey({ pem: PRIVATE_KEY, password: PASSWORD });
const publicKey = await openVerifyingKey(PUBLIC_KEY);

async function plainKey(curve: "P-256" | "P-384"): Promise<{ readonly pem: string; readonly publicPem: string }> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: curve }, true, ["sign"]);
  const block = async (format: "pkcs8" | "spki", one: CryptoKey, label: string): Promise<string> => {
    const data = Buffer.from(await crypto.subtle.exportKey(format, one)).toString("base64");
    return `-----BEGIN ${label}-----\n${data.replaceAll(/.{64}/g, "$&\n")}\n-----END ${label}-----\n`;
  };
  return {
    pem: await block("pkcs8", pair.privateKey, "PRIVATE KEY"),
    publicPem: await block("spki", pair.publicKey, "PUBLIC KEY"),
  };
}

const other = await plainKey("P-384");

const refusal = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    () => "accepted",
    (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
  );

describe("keys", () => {
  it("are named in bundles as cosign names them", () => {
    expect([key.hint, publicKey.hint]).toEqual([HINT, HINT]);
  });

  it("of PKCS#8 need no password", async () => {
    const { pem, publicPem } = await plainKey("P-256");
    const opened = await openSigningKey({ pem, password: "" });
    const checker = await openVerifyingKey(publicPem);
    expect(checker.verify(bytes("a"), opened.sign(bytes("a")))).toBe(true);
    expect(checker.verify(bytes("b"), opened.sign(bytes("a")))).toBe(false);
    expect(publicKey.verify(bytes("a"), opened.sign(bytes("a")))).toBe(false);
  });

  const sealed = (change: (text: string) => string): string => {
    const json = atob(PRIVATE_KEY.replaceAll(/-----.*-----|\s/g, ""));
    const body = btoa(change(json));
    return `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n${body}\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n`;
  };

  it.each([
    ["a wrong password", PRIVATE_KEY, "wrong-password"],
    ["a text that is no PEM", "hello", "invalid-key"],
    ["a block of another kind", PRIVATE_KEY.replaceAll("ENCRYPTED SIGSTORE", "EC"), "invalid-key"],
    ["costs that cosign does not use", sealed((json) => json.replace("65536", "1048576")), "invalid-key"],
    ["another cipher", sealed((json) => json.replace("nacl/secretbox", "none")), "invalid-key"],
    ["a sealed text that is no JSON", sealed(() => "{"), "invalid-key"],
    ["a changed ciphertext", sealed((json) => json.replace('"ciphertext":"kt', '"ciphertext":"ku')), "wrong-password"],
    ["another curve", other.pem, "invalid-key"],
    ["a public key", PUBLIC_KEY, "invalid-key"],
  ])("refuse %s", async (what, pem, code) => {
    const password = what === "a wrong password" ? "wrong" : PASSWORD;
    expect(await refusal(openSigningKey({ pem, password }))).toBe(code);
  });

  it("show neither the key nor the password in a refusal", async () => {
    const password = "canary-5511";
    const error: unknown = await openSigningKey({ pem: PRIVATE_KEY, password }).catch((thrown: unknown) => thrown);
    const shown = error instanceof Error ? `${error.stack ?? ""}${JSON.stringify(error)}${String(error.cause)}` : "";
    expect(shown).toContain("COSIGN_PASSWORD");
    expect(shown).not.toContain(password);
    expect(shown).not.toContain(PRIVATE_KEY.slice(50, 80));
  });

  it.each([
    ["no PEM", "x"],
    ["a private key", PRIVATE_KEY],
    ["another curve", other.publicPem],
  ])("that verify are not %s", async (_, pem) => {
    expect(await refusal(openVerifyingKey(pem))).toBe("invalid-key");
  });
});

describe("envelopes", () => {
  it("sign the protocol's encoding, whose lengths are in bytes", () => {
    expect(text(preAuthEncoding("http://example.com/HelloWorld", bytes("hello world")))).toBe(
      "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
    );
    expect(text(preAuthEncoding("ä", bytes("ö")))).toBe("DSSEv1 2 ä 2 ö");
  });

  it("of cosign are signed by its key and name the digest", () => {
    const bundle = parseBundle(bytes(SIGN_BUNDLE));
    if (bundle?.kind !== "envelope") throw new Error("no envelope");
    const isSignedBy = ({ verify }: typeof publicKey, { payloadType, payload, signature }: Envelope): boolean =>
      verify(preAuthEncoding(payloadType, payload), signature);
    expect(isSignedBy(publicKey, bundle.envelope)).toBe(true);
    expect(parseStatement(bundle.envelope.payload)).toEqual({ subjects: [SIGNED_DIGEST], predicateType: COSIGN_SIGN });
    expect(isSignedBy(publicKey, { ...bundle.envelope, payload: bytes("{}") })).toBe(false);
    expect(isSignedBy(publicKey, { ...bundle.envelope, payloadType: "text/plain" })).toBe(false);
  });
});

describe("bundles", () => {
  const digest = parseDigest(SIGNED_DIGEST);
  const statement = writeStatement(digest === undefined ? [] : [{ digest }], COSIGN_SIGN, {});

  it("say what cosign's say but for the signature, and are the same each time", () => {
    const ours = JSON.parse(text(signStatement(key, statement)));
    const theirs = JSON.parse(SIGN_BUNDLE);
    const shape = ({ dsseEnvelope, ...rest }: typeof theirs): unknown => ({ ...rest, type: dsseEnvelope.payloadType });
    expect(shape(ours)).toEqual(shape(theirs));
    expect(text(signStatement(key, statement))).toBe(text(signStatement(key, statement)));
  });

  it("of a file say what cosign's say but for the signature", () => {
    const ours = JSON.parse(text(signFile(key, bytes("hello"))));
    const theirs = JSON.parse(BLOB_BUNDLE);
    expect({ ...ours.messageSignature, signature: "" }).toEqual({ ...theirs.messageSignature, signature: "" });
  });

  it.each([
    ["cosign's own", "hello", BLOB_BUNDLE, "accepted"],
    ["ours", "hello", text(signFile(key, bytes("hello"))), "accepted"],
    ["another file's", "hallo", BLOB_BUNDLE, "not-signed"],
    ["a statement's", "hello", SIGN_BUNDLE, "invalid-bundle"],
    ["no JSON", "hello", "x", "invalid-bundle"],
    ["of another version", "hello", BLOB_BUNDLE.replace("v0.3", "v0.9"), "invalid-bundle"],
    ["without a signature", "hello", BLOB_BUNDLE.replace('"signature"', '"other"'), "invalid-bundle"],
  ])("beside a file: %s", async (_, data, bundle, answer) => {
    const verify = async (): Promise<void> =>
      verifyFileBundle(publicKey, { shown: "a.tgz", data: bytes(data), bundle: bytes(bundle) });
    expect(await refusal(verify())).toBe(answer);
  });

  it("with two signatures are none", () => {
    const two = SIGN_BUNDLE.replace(/"signatures":\[(.*)\]\}\}$/, '"signatures":[$1,$1]}}');
    expect(two).not.toBe(SIGN_BUNDLE);
    expect(parseBundle(bytes(two))).toBeUndefined();
  });
});
