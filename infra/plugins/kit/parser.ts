import { Kind, lineAt, Node } from "./node";
import { plainEnd, plainKey, plainValue, readPlain } from "./plain";
import { hexDigit, isEscape, Style } from "./scalar";
import { ENDS_WORD, findUnit } from "./text";

/** How deep maps and lists may stand in each other. */
const MAX_DEPTH: i32 = 200;

/**
 * Reads one document of YAML: what charts write, which is block and flow collections, all five styles of scalars, comments, anchors, aliases
 * and tags. Keys that are no one-line texts, anchors of keys, directives and tabs as indentation are refused with the line. Positions
 * are kept, so that an edit touches nothing but its place.
 */
export class Parser {
  /** Why reading ended early; empty when it did not. */
  problem: string = "";
  private source: string;
  private start: i32 = 0;
  private end: i32 = 0;
  private at: i32 = 0;
  private depth: i32 = 0;
  /** Keys of the outermost map that are kept; null keeps all. */
  private only: string[] | null;
  /** What is read is checked and not kept: every node is `passed`. */
  private passing: bool = false;
  private passed: Node;
  /** The last key that was looked ahead at: where it stands, where its text ends, and its colon. */
  private keyAt: i32 = -1;
  private keyEnd: i32 = 0;
  private keyColon: i32 = 0;

  constructor(source: string, only: string[] | null) {
    this.only = only;
    this.passed = new Node(source, Kind.Empty, Style.Plain, 0);
    this.source = source;
  }

  /** Reads the document from `start` up to `end`; look at the `problem`, behind which nothing more is read. */
  document(start: i32, end: i32): Node {
    this.start = start;
    this.end = end;
    this.at = start;
    this.depth = 0;
    this.passing = false;
    this.keyAt = -1;
    const node = this.value(-1, false);
    this.skip(false);
    if (this.at < this.end) this.refuse("this is not indented as a part of what stands above it");
    return node;
  }

  /** The rest is not read: every loop ends at the end. */
  private refuse(problem: string): void {
    if (this.problem == "") this.problem = "line " + lineAt(this.source, this.at).toString() + ": " + problem;
    this.at = this.end;
  }

  private make(kind: Kind, style: Style, start: i32): Node {
    if (!this.passing) return Node.take(this.source, kind, style, start);
    const node = this.passed;
    node.kind = kind;
    node.style = style;
    node.start = start;
    node.end = start;
    return node;
  }

  /** Passes what cannot end a plain text, and begins no comment. */
  private passWord(): void {
    const text = changetype<usize>(this.source);
    const end = this.end;
    let at = this.at;
    for (; at < end; at++) {
      const code = <u64>load<u16>(text + ((<usize>at) << 1));
      if (code <= 0x3a && ((ENDS_WORD >> code) & 1) != 0) break;
    }
    this.at = at;
  }

  /** Goes to the next line break, or to the end. */
  private passLine(): void {
    this.at = findUnit(this.source, 0x0a, this.at, this.end);
  }

  private peek(ahead: i32 = 0): i32 {
    const place = this.at + ahead;
    return place < this.end ? <i32>load<u16>(changetype<usize>(this.source) + ((<usize>place) << 1)) : -1;
  }

  /** How many characters stand between the line's start and a place. */
  private column(): i32 {
    let from = this.at;
    while (from > this.start && this.source.charCodeAt(from - 1) != 0x0a) from -= 1;
    return this.at - from;
  }

  /** Passes blanks, line breaks and comments. */
  private skip(flow: bool): void {
    let tab = false;
    let fresh = this.at == this.start;
    for (; ; this.at++) {
      const code = this.peek();
      if (code == 0x0a) {
        fresh = true;
        tab = false;
      } else if (code == 0x09) tab = true;
      else if (code == 0x23 && this.startsComment()) {
        this.passLine();
        this.at -= 1;
      } else if (code != 0x20 && !(code == 0x0d && this.peek(1) == 0x0a)) break;
    }
    if (!flow && tab && fresh && this.at < this.end) this.refuse("a tab stands where only blanks indent");
  }

  private startsComment(): bool {
    return this.at == this.start || isSpace(this.peek(-1));
  }

  private skipInline(): void {
    while (this.peek() == 0x20 || this.peek() == 0x09) this.at += 1;
  }

  private lineEnds(): bool {
    const code = this.peek();
    if (code == -1 || code == 0x0a || (code == 0x0d && this.peek(1) == 0x0a)) return true;
    return code == 0x23 && this.startsComment();
  }

