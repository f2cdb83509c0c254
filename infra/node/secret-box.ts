import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { joinBytes } from "../../engine/bytes.ts";
import type { RandomSource } from "../../functions/http/clock.ts";
import { fromBase64, toBase64Url } from "../../functions/http/digest.ts";
import { BOX_SALT, checkBoxKey, NONCE_BYTES, type SecretBox } from "../../functions/http/secret-box.ts";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const TAG_BYTES = 16;

/**
 * The box of `createSecretBox`, byte for byte, by Node's own functions: WebCrypto hands each of the small texts of an operation's journal to
 * another thread, which takes longer than sealing it.
 */
export function createNodeSecretBox(
  key: Uint8Array<ArrayBuffer>,
  options: { readonly randomBytes: RandomSource },
): SecretBox {
  checkBoxKey(key);
  const derive = (info: string): KeyObject =>
    createSecretKey(Buffer.from(hkdfSync("sha256", key, BOX_SALT, info, KEY_BYTES)));
  const cipher = derive("seal");
  const signers = new Map<string, KeyObject>();
  const sealBytes = (plain: Uint8Array, owner: string): Uint8Array<ArrayBuffer> => {
    const iv = options.randomBytes(NONCE_BYTES);
    const sealing = createCipheriv(CIPHER, cipher, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(owner));
    return joinBytes([iv, sealing.update(plain), sealing.final(), sealing.getAuthTag()]);
  };
  return {
    sealBytes: async (plain, owner) => sealBytes(plain, owner),
    openBytes: async (sealed, owner) => openBytes(cipher, sealed, owner),
    seal: async (plain, owner) => toBase64Url(sealBytes(plain, owner)),
    open: async (sealed, owner) => {
      const bytes = fromBase64(sealed);
      return bytes === undefined ? undefined : openBytes(cipher, bytes, owner);
    },
    sign: async (data, purpose) => {
      const signer = signers.get(purpose) ?? derive(`sign ${purpose}`);
      signers.set(purpose, signer);
      return new Uint8Array(createHmac("sha256", signer).update(data).digest());
    },
  };
}

function openBytes(cipher: KeyObject, sealed: Uint8Array, owner: string): Uint8Array<ArrayBuffer> | undefined {
  const end = sealed.length - TAG_BYTES;
  if (end < NONCE_BYTES) return undefined;
  const opening = createDecipheriv(CIPHER, cipher, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  opening.setAAD(Buffer.from(owner)).setAuthTag(sealed.subarray(end));
  try {
    return joinBytes([opening.update(sealed.subarray(NONCE_BYTES, end)), opening.final()]);
  } catch {
    return undefined;
  }
}
