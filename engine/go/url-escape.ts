import { quote } from "./quote.ts";
import { isAscii } from "./unicode.ts";
import { fromUtf8, toUtf8 } from "./utf8.ts";
import { GoFailure } from "./value.ts";

/** The part of a URL that a text stands in; it decides what is escaped. */
export type UrlPart = "path" | "host" | "zone" | "user" | "fragment";

const UNRESERVED = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~";
const HOST = `${UNRESERVED}!$&'()*+,;=:[]<>"`;
/** Characters that stay as they are, by part. */
const PLAIN: Readonly<Record<UrlPart, ReadonlySet<string>>> = {
  path: new Set(`${UNRESERVED}$&+,/:;=@`),
  host: new Set(HOST),
  zone: new Set(HOST),
  user: new Set(`${UNRESERVED}$&+,;=`),
  fragment: new Set(`${UNRESERVED}$&+,/:;=?@!()*`),
};

function isPlain(byte: number, part: UrlPart): boolean {
  return byte < 0x80 && PLAIN[part].has(String.fromCharCode(byte));
}

/** Go's `escape`: all bytes but the plain ones as `%XX`. */
export function escapeUrl(text: string, part: UrlPart): string {
  let out = "";
  for (const byte of toUtf8(text)) {
    out += isPlain(byte, part) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

const ESCAPE = /^%[0-9a-fA-F]{2}/;

/** Go's `unescape`. Throws {@link GoFailure} with Go's text. */
export function unescapeUrl(text: string, part: UrlPart): string {
  if (!text.includes("%") && isAscii(text) && part !== "host" && part !== "zone") return text;
  const bytes: number[] = [];
  let plain = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x25) {
      for (const byte of toUtf8(text.slice(plain, i))) bytes.push(byte);
      bytes.push(escapedByte(text.slice(i, i + 3), part));
      i += 2;
      plain = i + 1;
    } else if ((part === "host" || part === "zone") && c < 0x80 && !isPlain(c, part)) {
      throw new GoFailure(`invalid character ${quote(text[i] ?? "")} in host name`);
    }
  }
  if (bytes.length === 0) return text;
  for (const byte of toUtf8(text.slice(plain))) bytes.push(byte);
  return fromUtf8(Uint8Array.from(bytes));
}

/** A host may escape only what is not ASCII, a zone only what it could hold as it is, or a space. */
function escapedByte(sequence: string, part: UrlPart): number {
  const bad = new GoFailure(`invalid URL escape ${quote(sequence)}`);
  if (!ESCAPE.test(sequence)) throw bad;
  const byte = Number.parseInt(sequence.slice(1), 16);
  if (sequence === "%25") return byte;
  if (part === "host" && byte < 0x80) throw bad;
  if (part === "zone" && byte !== 0x20 && !isPlain(byte, "host")) throw bad;
  return byte;
}
