import { type Element, DerError, readAll, readDer, readOnly, TAG } from "../go/der.ts";
import { plainEcdsa, readObjectId, wholeBytes } from "./certificate.ts";

/** Algorithms of signatures that are taken. Closed: SHA-1 and RSA below 2048 bits are none. */
export type SignatureAlgorithm =
  | { readonly kind: "rsa" | "rsa-pss" | "ecdsa"; readonly hash: "SHA-256" | "SHA-384" | "SHA-512" }
  | { readonly kind: "ed25519" };

/** What a public key is, by its SubjectPublicKeyInfo. */
export type KeyKind =
  | { readonly kind: "rsa"; readonly bits: number }
  | { readonly kind: "ecdsa"; readonly curve: "P-256" | "P-384" | "P-521" }
  | { readonly kind: "ed25519" };

const RSA = "1.2.840.113549.1.1.1";
const EC = "1.2.840.10045.2.1";
const ED25519 = "1.3.101.112";
const CURVES: Readonly<Record<string, "P-256" | "P-384" | "P-521">> = {
  "1.2.840.10045.3.1.7": "P-256",
  "1.3.132.0.34": "P-384",
  "1.3.132.0.35": "P-521",
};
const BYTES = { "P-256": 32, "P-384": 48, "P-521": 66 } as const;
const MIN_RSA_BITS = 2048;
/** A larger key only costs time. */
const MAX_RSA_BITS = 8192;

/** The kind of a public key; undefined for one that is not taken. */
export function keyKind(publicKey: Uint8Array): KeyKind | undefined {
  try {
    return readKind(publicKey);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function readKind(publicKey: Uint8Array): KeyKind | undefined {
  const [algorithm, key] = readAll(readOnly(publicKey, TAG.sequence));
  const [id, parameters] = readAll(algorithm?.content ?? new Uint8Array(0));
  const dotted = readObjectId(id);
  if (dotted === ED25519) return { kind: "ed25519" };
  if (dotted === EC) {
    const curve = CURVES[readObjectId(parameters)];
    return curve === undefined ? undefined : { kind: "ecdsa", curve };
  }
  if (dotted !== RSA) return undefined;
  const [modulus] = readAll(readOnly(wholeBytes(key), TAG.sequence));
  const bits = bitLength(modulus);
  return bits < MIN_RSA_BITS || bits > MAX_RSA_BITS ? undefined : { kind: "rsa", bits };
}

function bitLength(modulus: Element | undefined): number {
  const start = modulus?.content.findIndex((byte) => byte !== 0) ?? -1;
  if (modulus === undefined || start < 0) return 0;
  return (modulus.content.length - start) * 8 - Math.clz32(modulus.content[start] ?? 0) + 24;
}

const PSS = "1.2.840.113549.1.1.10";
const ALGORITHMS: Readonly<Record<string, SignatureAlgorithm>> = {
  "1.2.840.113549.1.1.11": { kind: "rsa", hash: "SHA-256" },
  "1.2.840.113549.1.1.12": { kind: "rsa", hash: "SHA-384" },
  "1.2.840.113549.1.1.13": { kind: "rsa", hash: "SHA-512" },
  "1.2.840.10045.4.3.2": { kind: "ecdsa", hash: "SHA-256" },
  "1.2.840.10045.4.3.3": { kind: "ecdsa", hash: "SHA-384" },
  "1.2.840.10045.4.3.4": { kind: "ecdsa", hash: "SHA-512" },
  [ED25519]: { kind: "ed25519" },
};
const HASHES: Readonly<Record<string, "SHA-256" | "SHA-384" | "SHA-512">> = {
  "2.16.840.1.101.3.4.2.1": "SHA-256",
  "2.16.840.1.101.3.4.2.2": "SHA-384",
  "2.16.840.1.101.3.4.2.3": "SHA-512",
};

/** The algorithm that a certificate names; undefined for one that is not taken. */
export function certificateAlgorithm(identifier: Element): SignatureAlgorithm | undefined {
  const [id, parameters] = readAll(identifier.content);
  const dotted = readObjectId(id);
  if (dotted !== PSS) return ALGORITHMS[dotted];
  const hash = readAll(parameters?.content ?? new Uint8Array(0)).find(({ tag }) => tag === 0xa0);
  const named = hash === undefined ? undefined : HASHES[readObjectId(readAll(readDer(hash.content).content)[0])];
  return named === undefined ? undefined : { kind: "rsa-pss", hash: named };
}

const HASH_BYTES = { "SHA-256": 32, "SHA-384": 48, "SHA-512": 64 } as const;

/** A signature that is checked. ECDSA's is in DER unless `plain`: then the two numbers, as JWS has them. */
export interface SignatureCheck {
  readonly publicKey: Uint8Array;
  readonly algorithm: SignatureAlgorithm;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly plain?: boolean;
}

/** True when the key signed the message. False also for keys and algorithms that do not fit each other. */
export async function isSigned(check: SignatureCheck): Promise<boolean> {
  const { publicKey, algorithm, message } = check;
  const kind = keyKind(publicKey);
  const wanted = algorithm.kind === "rsa-pss" ? "rsa" : algorithm.kind;
  if (kind === undefined || kind.kind !== wanted) return false;
  try {
    const { imported, verified, signature } = verifyParameters(check, kind);
    const key = await crypto.subtle.importKey("spki", new Uint8Array(publicKey), imported, false, ["verify"]);
    return await crypto.subtle.verify(verified, key, new Uint8Array(signature), new Uint8Array(message));
  } catch (error) {
    // WebCrypto refuses keys that are none by a DOMException; what it is named differs by runtime.
    if (error instanceof DOMException || error instanceof DerError || error instanceof TypeError) return false;
    throw error;
  }
}

interface VerifyParameters {
  readonly imported: RsaHashedImportParams | EcKeyImportParams | { readonly name: string };
  readonly verified: RsaPssParams | EcdsaParams | { readonly name: string };
  readonly signature: Uint8Array;
}

function verifyParameters({ algorithm, signature, plain }: SignatureCheck, key: KeyKind): VerifyParameters {
  if (algorithm.kind === "ed25519") return { imported: { name: "Ed25519" }, verified: { name: "Ed25519" }, signature };
  const { hash } = algorithm;
  if (key.kind === "ecdsa") {
    const { curve: namedCurve } = key;
    const numbers = plain === true ? signature : plainEcdsa(signature, BYTES[namedCurve]);
    return { imported: { name: "ECDSA", namedCurve }, verified: { name: "ECDSA", hash }, signature: numbers };
  }
  if (algorithm.kind === "rsa") {
    return { imported: { name: "RSASSA-PKCS1-v1_5", hash }, verified: { name: "RSASSA-PKCS1-v1_5" }, signature };
  }
  const pss = { name: "RSA-PSS", saltLength: HASH_BYTES[hash] };
  return { imported: { name: "RSA-PSS", hash }, verified: pss, signature };
}