  /** Behind an inline value nothing but a comment may stand. */
  private endLine(): void {
    this.skipInline();
    if (!this.lineEnds()) this.refuse("there is more behind a value than a comment");
  }

  /** Whether an indicator (`-`, `?`, `:`) stands here. */
  private isIndicator(code: i32): bool {
    return this.peek() == code && (this.peek(1) == -1 || isSpace(this.peek(1)));
  }

  /** A value of an entry at column `parent`, from behind its indicator on. */
  private value(parent: i32, afterKey: bool): Node {
    const begin = this.at;
    if (this.depth >= MAX_DEPTH) this.refuse("it is nested deeper than " + MAX_DEPTH.toString());
    this.depth += 1;
    this.skipInline();
    const before = this.at;
    let tag = this.properties();
    let fixed = this.at > before;
    let found: Node | null = null;
    if (!this.lineEnds()) found = this.content(parent, !afterKey);
    else {
      this.skip(false);
      let column = this.at < this.end ? this.column() : -1;
      const flush = afterKey && column == parent && this.isIndicator(0x2d);
      if (column > parent || flush) {
        if (!fixed && (this.peek() == 0x26 || this.peek() == 0x21)) {
          tag = this.properties();
          fixed = true;
          if (this.lineEnds()) this.skip(false);
          column = this.column();
        }
        if (column > parent || flush) found = this.content(parent, true);
      }
    }
    const node = found == null ? this.make(Kind.Empty, Style.Plain, begin) : found;
    if (fixed) {
      node.fixed = true;
      node.tag = tag;
    }
    this.depth -= 1;
    return node;
  }

  /** Passes an anchor and a tag; answers the tag. */
  private properties(): string {
    let tag = "";
    while (this.peek() == 0x26 || this.peek() == 0x21) {
      const from = this.at;
      while (this.peek() != -1 && !isSpace(this.peek())) this.at += 1;
      if (this.source.charCodeAt(from) == 0x21) tag = this.source.substring(from, this.at);
      this.skipInline();
    }
    return tag;
  }

  /** `compact`: a map or list may begin on this line. */
  private content(parent: i32, compact: bool): Node {
    const code = this.peek();
    if (code == 0x7c || code == 0x3e) return this.blockScalar(parent, code);
    if (this.isIndicator(0x2d)) {
      if (!compact) this.refuse("a list begins on the line of its key");
      return this.list(this.column());
    }
    if (this.isIndicator(0x3f)) this.refuse("a key behind a question mark is not supported");
    if (code == 0x25 || code == 0x40 || code == 0x60) this.refuse("no text begins with this character");
    if (code == 0x2c || code == 0x5d || code == 0x7d) this.refuse("no text begins with this character");
    if (compact && this.keyAhead()) return this.map(this.column());
    const node =
      code == 0x2a || code == 0x7b || code == 0x5b || code == 0x22 || code == 0x27 ? this.flow() : this.plain(parent);
    this.endLine();
    return node;
  }

  /** Whether a key and its colon stand on this line. */
  private keyAhead(): bool {
    const place = this.at;
    if (place == this.keyAt) return true;
    const colon = plainKey(this.source, place, this.end);
    if (colon >= 0) {
      this.keyAt = place;
      this.keyEnd = colon;
      this.keyColon = colon;
      return true;
    }
    const mark = this.peek();
    if (mark == 0x7b || mark == 0x5b) return false;
    if (mark == 0x22 || mark == 0x27) {
      this.quoted(mark, true);
      this.skipInline();
    } else {
      const end = this.passKey();
      if (this.isIndicator(0x3a)) {
        this.keyAt = place;
        this.keyEnd = end;
        this.keyColon = this.at;
      }
    }
    const found = this.problem == "" && this.isIndicator(0x3a);
    if (this.problem == "") this.at = place;
    return found;
  }

  /** Goes to the colon behind a plain key, or to the line's end; answers where its text ends. */
  private passKey(): i32 {
    let end = this.at;
    for (; ; this.at++) {
      const from = this.at;
      this.passWord();
      if (this.at > from) end = this.at;
      if (this.lineEnds() || this.isIndicator(0x3a)) break;
      if (!isSpace(this.peek())) end = this.at + 1;
    }
    return end;
  }

  private map(column: i32): Node {
    const node = this.make(Kind.Map, Style.Block, this.at);
    node.column = column;
    const only = this.depth == 1 ? this.only : null;
    while (this.at < this.end) {
      if (!this.keyAhead()) {
        this.refuse("a key with its colon is expected");
        break;
      }
      const key = this.key();
      this.at += 1;
      const kept = !this.passing && (only == null || isOneOf(key, only));
      const value = this.entry(column, kept);
      if (kept) {
        node.keys.push(key);
        node.values.push(value);
      } else if (!this.passing) key.recycle();
      node.end = value.end;
      if (this.at >= this.end || this.column() != column || this.isIndicator(0x2d)) break;
    }
    return node;
  }

