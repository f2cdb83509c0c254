import { sha256 } from "@noble/hashes/sha2.js";
import type { JsonObject } from "../errors.ts";
import { encodeBase64 } from "../go/base64.ts";
import { asObject } from "../oci/descriptor.ts";
import { tryBase64 } from "./base64.ts";
import { MAX_SENT } from "./certificate-chain.ts";
import type { SigningKey } from "./cosign-key.ts";
import { type Envelope, IN_TOTO, signEnvelope } from "./dsse.ts";
import { bundleEntry, type LogEntry } from "./log-entry.ts";

/** The media type of a Sigstore bundle, also its artifact type. */
export const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
/** What older clients of version 0.3 write. */
const OLD_BUNDLE = "application/vnd.dev.sigstore.bundle+json;version=0.3";

/** What a bundle signs: an envelope, or the bytes of a file; and what it says of who signed. */
export type Bundle = { readonly material: SigningMaterial } & (
  | { readonly kind: "envelope"; readonly envelope: Envelope }
  | { readonly kind: "message"; readonly signature: Uint8Array }
);

/** What comes with a signature besides a key: certificates (the signer's first) and what a transparency log said. Not trusted yet. */
export interface SigningMaterial {
  readonly certificates: readonly Uint8Array[];
  readonly entry?: LogEntry;
}

const encoder = new TextEncoder();

/** The bundle of a statement, signed by key and in no transparency log. */
export function signStatement(key: SigningKey, statement: Uint8Array): Uint8Array {
  const { payloadType, payload, signature } = signEnvelope(key, IN_TOTO, statement);
  const signatures = [{ sig: encodeBase64(signature) }];
  return writeBundle(key, { dsseEnvelope: { payload: encodeBase64(payload), payloadType, signatures } });
}

/** The bundle of a file, as `cosign sign-blob --bundle` writes it. */
export function signFile(key: SigningKey, data: Uint8Array): Uint8Array {
  const messageDigest = { algorithm: "SHA2_256", digest: encodeBase64(sha256(data)) };
  return writeBundle(key, { messageSignature: { messageDigest, signature: encodeBase64(key.sign(data)) } });
}

function writeBundle({ hint }: SigningKey, content: JsonObject): Uint8Array {
  const bundle = { mediaType: BUNDLE, verificationMaterial: { publicKey: { hint } }, ...content };
  return encoder.encode(JSON.stringify(bundle));
}

/** Bytes of a bundle that are read: it may hold an SBOM of every image that a large chart names. */
export const MAX_BUNDLE_BYTES: number = 16 * 1024 * 1024;

/** The bundle that some bytes are; undefined when they are none of version 0.3. */
export function parseBundle(bytes: Uint8Array): Bundle | undefined {
  const document = bytes.length > MAX_BUNDLE_BYTES ? undefined : parseObject(bytes);
  const type = document?.["mediaType"];
  if (document === undefined || (type !== BUNDLE && type !== OLD_BUNDLE)) return undefined;
  const material = materialOf(asObject(document["verificationMaterial"]));
  const message = asObject(document["messageSignature"]);
  if (message === undefined) {
    const envelope = envelopeOf(asObject(document["dsseEnvelope"]));
    return envelope === undefined ? undefined : { kind: "envelope", envelope, material };
  }
  const signature = bytesOf(message["signature"]);
  return signature === undefined ? undefined : { kind: "message", signature, material };
}

/** Version 0.3 has the signer's certificate alone; clients before it wrote a chain. */
function materialOf(material: JsonObject | undefined): SigningMaterial {
  const chain = asObject(material?.["x509CertificateChain"])?.["certificates"];
  const listed = Array.isArray(chain) ? chain.slice(0, MAX_SENT) : [material?.["certificate"] ?? null];
  const certificates = listed.map((one) => bytesOf(asObject(one)?.["rawBytes"])).filter((bytes) => bytes !== undefined);
  const entries = material?.["tlogEntries"];
  const entry = bundleEntry(asObject(Array.isArray(entries) ? entries[0] : undefined));
  return entry === undefined ? { certificates } : { certificates, entry };
}

/** Sigstore's envelopes have exactly one signature. */
function envelopeOf(envelope: JsonObject | undefined): Envelope | undefined {
  const signatures = envelope?.["signatures"];
  const [only, ...more] = Array.isArray(signatures) ? signatures : [];
  const signature = bytesOf(asObject(only)?.["sig"]);
  const payload = bytesOf(envelope?.["payload"]);
  const payloadType = envelope?.["payloadType"];
  if (signature === undefined || payload === undefined || typeof payloadType !== "string" || more.length > 0) {
    return undefined;
  }
  return { payloadType, payload, signature };
}

function bytesOf(value: unknown): Uint8Array | undefined {
  return typeof value === "string" ? tryBase64(value) : undefined;
}

function parseObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    return asObject(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}
