import { decodeBase64, encodeBase64 } from "./base64.ts";
import { toUtf8 } from "./utf8.ts";
import { GoFailure } from "./value.ts";

/** A PEM block: its type and its bytes. */
export interface PemBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const LINE = 64;

/** Go's `pem.Encode`: lines of 64 characters. */
export function encodePem(block: PemBlock): string {
  const text = encodeBase64(block.bytes);
  let out = `-----BEGIN ${block.type}-----\n`;
  for (let at = 0; at < text.length; at += LINE) out += `${text.slice(at, at + LINE)}\n`;
  return `${out}-----END ${block.type}-----\n`;
}

const BEGIN = "-----BEGIN ";
const DASHES = "-----";

/** Go's `pem.Decode`: the first well-formed block; headers are skipped. `undefined` when there is none. */
export function decodePem(text: string): PemBlock | undefined {
  for (let at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at + 1)) {
    if (at > 0 && text[at - 1] !== "\n") continue;
    const block = blockAt(text, at);
    if (block !== undefined) return block;
  }
  return undefined;
}

function blockAt(text: string, at: number): PemBlock | undefined {
  const lineEnd = text.indexOf("\n", at);
  if (lineEnd < 0) return undefined;
  const line = text.slice(at, lineEnd).trimEnd();
  if (!line.endsWith(DASHES) || line.length < BEGIN.length + DASHES.length) return undefined;
  const type = line.slice(BEGIN.length, -DASHES.length);
  const end = text.indexOf(`-----END ${type}${DASHES}`, lineEnd);
  if (end < 0) return undefined;
  const bytes = bodyBytes(text.slice(lineEnd + 1, end));
  return bytes === undefined ? undefined : { type, bytes };
}

/** Headers end at the first empty line, if the first line has a colon. */
function bodyBytes(body: string): Uint8Array | undefined {
  const firstLine = body.slice(0, body.indexOf("\n"));
  const blank = firstLine.includes(":") ? body.search(/\n[ \t\r]*\n/) : -1;
  const encoded = (blank < 0 ? body : body.slice(blank)).replaceAll(/[ \t\r\n]/g, "");
  try {
    return decodeBase64(toUtf8(encoded));
  } catch (error) {
    if (error instanceof GoFailure) return undefined;
    throw error;
  }
}
