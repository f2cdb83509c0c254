/** Bytes that `String.fromCharCode` takes at once without a deep stack. */
const PIECE = 0x2000;

/** Go's `base64.StdEncoding`. */
export function base64(data: Uint8Array): string {
  let binary = "";
  for (let i = 0; i < data.length; i += PIECE) binary += String.fromCharCode(...data.subarray(i, i + PIECE));
  return btoa(binary);
}
