import { GoFailure } from "./value.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PAD = 0x3d;
const values = inverse(ALPHABET);

/** The value of each byte in an alphabet; 255 where there is none. */
export function inverse(alphabet: string): Uint8Array {
  const table = new Uint8Array(256).fill(255);
  for (let i = 0; i < alphabet.length; i++) table[alphabet.charCodeAt(i)] = i;
  return table;
}

/** Go's `base64.StdEncoding.EncodeToString`. */
export function encodeBase64(bytes: Uint8Array): string {
  let out = "";
  let i = 0;
  for (; i + 2 < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += digit(group >> 18) + digit(group >> 12) + digit(group >> 6) + digit(group);
  }
  if (i === bytes.length) return out;
  const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8);
  const third = i + 1 < bytes.length ? digit(group >> 6) : "=";
  return `${out}${digit(group >> 18)}${digit(group >> 12)}${third}=`;
}

function digit(group: number): string {
  return ALPHABET[group & 63] ?? "";
}

function corrupt(at: number): GoFailure {
  return new GoFailure(`illegal base64 data at input byte ${at}`);
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d;
}

/** Go's `base64.StdEncoding.DecodeString`: line ends are skipped, padding is required. Throws {@link GoFailure} with Go's text. */
export function decodeBase64(source: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(Math.ceil(source.length / 4) * 3);
  let length = 0;
  let bits = 0;
  let digits = 0;
  for (let at = 0; at < source.length; at++) {
    const byte = source[at] ?? 0;
    const value = values[byte] ?? 255;
    if (value === 255) {
      if (isLineEnd(byte)) continue;
      if (byte !== PAD || digits < 2) throw corrupt(at);
      checkPadding(source, at, digits);
      out[length++] = bits >> (digits === 3 ? 10 : 4);
      if (digits === 3) out[length++] = bits >> 2;
      return out.subarray(0, length);
    }
    bits = (bits << 6) | value;
    digits++;
    if (digits < 4) continue;
    out[length++] = bits >> 16;
    out[length++] = bits >> 8;
    out[length++] = bits;
    bits = 0;
    digits = 0;
  }
  if (digits > 0) throw corrupt(source.length - digits);
  return out.subarray(0, length);
}

/** Checks what follows the first `=` at `at`: a second one after two digits, then nothing but line ends. */
function checkPadding(source: Uint8Array, at: number, digits: number): void {
  let next = skipLineEnds(source, at + 1);
  if (digits === 2) {
    if (next === source.length) throw corrupt(source.length);
    if (source[next] !== PAD) throw corrupt(next - 1);
    next = skipLineEnds(source, next + 1);
  }
  if (next < source.length) throw corrupt(next);
}

function skipLineEnds(source: Uint8Array, from: number): number {
  let at = from;
  while (at < source.length && isLineEnd(source[at])) at++;
  return at;
}
