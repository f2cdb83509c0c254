import { sha256 } from "@noble/hashes/sha2.js";
import { joinBytes } from "../bytes.ts";
import {
  DerError,
  NULL,
  TAG,
  bitString,
  contentOf,
  encodeDer,
  fromBigEndian,
  bigEndian,
  integer,
  objectId,
  octetString,
  readAll,
  readOnly,
  sameBytes,
  sequence,
  tagged,
} from "../go/der.ts";
import type { Der } from "../go/der.ts";
import { formatTime } from "../go/time-format.ts";
import { instantOfNanoseconds, wallClock } from "../go/time-instant.ts";
import { UTC } from "../go/time-zone.ts";
import { quote } from "../go/quote.ts";
import { isAscii } from "../go/unicode.ts";
import { toUtf8 } from "../go/utf8.ts";
import { GoFailure } from "../go/value.ts";
import type { CallContext } from "../template/function.ts";
import { signEd25519 } from "./curve.ts";
import { publicKeyInfo, rsaPower } from "./private-key.ts";
import type { PrivateKey, RsaKey } from "./private-key.ts";

/** What a certificate says. */
export interface CertificateTemplate {
  readonly serial: bigint;
  readonly commonName: string;
  readonly addresses: readonly Uint8Array[];
  readonly dnsNames: readonly string[];
  /** Nanoseconds since 1970. */
  readonly notBefore: bigint;
  readonly notAfter: bigint;
  readonly isAuthority: boolean;
}

/** Who signs. Without a parent the certificate signs itself. */
export interface Signer {
  readonly key: PrivateKey;
  readonly parent?: Parent;
  /** Keeps RSA's powers, the dear part of a signature. */
  readonly remember: CallContext["remember"];
}

/** What of the signer's certificate goes into the new one. */
export interface Parent {
  /** DER of its subject. */
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly subjectKeyId: Uint8Array | undefined;
}

const COMMON_NAME = "2.5.4.3";
const SUBJECT_KEY_ID = "2.5.29.14";
const KEY_USAGE = "2.5.29.15";
const ALTERNATIVE_NAMES = "2.5.29.17";
const BASIC_CONSTRAINTS = "2.5.29.19";
const AUTHORITY_KEY_ID = "2.5.29.35";
const EXTENDED_KEY_USAGE = "2.5.29.37";
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
const SHA256_WITH_RSA = "1.2.840.113549.1.1.11";
const ED25519 = "1.3.101.112";
const TRUE: Der = encodeDer(TAG.boolean, Uint8Array.of(0xff));

/** Bytes of a subject key identifier: the start of a SHA-256, as Go makes it since 1.25. */
const KEY_ID_SIZE = 20;

/**
 * Go's `x509.CreateCertificate`: the DER of a certificate for `key`, signed. The same input gives the same bytes. Throws `GoFailure`
 * with Go's text.
 */
export function createCertificate(template: CertificateTemplate, key: PrivateKey, signer: Signer): Der {
  const algorithm = signatureAlgorithm(signer.key);
  const publicKey = publicKeyInfo(key);
  if (publicKey === undefined) throw new GoFailure("x509: unsupported public key type: *dsa.PublicKey");
  const subject = subjectDer(template.commonName);
  const issuer = signer.parent?.subject ?? subject;
  checkParent(signer);
  const authority = sameBytes(issuer, subject) ? undefined : signer.parent?.subjectKeyId;
  const body = sequence(
    tagged(0, integer(2n)),
    integer(template.serial),
    algorithm,
    issuer,
    sequence(timeDer(template.notBefore), timeDer(template.notAfter)),
    subject,
    publicKey,
    tagged(3, sequence(...extensions(template, publicKey, authority))),
  );
  return sequence(body, algorithm, bitString(signBytes(body, signer)));
}

function checkParent({ key, parent }: Signer): void {
  if (parent === undefined) return;
  const own = publicKeyInfo(key);
  if (own === undefined || !sameBytes(own, parent.publicKey)) {
    throw new GoFailure("x509: provided PrivateKey doesn't match parent's PublicKey");
  }
}

function signatureAlgorithm(key: PrivateKey): Der {
  switch (key.kind) {
    case "rsa":
      return sequence(objectId(SHA256_WITH_RSA), NULL);
    case "ec":
      return sequence(objectId(key.curve.signatureId));
    case "ed25519":
      return sequence(objectId(ED25519));
    case "dsa":
      break;
  }
  throw new GoFailure("x509: certificate private key does not implement crypto.Signer");
}

function signBytes(message: Uint8Array, { key, remember }: Signer): Uint8Array {
  switch (key.kind) {
    case "rsa":
      return signRsa(message, key, remember);
    case "ec":
      return key.curve.sign(message, key.secret);
    case "ed25519":
      return signEd25519(message, key.seed);
    case "dsa":
      break;
  }
  throw new GoFailure("x509: certificate private key does not implement crypto.Signer");
}

function hex(number: bigint): string {
  return number.toString(16);
}

