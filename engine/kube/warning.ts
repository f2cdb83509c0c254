/** A server sends a handful; a header block is at most some KiB. */
const MAX_WARNINGS = 100;

/**
 * The texts of a `Warning` header, several of which are joined by commas: `299 - "text"[ "date"][, …]`. Reading stops at the first
 * piece that is none, as client-go does.
 */
export function parseWarnings(header: string | null): readonly string[] {
  const out: string[] = [];
  if (header === null) return out;
  let at = 0;
  while (at < header.length && out.length < MAX_WARNINGS) {
    const open = header.indexOf('"', at);
    if (open < 0 || !isWarningHead(header.slice(at, open))) break;
    const text = readQuoted(header, open);
    if (text === undefined) break;
    out.push(text.value);
    at = skipDate(header, text.end);
    const comma = header.indexOf(",", at);
    if (comma < 0) break;
    at = comma + 1;
  }
  return out;
}

/** Three digits, an agent, each followed by one space. */
function isWarningHead(text: string): boolean {
  const parts = text.trimStart().split(" ");
  return parts.length === 3 && /^[0-9]{3}$/.test(parts[0] ?? "") && parts[1] !== "" && parts[2] === "";
}

function readQuoted(text: string, open: number): { readonly value: string; readonly end: number } | undefined {
  let value = "";
  for (let i = open + 1; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '"') return { value, end: i + 1 };
    if (char === "\\") i++;
    value += char === "\\" ? text.charAt(i) : char;
  }
  return undefined;
}

/** A date is quoted too and may hold a comma. */
function skipDate(text: string, from: number): number {
  let at = from;
  while (text.charAt(at) === " ") at++;
  if (text.charAt(at) !== '"') return from;
  const close = text.indexOf('"', at + 1);
  return close < 0 ? text.length : close + 1;
}
