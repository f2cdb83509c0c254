import { sha256 } from "@noble/hashes/sha2.js";
import { formatHex } from "../oci/digest.ts";

const encoder = new TextEncoder();

/** A UUID of version 8 (RFC 9562) that a text alone decides: documents with the same content have the same name. */
export function uuidOf(text: string): string {
  const bytes = sha256(encoder.encode(text)).subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = formatHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
