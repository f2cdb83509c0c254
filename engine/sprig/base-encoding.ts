import { decodeBase32, encodeBase32 } from "../go/base32.ts";
import { decodeBase64, encodeBase64 } from "../go/base64.ts";
import { fromUtf8, toUtf8 } from "../go/utf8.ts";
import { GoFailure } from "../go/value.ts";
import type { CallContext } from "../template/function.ts";
import { TEXT, unary } from "./signature.ts";
import type { Entry } from "./signature.ts";

/** Bytes that are encoded or decoded in about a microsecond. */
const BYTES_PER_UNIT = 50;

function encode(encoder: (bytes: Uint8Array) => string): (text: string, context: CallContext) => string {
  return (text, context) => {
    context.spend(1 + text.length / BYTES_PER_UNIT);
    context.reserve(text.length * 2);
    return encoder(toUtf8(text));
  };
}

/** Helm compatibility: the error text is the result. */
function decode(decoder: (bytes: Uint8Array) => Uint8Array): (text: string, context: CallContext) => string {
  return (text, context) => {
    context.spend(1 + text.length / BYTES_PER_UNIT);
    try {
      return fromUtf8(decoder(toUtf8(text)));
    } catch (error) {
      if (error instanceof GoFailure) return error.message;
      throw error;
    }
  };
}

export const baseFunctions: readonly Entry[] = [
  ["b64enc", unary(TEXT, encode(encodeBase64))],
  ["b64dec", unary(TEXT, decode(decodeBase64))],
  ["b32enc", unary(TEXT, encode(encodeBase32))],
  ["b32dec", unary(TEXT, decode(decodeBase32))],
];
