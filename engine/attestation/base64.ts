import { decodeBase64 } from "../go/base64.ts";
import { GoFailure } from "../go/value.ts";

const encoder = new TextEncoder();

/** The bytes of standard base64, whose white space does not count; undefined for other text. */
export function tryBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return decodeBase64(encoder.encode(text.replaceAll(/\s/g, "")));
  } catch (error) {
    if (error instanceof GoFailure) return undefined;
    throw error;
  }
}

/** The bytes of base64url without padding (RFC 7515, §2); undefined for other text. */
export function tryBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  return tryBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, "="));
}
