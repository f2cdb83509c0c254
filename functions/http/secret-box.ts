import { joinBytes } from "../../engine/bytes.ts";
import type { RandomSource } from "./clock.ts";
import { fromBase64, toBase64Url, toBytes } from "./digest.ts";

/** Seals what is stored. `owner` is bound in: a box opens only under the owner that it was sealed for. */
export interface SecretBox {
  /** Text that is safe to store. */
  readonly seal: (plain: Uint8Array<ArrayBuffer>, owner: string) => Promise<string>;
  /** Undefined when the box is damaged, or of another owner or key. */
  readonly open: (sealed: string, owner: string) => Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** As {@link SecretBox.seal}, for what is kept as bytes. */
  readonly sealBytes: (plain: Uint8Array<ArrayBuffer>, owner: string) => Promise<Uint8Array<ArrayBuffer>>;
  /** As {@link SecretBox.open}, of {@link SecretBox.sealBytes}. */
  readonly openBytes: (sealed: Uint8Array<ArrayBuffer>, owner: string) => Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** HMAC-SHA-256 of `data` under a key that is derived for `purpose` alone. */
  readonly sign: (data: Uint8Array<ArrayBuffer>, purpose: string) => Promise<Uint8Array<ArrayBuffer>>;
}

/** AES-GCM's native nonce. */
export const NONCE_BYTES = 12;
const KEY_BYTES = 32;
/** Of the keys that are derived from a box's own, by HKDF-SHA-256; `seal` and `sign PURPOSE` are what they are derived for. */
export const BOX_SALT = "slipway";

/** Throws for a key of another length. */
export function checkBoxKey(key: Uint8Array): void {
  if (key.length !== KEY_BYTES) throw new Error(`secret box: the key has ${key.length} bytes, not ${KEY_BYTES}`);
}

/** A `SecretBox` of AES-256-GCM under a 32-byte key, by WebCrypto. */
export async function createSecretBox(
  key: Uint8Array<ArrayBuffer>,
  options: { readonly randomBytes: RandomSource },
): Promise<SecretBox> {
  checkBoxKey(key);
  const material = await crypto.subtle.importKey("raw", key, "HKDF", false, ["deriveKey"]);
  const cipher = await crypto.subtle.deriveKey(derivation("seal"), material, { name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  const signers = new Map<string, CryptoKey>();
  const sealBytes: SecretBox["sealBytes"] = async (plain, owner) => {
    const iv = options.randomBytes(NONCE_BYTES);
    const algorithm = { name: "AES-GCM", iv, additionalData: toBytes(owner) };
    return joinBytes([iv, new Uint8Array(await crypto.subtle.encrypt(algorithm, cipher, plain))]);
  };
  const openBytes: SecretBox["openBytes"] = async (sealed, owner) => {
    if (sealed.length < NONCE_BYTES) return undefined;
    const algorithm = { name: "AES-GCM", iv: sealed.subarray(0, NONCE_BYTES), additionalData: toBytes(owner) };
    try {
      return new Uint8Array(await crypto.subtle.decrypt(algorithm, cipher, sealed.subarray(NONCE_BYTES)));
    } catch {
      return undefined;
    }
  };
  return {
    sealBytes,
    openBytes,
    seal: async (plain, owner) => toBase64Url(await sealBytes(plain, owner)),
    open: async (sealed, owner) => {
      const bytes = fromBase64(sealed);
      return bytes === undefined ? undefined : await openBytes(bytes, owner);
    },
    sign: async (data, purpose) => {
      const signing = signers.get(purpose) ?? (await deriveSigner(material, purpose));
      signers.set(purpose, signing);
      return new Uint8Array(await crypto.subtle.sign("HMAC", signing, data));
    },
  };
}

async function deriveSigner(material: CryptoKey, purpose: string): Promise<CryptoKey> {
  const hmac = { name: "HMAC", hash: "SHA-256", length: 256 };
  return await crypto.subtle.deriveKey(derivation(`sign ${purpose}`), material, hmac, false, ["sign"]);
}

function derivation(info: string): {
  name: string;
  hash: string;
  salt: Uint8Array<ArrayBuffer>;
  info: Uint8Array<ArrayBuffer>;
} {
  return { name: "HKDF", hash: "SHA-256", salt: toBytes(BOX_SALT), info: toBytes(info) };
}
