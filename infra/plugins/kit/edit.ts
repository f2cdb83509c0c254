import { Kind, Node } from "./node";
import { Style } from "./scalar";
import { Table } from "./settings";
import { quote } from "./text";
import { Utf8 } from "./utf8";

/** Changes of a text by place: what no edit names stays as it is, to the byte. */
export class Edits {
  private starts: i32[] = [];
  private ends: i32[] = [];
  private texts: string[] = [];
  private entryKey: string = "";
  private entryValue: string = "";
  private entryText: string = "";
  private lineEntry: string = "";
  private lineColumn: i32 = -1;
  private lineText: string = "";
  private lastKey: string = "";
  private lastTable: Table | null = null;
  private lastColumn: i32 = -1;
  private lastLines: string = "";
  /** Why an edit was refused; empty when none was. */
  problem: string = "";

  /** Puts a text into the place of a scalar or of nothing. */
  replace(node: Node, text: string): void {
    if (!this.admits(node, "it")) return;
    const block = node.style == Style.Literal || node.style == Style.Folded;
    if (node.kind == Kind.Empty) this.put(node.start, node.start, " " + text);
    else this.put(node.start, node.end, block ? text + "\n" : text);
  }

  /** Puts a text into the place from `start` up to `end`. */
  replaceRange(start: i32, end: i32, text: string): void {
    this.put(start, end, text);
  }

  /** Sets a key of a map to a quoted text. */
  set(map: Node, key: string, value: string): void {
    const found = map.indexOf(key);
    if (found < 0) return this.insert(map, this.entry(key, value));
    const old = map.values[found];
    if (old.kind == Kind.Scalar && old.style != Style.Plain && old.tag == "" && old.text() == value) return;
    if (old.kind == Kind.Map || old.kind == Kind.List) this.problem = "the value of " + key + " is no text";
    else this.replace(old, quote(value));
  }

  /** Puts `key: value` before a map's first entry. */
  insert(map: Node, entry: string): void {
    const inside = map.start + 1;
    if (map.style != Style.Flow) this.put(map.start, map.start, this.line(entry, map.column));
    else if (map.keys.length > 0) this.put(inside, inside, entry + ", ");
    else
      this.put(
        inside,
        inside,
        this.starts.length > 0 && this.starts[this.starts.length - 1] == inside ? ", " + entry : entry,
      );
  }

  /** Puts a map of texts under a key that a map does not have. */
  insertMap(map: Node, key: string, table: Table): void {
    if (map.style == Style.Flow) return this.insert(map, key + ": " + flowOf(table));
    this.insert(map, this.lines(key, table, map.column + 2));
  }

  /** Most maps get the same entry. */
  private entry(key: string, value: string): string {
    if (this.entryKey != key || this.entryValue != value || this.entryText == "") {
      this.entryKey = key;
      this.entryValue = value;
      this.entryText = writeKey(key) + ": " + quote(value);
    }
    return this.entryText;
  }

  /** Most maps that get the same entry stand at the same column. */
  private line(entry: string, column: i32): string {
    if (this.lineEntry != entry || this.lineColumn != column) {
      this.lineEntry = entry;
      this.lineColumn = column;
      this.lineText = entry + "\n" + " ".repeat(column);
    }
    return this.lineText;
  }

  /** Most objects get the same table at the same column. */
  private lines(key: string, table: Table, column: i32): string {
    if (this.lastTable == table && this.lastColumn == column && this.lastKey == key) return this.lastLines;
    const indent = "\n" + " ".repeat(column);
    let text = key + ":";
    for (let i = 0; i < table.keys.length; i++)
      text += indent + writeKey(table.keys[i]) + ": " + quote(table.values[i]);
    this.lastKey = key;
    this.lastTable = table;
    this.lastColumn = column;
    this.lastLines = text;
    return text;
  }

  /** Whether a node may be replaced or added to without changing what else refers to it. */
  admits(node: Node, what: string): bool {
    if (!node.fixed) return true;
    this.problem = what + " has an anchor or a tag, or is an alias; write it out";
    return false;
  }

  /** Writes the source with its changes, as the inside of a string of JSON. */
  writeTo(out: Utf8, source: string): void {
    const order = this.order();
    let from: i32 = 0;
    for (let i = 0; i < order.length; i++) {
      const edit = order[i];
      // The same place was named twice.
      if (this.starts[edit] < from) continue;
      out.escaped(source, from, this.starts[edit]);
      out.escaped(this.texts[edit], 0, this.texts[edit].length);
      from = this.ends[edit];
    }
    out.escaped(source, from, source.length);
  }

  private put(start: i32, end: i32, text: string): void {
    this.starts.push(start);
    this.ends.push(end);
    this.texts.push(text);
  }

  /** By place; edits of one place in the order in which they were asked for. They come almost sorted. */
  private order(): i32[] {
    const order: i32[] = [];
    for (let i = 0; i < this.starts.length; i++) {
      let to = i;
      order.push(i);
      for (; to > 0 && this.starts[order[to - 1]] > this.starts[i]; to--) order[to] = order[to - 1];
      order[to] = i;
    }
    return order;
  }
}

/** A table of texts in braces. */
export function flowOf(table: Table): string {
  const entries: string[] = [];
  for (let i = 0; i < table.keys.length; i++) entries.push(writeKey(table.keys[i]) + ": " + quote(table.values[i]));
  return "{" + entries.join(", ") + "}";
}

/** A key as YAML has it: plain where that is surely a text. */
export function writeKey(key: string): string {
  return isPlainKey(key) ? key : quote(key);
}

/** Texts that some reader of YAML takes for something else, in capitals or not. */
const WORDS: string = " y n yes no on off true false null ";
const LONGEST_WORD: i32 = 5;

function isPlainKey(key: string): bool {
  if (key.length == 0 || isBareExponent(key)) return false;
  let small = "";
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    const letter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
    // `-`, `.`, `/`, `_` and digits, behind a letter.
    if (!letter && (i == 0 || ((code < 0x2d || code > 0x39) && code != 0x5f))) return false;
    if (key.length <= LONGEST_WORD) small += String.fromCharCode(letter ? code | 0x20 : code);
  }
  return key.length > LONGEST_WORD || !WORDS.includes(" " + small + " ");
}

/** `e0`, `E-12`: a number to readers that want no digit before the exponent. */
function isBareExponent(key: string): bool {
  if ((key.charCodeAt(0) | 0x20) != 0x65) return false;
  for (let i = key.charCodeAt(1) == 0x2d ? 2 : 1; i < key.length; i++) {
    const code = key.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return false;
  }
  return key.length > 1;
}
