import { isPrint, quote } from "../../engine/go/quote.ts";

/** One line as Go's `slog` text handler writes it, without a time, newline included. */
export function slogLine(level: string, message: string, attributes: readonly (readonly [string, string])[]): string {
  const pairs = attributes.map(([key, value]) => ` ${key}=${quoted(value)}`);
  return `level=${level} msg=${quoted(message)}${pairs.join("")}\n`;
}

function quoted(text: string): string {
  if (text === "") return '""';
  for (const rune of text) {
    const code = rune.codePointAt(0) ?? 0;
    const isPlain = code > 0x20 && code !== 0x22 && code !== 0x3d && code !== 0xfffd && isPrint(code);
    if (!isPlain) return quote(text);
  }
  return text;
}
