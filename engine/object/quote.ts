/** Go's `strconv.Quote` for the texts that names and key values are made of: ASCII escapes as Go writes them, all else as it is. */
export function quoteText(text: string): string {
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) out += '\\"';
    else if (code === 0x5c) out += "\\\\";
    else if (code >= 0x20 && code !== 0x7f) out += text.charAt(i);
    else out += SHORT.get(code) ?? `\\x${code.toString(16).padStart(2, "0")}`;
  }
  return `${out}"`;
}

const SHORT: ReadonlyMap<number, string> = new Map([
  [7, "\\a"],
  [8, "\\b"],
  [9, "\\t"],
  [10, "\\n"],
  [11, "\\v"],
  [12, "\\f"],
  [13, "\\r"],
]);
