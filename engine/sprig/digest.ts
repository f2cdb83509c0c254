import { sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { toUtf8 } from "../go/utf8.ts";
import type { CallContext } from "../template/function.ts";
import { TEXT, unary } from "./signature.ts";
import type { Entry } from "./signature.ts";

/** Bytes that are hashed in about a microsecond. */
const BYTES_PER_UNIT = 100;

function hexOf(hash: (bytes: Uint8Array) => Uint8Array): (text: string, context: CallContext) => string {
  return (text, context) => {
    context.spend(1 + text.length / BYTES_PER_UNIT);
    return bytesToHex(hash(toUtf8(text)));
  };
}

const ADLER_MODULUS = 65521;

/** The Adler-32 checksum in decimal. */
function adler32(text: string, context: CallContext): string {
  context.spend(1 + text.length / BYTES_PER_UNIT);
  let a = 1;
  let b = 0;
  for (const byte of toUtf8(text)) {
    a = (a + byte) % ADLER_MODULUS;
    b = (b + a) % ADLER_MODULUS;
  }
  return String(b * 65536 + a);
}

/** Sprig's checksums of texts. */
export const digestFunctions: readonly Entry[] = [
  ["sha1sum", unary(TEXT, hexOf(sha1))],
  ["sha256sum", unary(TEXT, hexOf(sha256))],
  ["sha512sum", unary(TEXT, hexOf(sha512))],
  ["adler32sum", unary(TEXT, adler32)],
];
