import { quote } from "../go/quote.ts";
import { GoList, GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { TomlError } from "./toml-error.ts";
import { dottedKey } from "./toml-key.ts";
import { readScalar } from "./toml-scalar.ts";
import {
  accept,
  complain,
  complainBefore,
  END,
  isBlank,
  isLineEnd,
  peek,
  shown,
  skipBlanks,
  skipComment,
  skipLines,
  take,
  TomlFailure,
} from "./toml-scanner.ts";
import type { TomlScanner } from "./toml-scanner.ts";
import { readString } from "./toml-string.ts";
import { addContext, addImplicit, addImplicitContext, newTables, setArray, setValue } from "./toml-tables.ts";
import type { TomlTables } from "./toml-tables.ts";

/** How deep arrays and inline tables may nest: the reader recurses once per level. */
const MAX_DEPTH = 400;

/** Parts of one dotted key: the tables of each prefix are looked up from the root. */
const MAX_PARTS = 500;

interface Reader {
  readonly s: TomlScanner;
  readonly tables: TomlTables;
  depth: number;
  /** The line of the last key or table name. */
  keyLine: number;
}

/**
 * `toml.Unmarshal` into a map: integers are int64, times `time.Time` (those without a zone in zones named for it), arrays of
 * tables `[]map[string]interface {}`. Throws {@link TomlError} with Go's text.
 */
export function decodeToml(text: string): GoMap {
  const body = text.startsWith("\ufeff") ? text.slice(1) : text;
  const r: Reader = { s: { text: body, pos: 0, line: 1 }, tables: newTables(), depth: 0, keyLine: 1 };
  if (body.slice(0, 6).includes("\0")) {
    throw failed(r, 1, "files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8");
  }
  try {
    while (readTop(r));
  } catch (error) {
    if (error instanceof TomlFailure) throw failed(r, error.line, error.message);
    throw error;
  }
  return r.tables.root;
}

function failed(r: Reader, line: number, message: string): TomlError {
  const { context, key } = r.tables;
  const last = key === "" ? dottedKey(context) : context.length === 0 ? key : `${dottedKey(context)}.${key}`;
  return new TomlError(
    "toml-syntax",
    `toml: line ${line}${last === "" ? "" : ` (last key ${quote(last)})`}: ${message}`,
  );
}

/** Reads one item of the top level; false at the end. */
function readTop(r: Reader): boolean {
  const { s } = r;
  skipLines(s);
  if (s.pos >= s.text.length) return false;
  if (accept(s, 91)) readHeader(r);
  else readPair(r);
  return readEndOfItem(s);
}

function readEndOfItem(s: TomlScanner): boolean {
  for (;;) {
    const c = take(s);
    if (c === END) return false;
    if (c === 35) {
      skipComment(s);
      return true;
    }
    if (isLineEnd(c)) return true;
    if (!isBlank(c)) {
      throw complain(
        s,
        `expected a top-level item to end with a newline, comment, or EOF, but got ${shown(c)} instead`,
      );
    }
  }
}

/** `[a.b]` or `[[a.b]]`, whose first bracket was taken. */
function readHeader(r: Reader): void {
  const { s } = r;
  const isArray = accept(s, 91);
  const key: string[] = [];
  for (;;) {
    skipBlanks(s);
    const c = peek(s);
    if (c === 93 || c === END) throw complain(s, "unexpected end of table name (table names cannot be empty)");
    if (c === 46) throw complain(s, "unexpected table separator (table names cannot be empty)");
    key.push(readKeyPart(s, key.length));
    if (key.length === 1) r.keyLine = s.line;
    skipBlanks(s);
    const end = take(s);
    if (end === 93) break;
    if (end !== 46) throw complain(s, `expected '.' or ']' to end table name, but got ${shown(end)} instead`, end);
  }
  if (isArray) {
    const c = take(s);
    if (c !== 93) {
      throw complain(s, `expected end of table array name delimiter ']', but got ${shown(c)} instead`, c);
    }
  }
  addContext(r.tables, key, isArray, r.keyLine);
}

function isBare(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 95 || c === 45;
}

function readKeyPart(s: TomlScanner, before: number): string {
  if (before === MAX_PARTS) throw complain(s, `key has more than ${MAX_PARTS} parts`);
  const c = peek(s);
  if (c === 34 || c === 39) {
    take(s);
    return readString(s, c, false);
  }
  const from = s.pos;
  while (isBare(peek(s))) take(s);
  return s.text.slice(from, s.pos);
}

/** A dotted key up to its `=`, which is taken. */
function readKey(r: Reader): readonly string[] {
  const { s } = r;
  const key: string[] = [];
  skipBlanks(s);
  const first = peek(s);
  if (first === 61 || first === END) throw complain(s, "unexpected '=': key name appears blank");
  if (first === 46) throw complain(s, "unexpected '.': keys cannot start with a '.'");
  for (;;) {
    skipBlanks(s);
    const c = peek(s);
    if (c === 61 || c === END) throw complain(s, "unexpected '='");
    if (c === 46) throw complain(s, "unexpected '.'");
    key.push(readKeyPart(s, key.length));
    if (key.length === 1) r.keyLine = s.line;
    skipBlanks(s);
    const end = take(s);
    if (end === 61) return key;
    if (end === END) throw complain(s, "unexpected EOF; expected key separator '='", END);
    const message = `expected '.' or '=', but got ${shown(end)} instead`;
    if (end === 10) throw complainBefore(s, message);
    if (end !== 46) throw complain(s, message);
  }
}

/** Opens the tables that a dotted key names before its last part. */
function openKey(r: Reader, key: readonly string[]): void {
  const { tables } = r;
  tables.key = key.at(-1) ?? "";
  for (const part of key.slice(0, -1)) addImplicitContext(tables, [...tables.context, part], r.keyLine);
}

function readPair(r: Reader): void {
  const { tables } = r;
  const outer = tables.context;
  const key = readKey(r);
  openKey(r, key);
  setValue(tables, tables.key, readValue(r, false), r.keyLine);
  tables.context = outer;
  tables.key = "";
}

function readValue(r: Reader, inArray: boolean): GoValue {
  const { s } = r;
  skipBlanks(s);
  const c = peek(s);
  if (c === 34 || c === 39) {
    take(s);
    if (!accept(s, c)) return readString(s, c, false);
    return accept(s, c) ? readString(s, c, true) : "";
  }
  if (c !== 91 && c !== 123) return readScalar(s);
  take(s);
  r.depth += 1;
  if (r.depth > MAX_DEPTH) throw complain(s, "value is nested too deeply");
  const value = c === 91 ? readArray(r) : readInlineTable(r, inArray);
  r.depth -= 1;
  return value;
}

function orEnd(c: number): string {
  return c === END ? "end of file" : `'${String.fromCodePoint(c)}'`;
}

function readArray(r: Reader): GoList {
  const { s, tables } = r;
  const items: GoValue[] = [];
  setArray(tables);
  for (;;) {
    skipLines(s);
    if (accept(s, 93)) break;
    if (accept(s, 44)) throw complain(s, "unexpected comma");
    items.push(readValue(r, true));
    skipLines(s);
    const c = take(s);
    if (c === 93) break;
    if (c !== 44) throw complain(s, `expected a comma (',') or array terminator (']'), but got ${orEnd(c)}`, c);
  }
  return new GoList(items);
}

function readInlineTable(r: Reader, inArray: boolean): GoMap {
  const { tables } = r;
  const table = new GoMap();
  const { context, key } = tables;
  tables.context = [...context, key];
  const own = tables.context;
  tables.key = "";
  addImplicit(tables, own);
  addContext(tables, own, inArray, r.keyLine);
  readInlinePairs(r, table, own);
  tables.context = context;
  tables.key = key;
  return table;
}

function readInlinePairs(r: Reader, table: GoMap, own: readonly string[]): void {
  const { s } = r;
  for (;;) {
    skipLines(s);
    if (accept(s, 125)) return;
    if (accept(s, 44)) throw complain(s, "unexpected comma");
    readInlinePair(r, table);
    r.tables.context = own;
    skipLines(s);
    let c = take(s);
    if (c === 44) {
      skipBlanks(s);
      if (peek(s) !== 125 || s.pos >= s.text.length) continue;
      c = take(s);
    }
    if (c === 125) return;
    throw complain(s, `expected a comma or an inline table terminator '}', but got ${orEnd(c)} instead`, c);
  }
}

function readInlinePair(r: Reader, table: GoMap): void {
  const { tables } = r;
  const key = readKey(r);
  openKey(r, key);
  const name = tables.key;
  const value = readValue(r, false);
  setValue(tables, name, value, r.keyLine);
  let under = table;
  for (const part of key.slice(0, -1)) {
    const next = under.entries.get(part) ?? new GoMap();
    if (!(next instanceof GoMap)) {
      throw new TomlFailure(r.keyLine, `${quote(`[${tables.context.join(" ")}]`)} is not a table`);
    }
    under.entries.set(part, next);
    under = next;
  }
  under.entries.set(name, value);
}
