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
/** Lines of a block scalar that the printer would quote or escape. */
const ODD_LINE = /[^\u0020-\u007e\u00a1-\ud7ff]|\s$/;

/**
 * The lines of a document of block maps and lists, plain and quoted one-line scalars and literal blocks, as they are printed: the greater
 * part of what charts render. Undefined for everything else, which the full reader takes; what both take they print alike.
 */
export function readPlainDocument(text: string): readonly PlainLine[] | undefined {
  const lines: PlainLine[] = [];
  const levels: Level[] = [];
  /** The last line has a key and no value: what stands deeper, or a list at its column, is its value. */
  let open: Level | undefined;
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    end = lineEnd(text, start);
    const first = passBlanks(text, start);
    if (first >= end) continue;
    const column = first - start;
    const isItem = text.charCodeAt(first) === DASH && text.charCodeAt(first + 1) === SPACE;
    const last = lines.at(-1);
    if (open !== undefined && last !== undefined && column > open.column && isEmpty(text, first, end)) {
      lines[lines.length - 1] = { ...last, text: `${last.text} ${text.slice(first, end)}`, isOpen: false };
      open = undefined;
      continue;
    }
    const level = enter(levels, open, column, isItem);
    if (level === undefined) return undefined;
    const entry = readEntry(text, { first, end, isItem });
    if (entry === undefined) return undefined;
    const { key, isPair, value } = entry;
    const inner = entry.inner - start;
    const depth = level.depth + (isItem ? 2 : 0);
    if (isItem && isPair) levels.push({ column: inner, depth, isList: false });
    open = value === "" ? { column: inner, depth, isList: false } : undefined;
    let shown = entry.text;
    if (value === "|" || value === "|-") {
      const block = readBlock(text, end + 1, isPair ? inner : column, depth + (isPair ? 2 : 0));
      if (block === undefined) return undefined;
      shown = `${shown}\n${block.text}`;
      end = block.end;
    }
    lines.push({ depth: level.depth, key, text: shown, isItem, isOpen: value === "" });
  }
  return lines.length === 0 || lines[0]?.isItem === true ? undefined : lines;
}

/** Where a line's text stands: from behind its indentation up to its line break. */
interface Place {
  readonly first: number;
  readonly end: number;
  readonly isItem: boolean;
}

/** A line of its own, or with an item's dash before it. */
interface Entry {
  /** The place behind the dash, if there is one. */
  readonly inner: number;
  readonly key: string;
  /** There is a key, though it may be empty. */
  readonly isPair: boolean;
  readonly value: string;
  /** As it is printed, the header of a block scalar at its end. */
  readonly text: string;
}

/** Undefined for what the full reader takes. */
function readEntry(text: string, { first, end, isItem }: Place): Entry | undefined {
  const inner = isItem ? passBlanks(text, first + 1) : first;
  if (!isItem || inner === first + 2) {
    const colon = keyEnd(text, inner, end);
    if (colon >= 0 && (colon === end - 1 || isSimple(text, colon + 2, end))) {
      const value = colon === end - 1 ? "" : AS_WRITTEN;
      return { inner, key: text.slice(inner, colon), isPair: true, value, text: text.slice(first, end) };
    }
    if (isItem && colon < 0 && isWord(text, inner, end)) {
      return { inner, key: "", isPair: false, value: AS_WRITTEN, text: text.slice(first, end) };
    }
  }
  return matchEntry(text.slice(inner, end), inner, isItem);
}

/** Stands for any value that is printed as it is written. */
const AS_WRITTEN = "x";

function matchEntry(body: string, inner: number, isItem: boolean): Entry | undefined {
  if (isItem && body.charCodeAt(0) === DASH && body.charCodeAt(1) === SPACE) return undefined;
  const found = KEY.exec(body);
  const value = found === null ? body : (found[3] ?? "");
  if (found === null && (!isItem || value === "")) return undefined;
  if (value !== "" && value !== "|" && value !== "|-" && !isScalar(value)) return undefined;
  const shownKey = found === null ? "" : body.slice(0, body.indexOf(":") + 1);
  const text = `${isItem ? "- " : ""}${shownKey}${shownKey === "" || value === "" ? "" : " "}${value}`;
  return { inner, key: found === null ? "" : (found[1] ?? found[2] ?? ""), isPair: found !== null, value, text };
}

