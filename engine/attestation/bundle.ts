import { sha256 } from "@noble/hashes/sha2.js";
import type { JsonObject } from "../errors.ts";
import { encodeBase64 } from "../go/base64.ts";
import { asObject } from "../oci/descriptor.ts";
import { tryBase64 } from "./base64.ts";
import type { SigningKey } from "./cosign-key.ts";
import { type Envelope, IN_TOTO, signEnvelope } from "./dsse.ts";

/** The media type of a Sigstore bundle, also its artifact type. */
export const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
/** What older clients of version 0.3 write. */
const OLD_BUNDLE = "application/vnd.dev.sigstore.bundle+json;version=0.3";

/** What a bundle signs: an envelope, or the bytes of a file. */
export type Bundle =
  | { readonly kind: "envelope"; readonly envelope: Envelope }
  | { readonly kind: "message"; readonly signature: Uint8Array };

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

/** The bundle that some bytes are; undefined when they are none of version 0.3. What certificates and logs say is not looked at. */
export function parseBundle(bytes: Uint8Array): Bundle | undefined {
  const document = bytes.length > MAX_BUNDLE_BYTES ? undefined : parseObject(bytes);
  const type = document?.["mediaType"];
  if (document === undefined || (type !== BUNDLE && type !== OLD_BUNDLE)) return undefined;
  const message = asObject(document["messageSignature"]);
  if (message === undefined) return envelopeOf(asObject(document["dsseEnvelope"]));
  const signature = bytesOf(message["signature"]);
  return signature === undefined ? undefined : { kind: "message", signature };
}

/** Sigstore's envelopes have exactly one signature. */
function envelopeOf(envelope: JsonObject | undefined): Bundle | undefined {
  const signatures = envelope?.["signatures"];
  const [only, ...more] = Array.isArray(signatures) ? signatures : [];
  const signature = bytesOf(asObject(only)?.["sig"]);
  const payload = bytesOf(envelope?.["payload"]);
  const payloadType = envelope?.["payloadType"];
  if (signature === undefined || payload === undefined || typeof payloadType !== "string" || more.length > 0) {
    return undefined;
  }
  return { kind: "envelope", envelope: { payloadType, payload, signature } };
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
