import { readBlock } from "./plain-block.ts";
import { createPlainSource, DASH, NEWLINE, passBlanks, type PlainSource, SPACE } from "./plain-codes.ts";
import { entryEnd, IS_BLOCK, IS_OPEN, IS_PAIR, isEmpty, matchEntry, scanEntry, UNKNOWN } from "./plain-entry.ts";
import { createOutline, headingAt, type Outline, type PlainDocument } from "./plain-outline.ts";
import { createOutput, type Output } from "./plain-output.ts";

/** A collection that is being read: the column in its source, and where it is printed. */
interface Level {
  readonly column: number;
  readonly depth: number;
  readonly isList: boolean;
}

/** Prints a document; undefined for what the full reader takes. */
export type PrintPlain = (text: string) => PlainDocument | undefined;

/**
 * A printer of documents of block maps and lists, plain and quoted one-line scalars and literal blocks: the greater part of what charts
 * render. What it and the full reader take they print alike.
 */
export function createPlainPrinter(): PrintPlain {
  const sourceOf = createPlainSource();
  const output = createOutput();
  const outline = createOutline();
  return (text) => {
    output.begin(text);
    outline.begin();
    return printDocument({ source: sourceOf(text), output, outline, levels: [], open: undefined });
  };
}

/** A document that is being printed. */
interface Printing {
  readonly source: PlainSource;
  readonly output: Output;
  readonly outline: Outline;
  readonly levels: Level[];
  /** The last line has a key and no value: what stands deeper, or a list at its column, is its value. */
  open: Level | undefined;
}

function printDocument(printing: Printing): PlainDocument | undefined {
  const { source, output, outline, levels } = printing;
  for (let start = 0; start < source.text.length;) {
    const end = printLine(printing, start);
    if (end < 0) return undefined;
    start = end + 1;
  }
  return levels.length === 0 ? undefined : outline.of(output.all());
}

/** Prints a line, and the lines of a block that begins on it. Answers where they end; -1 for what the full reader takes. */
function printLine(printing: Printing, start: number): number {
  const { source, output, levels, open } = printing;
  const { codes } = source;
  const first = passBlanks(codes, start);
  if (codes[first] === NEWLINE) {
    output.put(start, "", first + 1);
    return first;
  }
  if (open !== undefined && first - start > open.column && isEmpty(codes, first)) return fill(printing, start, first);
  const isItem = codes[first] === DASH && codes[first + 1] === SPACE;
  const level = enter(levels, open, first - start, isItem);
  return level === undefined ? -1 : printEntry(printing, level, start, first);
}

/** Puts an empty map or list behind the key before it. */
function fill(printing: Printing, start: number, first: number): number {
  const { source, output, outline } = printing;
  const end = first + 2;
  outline.fill(output.place(start));
  output.join(start, ` ${source.text.slice(first, end)}\n`, end + 1);
  printing.open = undefined;
  return end;
}

/** Prints the line of a map or list that begins at `start`, and its text at `first`. */
function printEntry(printing: Printing, level: Level, start: number, first: number): number {
  const { source, output, outline, levels } = printing;
  const { isList } = level;
  const scanned = scanEntry(source.codes, isList ? first + 2 : first, isList);
  const matched = scanned === UNKNOWN ? matchEntry(source, first, isList) : undefined;
  const entry = matched?.entry ?? scanned;
  if (entry === UNKNOWN) return -1;
  const end = entryEnd(entry);
  const isPair = (entry & IS_PAIR) !== 0;
  const isOpen = (entry & IS_OPEN) !== 0;
  const column = (matched?.inner ?? (isList ? first + 2 : first)) - start;
  const depth = level.depth + (isList ? 2 : 0);
  if (isList && isPair) levels.push({ column, depth, isList: false });
  printing.open = isOpen ? { column, depth, isList: false } : undefined;
  const isWanted = outline.wants(level.depth);
  const head = isWanted ? output.place(start) : 0;
  const shift = first - start - level.depth;
  if (matched !== undefined) output.put(start, `${indentOf(level.depth)}${matched.shown}\n`, end + 1);
  else if (shift > 0) output.put(start, "", start + shift);
  else if (shift < 0) output.put(start, indentOf(-shift), start);
  if (isWanted) {
    outline.leave(level.depth, head);
    if (!isList) tell(printing, level.depth, { first, end, head, isOpen });
  }
  if ((entry & IS_BLOCK) === 0) return end;
  return printBlock(printing, end + 1, { parent: isPair ? column : first - start, depth: isPair ? depth + 2 : depth });
}

interface Told {
  readonly first: number;
  readonly end: number;
  readonly head: number;
  readonly isOpen: boolean;
}

function tell({ source, output, outline }: Printing, depth: number, { first, end, head, isOpen }: Told): void {
  const { text } = source;
  const key = headingAt(text, first, depth);
  if (key !== undefined) outline.enter(key, { head, from: output.place(end + 1), isOpen });
  else if (depth === 0 && text.startsWith("kind:", first) && text.slice(first, end).includes("List")) outline.list();
}

function printBlock(
  { source, output }: Printing,
  from: number,
  place: { readonly parent: number; readonly depth: number },
): number {
  const block = readBlock(source, { from, ...place });
  if (block === undefined) return -1;
  if (block.shown !== undefined) output.put(from, `${block.shown}\n`, block.end + 1);
  return block.end;
}

/** The collection that a line at `column` belongs to; undefined where it fits none. Leaves what is deeper. */
function enter(levels: Level[], open: Level | undefined, column: number, isItem: boolean): Level | undefined {
  const before = levels.at(-1);
  if (before === undefined) {
    if (column !== 0 || isItem) return undefined;
    return push(levels, { column: 0, depth: 0, isList: false });
  }
  if (open !== undefined && (column > open.column || (isItem && column === open.column))) {
    return push(levels, { column, depth: isItem ? open.depth : open.depth + 2, isList: isItem });
  }
  while (levels.length > 0) {
    const level = levels.at(-1);
    if (level === undefined || level.column < column) return undefined;
    if (level.column === column && level.isList === isItem) return level;
    levels.pop();
  }
  return undefined;
}

function push(levels: Level[], level: Level): Level {
  levels.push(level);
  return level;
}

const INDENTS: readonly string[] = Array.from({ length: 64 }, (_, depth) => " ".repeat(depth));

function indentOf(depth: number): string {
  return INDENTS[depth] ?? " ".repeat(depth);
}
