import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A key pair for signing, as files: `secret.gpg` with `pass` for its passphrase, `public.gpg`, `public.asc`. */
export async function writeKeys(folder: string): Promise<void> {
  const openpgp = await import("openpgp");
  const { privateKey, publicKey } = await openpgp.generateKey({
    type: "rsa",
    rsaBits: 2048,
    userIDs: [{ name: "Test Key", email: "test@example.com" }],
    passphrase: "secret",
    format: "object",
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "pass"), "secret\n");
  writeFileSync(join(folder, "secret.gpg"), privateKey.write());
  writeFileSync(join(folder, "public.gpg"), publicKey.write());
  writeFileSync(join(folder, "public.asc"), publicKey.armor());
}
