import { DerError } from "../go/der.ts";
import { decodeBase64 } from "../go/base64.ts";
import { HOUR } from "../go/duration.ts";
import { formatValue } from "../go/format-value.ts";
import { parseAddress } from "../go/ip-address.ts";
import { decodePem, encodePem } from "../go/pem.ts";
import { fromBigEndian } from "../go/der.ts";
import { fromUtf8, toUtf8 } from "../go/utf8.ts";
import { GoFailure, GoObject } from "../go/value.ts";
import type { GoStructType, GoTypeName, GoValue } from "../go/value.ts";
import type { CallContext, GoFunction } from "../template/function.ts";
import { askPrivateKey } from "./keys.ts";
import { formatPrivateKey, parsePrivateKey } from "./private-key.ts";
import type { PrivateKey } from "./private-key.ts";
import { INT, LIST, TEXT, binary, fail } from "./signature.ts";
import type { Entry } from "./signature.ts";
import { createCertificate, readParent } from "./x509.ts";
import type { CertificateTemplate, Parent, Signer } from "./x509.ts";

const CERTIFICATE: GoStructType = { name: "sprig.certificate", fields: ["Cert", "Key"], methods: new Map() };

function goCertificate(certificate: string, key: string): GoObject {
  return new GoObject(
    CERTIFICATE,
    new Map([
      ["Cert", certificate],
      ["Key", key],
    ]),
  );
}

/** Bits of the RSA keys that certificates get. */
const KEY_BITS = 2048;
/** A signature takes about this long, most of it two powers of 1024 bits. */
const SIGN_UNITS = 20_000;

/** What the arguments of all makers of certificates have in common. */
interface Request {
  readonly commonName: string;
  readonly addresses: readonly GoValue[];
  readonly dnsNames: readonly GoValue[];
  readonly days: number;
  readonly isAuthority: boolean;
}

function makeTemplate(request: Request, context: CallContext): CertificateTemplate {
  const addresses = request.addresses.map(readAddress);
  const dnsNames = request.dnsNames.map(readName);
  const now = BigInt(Math.trunc(context.now)) * 1_000_000n;
  return {
    serial: fromBigEndian(context.randomBytes(16)),
    commonName: request.commonName,
    addresses,
    dnsNames,
    notBefore: now,
    notAfter: now + BigInt.asIntN(64, 24n * HOUR * BigInt(request.days)),
    isAuthority: request.isAuthority,
  };
}

function readAddress(value: GoValue): Uint8Array {
  if (typeof value !== "string") return fail(`error parsing ip: ${formatValue(value)} is not a string`);
  try {
    const { bytes, zone } = parseAddress(value);
    if (zone === "") return Uint8Array.from(shortAddress(bytes));
  } catch (error) {
    if (!(error instanceof GoFailure)) throw error;
  }
  return fail(`error parsing ip: ${value}`);
}

/** An IPv4 address inside of an IPv6 one is written with its four bytes. */
function shortAddress(bytes: readonly number[]): readonly number[] {
  const mapped = bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0);
  return mapped && bytes[10] === 255 && bytes[11] === 255 ? bytes.slice(12) : bytes;
}

function readName(value: GoValue): string {
  if (typeof value === "string") return value;
  return fail(`error processing alternate dns name: ${formatValue(value)} is not a string`);
}

function issue(request: Request, key: PrivateKey, signer: Omit<Signer, "remember">, context: CallContext): GoObject {
  const template = makeTemplate(request, context);
  context.spend(SIGN_UNITS);
  try {
    const bytes = createCertificate(template, key, { ...signer, remember: context.remember });
    return goCertificate(encodePem({ type: "CERTIFICATE", bytes }), formatPrivateKey(key));
  } catch (error) {
    if (error instanceof GoFailure) return fail(`error creating certificate: ${error.message}`);
    throw error;
  }
}

function givenKey(pem: string): PrivateKey {
  return prefixed("parsing private key", () => parsePrivateKey(pem));
}

function prefixed<T>(prefix: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof GoFailure) return fail(`${prefix}: ${error.message}`);
    throw error;
  }
}