/** PKCS#1 v1.5 with SHA-256. */
function signRsa(message: Uint8Array, key: RsaKey, remember: Signer["remember"]): Uint8Array {
  const size = bigEndian(key.n).length;
  const digest = sequence(sequence(objectId("2.16.840.1.101.3.4.2.1"), NULL), octetString(sha256(message)));
  const padding = size - digest.length - 3;
  if (padding < 8) throw new GoFailure("crypto/rsa: message too long for RSA key size");
  const filled = new Uint8Array(padding).fill(0xff);
  const block = joinBytes([Uint8Array.of(0, 1), filled, Uint8Array.of(0), digest]);
  const filledIn = fromBigEndian(block);
  const power = remember(`rsa ${hex(key.n)} ${hex(filledIn)}`, () => hex(rsaPower(key, filledIn)));
  const signature = bigEndian(BigInt(`0x${power}`));
  return joinBytes([new Uint8Array(size - signature.length), signature]);
}

const PRINTABLE = /^[A-Za-z0-9'()+,\-./ :=?]*$/;

/** A name of one common name; an empty one is an empty name. */
function subjectDer(commonName: string): Der {
  if (commonName === "") return sequence();
  if (!commonName.isWellFormed()) throw new GoFailure("asn1: string not valid UTF-8");
  const tag = PRINTABLE.test(commonName) ? TAG.printableString : TAG.utf8String;
  return sequence(encodeDer(TAG.set, sequence(objectId(COMMON_NAME), encodeDer(tag, toUtf8(commonName)))));
}

/** Two-digit years from 1950 to 2049, four digits else. */
function timeDer(nanoseconds: bigint): Der {
  const instant = instantOfNanoseconds(nanoseconds, UTC);
  const { year } = wallClock(instant);
  if (year < 0 || year > 9999) {
    throw new GoFailure("asn1: structure error: cannot represent time as GeneralizedTime");
  }
  const isShort = year >= 1950 && year < 2050;
  const text = formatTime(instant, isShort ? "060102150405Z" : "20060102150405Z");
  return encodeDer(isShort ? TAG.utcTime : TAG.generalizedTime, toUtf8(text));
}

function extension(id: string, critical: boolean, value: Der): Der {
  return critical ? sequence(objectId(id), TRUE, octetString(value)) : sequence(objectId(id), octetString(value));
}

function extensions(template: CertificateTemplate, publicKey: Der, authority: Uint8Array | undefined): readonly Der[] {
  const { isAuthority } = template;
  const found = [
    extension(KEY_USAGE, true, isAuthority ? bitString(Uint8Array.of(0xa4), 2) : bitString(Uint8Array.of(0xa0), 5)),
    extension(EXTENDED_KEY_USAGE, false, sequence(objectId(SERVER_AUTH), objectId(CLIENT_AUTH))),
    extension(BASIC_CONSTRAINTS, true, isAuthority ? sequence(TRUE) : sequence()),
  ];
  if (isAuthority) found.push(extension(SUBJECT_KEY_ID, false, octetString(keyId(publicKey))));
  if (authority !== undefined && authority.length > 0) {
    found.push(extension(AUTHORITY_KEY_ID, false, sequence(encodeDer(0x80, authority))));
  }
  const names = alternativeNames(template);
  if (names.length > 0) found.push(extension(ALTERNATIVE_NAMES, template.commonName === "", sequence(...names)));
  return found;
}

function keyId(publicKey: Uint8Array): Uint8Array {
  const bits = readAll(readOnly(publicKey, TAG.sequence))[1];
  return sha256(contentOf(bits, TAG.bitString).subarray(1)).subarray(0, KEY_ID_SIZE);
}

function alternativeNames(template: CertificateTemplate): readonly Der[] {
  const dns = template.dnsNames.map((name) => {
    if (!isAscii(name)) throw new GoFailure(`x509: ${quote(name)} cannot be encoded as an IA5String`);
    return encodeDer(0x82, toUtf8(name));
  });
  return [...dns, ...template.addresses.map((address) => encodeDer(0x87, address))];
}

/** Reads what of a certificate its children need. Throws {@link DerError}. */
export function readParent(certificate: Uint8Array): Parent {
  const [body] = readAll(readOnly(certificate, TAG.sequence));
  const parts = readAll(contentOf(body, TAG.sequence));
  const at = parts[0]?.tag === 0xa0 ? 1 : 0;
  const [subject, publicKey] = [parts[at + 4], parts[at + 5]];
  if (subject?.tag !== TAG.sequence || publicKey?.tag !== TAG.sequence) throw new DerError("malformed certificate");
  const list = parts.find((part) => part.tag === 0xa3);
  return {
    subject: subject.raw,
    publicKey: publicKey.raw,
    subjectKeyId: list === undefined ? undefined : readKeyId(readOnly(list.content, TAG.sequence)),
  };
}

function readKeyId(list: Uint8Array): Uint8Array | undefined {
  for (const item of readAll(list)) {
    const [id, ...rest] = readAll(contentOf(item, TAG.sequence));
    if (id === undefined || !sameBytes(id.raw, objectId(SUBJECT_KEY_ID))) continue;
    return readOnly(contentOf(rest.at(-1), TAG.octetString), TAG.octetString);
  }
  return undefined;
}
