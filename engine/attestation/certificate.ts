import { concatBytes } from "@noble/hashes/utils.js";
import {
  contentOf,
  DerError,
  type Element,
  fromBigEndian,
  readAll,
  readDer,
  readInteger,
  readOnly,
  TAG,
} from "../go/der.ts";
import { parsePemBlocks } from "./pem.ts";

/** One attribute of a name, e.g. `{ type: "O", value: "acme" }`; types without a short name stay dotted. */
export interface NameAttribute {
  readonly type: string;
  readonly value: string;
}

/** An X.509 certificate (RFC 5280), as far as signatures of artifacts need it. */
export interface Certificate {
  readonly raw: Uint8Array;
  /** What its issuer signed, the algorithm and the signature. */
  readonly signed: Uint8Array;
  readonly algorithm: Element;
  readonly signature: Uint8Array;
  /** DER of the names: certificates belong together when these are equal. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly attributes: readonly NameAttribute[];
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** DER of its SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly isAuthority: boolean;
  /** Authorities that may stand below it. */
  readonly pathLength?: number;
  /** Bits of keyUsage by their number; absent: everything. */
  readonly keyUsage?: ReadonlySet<number>;
  readonly extendedKeyUsage: readonly string[];
  /** Mail addresses and URIs that it was given to. */
  readonly identities: readonly string[];
  readonly extensions: ReadonlyMap<string, Uint8Array>;
  /** A critical extension that is not understood. */
  readonly unknownCritical?: string;
}

/** A certificate of any kind that is taken stays far below this; so does a chain. */
const MAX_CERTIFICATE = 16_384;
/** Certificates of one PEM text: a trust store lists some. */
const MAX_CERTIFICATES = 100;

const KEY_USAGE = "2.5.29.15";
const ALTERNATIVE_NAMES = "2.5.29.17";
const BASIC_CONSTRAINTS = "2.5.29.19";
const EXTENDED_KEY_USAGE = "2.5.29.37";
/** Name constraints are not understood: an authority that has critical ones is refused. */
const UNDERSTOOD: ReadonlySet<string> = new Set([KEY_USAGE, ALTERNATIVE_NAMES, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE]);

/** The certificates in a PEM text; undefined when it holds none, or one that cannot be read. */
export function parseCertificates(pem: string): readonly Certificate[] | undefined {
  const blocks = parsePemBlocks(pem, MAX_CERTIFICATES).filter(({ label }) => label === "CERTIFICATE");
  const certificates = blocks.map(({ bytes }) => parseCertificate(bytes));
  const read = certificates.filter((one) => one !== undefined);
  return read.length === 0 || read.length !== certificates.length ? undefined : read;
}

