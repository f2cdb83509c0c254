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
