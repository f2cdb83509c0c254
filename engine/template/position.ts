import { byteLength } from "../go/utf8.ts";

/** A place in a text: line from 1, column in bytes from 0, as Go counts in its messages. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The place of the UTF-16 offset `offset`. Linear in the text: only for messages. */
export function positionAt(text: string, offset: number): Position {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return { line: lineAt(text, offset), column: byteLength(text.slice(offset === 0 ? 0 : start, offset)) };
}

/** The line, from 1, of the UTF-16 offset `offset`. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}