/** The certificate that some DER is; undefined when it is none. */
export function parseCertificate(der: Uint8Array): Certificate | undefined {
  try {
    return der.length > MAX_CERTIFICATE ? undefined : readCertificate(der);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function readCertificate(der: Uint8Array): Certificate {
  const [signed, algorithm, signature] = readAll(readOnly(der, TAG.sequence));
  if (signed === undefined || algorithm === undefined) throw new DerError("truncated certificate");
  const fields = readAll(contentOf(signed, TAG.sequence));
  const [version, , inner, issuer, validity, subject, publicKey, ...rest] = fields;
  if (version?.tag !== VERSION || fromBigEndian(readOnly(version.content, TAG.integer)) !== 2n) {
    throw new DerError("not version 3");
  }
  if (issuer === undefined || subject === undefined || publicKey === undefined || inner === undefined) {
    throw new DerError("truncated certificate");
  }
  if (!sameElement(inner, algorithm)) throw new DerError("two signature algorithms");
  const [notBefore, notAfter] = readAll(contentOf(validity, TAG.sequence)).map(readTime);
  if (notBefore === undefined || notAfter === undefined) throw new DerError("no validity");
  return {
    raw: der,
    signed: signed.raw,
    algorithm,
    signature: wholeBytes(signature),
    issuer: issuer.raw,
    subject: subject.raw,
    attributes: readName(subject),
    notBefore,
    notAfter,
    publicKey: publicKey.raw,
    ...readExtensions(rest.find(({ tag }) => tag === EXTENSIONS)),
  };
}

const VERSION = 0xa0;
const EXTENSIONS = 0xa3;

function sameElement(a: Element, b: Element): boolean {
  return a.raw.length === b.raw.length && a.raw.every((byte, index) => byte === b.raw[index]);
}

/** The bytes of a BIT STRING that has whole ones. */
export function wholeBytes(element: Element | undefined): Uint8Array {
  const content = contentOf(element, TAG.bitString);
  if (content[0] !== 0) throw new DerError("not whole bytes");
  return content.subarray(1);
}

const decoder = new TextDecoder("utf-8");
const BMP_STRING = 0x1e;

function textOf({ tag, content }: Element): string {
  return tag === BMP_STRING ? new TextDecoder("utf-16be").decode(content) : decoder.decode(content);
}

/** `YYMMDDhhmmssZ`, or with four digits of the year. */
function readTime(element: Element): number {
  const text = decoder.decode(element.content);
  const isShort = element.tag === TAG.utcTime;
  if (!isShort && element.tag !== TAG.generalizedTime) throw new DerError("not a time");
  const [, year = "", month, day, hour, minute, second] =
    /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  if (year.length !== (isShort ? 2 : 4)) throw new DerError("not a time");
  const century = !isShort ? "" : Number(year) < 50 ? "20" : "19";
  const time = Date.parse(`${century}${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(time)) throw new DerError("not a time");
  return time;
}

const SHORT_NAMES: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.5": "SERIALNUMBER",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.9": "STREET",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.17": "POSTALCODE",
};

function readName(name: Element): readonly NameAttribute[] {
  return readAll(contentOf(name, TAG.sequence)).flatMap((set) =>
    readAll(contentOf(set, TAG.set)).map((pair) => {
      const [type, value] = readAll(contentOf(pair, TAG.sequence));
      if (value === undefined) throw new DerError("truncated name");
      const dotted = readObjectId(type);
      return { type: SHORT_NAMES[dotted] ?? dotted, value: textOf(value) };
    }),
  );
}

/** An `OBJECT IDENTIFIER` in its dotted form. */
export function readObjectId(element: Element | undefined): string {
  const [first, ...arcs] = base128(contentOf(element, TAG.objectId));
  if (first === undefined) throw new DerError("empty object identifier");
  const top = Math.min(Math.floor(first / 40), 2);
  return [top, first - top * 40, ...arcs].join(".");
}

function base128(bytes: Uint8Array): readonly number[] {
  const numbers: number[] = [];
  let current = 0;
  for (const byte of bytes) {
    current = current * 128 + (byte & 127);
    if (!Number.isSafeInteger(current)) throw new DerError("object identifier is too long");
    if (byte >= 0x80) continue;
    numbers.push(current);
    current = 0;
  }
  return numbers;
}

type Extended = Pick<
  Certificate,
  "isAuthority" | "pathLength" | "keyUsage" | "extendedKeyUsage" | "identities" | "extensions" | "unknownCritical"
>;

function readExtensions(element: Element | undefined): Extended {
  const list = element === undefined ? [] : readAll(readOnly(element.content, TAG.sequence)).map(readExtension);
  const extensions = new Map(list.map(({ id, value }) => [id, value]));
  if (extensions.size !== list.length) throw new DerError("an extension stands twice");
  const unknown = list.find(({ id, critical }) => critical && !UNDERSTOOD.has(id));
  const keyUsage = extensions.get(KEY_USAGE);
  return {
    extensions,
    ...readConstraints(extensions.get(BASIC_CONSTRAINTS)),
    extendedKeyUsage: children(extensions.get(EXTENDED_KEY_USAGE)).map(readObjectId),
    identities: children(extensions.get(ALTERNATIVE_NAMES)).flatMap(readIdentity),
    ...(keyUsage === undefined ? {} : { keyUsage: readBits(keyUsage) }),
    ...(unknown === undefined ? {} : { unknownCritical: unknown.id }),
  };
}

function readExtension(element: Element): {
  readonly id: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
} {
  const [id, ...rest] = readAll(contentOf(element, TAG.sequence));
  const critical = rest[0]?.tag === TAG.boolean && rest[0].content[0] !== 0;
  return { id: readObjectId(id), critical, value: contentOf(rest.at(-1), TAG.octetString) };
}

function children(value: Uint8Array | undefined): readonly Element[] {
  return value === undefined ? [] : readAll(readOnly(value, TAG.sequence));
}

function readConstraints(value: Uint8Array | undefined): Pick<Certificate, "isAuthority" | "pathLength"> {
  const [authority, length] = children(value);
  const isAuthority = authority?.tag === TAG.boolean && authority.content[0] !== 0;
  return isAuthority && length !== undefined
    ? { isAuthority, pathLength: Number(readInteger(length)) }
    : { isAuthority };
}

function readBits(value: Uint8Array): ReadonlySet<number> {
  const [, ...bytes] = contentOf(readDer(value), TAG.bitString);
  const isSet = (bit: number): boolean => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0;
  return new Set(Array.from({ length: bytes.length * 8 }, (_, bit) => bit).filter(isSet));
}

const MAIL = 0x81;
const URI = 0x86;

function readIdentity({ tag, content }: Element): readonly string[] {
  return tag === MAIL || tag === URI ? [decoder.decode(content)] : [];
}

/** ECDSA's signature in DER as the two numbers that WebCrypto wants. Throws `DerError`. */
export function plainEcdsa(signature: Uint8Array, size: number): Uint8Array {
  const [r, s] = readAll(readOnly(signature, TAG.sequence)).map((part) =>
    fixedSize(contentOf(part, TAG.integer), size),
  );
  if (r === undefined || s === undefined) throw new DerError("not two numbers");
  return concatBytes(r, s);
}

function fixedSize(number: Uint8Array, size: number): Uint8Array {
  const digits = number.subarray(number.findIndex((byte) => byte !== 0));
  if (digits.length > size) throw new DerError("the number is too large");
  const bytes = new Uint8Array(size);
  bytes.set(digits, size - digits.length);
  return bytes;
}
