import * as openpgp from "openpgp";
import type { Key } from "openpgp";
import { ChartError } from "../../engine/chart/index.ts";
import { isKeybox, keyboxKeys } from "../../engine/chart/keybox.ts";
import type { SignatureReader } from "../../engine/chart/provenance.ts";
import { quote } from "../../engine/go/quote.ts";

/** A reader of messages that these keys signed. */
export function openKeys(keys: readonly Key[]): SignatureReader {
  return { read: (message) => readMessage(message, keys) };
}

/** A reader of messages that the keys of an armored keyring signed. `shown` is for messages. Throws with Helm's text. */
export async function openArmored(shown: string, text: string): Promise<SignatureReader> {
  return openKeys(await readArmored(shown, text));
}

/** The keys of a keyring: a keybox, armored or bare. `path` is for messages. Throws with Helm's text. */
export async function readKeys(path: string, data: Uint8Array): Promise<readonly Key[]> {
  if (isKeybox(data)) return await readBinary(within(`reading keybox ${path}`, () => keyboxKeys(data)));
  const text = latin1Text(data);
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

function latin1Text(data: Uint8Array): string {
  return new TextDecoder("latin1").decode(data);
}

function refused(message: string, cause?: unknown): ChartError {
  return new ChartError("provenance", message, {}, { cause });
}
