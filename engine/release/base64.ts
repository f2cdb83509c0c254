/** Characters given to `String.fromCharCode` at once: far below every engine's limit of arguments. */
const CHUNK = 0x2000;

/** Standard padded base64. */
export function encodeBase64(bytes: Uint8Array): string {
  return btoa(toBinary(bytes));
}

/** Bytes of standard padded base64, or `undefined` when the text is something else. Line breaks are ignored, as Go ignores them. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return fromBinary(atob(text));
  } catch {
    return undefined;
  }
}

/** One character per byte. */
export function toBinary(bytes: Uint8Array): string {
  if (bytes.length <= CHUNK) return String.fromCharCode(...bytes);
  let out = "";
  for (let i = 0; i < bytes.length; i += CHUNK) out += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  return out;
}

/** The inverse of {@link toBinary}. */
function fromBinary(text: string): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
}
