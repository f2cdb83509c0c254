import * as openpgp from "openpgp";
import type { Key, PrivateKey } from "openpgp";
import { ChartError } from "../../engine/chart/index.ts";
import type { SignatureReader, Signer } from "../../engine/chart/provenance.ts";
import { quote } from "../../engine/go/quote.ts";
import type { CommandIo } from "./command.ts";
import { openKeys, readKeys } from "../node/openpgp-keys.ts";
import { readPassphrase } from "./passphrase.ts";

/** Opens a keyring for checking signatures. Throws with Helm's text for one that cannot be read. */
export async function openKeyring(path: string, io: Pick<CommandIo, "files">): Promise<SignatureReader> {
  return openKeys(await readKeys(path, io.files.read(path)));
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

function refused(message: string, cause?: unknown): ChartError {
  return new ChartError("provenance", message, {}, { cause });
}
