import { Node } from "./node";
import { Parser } from "./parser";

/** The documents of a text, or why they cannot be read. */
export class Documents {
  roots: Node[] = [];
  /** Empty when everything was read. */
  problem: string = "";
}

/**
 * Reads the documents of a stream, separated by lines that begin with `---`, one after the other. With `only`, a document that is a block map
 * keeps these keys of its outermost map; the others are checked alike and not kept.
 */
export class DocumentStream {
  /** Why reading ended early; empty when it did not. */
  problem: string = "";
  private source: string;
  private parser: Parser;
  private start: i32;
  private isLast: bool = false;

  constructor(source: string, only: string[] | null = null) {
    this.source = source;
    this.parser = new Parser(source, only);
    this.start = source.length > 0 && source.charCodeAt(0) == 0xfeff ? 1 : 0;
  }

  /** The next document; null when there is none, or a problem. `before`: a document that nothing holds any more, whose memory serves again. */
  next(before: Node | null = null): Node | null {
    if (before != null) before.recycle();
    if (this.isLast) return null;
    const stop = nextMark(this.source, this.start);
    const root = this.parser.document(this.start, stop);
    this.problem = this.parser.problem;
    this.isLast = stop >= this.source.length || this.problem != "";
    this.start = stop + 3;
    return this.problem == "" ? root : null;
  }
}

/** Reads all documents of a stream. */
export function parseDocuments(source: string, only: string[] | null = null): Documents {
  const found = new Documents();
  const stream = new DocumentStream(source, only);
  for (let root = stream.next(); root != null; root = stream.next()) found.roots.push(root);
  found.problem = stream.problem;
  return found;
}

/** Reads one document; the first where there are more. */
export function parseOne(source: string): Documents {
  const found = new Documents();
  const parser = new Parser(source, null);
  const root = parser.document(0, source.length);
  if (parser.problem != "") found.problem = parser.problem;
  else found.roots.push(root);
  return found;
}

/** The next line from `from` on that is `---` or `...`, alone or before a blank; the source's end when there is none. */
function nextMark(source: string, from: i32): i32 {
  // Of three characters in a row one stands at a third place.
  for (let i = from + 2; i < source.length; i += 3) {
    const code = load<u16>(changetype<usize>(source) + ((<usize>i) << 1));
    if (code != 0x2d && code != 0x2e) continue;
    for (let at = i - 2; at <= i; at++) {
      const begins = at == 0 || source.charCodeAt(at - 1) == 0x0a || (at == 1 && from == 1);
      if (begins && isMark(source, at)) return at;
    }
  }
  return source.length;
}

function isMark(source: string, at: i32): bool {
  const code = source.charCodeAt(at);
  if (code != 0x2d && code != 0x2e) return false;
  if (source.charCodeAt(at + 1) != code || source.charCodeAt(at + 2) != code) return false;
  if (at + 3 >= source.length) return true;
  const behind = source.charCodeAt(at + 3);
  return behind == 0x20 || behind == 0x09 || behind == 0x0a || behind == 0x0d;
}
