import { concatBytes } from "@noble/hashes/utils.js";
import type { SigningKey } from "./cosign-key.ts";

/** The payload type of in-toto statements. */
export const IN_TOTO = "application/vnd.in-toto+json";

/** A payload and one signature over it (DSSE 1.0). */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

const encoder = new TextEncoder();

/** The bytes that are signed: the protocol's pre-authentication encoding. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = encoder.encode(payloadType);
  const head = encoder.encode(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `);
  return concatBytes(head, payload);
}

/** Signs a payload. */
export function signEnvelope(key: SigningKey, payloadType: string, payload: Uint8Array): Envelope {
  return { payloadType, payload, signature: key.sign(preAuthEncoding(payloadType, payload)) };
}