  /** The value of a key of a block map, up to what stands behind it; one that is not kept is checked alike. */
  private entry(column: i32, kept: bool): Node {
    // What stands deeper is tried with all of what it is in.
    const place = this.depth == 1 ? readPlain(this.source, this.at, this.end, column, kept) : -1;
    const plain = plainValue();
    if (place >= 0) {
      this.at = place;
      this.passed.end = plainEnd();
      return plain == null ? this.passed : plain;
    }
    const before = this.passing;
    this.passing = !kept;
    const value = this.value(column, true);
    this.passing = before;
    this.skip(false);
    return value;
  }

  /** A key, up to its colon. */
  private key(): Node {
    const mark = this.peek();
    if (mark == 0x26 || mark == 0x21 || mark == 0x2a || this.isIndicator(0x3f)) {
      this.refuse("a key that is an alias, or has an anchor, a tag or a question mark, is not supported");
      return this.make(Kind.Empty, Style.Plain, this.at);
    }
    if (mark == 0x22 || mark == 0x27) {
      const quoted = this.quoted(mark, true);
      this.skipInline();
      return quoted;
    }
    const node = this.make(Kind.Scalar, Style.Plain, this.at);
    node.end = this.keyEnd;
    this.at = this.keyColon;
    return node;
  }

  private list(column: i32): Node {
    const node = this.make(Kind.List, Style.Block, this.at);
    node.column = column;
    while (this.at < this.end) {
      this.at += 1;
      const value = this.value(column, false);
      if (!this.passing) node.values.push(value);
      node.end = value.end;
      this.skip(false);
      if (this.at >= this.end || this.column() != column || !this.isIndicator(0x2d)) break;
    }
    return node;
  }

  /** A plain text; it goes on over lines that are indented more than its parent. */
  private plain(parent: i32): Node {
    const node = this.make(Kind.Scalar, Style.Plain, this.at);
    for (;;) {
      for (;;) {
        const from = this.at;
        this.passWord();
        if (this.at > from) node.end = this.at;
        if (this.lineEnds()) break;
        if (this.isIndicator(0x3a)) {
          this.refuse("a mapping begins in the middle of a text; quote the text");
          return node;
        }
        if (!isSpace(this.peek())) node.end = this.at + 1;
        this.at += 1;
      }
      if (this.peek() == 0x23) break;
      while (isSpace(this.peek())) this.at += 1;
      if (this.at >= this.end || this.peek() == 0x23 || this.column() <= parent) break;
    }
    this.at = node.end;
    return node;
  }

  /** `line`: it must end on its line, as a key must. */
  private quoted(mark: i32, line: bool): Node {
    const node = this.make(Kind.Scalar, mark == 0x22 ? Style.Double : Style.Single, this.at);
    this.at += 1;
    for (;;) {
      this.passQuoted(mark);
      const code = this.peek();
      if (code == -1) {
        this.refuse("a quoted text has no end");
        return node;
      }
      if (code == 0x0a && line) break;
      if (code == 0x5c && mark == 0x22) {
        this.escape();
        continue;
      }
      this.at += 1;
      if (code != mark) continue;
      if (mark == 0x22 || this.peek() != mark) break;
      this.at += 1;
    }
    node.end = this.at;
    return node;
  }

  /** Passes what neither ends a quoted text, nor its line, nor escapes. */
  private passQuoted(mark: i32): void {
    const text = changetype<usize>(this.source);
    const end = this.end;
    let at = this.at;
    for (; at < end; at++) {
      const code = <i32>load<u16>(text + ((<usize>at) << 1));
      if (code == mark || code == 0x5c || code == 0x0a) break;
    }
    this.at = at;
  }

  private escape(): void {
    const code = this.peek(1);
    if (code == -1 || !isEscape(code))
      return this.refuse("a backslash stands before a character that it does not escape");
    const digits = code == 0x78 ? 2 : code == 0x75 ? 4 : code == 0x55 ? 8 : 0;
    for (let i = 0; i < digits; i++)
      if (hexDigit(this.peek(2 + i)) < 0) return this.refuse("an escape has too few hexadecimal digits");
    this.at += 2 + digits;
  }

