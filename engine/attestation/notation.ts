import { concatBytes } from "@noble/hashes/utils.js";
import type { JsonObject, JsonValue } from "../errors.ts";
import { asObject } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { tryBase64Url } from "./base64.ts";
import { type Certificate, type NameAttribute, parseCertificate } from "./certificate.ts";
import { chainProblem, MAX_SENT, type TrustStore } from "./certificate-chain.ts";
import { isSigned, keyKind, type SignatureAlgorithm } from "./certificate-key.ts";
import { tryBase64 } from "./base64.ts";

/** The artifact type of a Notary Project signature, and the media types of its envelopes. */
export const NOTATION_SIGNATURE = "application/vnd.cncf.notary.signature";
export const JWS_ENVELOPE = "application/jose+json";
export const COSE_ENVELOPE = "application/cose";
const PAYLOAD = "application/vnd.cncf.notary.payload.v1+json";
const SCHEME = "io.cncf.notary.signingScheme";
const SIGNING_TIME = "io.cncf.notary.signingTime";
const EXPIRY = "io.cncf.notary.expiry";
/** Critical headers that are understood; another one refuses the signature. */
const UNDERSTOOD: ReadonlySet<string> = new Set([SCHEME, EXPIRY]);

/** Bytes of an envelope: a chain and a payload of one descriptor. */
export const MAX_ENVELOPE = 65_536;

/** Whose signatures count. An identity is a list of attributes that the certificate's subject must have; none: any of the trust store. */
export interface NotationTrust {
  readonly trust: TrustStore;
  readonly identities: readonly (readonly NameAttribute[])[];
}

const IDENTITY = "x509.subject:";
/** What an identity must name, as the trust policy of the Notary Project wants it. */
const MANDATORY = ["C", "ST", "O"] as const;

/** Reads `x509.subject: C=US, ST=WA, O=acme`; undefined for what is none, or names not country, state and organisation. */
export function parseIdentity(text: string): readonly NameAttribute[] | undefined {
  if (!text.startsWith(IDENTITY)) return undefined;
  const attributes = text
    .slice(IDENTITY.length)
    .split(/(?<!\\),/)
    .map((part) => {
      const [, type = "", value = ""] = /^\s*([A-Za-z]+)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
      return { type: type.toUpperCase() === "S" ? "ST" : type.toUpperCase(), value: value.replaceAll(/\\(.)/g, "$1") };
    });
  const isWhole = attributes.every(({ type, value }) => type !== "" && value !== "");
  const names = new Set(attributes.map(({ type }) => type));
  const isOnce = names.size === attributes.length;
  return isWhole && isOnce && MANDATORY.every((type) => names.has(type)) ? attributes : undefined;
}

interface Jws {
  readonly signed: Uint8Array;
  readonly protectedHeader: JsonObject;
  readonly payload: JsonObject;
  readonly signature: Uint8Array;
  readonly certificates: readonly Certificate[];
}

/** Why an envelope in JWS is no signature of `subject` that counts; undefined when it is one. `now` in milliseconds since 1970. */
export async function notationProblem(
  envelope: Uint8Array,
  subject: Digest,
  { trust, identities }: NotationTrust,
  now: number,
): Promise<string | undefined> {
  const jws = parseJws(envelope);
  if (jws === undefined) return "is no JWS envelope of the Notary Project";
  const { certificates, protectedHeader } = jws;
  const [leaf, ...sent] = certificates;
  const problem = headerProblem(protectedHeader, now);
  if (problem !== undefined) return problem;
  const algorithm = leaf === undefined ? undefined : algorithmOf(leaf, protectedHeader["alg"]);
  if (leaf === undefined || algorithm === undefined) return "has an algorithm that does not fit its certificate";
  const { signed: message, signature } = jws;
  if (!(await isSigned({ publicKey: leaf.publicKey, algorithm, message, signature, plain: true }))) {
    return "does not match what it says: it was changed, or another key made it";
  }
  const target = asObject(jws.payload["targetArtifact"]);
  if (target?.["digest"] !== subject) return "is of another digest";
  const untrusted = await chainProblem({ leaf, sent, trust, at: now });
  if (untrusted !== undefined) return `has a certificate that ${untrusted}`;
  return isNamed(leaf, identities) ? undefined : "is by a certificate of none of the trusted identities";
}

