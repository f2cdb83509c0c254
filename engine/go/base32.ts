import { inverse } from "./base64.ts";
import { GoFailure } from "./value.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const PAD = 0x3d;
const values = inverse(ALPHABET);
/** Digits of the last group by its number of bytes. */
const DIGITS = [0, 2, 4, 5, 7, 8] as const;

/** Go's `base32.StdEncoding.EncodeToString`. */
export function encodeBase32(bytes: Uint8Array): string {
  let out = "";
  for (let i = 0; i < bytes.length; i += 5) {
    const size = Math.min(5, bytes.length - i);
    let group = 0n;
    for (let j = 0; j < 5; j++) group = (group << 8n) | BigInt(bytes[i + j] ?? 0);
    const digits = DIGITS[size] ?? 8;
    for (let j = 0; j < digits; j++) out += ALPHABET[Number((group >> BigInt(35 - 5 * j)) & 31n)] ?? "";
    out += "=".repeat(8 - digits);
  }
  return out;
}

function corrupt(at: number): GoFailure {
  return new GoFailure(`illegal base32 data at input byte ${at}`);
}

/** Go's `base32.StdEncoding.DecodeString`: line ends are dropped first. Throws {@link GoFailure} with Go's text. */
export function decodeBase32(text: Uint8Array): Uint8Array<ArrayBuffer> {
  const source = text.filter((byte) => byte !== 0x0a && byte !== 0x0d);
  const out = new Uint8Array(Math.ceil(source.length / 8) * 5);
  let length = 0;
  for (let at = 0; at < source.length; at += 8) {
    const digits = groupDigits(source, at);
    let group = 0n;
    for (let j = 0; j < 8; j++) group = (group << 5n) | BigInt(j < digits ? (values[source[at + j] ?? 0] ?? 0) : 0);
    const size = DIGITS.findIndex((count) => count === digits);
    for (let j = 0; j < size; j++) out[length++] = Number((group >> BigInt(32 - 8 * j)) & 255n);
    if (digits < 8) break;
  }
  return out.subarray(0, length);
}

/** The number of digits of the group at `at`, after checking its padding. */
function groupDigits(source: Uint8Array, at: number): number {
  for (let j = 0; j < 8; j++) {
    const next = at + j;
    if (next >= source.length) throw corrupt(source.length - j);
    const byte = source[next] ?? 0;
    const left = source.length - next - 1;
    if (byte === PAD && j >= 2 && left < 8) {
      checkPadding(source, next, j, left);
      return j;
    }
    if ((values[byte] ?? 255) === 255) throw corrupt(next);
  }
  return 8;
}

function checkPadding(source: Uint8Array, at: number, digits: number, left: number): void {
  if (left + digits < 7) throw corrupt(source.length);
  for (let k = 0; k < 7 - digits; k++) {
    if (left > k && source[at + 1 + k] !== PAD) throw corrupt(at + k);
  }
  if (digits === 3 || digits === 6) throw corrupt(at);
}
