const encoder = new TextEncoder();
const decoder = new TextDecoder();
const ALPHABET = encoder.encode("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const URL_ALPHABET = encoder.encode("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

/** UTF-8 bytes. */
export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** Base64url without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return unpaddedText(bytes, URL_ALPHABET);
}

/** Standard base64. By a table: `btoa` wants a string first, which costs eight times as much. */
export function toBase64(bytes: Uint8Array): string {
  return unpaddedText(bytes, ALPHABET) + "=".repeat(missingOf(bytes));
}

function missingOf({ length }: Uint8Array): number {
  return (3 - (length % 3)) % 3;
}

function unpaddedText(bytes: Uint8Array, alphabet: Uint8Array): string {
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const triple = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out[at++] = alphabet[triple >> 18] ?? 0;
    out[at++] = alphabet[(triple >> 12) & 63] ?? 0;
    out[at++] = alphabet[(triple >> 6) & 63] ?? 0;
    out[at++] = alphabet[triple & 63] ?? 0;
  }
  return decoder.decode(out.subarray(0, out.length - missingOf(bytes)));
}

/** The bytes of base64 or base64url text, or undefined when it is neither. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  let binary: string;
  try {
    binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return undefined;
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** SHA-256. */
export async function sha256(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}

/** SHA-256 in lower-case hex. */
export async function sha256Hex(data: Uint8Array<ArrayBuffer> | string): Promise<string> {
  return toHex(await sha256(typeof data === "string" ? toBytes(data) : data));
}

/** HMAC-SHA-256. */
export async function hmacSha256(
  key: Uint8Array<ArrayBuffer>,
  data: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, data));
}

/** Equality whose time tells nothing but the lengths. */
export function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