function field(certificate: GoValue, name: string): string {
  const value = certificate instanceof GoObject ? certificate.fields.get(name) : undefined;
  return typeof value === "string" ? value : "";
}

function parentOf(authority: GoValue): Parent {
  const block = decodePem(field(authority, "Cert"));
  if (block === undefined) return fail("unable to decode certificate");
  return readCertificate(block.bytes, "decodedSignerCert");
}

function readCertificate(bytes: Uint8Array, name: string): Parent {
  try {
    return readParent(bytes);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return fail(`error parsing certificate: ${name}.Bytes: x509: malformed certificate`);
  }
}

/** Where a maker of certificates takes its key from: a new one, or the PEM text in its last argument. */
type KeySource = (args: readonly GoValue[], context: CallContext) => PrivateKey;

const freshKey: KeySource = (_args, context) =>
  parsePrivateKey(askPrivateKey({ algorithm: "rsa", bits: KEY_BITS }, context));
/** An authority is made to sign at least one certificate with a new key. */
const authorityKey: KeySource = (_args, context) =>
  parsePrivateKey(askPrivateKey({ algorithm: "rsa", bits: KEY_BITS, following: 1 }, context));
const lastArgument: KeySource = (args) => givenKey(TEXT.read(args.at(-1)));

function authorityMaker(parameters: readonly GoTypeName[], source: KeySource): GoFunction {
  return {
    parameters,
    call: (args, context) => {
      const key = source(args, context);
      const request = { commonName: TEXT.read(args[0]), addresses: [], dnsNames: [], days: INT.read(args[1]) };
      return issue({ ...request, isAuthority: true }, key, { key }, context);
    },
  };
}

function leafRequest(args: readonly GoValue[]): Request {
  return {
    commonName: TEXT.read(args[0]),
    addresses: LIST.read(args[1]),
    dnsNames: LIST.read(args[2]),
    days: INT.read(args[3]),
    isAuthority: false,
  };
}

function selfSignedMaker(parameters: readonly GoTypeName[], source: KeySource): GoFunction {
  return {
    parameters,
    call: (args, context) => {
      const key = source(args, context);
      return issue(leafRequest(args), key, { key }, context);
    },
  };
}

function signedMaker(parameters: readonly GoTypeName[], source: KeySource): GoFunction {
  return {
    parameters,
    call: (args, context) => {
      const key = source(args, context);
      const parent = parentOf(args[4]);
      const signerKey = prefixed("error parsing private key", () => parsePrivateKey(field(args[4], "Key")));
      return issue(leafRequest(args), key, { key: signerKey, parent }, context);
    },
  };
}

function decodeText(text: string, what: string): string {
  try {
    return fromUtf8(decodeBase64(toUtf8(text)));
  } catch (error) {
    if (error instanceof GoFailure) return fail(`unable to decode base64 ${what}`);
    throw error;
  }
}

/** Both texts are Base64 of PEM; they are checked and given back. */
function buildCustom(certificate64: string, key64: string): GoObject {
  const certificate = decodeText(certificate64, "certificate");
  const key = decodeText(key64, "private key");
  const block = decodePem(certificate);
  if (block === undefined) return fail("unable to decode certificate");
  readCertificate(block.bytes, "decodedCert");
  prefixed("error parsing private key", () => parsePrivateKey(key));
  return goCertificate(certificate, key);
}

const LEAF: readonly GoTypeName[] = ["string", "[]interface {}", "[]interface {}", "int"];
const SIGNED: readonly GoTypeName[] = [...LEAF, CERTIFICATE.name];

/** Sprig's makers of certificates. */
export const certificateFunctions: readonly Entry[] = [
  ["genCA", authorityMaker(["string", "int"], authorityKey)],
  ["genCAWithKey", authorityMaker(["string", "int", "string"], lastArgument)],
  ["genSelfSignedCert", selfSignedMaker(LEAF, freshKey)],
  ["genSelfSignedCertWithKey", selfSignedMaker([...LEAF, "string"], lastArgument)],
  ["genSignedCert", signedMaker(SIGNED, freshKey)],
  ["genSignedCertWithKey", signedMaker([...SIGNED, "string"], lastArgument)],
  ["buildCustomCert", binary(TEXT, TEXT, buildCustom)],
];
