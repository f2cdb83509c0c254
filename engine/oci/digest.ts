import { sha256, sha512 } from "@noble/hashes/sha2.js";

declare const digestBrand: unique symbol;
/** `sha256:` and 64, or `sha512:` and 128 lower-case hex digits; made only by {@link parseDigest} and the functions here that hash. */
export type Digest = string & { readonly [digestBrand]: true };

/** The algorithms that OCI registers and every client may use. */
export type DigestAlgorithm = "sha256" | "sha512";

const SHA256_LENGTH = 7 + 64;
const SHA512_LENGTH = 7 + 128;

/** The digest that `text` is, or undefined. Upper-case hex is no digest (OCI image-spec, descriptor.md). */
export function parseDigest(text: string): Digest | undefined {
  return isDigest(text) ? text : undefined;
}

function isDigest(text: string): text is Digest {
  const length = text.startsWith("sha256:") ? SHA256_LENGTH : text.startsWith("sha512:") ? SHA512_LENGTH : -1;
  if (text.length !== length) return false;
  for (let i = 7; i < length; i++) {
    const c = text.charCodeAt(i);
    if (!((c >= 48 && c <= 57) || (c >= 97 && c <= 102))) return false;
  }
  return true;
}

/** The algorithm of a digest. */
export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.length === SHA256_LENGTH ? "sha256" : "sha512";
}

/** The hex part of a digest. */
export function digestHex(digest: Digest): string {
  return digest.slice(7);
}

/** Bytes from which the platform's asynchronous digest is cheaper than hashing here. */
const NATIVE_FROM = 4096;

/** The digest of `bytes`. Large input is hashed by WebCrypto. */
export async function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = "sha256"): Promise<Digest> {
  if (bytes.length < NATIVE_FROM) return digestOfSmall(bytes, algorithm);
  const hash = await crypto.subtle.digest(algorithm === "sha256" ? "SHA-256" : "SHA-512", new Uint8Array(bytes));
  return brand(`${algorithm}:${formatHex(new Uint8Array(hash))}`);
}

/** Gives a digest as {@link digestOf} does. Platforms may bring a native one. */
export type DigestBytes = (bytes: Uint8Array, algorithm: DigestAlgorithm) => Digest | Promise<Digest>;

/** The digest of `bytes`, at once: for pieces of a few kilobytes. */
export function digestOfSmall(bytes: Uint8Array, algorithm: DigestAlgorithm = "sha256"): Digest {
  return brand(`${algorithm}:${formatHex(algorithm === "sha256" ? sha256(bytes) : sha512(bytes))}`);
}

/** A hash that is fed piece by piece. `digest` ends it. */
export interface Hasher {
  readonly update: (bytes: Uint8Array) => void;
  readonly digest: () => Digest;
}

/** Starts a {@link Hasher}. Platforms may bring a native one: this file's takes ten times the time. */
export type CreateHasher = (algorithm: DigestAlgorithm) => Hasher;

/** A fresh {@link Hasher} in JavaScript. */
export function createHasher(algorithm: DigestAlgorithm): Hasher {
  const hash = algorithm === "sha256" ? sha256.create() : sha512.create();
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => brand(`${algorithm}:${formatHex(hash.digest())}`),
  };
}

const HEX = "0123456789abcdef";

/** Lower-case hex. */
export function formatHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX.charAt(byte >> 4) + HEX.charAt(byte & 15);
  return text;
}

function brand(text: string): Digest {
  if (!isDigest(text)) throw new Error("a hash gave no digest");
  return text;
}
