import { isPrint } from "./quote.ts";
import { isStrayUnit, toUtf8 } from "./utf8.ts";

const HTML: Readonly<Record<string, string>> = {
  "\0": "\ufffd",
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};

/** Go's `template.HTMLEscapeString`. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[\0"'&<>]/g, (mark) => HTML[mark] ?? mark);
}

/** Go's `template.JSEscapeString`. Printable runes beyond ASCII stay as they are. */
export function escapeJs(text: string): string {
  let out = "";
  for (const rune of text) out += escapeJsRune(rune, rune.codePointAt(0) ?? 0);
  return out;
}

function escapeJsRune(rune: string, code: number): string {
  if (code === 0x5c || code === 0x27 || code === 0x22) return `\\${rune}`;
  if (code === 0x3c || code === 0x3e || code === 0x26 || code === 0x3d || code < 0x20) return escapeUnit(code);
  if (code < 0x80 || isStrayUnit(code) || isPrint(code)) return rune;
  return escapeUnit(code);
}

function escapeUnit(code: number): string {
  return `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Go's `url.QueryEscape`: letters, digits and `-_.~` stay, a space becomes `+`, other bytes `%XX`. */
export function escapeQuery(text: string): string {
  if (/^[A-Za-z0-9\-_.~]*$/.test(text)) return text;
  let out = "";
  for (const byte of toUtf8(text)) {
    if (byte === 0x20) out += "+";
    else if (isUnreserved(byte)) out += String.fromCharCode(byte);
    else out += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

function isUnreserved(byte: number): boolean {
  const lower = byte | 0x20;
  if ((lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39)) return true;
  return byte === 0x2d || byte === 0x5f || byte === 0x2e || byte === 0x7e;
}
