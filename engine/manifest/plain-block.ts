import { IN_BLOCK, isIn, NEWLINE, passBlanks, type PlainSource, SPACE } from "./plain-codes.ts";

/** Where a literal block's lines begin, the column of what it belongs to, and the column in which it is printed. */
interface BlockPlace {
  readonly from: number;
  readonly parent: number;
  readonly depth: number;
}

/** A literal block. */
export interface PlainBlock {
  /** Where its last line ends; empty lines at its end are not its own. */
  readonly end: number;
  /** As it is printed, where that is not as it is written. */
  readonly shown: string | undefined;
}

/** Undefined for what the full reader takes: blocks that the printer would quote, or whose column or end is not plain. */
export function readBlock({ text, codes }: PlainSource, { from, parent, depth }: BlockPlace): PlainBlock | undefined {
  if (from >= text.length) return undefined;
  const column = passBlanks(codes, from) - from;
  if (column <= parent || codes[from + column] === NEWLINE) return undefined;
  let end = -1;
  for (let start = from; start < text.length;) {
    const first = passBlanks(codes, start);
    if (codes[first] === NEWLINE && first !== start) return undefined;
    if (codes[first] !== NEWLINE && first - start < column) {
      if (first - start > parent) return undefined;
      break;
    }
    if (codes[first] === NEWLINE) start = first + 1;
    else {
      end = passShown(codes, first);
      if (codes[end] !== NEWLINE || codes[end - 1] === SPACE) return undefined;
      start = end + 1;
    }
  }
  // Without a line break at its end it has none.
  if (end === text.length) return undefined;
  return { end, shown: column === depth ? undefined : indented(text.slice(from, end), column, depth) };
}

function passShown(codes: Uint8Array, from: number): number {
  let at = from;
  while (isIn(codes[at], IN_BLOCK)) at++;
  return at;
}

function indented(text: string, column: number, depth: number): string {
  const indentation = " ".repeat(depth);
  const lines = text.split("\n").map((line) => (line === "" ? "" : `${indentation}${line.slice(column)}`));
  return lines.join("\n");
}
