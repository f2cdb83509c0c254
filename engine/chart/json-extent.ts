/**
 * The length of the first JSON value at the start of `text`, leading white space included, found by its brackets, strings and
 * separators alone; `text.length` where it does not end. Whether it is valid is for the decoder to say.
 */
export function jsonExtent(text: string): number {
  let at = 0;
  while (isBlank(text.charCodeAt(at))) at++;
  const first = text[at];
  if (first === '"') return stringEnd(text, at);
  if (first === "{" || first === "[") return bracketEnd(text, at);
  while (at < text.length && !isDelimiter(text.charCodeAt(at))) at++;
  return at;
}

function bracketEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === '"') at = stringEnd(text, at) - 1;
    else if (char === "{" || char === "[") depth++;
    else if ((char === "}" || char === "]") && --depth === 0) return at + 1;
  }
  return text.length;
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

/** A literal or number ends at white space, a comma, a colon or a bracket. */
function isDelimiter(code: number): boolean {
  return (
    isBlank(code) || code === 0x2c || code === 0x3a || code === 0x5d || code === 0x7d || code === 0x5b || code === 0x7b
  );
}
