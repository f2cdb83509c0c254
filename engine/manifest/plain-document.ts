/**
 * One line of a document as it is printed, or a block scalar with its lines. `depth` is the column of its key or dash; a line that opens an
 * item of a list has the dash in its text.
 */
export interface PlainLine {
  readonly depth: number;
  /** The key, where the line has one. */
  readonly key: string;
  /** Text behind the indentation, further lines of a block scalar included. */
  readonly text: string;
  /** The line opens an item of a list. */
  readonly isItem: boolean;
  /** Nothing stands behind the key. */
  readonly isOpen: boolean;
}

/** A collection that is being read: the column in its source, and where it is printed. */
interface Level {
  readonly column: number;
  readonly depth: number;
  readonly isList: boolean;
}

const KEY =
  /^(?:((?!(?:null|Null|NULL):)[A-Za-z_](?:[\w./-]{0,200}[\w./])?)|"([A-Za-z_][\w./-]{0,200})"): *(?:(?<= )(.*))?$/;
/** What is printed as it is written: nothing in it is quoted, escaped, folded, or a comment. */
const PLAIN =
  /^(?!(?:~|null|Null|NULL)$)(?:[\w./(+=$]|-(?=\S))(?:[\w./()+=$,;@%^~<>!?*&|'"[\]{}-]|:(?=[^\s])|(?<=\S)#| (?=[^\s#]))*$/;
const DOUBLE = /^"(?:[ !#-[\]-~]|\\[nrt"\\])*"$/;
const SINGLE = /^'[ -&(-~]*'$/;
/** Longer lists may be printed on lines of their own. */
const MAX_FLOW = 50;
const FLOW = /^\[(?:"[\w ./:=-]*"|[\w/][\w./]*)(?:, (?:"[\w ./:=-]*"|[\w/][\w./]*))*\]$/;
const NULLS = /\b(?:null|Null|NULL)\b/;
const EMPTY = /^(?:\{\}|\[\])$/;
const BLANK = /^ *$/;
/** Lines of a block scalar that the printer would quote or escape. */
const ODD_LINE = /[^\u0020-\u007e\u00a1-\ud7ff]|\s$/;

/**
 * The lines of a document of block maps and lists, plain and quoted one-line scalars and literal blocks, as they are printed: the greater
 * part of what charts render. Undefined for everything else, which the full reader takes; what both take they print alike.
 */
export function readPlainDocument(text: string): readonly PlainLine[] | undefined {
  const source = text.split("\n");
  const lines: PlainLine[] = [];
  const levels: Level[] = [];
  /** The last line has a key and no value: what stands deeper, or a list at its column, is its value. */
  let open: Level | undefined;
  for (let at = 0; at < source.length; at++) {
    const line = source[at] ?? "";
    if (BLANK.test(line)) continue;
    const column = indentOf(line);
    const isItem = line.charCodeAt(column) === DASH && line.charCodeAt(column + 1) === SPACE;
    const last = lines.at(-1);
    if (open !== undefined && last !== undefined && column > open.column && EMPTY.test(line.slice(column))) {
      lines[lines.length - 1] = { ...last, text: `${last.text} ${line.slice(column)}`, isOpen: false };
      open = undefined;
      continue;
    }
    const level = enter(levels, open, column, isItem);
    if (level === undefined) return undefined;
    const inner = isItem ? column + 1 + indentOf(line.slice(column + 1)) : column;
    const body = line.slice(inner);
    if (isItem && body.charCodeAt(0) === DASH && body.charCodeAt(1) === SPACE) return undefined;
    const found = KEY.exec(body);
    if (found === null && !isItem) return undefined;
    const value = found === null ? body : (found[3] ?? "");
    const own = found === null ? "" : (found[1] ?? found[2] ?? "");
    const shownKey = found === null ? "" : body.slice(0, body.indexOf(":") + 1);
    const depth = level.depth + (isItem ? 2 : 0);
    if (isItem && found !== null) levels.push({ column: inner, depth, isList: false });
    open = undefined;
    let shown = value;
    if (value === "") {
      if (found === null) return undefined;
      open = { column: inner, depth, isList: false };
    } else if (value === "|" || value === "|-") {
      const block = readBlock(source, at + 1, found === null ? column : inner, depth + (found === null ? 0 : 2), value);
      if (block === undefined) return undefined;
      shown = block.text;
      at = block.last;
    } else if (!isScalar(value)) return undefined;
    lines.push({
      depth: level.depth,
      key: own,
      text: `${isItem ? "- " : ""}${shownKey}${shownKey === "" || shown === "" ? "" : " "}${shown}`,
      isItem,
      isOpen: value === "",
    });
  }
  return lines.length === 0 || lines[0]?.isItem === true ? undefined : lines;
}

const DASH = 0x2d;
const SPACE = 0x20;

function indentOf(line: string): number {
  let column = 0;
  while (line.charCodeAt(column) === SPACE) column++;
  return column;
}

function isScalar(value: string): boolean {
  if (value.endsWith("-")) return false;
  return PLAIN.test(value) || DOUBLE.test(value) || SINGLE.test(value) || EMPTY.test(value) || isShortList(value);
}

function isShortList(value: string): boolean {
  return value.length <= MAX_FLOW && FLOW.test(value) && !NULLS.test(value);
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

/** A literal block: its header and lines as they are printed, and the index of its last line. */
function readBlock(
  source: readonly string[],
  from: number,
  parent: number,
  depth: number,
  header: string,
): { readonly text: string; readonly last: number } | undefined {
  let column = -1;
  let last = from - 1;
  const lines: string[] = [];
  for (let at = from; at < source.length; at++) {
    const line = source[at] ?? "";
    if (line === "") {
      if (column < 0) return undefined;
      lines.push("");
      continue;
    }
    if (BLANK.test(line)) return undefined;
    const indent = indentOf(line);
    if (column < 0) column = indent > parent ? indent : -1;
    if (column < 0) return undefined;
    if (indent < column) {
      if (indent > parent) return undefined;
      break;
    }
    const content = line.slice(column);
    if (ODD_LINE.test(content)) return undefined;
    lines.push(content);
    last = at;
  }
  // Without a line break at its end it has none.
  if (column < 0 || last === source.length - 1) return undefined;
  while (lines.at(-1) === "") lines.pop();
  const indentation = " ".repeat(depth);
  const text = lines.map((line) => (line === "" ? "" : `${indentation}${line}`)).join("\n");
  return { text: `${header}\n${text}`, last };
}

/** Lines as they are printed. */
export function printPlain(lines: readonly PlainLine[]): string {
  let text = "";
  for (const { depth, text: own } of lines) text += `${" ".repeat(depth)}${own}\n`;
  return text;
}
