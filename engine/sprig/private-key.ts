import {
  DerError,
  NULL,
  TAG,
  bitString,
  contentOf,
  fromBigEndian,
  integer,
  objectId,
  octetString,
  readAll,
  readInteger,
  readOnly,
  sameBytes,
  sequence,
  tagged,
} from "../go/der.ts";
import type { Der, Element } from "../go/der.ts";
import { decodePem, encodePem } from "../go/pem.ts";
import { GoFailure } from "../go/value.ts";
import { CURVES, publicEd25519 } from "./curve.ts";
import type { Curve } from "./curve.ts";

/** An RSA key with what its Chinese remainders need. */
export interface RsaKey {
  readonly kind: "rsa";
  readonly n: bigint;
  readonly e: bigint;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
}
/** An ECDSA key on one of the NIST curves. */
export interface EcKey {
  readonly kind: "ec";
  readonly curve: Curve;
  readonly secret: Uint8Array;
}
export interface Ed25519Key {
  readonly kind: "ed25519";
  readonly seed: Uint8Array;
}
/** A DSA key: kept and printed, but it signs no certificate. */
export interface DsaKey {
  readonly kind: "dsa";
  /** p, q, g, y, x. */
  readonly numbers: readonly bigint[];
}
export type PrivateKey = RsaKey | EcKey | Ed25519Key | DsaKey;

const RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
const EC_PUBLIC_KEY = "1.2.840.10045.2.1";
const ED25519 = "1.3.101.112";

/** `base^exponent mod modulus`. */
export function modularPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [r0, r1] = [modulus, ((value % modulus) + modulus) % modulus];
  let [t0, t1] = [0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [t0, t1] = [t1, t0 - quotient * t1];
  }
  return ((t0 % modulus) + modulus) % modulus;
}

/** A message representative signed: two powers at half the size. */
export function rsaPower(key: RsaKey, message: bigint): bigint {
  const mp = modularPower(message, key.d % (key.p - 1n), key.p);
  const mq = modularPower(message, key.d % (key.q - 1n), key.q);
  const h = ((((mp - mq) * inverse(key.q, key.p)) % key.p) + key.p) % key.p;
  return mq + h * key.q;
}

function rsaDer(key: RsaKey): Der {
  const { n, e, d, p, q } = key;
  return sequence(...[0n, n, e, d, p, q, d % (p - 1n), d % (q - 1n), inverse(q, p)].map((number) => integer(number)));
}

function ecDer({ curve, secret }: EcKey): Der {
  return sequence(
    integer(1n),
    octetString(secret),
    tagged(0, objectId(curve.id)),
    tagged(1, bitString(curve.publicKey(secret))),
  );
}

/** Go's PEM block of a key: PKCS#1, SEC 1, PKCS#8 for Ed25519, OpenSSL's form for DSA. */
export function formatPrivateKey(key: PrivateKey): string {
  switch (key.kind) {
    case "rsa":
      return encodePem({ type: "RSA PRIVATE KEY", bytes: rsaDer(key) });
    case "ec":
      return encodePem({ type: "EC PRIVATE KEY", bytes: ecDer(key) });
    case "dsa":
      return encodePem({
        type: "DSA PRIVATE KEY",
        bytes: sequence(...[0n, ...key.numbers].map((number) => integer(number))),
      });
    case "ed25519":
      break;
  }
  const bytes = sequence(integer(0n), sequence(objectId(ED25519)), octetString(octetString(key.seed)));
  return encodePem({ type: "PRIVATE KEY", bytes });
}

/** The `SubjectPublicKeyInfo`; the key's own bits are its last part. `undefined` for DSA, which certificates do not take. */
export function publicKeyInfo(key: PrivateKey): Der | undefined {
  switch (key.kind) {
    case "rsa":
      return sequence(sequence(objectId(RSA_ENCRYPTION), NULL), bitString(sequence(integer(key.n), integer(key.e))));
    case "ec":
      return sequence(
        sequence(objectId(EC_PUBLIC_KEY), objectId(key.curve.id)),
        bitString(key.curve.publicKey(key.secret)),
      );
    case "ed25519":
      return sequence(sequence(objectId(ED25519)), bitString(publicEd25519(key.seed)));
    case "dsa":
      break;
  }
  return undefined;
}

