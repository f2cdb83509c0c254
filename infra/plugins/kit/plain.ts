import { Kind, Node } from "./node";
import { Style } from "./scalar";
import { ENDS_WORD, findUnit } from "./text";

/** How deep what is read here may be nested. */
const DEEPEST: i32 = 40;
/** Where the maps and lists around a line stand, the outermost first: twice the column, one more for a list. */
const LEVELS: usize = memory.data(DEEPEST << 2);
/** The same as nodes, but for the outermost. */
const NODES: Node[] = [];

/** Digits, `-`, `.` and `/`; letters and `_`: what the keys have that are read here. */
const IN_KEY_LOW: u64 = 0x03ff_e000_0000_0000;
const IN_KEY_HIGH: u64 = ((<u64>0x07ff_fffe) << 32) | 0x87ff_fffe;

/** What stands behind a key or dash: a scalar, an empty map or list, or nothing on its line. */
let kind: Kind = Kind.Empty;
let style: Style = Style.Plain;
let start: i32 = 0;
let stop: i32 = 0;
let column: i32 = 0;
let made: Node | null = null;
/** Whether what is read is kept. */
let keeping: bool = false;

/** The value that `readPlain` read; null when it was not kept. */
export function plainValue(): Node | null {
  return made;
}

/** Where that value ends. */
export function plainEnd(): i32 {
  return stop;
}

/**
 * Reads the value of a key at column `base` of a block map, from behind its colon on, where that is block maps, block lists and scalars of one
 * line or a block, as most of what charts write is. Answers the place of the map's next key, or `end`; -1 for everything else, which
 * the parser reads or refuses. What both take they read alike.
 */
export function readPlain(source: string, from: i32, end: i32, base: i32, keep: bool): i32 {
  made = null;
  keeping = keep;
  setLevel(0, levelOf(base, false));
  let top = 0;
  let at = readValue(source, from, end, base);
  let open = kind == Kind.Empty ? base : -1;
  if (keeping && open < 0) give(source, 0);
  while (at >= 0) {
    const line = at;
    at = passBlanks(source, at, end);
    const code = at < end ? unit(source, at) : -1;
    if (code == 0x0a) {
      at += 1;
      continue;
    }
    if (code == 0x23) {
      at = behindLine(source, at, end);
      continue;
    }
    if (code == 0x09 || code == 0x0d) return -1;
    const item = code == 0x2d && at + 1 < end && unit(source, at + 1) == 0x20;
    top = enter(source, at, code < 0 ? levelOf(base, false) : levelOf(at - line, item), top, open);
    if (top <= 0) return top < 0 ? -1 : at;
    const key = item ? passBlanks(source, at + 1, end) : at;
    const colon = plainKey(source, key, end);
    if (colon < 0) {
      if (!item) return -1;
      at = readValue(source, key, end, at - line);
      if (kind == Kind.Empty) return -1;
    } else {
      const inner = key - line;
      if (item) {
        if (keeping) begin(source, key, levelOf(inner, false), top);
        top += 1;
        setLevel(top, levelOf(inner, false));
      }
      if (keeping) addKey(source, key, colon, top);
      at = readValue(source, colon + 1, end, inner);
    }
    open = kind == Kind.Empty ? key - line : -1;
    if (keeping && open < 0) give(source, top);
  }
  return -1;
}

/** Which of the levels a line is of, 0 for one behind the value; -1 for none of them. `open`: the column of a key without a value, before it. */
function enter(source: string, at: i32, level: i32, top: i32, open: i32): i32 {
  if (open >= 0 && level > levelOf(open, false)) {
    if (top >= DEEPEST - 2) return -1;
    if (keeping) begin(source, at, level, top);
    setLevel(top + 1, level);
    return top + 1;
  }
  if (keeping && open >= 0) give(source, top);
  let to = top;
  for (; to >= 0 && levelAt(to) > level; to--) if (keeping) close(to);
  return to >= 0 && levelAt(to) == level ? to : -1;
}

function levelOf(indent: i32, list: bool): i32 {
  return (indent << 1) | i32(list);
}

function setLevel(top: i32, level: i32): void {
  store<i32>(LEVELS + ((<usize>top) << 2), level);
}

function levelAt(top: i32): i32 {
  return load<i32>(LEVELS + ((<usize>top) << 2));
}

/** Begins a map or list in what is at `top`. */
function begin(source: string, at: i32, level: i32, top: i32): void {
  const node = Node.take(source, (level & 1) == 1 ? Kind.List : Kind.Map, Style.Block, at);
  node.column = level >> 1;
  if (top == 0) made = node;
  else NODES[top - 1].values.push(node);
  NODES[top] = node;
}

/** What ends at `top` ends what it is in. */
function close(top: i32): void {
  if (top > 1) NODES[top - 2].end = NODES[top - 1].end;
}

function addKey(source: string, at: i32, end: i32, top: i32): void {
  const key = Node.take(source, Kind.Scalar, Style.Plain, at);
  key.end = end;
  NODES[top - 1].keys.push(key);
}

/** Puts the value that was read last into what is at `top`. */
function give(source: string, top: i32): void {
  const node = Node.take(source, kind, style, start);
  node.end = stop;
  node.column = column;
  if (top == 0) made = node;
  else {
    const parent = NODES[top - 1];
    parent.values.push(node);
    parent.end = stop;
  }
}

