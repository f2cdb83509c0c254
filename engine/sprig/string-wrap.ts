import { byteText } from "../go/byte-slice.ts";
import type { CallContext } from "../template/function.ts";
import { INT, TEXT, binary, triple } from "./signature.ts";
import type { Entry } from "./signature.ts";

interface Wrapping {
  readonly width: number;
  readonly separator: string;
  readonly splitLongWords: boolean;
}

/**
 * Breaks `text` at spaces into lines of at most `width` bytes. A leading space of a line is dropped; line feeds count as ordinary
 * bytes. A longer word is split or left whole, as `splitLongWords` says.
 */
function wrap(text: string, wrapping: Wrapping, context: CallContext): string {
  const bytes = byteText(text);
  const width = Math.max(1, wrapping.width);
  const lines: string[] = [];
  let offset = 0;
  while (bytes.length - offset > width) {
    context.spend(1);
    if (bytes.at(offset) === SPACE) {
      offset++;
      continue;
    }
    const space = lastSpace(bytes.at, offset, offset + width);
    if (space >= offset) {
      lines.push(bytes.slice(offset, space));
      offset = space + 1;
    } else if (wrapping.splitLongWords) {
      lines.push(bytes.slice(offset, offset + width));
      offset += width;
    } else {
      let end = offset + width;
      while (end < bytes.length && bytes.at(end) !== SPACE) end++;
      if (end === bytes.length) return joinLines([...lines, bytes.slice(offset, end)], wrapping.separator, context);
      lines.push(bytes.slice(offset, end));
      offset = end + 1;
    }
  }
  lines.push(bytes.slice(offset, bytes.length));
  return joinLines(lines, wrapping.separator, context);
}

const SPACE = 0x20;

/** The last space in `from..to`, both included; -1 when there is none. */
function lastSpace(at: (index: number) => number, from: number, to: number): number {
  for (let i = to; i >= from; i--) if (at(i) === SPACE) return i;
  return -1;
}

function joinLines(lines: readonly string[], separator: string, context: CallContext): string {
  const line = separator === "" ? "\n" : separator;
  context.reserve(lines.length * line.length);
  return lines.join(line);
}

export const wrapFunctions: readonly Entry[] = [
  ["wrap", binary(INT, TEXT, (width, s, context) => wrap(s, { width, separator: "", splitLongWords: false }, context))],
  [
    "wrapWith",
    triple(INT, TEXT, TEXT, (width, separator, s, context) =>
      wrap(s, { width, separator, splitLongWords: true }, context),
    ),
  ],
];