function isNamed({ attributes }: Certificate, identities: NotationTrust["identities"]): boolean {
  const has = ({ type, value }: NameAttribute): boolean =>
    attributes.some((own) => own.type === type && own.value === value);
  return identities.length === 0 || identities.some((identity) => identity.every(has));
}

function headerProblem(header: JsonObject, now: number): string | undefined {
  const { crit, cty } = header;
  if (cty !== PAYLOAD) return "has no payload of the Notary Project";
  if (!Array.isArray(crit) || !crit.includes(SCHEME)) return "names no signing scheme as critical";
  const unknown = crit.find((name: JsonValue) => !isUnderstood(header, name));
  if (unknown !== undefined) return "has a critical header that is not understood";
  if (header[SCHEME] !== "notary.x509") return "has another signing scheme than notary.x509";
  if (Number.isNaN(timeOf(header[SIGNING_TIME]))) return "has no signing time";
  const expiry = header[EXPIRY];
  if (expiry === undefined) return undefined;
  if (!crit.includes(EXPIRY)) return "has an expiry that is not critical";
  const ends = timeOf(expiry);
  return Number.isNaN(ends) || now > ends ? "has expired" : undefined;
}

function isUnderstood(header: JsonObject, name: JsonValue): boolean {
  return typeof name === "string" && UNDERSTOOD.has(name) && header[name] !== undefined;
}

function timeOf(value: JsonValue | undefined): number {
  return typeof value === "string" ? Date.parse(value) : Number.NaN;
}

const RSA_ALGORITHMS: readonly (readonly [number, string, "SHA-256" | "SHA-384" | "SHA-512"])[] = [
  [4096, "PS512", "SHA-512"],
  [3072, "PS384", "SHA-384"],
  [2048, "PS256", "SHA-256"],
];
const CURVE_ALGORITHMS = {
  "P-256": ["ES256", "SHA-256"],
  "P-384": ["ES384", "SHA-384"],
  "P-521": ["ES512", "SHA-512"],
} as const;

/** The one algorithm that the specification gives to a key; undefined when the envelope names another. */
function algorithmOf({ publicKey }: Certificate, named: JsonValue | undefined): SignatureAlgorithm | undefined {
  const key = keyKind(publicKey);
  if (key?.kind === "rsa") {
    const [, name, hash] = RSA_ALGORITHMS.find(([bits]) => key.bits >= bits) ?? [];
    return hash !== undefined && named === name ? { kind: "rsa-pss", hash } : undefined;
  }
  if (key?.kind !== "ecdsa") return undefined;
  const [name, hash] = CURVE_ALGORITHMS[key.curve];
  return named === name ? { kind: "ecdsa", hash } : undefined;
}

const encoder = new TextEncoder();

function parseJws(envelope: Uint8Array): Jws | undefined {
  const document = envelope.length > MAX_ENVELOPE ? undefined : parseObject(envelope);
  const { payload, protected: header, signature } = document ?? {};
  if (typeof payload !== "string" || typeof header !== "string" || typeof signature !== "string") return undefined;
  const protectedHeader = decodedObject(header);
  const decoded = decodedObject(payload);
  const bytes = tryBase64Url(signature);
  const certificates = chainIn(asObject(document?.["header"])?.["x5c"]);
  if (protectedHeader === undefined || decoded === undefined || bytes === undefined) return undefined;
  if (certificates === undefined) return undefined;
  const signed = concatBytes(encoder.encode(header), encoder.encode("."), encoder.encode(payload));
  return { signed, protectedHeader, payload: decoded, signature: bytes, certificates };
}

function chainIn(value: JsonValue | undefined): readonly Certificate[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_SENT) return undefined;
  const certificates = value.map((text: JsonValue) => {
    const der = typeof text === "string" ? tryBase64(text) : undefined;
    return der === undefined ? undefined : parseCertificate(der);
  });
  const read = certificates.filter((one) => one !== undefined);
  return read.length === certificates.length ? read : undefined;
}

function decodedObject(text: string): JsonObject | undefined {
  const bytes = tryBase64Url(text);
  return bytes === undefined ? undefined : parseObject(bytes);
}

function parseObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    return asObject(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    return undefined;
  }
}