/** Where the colon of a plain key stands with one blank behind it or nothing; -1 for all else. */
function keyEnd(text: string, from: number, end: number): number {
  if (!is(text.charCodeAt(from), LETTER)) return -1;
  let at = from + 1;
  while (is(text.charCodeAt(at), LETTER | IN_KEY)) at++;
  if (text.charCodeAt(at) !== COLON || (at !== end - 1 && text.charCodeAt(at + 1) !== SPACE)) return -1;
  return text.charCodeAt(at - 1) === DASH || at - from > MAX_KEY || isNull(text, from, at) ? -1 : at;
}

/** Whether a value has one of the commonest forms, all of which `isScalar` takes: words, and double quotes without escapes. */
function isSimple(text: string, from: number, end: number): boolean {
  if (text.charCodeAt(from) !== QUOTE) return isWords(text, from, end) || isEmpty(text, from, end);
  let at = from + 1;
  while (is(text.charCodeAt(at), LETTER | IN_KEY | IN_WORD | IN_QUOTES)) at++;
  return at === end - 1 && text.charCodeAt(at) === QUOTE;
}

function isWords(text: string, from: number, end: number): boolean {
  const first = text.charCodeAt(from);
  if (!is(first, LETTER | IN_KEY) || first === DASH) return false;
  for (let at = from + 1; at < end; at++) {
    const code = text.charCodeAt(at);
    if (is(code, LETTER | IN_KEY | IN_WORD)) continue;
    const isInner = (code === COLON || code === SPACE) && is(text.charCodeAt(at + 1), LETTER | IN_KEY);
    if (!isInner) return false;
  }
  return text.charCodeAt(end - 1) !== DASH && !isNull(text, from, end);
}

/** A value without a colon, so that no key is in it. */
function isWord(text: string, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if (!is(text.charCodeAt(at), LETTER | IN_KEY)) return false;
  return isWords(text, from, end);
}

function isEmpty(text: string, from: number, end: number): boolean {
  return end === from + 2 && EMPTY.test(text.slice(from, end));
}

function isNull(text: string, from: number, to: number): boolean {
  return to - from === 4 && NULL.test(text.slice(from, to));
}

const NULL = /^(?:null|Null|NULL)$/;
const MAX_KEY = 202;
const DASH = 0x2d;
const SPACE = 0x20;
const COLON = 0x3a;
const QUOTE = 0x22;

const LETTER = 1;
const IN_KEY = 2;
const IN_WORD = 4;
const IN_QUOTES = 8;
/** What each character of ASCII may stand in. */
const CLASSES: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(char)) return LETTER;
  if (/[\w./-]/.test(char)) return IN_KEY;
  if (/[()+=$,;@%^~<>!?*&|'[\]{}]/.test(char)) return IN_WORD;
  return /[ !#-[\]-~]/.test(char) ? IN_QUOTES : 0;
});

function is(code: number, classes: number): boolean {
  return ((CLASSES[code] ?? 0) & classes) !== 0;
}

function lineEnd(text: string, from: number): number {
  const found = text.indexOf("\n", from);
  return found < 0 ? text.length : found;
}

function passBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === SPACE) at++;
  return at;
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

/** The lines of a literal block as they are printed, and where its last line ends. */
function readBlock(
  source: string,
  from: number,
  parent: number,
  depth: number,
): { readonly text: string; readonly end: number } | undefined {
  let column = -1;
  let last = -1;
  const lines: string[] = [];
  for (let start = from, end = 0; start < source.length; start = end + 1) {
    end = lineEnd(source, start);
    if (end === start) {
      if (column < 0) return undefined;
      lines.push("");
      continue;
    }
    const first = passBlanks(source, start);
    if (first >= end) return undefined;
    const indent = first - start;
    if (column < 0) column = indent > parent ? indent : -1;
    if (column < 0) return undefined;
    if (indent < column) {
      if (indent > parent) return undefined;
      break;
    }
    const content = source.slice(start + column, end);
    if (ODD_LINE.test(content)) return undefined;
    lines.push(content);
    last = end;
  }
  // Without a line break at its end it has none.
  if (column < 0 || last === source.length) return undefined;
  while (lines.at(-1) === "") lines.pop();
  const indentation = indentOf(depth);
  return { text: lines.map((line) => (line === "" ? "" : `${indentation}${line}`)).join("\n"), end: last };
}

const INDENTS: readonly string[] = Array.from({ length: 64 }, (_, depth) => " ".repeat(depth));

/** Lines as they are printed. */
export function printPlain(lines: readonly PlainLine[]): string {
  let text = "";
  for (const { depth, text: own } of lines) text += `${indentOf(depth)}${own}\n`;
  return text;
}

function indentOf(depth: number): string {
  return INDENTS[depth] ?? " ".repeat(depth);
}