/** Reads a key's PEM block. Throws `GoFailure` with Sprig's text. */
export function parsePrivateKey(pem: string): PrivateKey {
  const block = decodePem(pem);
  if (block === undefined) throw new GoFailure("no PEM data in input");
  const { type, bytes } = block;
  if (type === "PRIVATE KEY") return decoded("decoding PEM as PKCS#8", () => readPkcs8(bytes));
  if (!type.endsWith(" PRIVATE KEY")) throw new GoFailure(`no private key data in PEM block of type ${type}`);
  switch (type.slice(0, -" PRIVATE KEY".length)) {
    case "RSA":
      return decoded("parsing RSA private key from PEM", () => readRsa(bytes));
    case "EC":
      return decoded("parsing EC private key from PEM", () => readEc(bytes, undefined));
    case "DSA":
      return decoded("parsing DSA private key from PEM", () => readDsa(bytes));
    default:
      throw new GoFailure(`invalid private key type ${type}`);
  }
}

function decoded(prefix: string, read: () => PrivateKey): PrivateKey {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) throw new GoFailure(`${prefix}: asn1: structure error: ${error.message}`);
    throw error;
  }
}

/** Reads PKCS#8. Throws {@link DerError}. */
export function readPkcs8(bytes: Uint8Array): PrivateKey {
  const [, algorithm, secret] = readAll(readOnly(bytes, TAG.sequence));
  const [name, parameters] = readAll(contentOf(algorithm, TAG.sequence));
  const inner = contentOf(secret, TAG.octetString);
  if (isId(name, RSA_ENCRYPTION)) return readRsa(inner);
  if (isId(name, EC_PUBLIC_KEY)) return readEc(inner, parameters);
  if (isId(name, ED25519)) return { kind: "ed25519", seed: readOnly(inner, TAG.octetString) };
  throw new DerError("PKCS#8 wrapping contained private key with unknown algorithm");
}

function isId(element: Element | undefined, id: string): boolean {
  return element !== undefined && sameBytes(element.raw, objectId(id));
}

function readRsa(bytes: Uint8Array): RsaKey {
  const [version, ...numbers] = readAll(readOnly(bytes, TAG.sequence));
  if (readInteger(version) > 1n) throw new DerError("unsupported private key version");
  const [n = 0n, e = 0n, d = 0n, p = 0n, q = 0n] = numbers.slice(0, 5).map(readInteger);
  if (p * q !== n || p < 2n || q < 2n || d < 1n) throw new DerError("invalid RSA private key");
  return { kind: "rsa", n, e, d, p, q };
}

function readEc(bytes: Uint8Array, parameters: Element | undefined): EcKey {
  const parts = readAll(readOnly(bytes, TAG.sequence));
  const named = parts.find((part) => part.tag === 0xa0);
  const id = parameters ?? (named === undefined ? undefined : readAll(named.content)[0]);
  const curve = CURVES.find((known) => isId(id, known.id));
  if (curve === undefined) throw new DerError("unknown elliptic curve");
  return { kind: "ec", curve, secret: fixedLength(contentOf(parts[1], TAG.octetString), curve.size) };
}

/** A number's bytes at exactly `size`: zeros in front are added or dropped. */
function fixedLength(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  const significant = bytes.subarray(Math.max(0, bytes.length - size));
  if (fromBigEndian(bytes) !== fromBigEndian(significant)) throw new DerError("invalid private key length");
  out.set(significant, size - significant.length);
  return out;
}

function readDsa(bytes: Uint8Array): DsaKey {
  const [, ...numbers] = readAll(readOnly(bytes, TAG.sequence)).map(readInteger);
  if (numbers.length !== 5) throw new DerError("sequence truncated");
  return { kind: "dsa", numbers };
}