function unit(source: string, at: i32): i32 {
  return <i32>load<u16>(changetype<usize>(source) + ((<usize>at) << 1));
}

function passBlanks(source: string, from: i32, end: i32): i32 {
  let at = from;
  while (at < end && unit(source, at) == 0x20) at += 1;
  return at;
}

function behindLine(source: string, from: i32, end: i32): i32 {
  return min(findUnit(source, 0x0a, from, end) + 1, end);
}

/** The colon behind a word that is a key, with a blank or a line break behind it; -1 for anything else. */
export function plainKey(source: string, from: i32, end: i32): i32 {
  let at = from;
  for (; at < end; at++) {
    const code = unit(source, at);
    if (code > 0x7f || (((code < 0x40 ? IN_KEY_LOW : IN_KEY_HIGH) >> (code & 63)) & 1) == 0) break;
  }
  if (at == from || at >= end || unit(source, at) != 0x3a || unit(source, from) < 0x30) return -1;
  return at + 1 >= end || unit(source, at + 1) == 0x20 || unit(source, at + 1) == 0x0a ? at : -1;
}

/** Reads what stands behind a key or a dash on its line, and the lines of a block; answers the next line's place, or -1. */
function readValue(source: string, from: i32, end: i32, parent: i32): i32 {
  const at = passBlanks(source, from, end);
  column = 0;
  const code = at < end ? unit(source, at) : 0x0a;
  if (code == 0x0a) {
    is(Kind.Empty, Style.Plain, from, from);
    return min(at + 1, end);
  }
  if (code == 0x7c || code == 0x3e) return readBlock(source, at, end, parent);
  if (code == 0x22 || code == 0x27) return readQuoted(source, at, end, code);
  if (code == 0x7b || code == 0x5b) {
    is(code == 0x7b ? Kind.Map : Kind.List, Style.Flow, at, at + 2);
    return at + 1 < end && unit(source, at + 1) == code + 2 ? passRest(source, at + 2, end) : -1;
  }
  return beginsPlain(source, at, end, code) ? readWords(source, at, end) : -1;
}

function is(what: Kind, how: Style, from: i32, to: i32): void {
  kind = what;
  style = how;
  start = from;
  stop = to;
}

/** Behind the line of a value that ends at a place; -1 where more stands there. */
function passRest(source: string, from: i32, end: i32): i32 {
  const at = passBlanks(source, from, end);
  return at >= end ? end : unit(source, at) == 0x0a ? at + 1 : -1;
}

/** Letters, digits, and marks that mean nothing at the beginning of a text. */
function beginsPlain(source: string, at: i32, end: i32, code: i32): bool {
  if (code == 0x2d) return at + 1 < end && unit(source, at + 1) > 0x20;
  if (code < 0x7f && (((code < 0x40 ? IN_KEY_LOW : IN_KEY_HIGH) >> (code & 63)) & 1) != 0) return true;
  return code == 0x24 || code == 0x28 || code == 0x2b || code == 0x3c || code == 0x3d || code == 0x7e;
}

function readWords(source: string, from: i32, end: i32): i32 {
  let at = from;
  for (; at < end; at++) {
    const code = unit(source, at);
    if (code > 0x3a || ((ENDS_WORD >> code) & 1) == 0) continue;
    if (code == 0x0a) break;
    if (code == 0x09 || code == 0x0d) return -1;
    const next = at + 1 < end ? unit(source, at + 1) : 0x0a;
    if (code == 0x20 ? next == 0x23 : code == 0x3a && next <= 0x20) return -1;
  }
  let to = at;
  while (unit(source, to - 1) == 0x20) to -= 1;
  is(Kind.Scalar, Style.Plain, from, to);
  return min(at + 1, end);
}

/** A quoted text of one line, with the commonest escapes. */
function readQuoted(source: string, from: i32, end: i32, mark: i32): i32 {
  let at = from + 1;
  for (; at < end && unit(source, at) != mark; at++) {
    const code = unit(source, at);
    if (code == 0x0a || code == 0x0d) return -1;
    if (code != 0x5c || mark == 0x27) continue;
    at += 1;
    const escaped = at < end ? unit(source, at) : 0;
    if (escaped != 0x6e && escaped != 0x22 && escaped != 0x5c && escaped != 0x74) return -1;
  }
  is(Kind.Scalar, mark == 0x22 ? Style.Double : Style.Single, from, at + 1);
  return at < end ? passRest(source, at + 1, end) : -1;
}

/** A literal or folded text whose head says nothing of its indentation. */
function readBlock(source: string, from: i32, end: i32, parent: i32): i32 {
  let at = from + 1;
  if (at < end && (unit(source, at) == 0x2d || unit(source, at) == 0x2b)) at += 1;
  if (at >= end || unit(source, at) != 0x0a) return -1;
  let indent = -1;
  for (at += 1; at < end;) {
    const first = passBlanks(source, at, end);
    const code = first < end ? unit(source, first) : 0x0a;
    if (code == 0x0d || code == 0x09) return -1;
    if (code != 0x0a) {
      if (indent < 0 && first - at > parent) indent = first - at;
      if (indent < 0 || first - at < indent) break;
    }
    at = behindLine(source, first, end);
  }
  column = max(indent, 0);
  is(Kind.Scalar, unit(source, from) == 0x7c ? Style.Literal : Style.Folded, from, at);
  return at;
}
