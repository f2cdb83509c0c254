import { tryBase64 } from "./base64.ts";

/** A PEM block (RFC 7468). */
export interface PemBlock {
  readonly label: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Key files of every kind that is taken stay far below this. */
const MAX_TEXT = 65_536;
const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,64})-----([A-Za-z0-9+/=\s]*)-----END \1-----/;

/** The first block of a text; undefined when there is none. */
export function parsePem(text: string): PemBlock | undefined {
  if (text.length > MAX_TEXT) return undefined;
  const [, label, body = ""] = BLOCK.exec(text) ?? [];
  const bytes = tryBase64(body);
  return label === undefined || bytes === undefined ? undefined : { label, bytes };
}
