import { secretbox } from "@noble/ciphers/salsa.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { scryptAsync } from "@noble/hashes/scrypt.js";
import type { JsonObject, JsonValue } from "../errors.ts";
import { encodeBase64 } from "../go/base64.ts";
import { p256 } from "../go/elliptic.ts";
import { asObject } from "../oci/descriptor.ts";
import { AttestationError } from "./attestation-error.ts";
import { tryBase64, tryBase64Url } from "./base64.ts";
import { parsePem, type PemBlock } from "./pem.ts";

/** A key that signs. What it holds shows in no member. */
export interface SigningKey {
  /** How bundles name the key: base64 of the SHA-256 of its public half. */
  readonly hint: string;
  /** ECDSA over SHA-256, in DER; the same for the same bytes (RFC 6979). */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** A key that verifies. */
export interface VerifyingKey {
  readonly hint: string;
  readonly verify: (message: Uint8Array, signature: Uint8Array) => boolean;
}

/** A private key file and what opens it; a plain key needs no password. */
export interface PrivateKeyFile {
  readonly pem: string;
  readonly password: string;
}

/** cosign took both words. */
const ENCRYPTED: ReadonlySet<string> = new Set(["ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY"]);
const CURVE = { name: "ECDSA", namedCurve: "P-256" };

/**
 * Opens a private key as cosign keeps it (`cosign generate-key-pair`, `import-key-pair`), or a plain one in PKCS#8. P-256 alone. Throws
 * {@link AttestationError} `invalid-key` and `wrong-password`.
 */
export async function openSigningKey({ pem, password }: PrivateKeyFile): Promise<SigningKey> {
  const block = parsePem(pem);
  if (block === undefined) throw invalidKey("the private key is not PEM");
  const jwk = await privateJwk(await pkcs8Of(block, password));
  const secret = jwk.d === undefined ? undefined : tryBase64Url(jwk.d);
  if (secret === undefined || jwk.x === undefined || jwk.y === undefined) throw invalidKey(ONLY_P256);
  const { kty, crv, x, y } = jwk;
  const own = await crypto.subtle.importKey("jwk", { kty: kty ?? "", crv: crv ?? "", x, y }, CURVE, true, ["verify"]);
  const hint = hintOf(new Uint8Array(await crypto.subtle.exportKey("spki", own)));
  return { hint, sign: (message) => p256().sign(message, secret, { format: "der", lowS: false }) };
}

const ONLY_P256 = "the private key is none of ECDSA P-256; make one by `cosign generate-key-pair`";

/** No cause: what a parser says of a key may quote it. */
async function privateJwk(pkcs8: Uint8Array<ArrayBuffer>): Promise<JsonWebKey> {
  try {
    const key = await crypto.subtle.importKey("pkcs8", pkcs8, CURVE, true, ["sign"]);
    return await crypto.subtle.exportKey("jwk", key);
  } catch {
    throw invalidKey(ONLY_P256);
  }
}

async function pkcs8Of({ label, bytes }: PemBlock, password: string): Promise<Uint8Array<ArrayBuffer>> {
  if (label === "PRIVATE KEY") return bytes;
  if (ENCRYPTED.has(label)) return await decrypt(bytes, password);
  throw invalidKey(`a private key in a block ${label} is not taken; import it by \`cosign import-key-pair\``);
}

const KEY_BYTES = 32;
const NONCE_BYTES = 24;
/** The costs that go-securesystemslib writes or has written; others are refused there too. */
const COSTS: ReadonlySet<JsonValue> = new Set([32_768, 65_536, 131_072]);
const BLOCK_SIZE = 8;

async function decrypt(bytes: Uint8Array, password: string): Promise<Uint8Array<ArrayBuffer>> {
  const sealed = parseObject(bytes);
  const kdf = asObject(sealed?.["kdf"]);
  const params = asObject(kdf?.["params"]);
  const cipher = asObject(sealed?.["cipher"]);
  const salt = bytesOf(kdf, "salt");
  const nonce = bytesOf(cipher, "nonce");
  const ciphertext = bytesOf(sealed, "ciphertext");
  const isKnown =
    kdf?.["name"] === "scrypt" && cipher?.["name"] === "nacl/secretbox" && COSTS.has(params?.["N"] ?? null);
  const isSound = isKnown && params?.["r"] === BLOCK_SIZE && params["p"] === 1 && nonce?.length === NONCE_BYTES;
  if (!isSound || salt === undefined || ciphertext === undefined) {
    throw invalidKey("the private key is encrypted in a way that cosign does not use");
  }
  const cost = Number(params["N"]);
  const key = await scryptAsync(password, salt, { N: cost, r: BLOCK_SIZE, p: 1, dkLen: KEY_BYTES });
  try {
    return new Uint8Array(secretbox(key, nonce).open(ciphertext));
  } catch {
    throw new AttestationError("wrong-password", "the password does not open the private key; set COSIGN_PASSWORD");
  }
}

function parseObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    return asObject(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}

function bytesOf(object: JsonObject | undefined, name: string): Uint8Array | undefined {
  const text = object?.[name];
  return typeof text === "string" ? tryBase64(text) : undefined;
}

/** Opens a public key (`cosign.pub`). Throws {@link AttestationError} `invalid-key`. */
export async function openVerifyingKey(pem: string): Promise<VerifyingKey> {
  const block = parsePem(pem);
  if (block === undefined || block.label !== "PUBLIC KEY")
    throw invalidKey("the public key is not a PEM block PUBLIC KEY");
  const point = await rawPoint(block.bytes);
  return {
    hint: hintOf(block.bytes),
    verify: (message, signature) => {
      try {
        return p256().verify(signature, message, point, { format: "der", lowS: false });
      } catch {
        return false;
      }
    },
  };
}

async function rawPoint(spki: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  try {
    const key = await crypto.subtle.importKey("spki", spki, CURVE, true, ["verify"]);
    return new Uint8Array(await crypto.subtle.exportKey("raw", key));
  } catch {
    throw invalidKey("the public key is none of ECDSA P-256");
  }
}

function hintOf(spki: Uint8Array): string {
  return encodeBase64(sha256(spki));
}

function invalidKey(message: string): AttestationError {
  return new AttestationError("invalid-key", message);
}
