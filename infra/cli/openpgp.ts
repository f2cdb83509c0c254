import * as openpgp from "openpgp";
import type { Key, PrivateKey } from "openpgp";
import { ChartError } from "../../engine/chart/index.ts";
import { isKeybox, keyboxKeys } from "../../engine/chart/keybox.ts";
import type { SignatureReader, Signer } from "../../engine/chart/provenance.ts";
import { quote } from "../../engine/go/quote.ts";
import type { CommandIo } from "./command.ts";
import { readPassphrase } from "./passphrase.ts";

/** Opens a keyring for checking signatures. Throws with Helm's text for one that cannot be read. */
export async function openKeyring(path: string, io: Pick<CommandIo, "files">): Promise<SignatureReader> {
  const keys = await readKeys(path, io.files.read(path));
  return { read: (message) => readMessage(message, keys) };
}

/** Opens a key for signing, with its passphrase where it has one. */
export async function openSigner(
  wanted: { readonly keyring: string; readonly key: string; readonly passphraseFile: string },
  io: CommandIo,
): Promise<Signer> {
  const keys = await readKeys(wanted.keyring, io.files.read(wanted.keyring));
  const key = chooseKey(keys, wanted.key);
  if (key === undefined) throw refused("private key not found");
  if (!key.isPrivate()) {
    throw refused("provided key is not a private key. Try providing a keyring with secret keys");
  }
  const signingKeys = key.isDecrypted() ? key : await unlock(key, wanted.passphraseFile, io);
  return {
    clearSign: async (text) => {
      const message = await openpgp.createCleartextMessage({ text });
      const signed = await openpgp.sign({ message, signingKeys, config: SHA512 });
      return signed.replaceAll("\r\n", "\n").replace(/\n+$/, "");
    },
  };
}

const SHA512 = { preferredHashAlgorithm: openpgp.enums.hash.sha512 };

async function unlock(privateKey: PrivateKey, passphraseFile: string, io: CommandIo): Promise<PrivateKey> {
  const [name = "Unknown"] = privateKey.getUserIDs();
  const passphrase = await readPassphrase(name, passphraseFile, io);
  try {
    return await openpgp.decryptKey({ privateKey, passphrase });
  } catch (cause) {
    throw refused("openpgp: invalid data: private key checksum failure", cause);
  }
}

/** The key with that very user id, else the one whose id has the text in it. */
function chooseKey(keys: readonly Key[], id: string): Key | undefined {
  const exact = keys.find((key) => key.getUserIDs().includes(id));
  if (exact !== undefined) return exact;
  const vague = keys.flatMap((key) =>
    key
      .getUserIDs()
      .filter((name) => name.includes(id))
      .map(() => key),
  );
  if (vague.length > 1) throw refused(`more than one key contain the id ${quote(id)}`);
  return vague[0];
}

async function readKeys(path: string, data: Uint8Array): Promise<readonly Key[]> {
  if (isKeybox(data)) return await readBinary(within(`reading keybox ${path}`, () => keyboxKeys(data)));
  const text = Buffer.from(data).toString("latin1");
  if (text.trimStart().startsWith("-----BEGIN PGP")) return await readArmored(path, text);
  return await readBinary(data);
}

function within<T>(prefix: string, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    if (!(cause instanceof ChartError)) throw cause;
    throw refused(`${prefix}: ${cause.message}`, cause);
  }
}

async function readBinary(data: Uint8Array): Promise<readonly Key[]> {
  try {
    return await openpgp.readKeys({ binaryKeys: new Uint8Array(data) });
  } catch (cause) {
    if (data.length === 0 || (cause instanceof Error && cause.message === "No key packet found")) return [];
    throw refused("openpgp: invalid data: tag byte does not have MSB set", cause);
  }
}

const BLOCK = /-----BEGIN ([^\n\r]*?)-----[\s\S]*?-----END [^\n\r]*?-----/g;
const KEY_BLOCKS: ReadonlySet<string> = new Set(["PGP PUBLIC KEY BLOCK", "PGP PRIVATE KEY BLOCK"]);

async function readArmored(path: string, text: string): Promise<readonly Key[]> {
  const keys: Key[] = [];
  for (const [block, type = ""] of text.matchAll(BLOCK)) {
    if (!KEY_BLOCKS.has(type)) {
      const reason = `expected a public or private key block, got ${quote(type)}`;
      throw refused(`reading armored keyring ${path}: ${reason}`);
    }
    try {
      keys.push(...(await openpgp.readKeys({ armoredKeys: block })));
    } catch (cause) {
      throw refused(`reading armored keyring ${path}: ${cause instanceof Error ? cause.message : ""}`, cause);
    }
  }
  if (keys.length === 0) throw refused(`reading armored keyring ${path}: no keys found`);
  return keys;
}

async function readMessage(data: Uint8Array, keys: readonly Key[]): ReturnType<SignatureReader["read"]> {
  const message = await openpgp
    .readCleartextMessage({ cleartextMessage: new TextDecoder().decode(data) })
    .catch((cause: unknown) => {
      throw refused("signature block not found", cause);
    });
  const { signatures } = await openpgp.verify({ message, verificationKeys: [...keys] });
  const [first] = signatures;
  const id = first?.keyID.toHex();
  const signer = keys.find((key) => key.getKeyIDs().some((own) => own.toHex() === id));
  if (first === undefined || signer === undefined) throw refused("openpgp: signature made by unknown entity");
  await first.verified.catch((cause: unknown) => {
    throw refused(signatureProblem(cause, signer), cause);
  });
  const key = { identities: signer.getUserIDs(), fingerprint: signer.getFingerprint().toUpperCase() };
  return { text: message.getText(), key };
}

/** What Go calls the algorithms of signatures. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  rsaEncryptSign: "RSA",
  rsaSign: "RSA",
  dsa: "DSA",
  ecdsa: "ECDSA",
  eddsaLegacy: "EdDSA",
  ed25519: "Ed25519",
  ed448: "Ed448",
};

/** Go's words for what OpenPGP.js found. */
function signatureProblem(cause: unknown, signer: Key): string {
  const text = cause instanceof Error ? cause.message : "";
  if (text !== "Signed digest did not match" && text !== "Signature verification failed") {
    return `openpgp: invalid signature: ${text}`;
  }
  const algorithm = ALGORITHMS[signer.getAlgorithmInfo().algorithm] ?? "";
  return `openpgp: invalid signature: ${algorithm} verification failure`;
}

function refused(message: string, cause?: unknown): ChartError {
  return new ChartError("provenance", message, {}, { cause });
}
