import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { ed25519, p256, p384, p521 } from "../go/elliptic.ts";

/** A NIST curve as keys and certificates need it. */
export interface Curve {
  /** Its object identifier. */
  readonly id: string;
  /** Bytes of a secret number. */
  readonly size: number;
  /** The identifier of ECDSA with the hash that Go pairs with the curve. */
  readonly signatureId: string;
  /** The public point, uncompressed. */
  readonly publicKey: (secret: Uint8Array) => Uint8Array;
  /** A DER signature, deterministic by RFC 6979. */
  readonly sign: (message: Uint8Array, secret: Uint8Array) => Uint8Array;
}

type Signer = typeof p256;

function curve(
  parts: Pick<Curve, "id" | "size" | "signatureId">,
  signer: Signer,
  hash: (message: Uint8Array) => Uint8Array,
): Curve {
  return {
    ...parts,
    publicKey: (secret) => signer().getPublicKey(secret, false),
    sign: (message, secret) => signer().sign(hash(message), secret, { prehash: false, format: "der", lowS: false }),
  };
}

/** The curves of Go's `elliptic` but P-224. */
export const CURVES: readonly Curve[] = [
  curve({ id: "1.2.840.10045.3.1.7", size: 32, signatureId: "1.2.840.10045.4.3.2" }, p256, sha256),
  curve({ id: "1.3.132.0.34", size: 48, signatureId: "1.2.840.10045.4.3.3" }, p384, sha384),
  curve({ id: "1.3.132.0.35", size: 66, signatureId: "1.2.840.10045.4.3.4" }, p521, sha512),
];

export function publicEd25519(seed: Uint8Array): Uint8Array {
  return ed25519().getPublicKey(seed);
}

export function signEd25519(message: Uint8Array, seed: Uint8Array): Uint8Array {
  return ed25519().sign(message, seed);
}
