import { decodeText, Style } from "./scalar";
import { findUnit, quote } from "./text";

export const enum Kind {
  /** Nothing was written: null. */
  Empty,
  Scalar,
  Map,
  List,
  Alias,
}

const NONE: Node[] = [];
/** Nodes that may be used again: memory that was used once costs less than what the host must give. */
const LEAVES: Node[] = [];
const COLLECTIONS: Node[] = [];

/** A piece of YAML, with the place in its source where it stands. JSON is YAML too. */
export class Node {
  source: string;
  kind: Kind;
  style: Style;
  start: i32;
  /** Behind the last character; of a block scalar behind its last line break. */
  end: i32;
  /** Of a block map or list: the column of its entries; of a block scalar: of its lines. */
  column: i32 = 0;
  /** As written, with its `!`; empty without one. */
  tag: string = "";
  /** It has an anchor or a tag, or no colon to put a value behind: replacing it would change more than itself. */
  fixed: bool = false;
  keys: Node[] = NONE;
  /** Values of a map, items of a list. */
  values: Node[] = NONE;

  constructor(source: string, kind: Kind, style: Style, start: i32) {
    this.source = source;
    this.kind = kind;
    this.style = style;
    this.start = start;
    this.end = start;
    if (kind == Kind.Map) this.keys = new Array<Node>();
    if (kind == Kind.Map || kind == Kind.List) this.values = new Array<Node>();
  }

  /** A node with nothing in it, new or used again. */
  static take(source: string, kind: Kind, style: Style, start: i32): Node {
    const pool = kind == Kind.Map || kind == Kind.List ? COLLECTIONS : LEAVES;
    if (pool.length == 0) return new Node(source, kind, style, start);
    const node = pool.pop();
    if (kind == Kind.Map && node.keys == NONE) node.keys = new Array<Node>();
    node.source = source;
    node.kind = kind;
    node.style = style;
    node.start = start;
    node.end = start;
    node.column = 0;
    node.tag = "";
    node.fixed = false;
    return node;
  }

  /** Lets a tree's nodes be used again: nothing else may hold one of them. */
  recycle(): void {
    for (let i = 0; i < this.keys.length; i++) this.keys[i].recycle();
    for (let i = 0; i < this.values.length; i++) this.values[i].recycle();
    if (this.keys != NONE) this.keys.length = 0;
    if (this.values == NONE) LEAVES.push(this);
    else {
      this.values.length = 0;
      COLLECTIONS.push(this);
    }
  }

  /** A scalar's text, whatever its style. */
  text(): string {
    return decodeText(this.source, this.start, this.end, this.style, this.column);
  }

  /** Whether this is a scalar with the text `word`. */
  is(word: string): bool {
    if (this.kind != Kind.Scalar) return false;
    if (this.style == Style.Plain && this.end - this.start == word.length)
      return memory.compare(at(this.source, this.start), at(word, 0), (<usize>word.length) << 1) == 0;
    // Only a text of several lines is shorter than it is written.
    if (this.style == Style.Plain && this.end - this.start < word.length) return false;
    if (this.style == Style.Plain && findUnit(this.source, 0x0a, this.start, this.end) == this.end) return false;
    return this.text() == word;
  }

  /** Whether this is null, written or not. */
  isNull(): bool {
    if (this.kind == Kind.Empty) return true;
    if (this.kind != Kind.Scalar || this.style != Style.Plain || this.tag != "") return false;
    return this.is("null") || this.is("~") || this.is("Null") || this.is("NULL");
  }

  isTrue(): bool {
    return this.style == Style.Plain && (this.is("true") || this.is("True") || this.is("TRUE"));
  }

  /** The place of a key in `keys`; -1 when it is not there. Of a key written twice the last one counts, as in Kubernetes' decoder. */
  indexOf(key: string): i32 {
    for (let i = this.keys.length - 1; i >= 0; i--) if (this.keys[i].is(key)) return i;
    return -1;
  }

  /** The value of a key of a map; null when there is none, or when this is no map. */
  get(key: string): Node | null {
    const found = this.indexOf(key);
    return found < 0 ? null : this.values[found];
  }

  /** What stands under keys joined by dots; null when nothing does. */
  find(path: string): Node | null {
    const dot = path.indexOf(".");
    if (dot < 0) return this.get(path);
    const inner = this.get(path.substring(0, dot));
    return inner == null ? null : inner.find(path.substring(dot + 1));
  }

  /** The text of a scalar under a key; empty when there is none. */
  textAt(key: string): string {
    const found = this.get(key);
    return found == null || found.kind != Kind.Scalar ? "" : found.text();
  }

  /** A quoted text that stands nowhere yet. */
  static ofText(text: string): Node {
    const source = quote(text);
    const node = new Node(source, Kind.Scalar, Style.Double, 0);
    node.end = source.length;
    return node;
  }

  /** The same place, without what is in it. */
  shallow(): Node {
    const copied = new Node(this.source, this.kind, this.style, this.start);
    copied.end = this.end;
    copied.column = this.column;
    copied.tag = this.tag;
    copied.fixed = this.fixed;
    return copied;
  }

  /** A map or list of the same kind with nothing in it. */
  emptied(): Node {
    return new Node(this.source, this.kind, this.style, this.start);
  }

  /** A tree of its own: changes of it are seen nowhere else. */
  copy(): Node {
    const copied = this.shallow();
    for (let i = 0; i < this.keys.length; i++) copied.keys.push(this.keys[i]);
    for (let i = 0; i < this.values.length; i++) copied.values.push(this.values[i].copy());
    return copied;
  }

  /** Sets a key of a map. The source stays: a changed tree is written by `emit`. */
  put(key: Node, value: Node): void {
    const found = this.indexOf(key.text());
    if (found >= 0) this.values[found] = value;
    else {
      this.keys.push(key);
      this.values.push(value);
    }
  }

  insertAt(index: i32, value: Node): void {
    this.values.push(value);
    for (let i = this.values.length - 1; i > index; i--) this.values[i] = this.values[i - 1];
    this.values[index] = value;
  }

  removeAt(index: i32): void {
    if (this.kind == Kind.Map) this.keys.splice(index, 1);
    this.values.splice(index, 1);
  }

  clear(): void {
    if (this.kind == Kind.Map) this.keys = [];
    this.values = [];
  }

  /** The line in its source, from 1. */
  line(): i32 {
    return lineAt(this.source, this.start);
  }
}

/** The line of a place in a text, from 1. */
export function lineAt(source: string, place: i32): i32 {
  let line = 1;
  for (let i = 0; i < place && i < source.length; i++) if (source.charCodeAt(i) == 0x0a) line += 1;
  return line;
}

function at(text: string, index: i32): usize {
  return changetype<usize>(text) + ((<usize>index) << 1);
}
