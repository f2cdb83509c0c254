import { isDigit, isLetter } from "./unicode.ts";
import type { Match, Regexp } from "./regexp.ts";

/** A piece of a replacement: text as it is, or what a group matched. */
type Piece = string | { readonly number: number } | { readonly name: string };

/** A group number has at most nine digits; longer ones are names. */
const NUMBER_LIMIT = 1_000_000_000;

/** Go's `Expand` prepared for `template`: `$1`, `$name` (the longest run of letters, digits, `_`), `${name}`, `$$`. */
export function expander(regexp: Regexp, template: string): (text: string, match: Match) => string {
  const pieces = parse(template);
  return (text, match) => {
    let out = "";
    for (const piece of pieces) {
      if (typeof piece === "string") out += piece;
      else if ("number" in piece) out += groupText(text, match, piece.number);
      else out += namedText(regexp, text, match, piece.name);
    }
    return out;
  };
}

function groupText(text: string, match: Match, group: number): string {
  const start = match[group * 2] ?? -1;
  return start < 0 ? "" : text.slice(start, match[group * 2 + 1]);
}

/** The first group of that name that took part. */
function namedText(regexp: Regexp, text: string, match: Match, name: string): string {
  const group = regexp.names.findIndex((known, i) => known === name && (match[i * 2] ?? -1) >= 0);
  return group < 0 ? "" : groupText(text, match, group);
}

function parse(template: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let plain = 0;
  for (let at = template.indexOf("$"); at >= 0; at = template.indexOf("$", plain)) {
    pieces.push(template.slice(plain, at));
    const reference = template[at + 1] === "$" ? undefined : referenceAt(template, at + 1);
    pieces.push(reference === undefined ? "$" : reference.piece);
    plain = reference?.end ?? at + (template[at + 1] === "$" ? 2 : 1);
  }
  pieces.push(template.slice(plain));
  return pieces;
}

interface Reference {
  readonly piece: Piece;
  readonly end: number;
}

function referenceAt(template: string, from: number): Reference | undefined {
  const braced = template[from] === "{";
  const start = braced ? from + 1 : from;
  let end = start;
  for (const rune of template.slice(start)) {
    if (!isLetter(rune) && !isDigit(rune) && rune !== "_") break;
    end += rune.length;
  }
  if (end === start || (braced && template[end] !== "}")) return undefined;
  const name = template.slice(start, end);
  return { piece: toPiece(name), end: braced ? end + 1 : end };
}

function toPiece(name: string): Piece {
  const isNumber = /^(0|[1-9][0-9]*)$/.test(name) && Number(name) < NUMBER_LIMIT;
  return isNumber ? { number: Number(name) } : { name };
}