  private blockScalar(parent: i32, mark: i32): Node {
    const node = this.make(Kind.Scalar, mark == 0x7c ? Style.Literal : Style.Folded, this.at);
    this.at += 1;
    let column = -1;
    for (; !this.lineEnds(); this.at++) {
      const code = this.peek();
      if (code >= 0x31 && code <= 0x39) column = max(parent, 0) + code - 0x30;
      else if (code != 0x2b && code != 0x2d && code != 0x20 && code != 0x09)
        this.refuse("this is no head of a block of text");
    }
    this.passLine();
    this.at = min(this.at + 1, this.end);
    node.end = this.at;
    while (this.at < this.end) {
      const line = this.at;
      const most = column < 0 ? this.end : line + column;
      while (this.peek() == 0x20 && this.at < most) this.at += 1;
      const indent = this.at - line;
      const blank = this.peek() == -1 || this.peek() == 0x0a || (this.peek() == 0x0d && this.peek(1) == 0x0a);
      if (!blank && column < 0 && indent > parent) column = indent;
      if (!blank && (column < 0 || indent < column)) {
        this.at = line;
        break;
      }
      this.passLine();
      this.at = min(this.at + 1, this.end);
      node.end = this.at;
    }
    node.column = max(column, 0);
    return node;
  }

  /** A value in braces or brackets, or one that may stand there. */
  private flow(): Node {
    const code = this.peek();
    if (code == 0x7b || code == 0x5b) return this.collection(code == 0x7b);
    if (code == 0x22 || code == 0x27) return this.quoted(code, false);
    const alias = code == 0x2a;
    const node = this.make(alias ? Kind.Alias : Kind.Scalar, Style.Plain, this.at);
    if (alias) node.fixed = true;
    while (this.at < this.end && !this.endsFlowText()) {
      if (!isSpace(this.peek())) node.end = this.at + 1;
      this.at += 1;
      if (alias && isSpace(this.peek())) break;
    }
    if (node.end == node.start) this.refuse("a value is expected");
    else if (this.problem == "") this.at = node.end;
    return node;
  }

  private endsFlowText(): bool {
    const code = this.peek();
    if (isFlowMark(code)) return true;
    if (code == 0x23) return this.startsComment();
    return code == 0x3a && (this.peek(1) == -1 || isSpace(this.peek(1)) || isFlowMark(this.peek(1)));
  }

  private collection(map: bool): Node {
    const node = this.make(map ? Kind.Map : Kind.List, Style.Flow, this.at);
    const close = map ? 0x7d : 0x5d;
    if (this.depth >= MAX_DEPTH) this.refuse("it is nested deeper than " + MAX_DEPTH.toString());
    this.depth += 1;
    this.at += 1;
    for (;;) {
      this.skip(true);
      if (this.peek() == close) break;
      if (map) this.flowEntry(node);
      else {
        const value = this.flowValue();
        if (!this.passing) node.values.push(value);
      }
      this.skip(true);
      if (this.peek() == close) break;
      if (this.peek() != 0x2c) {
        this.refuse(map ? "a comma or a closing brace is expected" : "a comma or a closing bracket is expected");
        return node;
      }
      this.at += 1;
    }
    this.at += 1;
    this.depth -= 1;
    node.end = this.at;
    return node;
  }

  private flowEntry(node: Node): void {
    const code = this.peek();
    if (code == 0x7b || code == 0x5b || code == 0x2a || code == 0x26 || code == 0x21 || this.isIndicator(0x3f))
      return this.refuse("a key that is no text is not supported");
    const key = this.flow();
    if (!this.passing) node.keys.push(key);
    this.skip(true);
    const bare = this.peek() != 0x3a;
    if (!bare) this.at += 1;
    const begin = this.at;
    if (!bare) this.skip(true);
    const written = !bare && this.peek() != 0x2c && this.peek() != 0x7d;
    const value = written ? this.flowValue() : this.make(Kind.Empty, Style.Plain, begin);
    if (bare) value.fixed = true;
    if (!this.passing) node.values.push(value);
  }

  private flowValue(): Node {
    const before = this.at;
    const tag = this.properties();
    const node = this.flow();
    if (this.at > before && node.start > before) {
      node.fixed = true;
      node.tag = tag;
    }
    return node;
  }
}

function isOneOf(key: Node, words: string[]): bool {
  for (let i = 0; i < words.length; i++) if (key.is(words[i])) return true;
  return false;
}

function isSpace(code: i32): bool {
  return code == 0x20 || code == 0x09 || code == 0x0a || code == 0x0d;
}

function isFlowMark(code: i32): bool {
  return code == 0x2c || code == 0x5b || code == 0x5d || code == 0x7b || code == 0x7d;
}
