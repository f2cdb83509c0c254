import { tryBase64 } from "./base64.ts";

/** A PEM block (RFC 7468). */
export interface PemBlock {
  readonly label: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Key files of every kind that is taken stay far below this. */
const MAX_TEXT = 65_536;
const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,64})-----([A-Za-z0-9+/=\s]*)-----END \1-----/;

const BLOCKS = new RegExp(BLOCK, "g");

/** The blocks of a text, at most `limit`; what is no block is passed over, as PEM files have comments. */
export function parsePemBlocks(text: string, limit: number): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  for (const [, label = "", body = ""] of text.slice(0, MAX_TEXT * 16).matchAll(BLOCKS)) {
    const bytes = tryBase64(body);
    if (bytes !== undefined) blocks.push({ label, bytes });
    if (blocks.length >= limit) break;
  }
  return blocks;
}

/** The first block of a text; undefined when there is none. */
export function parsePem(text: string): PemBlock | undefined {
  if (text.length > MAX_TEXT) return undefined;
  const [, label, body = ""] = BLOCK.exec(text) ?? [];
  const bytes = tryBase64(body);
  return label === undefined || bytes === undefined ? undefined : { label, bytes };
}
