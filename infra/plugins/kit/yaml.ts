import { Node } from "./node";
import { Parser } from "./parser";
import { findUnit } from "./text";

/** The documents of a text, or why they cannot be read. */
export class Documents {
  roots: Node[] = [];
  /** Empty when everything was read. */
  problem: string = "";
}

/**
 * Reads a stream of documents, separated by lines that begin with `---`. With `only`, a document that is a block map keeps these keys of its
 * outermost map; the others are checked alike and not kept.
 */
export function parseDocuments(source: string, only: string[] | null = null): Documents {
  const found = new Documents();
  let start = source.length > 0 && source.charCodeAt(0) == 0xfeff ? 1 : 0;
  let line = start;
  while (found.problem == "") {
    const stop = nextMark(source, line);
    addDocument(found, source, start, stop, only);
    if (stop >= source.length) break;
    start = stop + 3;
    line = start;
  }
  return found;
}

/** Reads one document; the first where there are more. */
export function parseOne(source: string): Documents {
  const found = new Documents();
  addDocument(found, source, 0, source.length, null);
  return found;
}

function addDocument(found: Documents, source: string, start: i32, end: i32, only: string[] | null): void {
  const parser = new Parser(source, start, end, only);
  const root = parser.document();
  if (parser.problem != "") found.problem = parser.problem;
  else found.roots.push(root);
}

/** The next line from `from` on that is `---` or `...`, alone or before a blank; the source's end when there is none. */
function nextMark(source: string, from: i32): i32 {
  for (let i = from; i < source.length;) {
    if ((i == 0 || source.charCodeAt(i - 1) == 0x0a || i == 1) && isMark(source, i)) return i;
    i = findUnit(source, 0x0a, i, source.length) + 1;
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
