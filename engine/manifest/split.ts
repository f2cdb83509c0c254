import { isSpaceCode } from "../go/unicode.ts";

/**
 * The documents of a rendered file, as Helm splits it: at every line that starts with `---`, whose blanks go too. Blank documents are
 * dropped, leading white space is cut, trailing is kept.
 *
 * Helm compatibility: the rest of a separator's line belongs to the next document, and `---` at a line start inside a quoted scalar
 * or a PEM text separates as well.
 */
export function splitManifests(text: string): readonly string[] {
  const documents: string[] = [];
  let start = skipSpace(text, 0);
  for (let at = start; at >= 0 && at < text.length;) {
    if (text.startsWith("---", at)) {
      push(documents, text.slice(start, at));
      at += 3;
      while (text[at] === " " || text[at] === "\t") at++;
      start = at;
    }
    const newline = text.indexOf("\n---", at);
    at = newline < 0 ? text.length : newline + 1;
  }
  push(documents, text.slice(start));
  return documents;
}

/** True when nothing but white space, as Go sees it, is in `text`. */
export function isBlank(text: string): boolean {
  return skipSpace(text, 0) === text.length;
}

function push(documents: string[], text: string): void {
  const first = skipSpace(text, 0);
  if (first < text.length) documents.push(first === 0 ? text : text.slice(first));
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpaceCode(text.charCodeAt(at))) at++;
  return at;
}
