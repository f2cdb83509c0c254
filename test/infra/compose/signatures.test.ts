import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../functions/config/parse.ts";
import { resolveSecrets } from "../../../functions/config/secret.ts";
import { openArmored } from "../../../infra/node/openpgp-keys.ts";
import { signatureRules } from "../../../infra/compose/signatures.ts";
import { PRIVATE_KEY, PUBLIC_KEY } from "../../engine/attestation/cosign-table.ts";
import { makeCertificate } from "../../support/test-authority.ts";

const root = makeCertificate({ subject: [["CN", "root"]], authority: true });
const middle = makeCertificate({ subject: [["CN", "middle"]], authority: true, parent: root });
const MATERIAL: Readonly<Record<string, string>> = {
  "file:/cosign.pub": PUBLIC_KEY,
  "env:ROOTS": root.pem + middle.pem,
};

async function open(...require: readonly object[]) {
  const config = parseConfig(JSON.stringify({ signatures: [{ projects: ["charts"], require }] }));
  const secrets = await resolveSecrets(config, (reference) => MATERIAL[reference]);
  return await signatureRules(config, secrets, { file: "slipway.yaml", openKeyring: openArmored });
}

const IDENTITY = { kind: "cosign-identity", identity: "https://x/*", issuer: "https://y" };

describe("rules of signatures", () => {
  it("open keys that stand in the configuration and keys that it refers to", async () => {
    const [rule] = await open(
      { kind: "cosign-key", keys: ["file:/cosign.pub", PUBLIC_KEY] },
      { ...IDENTITY, roots: "env:ROOTS", log: PUBLIC_KEY },
      { kind: "notation", roots: root.pem, identities: ["x509.subject: C=US, ST=WA, O=acme"] },
    );
    expect(rule).toMatchObject({
      projects: ["charts"],
      require: [
        { kind: "cosign-key", keys: [{}, {}] },
        { kind: "cosign-identity", trust: { roots: [{}], intermediates: [{}] }, log: {} },
        { kind: "notation", identities: [[{ type: "C", value: "US" }, { type: "ST" }, { type: "O" }]] },
      ],
    });
    const [, identity] = rule?.require ?? [];
    if (identity?.kind !== "cosign-identity") throw new Error("another kind");
    expect([identity.identity("https://x/a"), identity.identity("https://z/a"), identity.issuer("https://y")]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it.each<[string, object, string]>([
    ["a private key", { kind: "cosign-key", keys: [PRIVATE_KEY] }, "the public key is not a PEM block PUBLIC KEY"],
    ["no root", { ...IDENTITY, roots: middle.pem }, "no trusted certificate is a root"],
    ["a key for certificates", { ...IDENTITY, roots: PUBLIC_KEY }, "not a PEM text of X.509 certificates"],
    [
      "an identity without a country",
      { kind: "notation", roots: root.pem, identities: ["x509.subject: O=a"] },
      "C, ST and O",
    ],
    ["a keyring that is none", { kind: "provenance", keyring: PUBLIC_KEY }, "expected a public or private key block"],
  ])("refuse %s, with the place and without the text of a key", async (_, requirement, reason) => {
    const error: unknown = await open(requirement).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain("slipway.yaml: /signatures/0/require/0: ");
    expect(String(error)).toContain(reason);
    expect(String(error)).not.toContain(PRIVATE_KEY.slice(50, 80));
  });

  it("refuse PGP where the runtime has no OpenPGP, and are not silently weaker", async () => {
    const require = [{ kind: "provenance", keyring: "env:ROOTS" }];
    const config = parseConfig(JSON.stringify({ signatures: [{ projects: ["charts"], require }] }));
    const secrets = await resolveSecrets(config, (reference) => MATERIAL[reference]);
    await expect(signatureRules(config, secrets, { file: "SLIPWAY_CONFIG" })).rejects.toThrow(
      "SLIPWAY_CONFIG: /signatures/0/require/0: this runtime checks no PGP provenance",
    );
  });

  it.each<[string, object, string]>([
    ["a reference to nothing", { kind: "cosign-key", keys: ["file:/none"] }, "/signatures/0/require/0/keys/0"],
    ["a text that is neither", { kind: "cosign-key", keys: ["cosign.pub"] }, "/signatures/0/require/0/keys/0"],
    ["an unknown kind", { kind: "gpg" }, "/signatures/0/require/0/kind"],
    [
      "a fingerprint that is none",
      { kind: "provenance", keyring: "env:ROOTS", fingerprints: ["ab"] },
      "fingerprints/0",
    ],
  ])("refuse %s", async (_, requirement, pointer) => {
    await expect(open(requirement)).rejects.toThrow(pointer);
  });
});
