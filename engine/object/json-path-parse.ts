import { unquoteCharacter } from "../go/quote.ts";
import { atoi, parseFloat64 } from "../go/strconv.ts";
import { isDigit, isLetter } from "../go/unicode.ts";
import { goInt, GoFailure } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";

/** One bound of a slice; `undefined` where nothing is written. */
export type Bound = number | undefined;

/** A step of an expression, as Kubernetes' JSONPath has them. */
export type PathNode =
  | { readonly kind: "list"; readonly nodes: readonly PathNode[] }
  | { readonly kind: "constant"; readonly value: GoValue }
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "wildcard" }
  | { readonly kind: "recursive" }
  | { readonly kind: "identifier"; readonly name: string }
  /** `isDerived`: one element; its end is the one behind it. */
  | {
      readonly kind: "slice";
      readonly from: Bound;
      readonly to: Bound;
      readonly step: Bound;
      readonly isDerived: boolean;
    }
  | { readonly kind: "union"; readonly nodes: readonly PathNode[] }
  | { readonly kind: "filter"; readonly left: PathNode; readonly operator: string; readonly right: PathNode };

/** Longer templates are refused: filters inside of filters are read again at every level. */
const MAX_TEMPLATE = 10_000;
const MAX_DEPTH = 20;

/** Reads a template: text, and expressions in braces. Throws {@link GoFailure} with Kubernetes' text. */
export function parseJsonPath(template: string): readonly PathNode[] {
  if (template.length > MAX_TEMPLATE) throw new GoFailure(`the template is longer than ${MAX_TEMPLATE} characters`);
  return parseTemplate(template, 0);
}

interface Reader {
  readonly text: string;
  at: number;
  readonly depth: number;
}

function parseTemplate(text: string, depth: number): readonly PathNode[] {
  if (depth > MAX_DEPTH) throw new GoFailure(`expressions are nested deeper than ${MAX_DEPTH}`);
  const r: Reader = { text, at: 0, depth };
  const nodes: PathNode[] = [];
  while (r.at < text.length) {
    const brace = text.indexOf("{", r.at);
    const end = brace < 0 ? text.length : brace;
    if (end > r.at) nodes.push({ kind: "constant", value: text.slice(r.at, end) });
    if (brace < 0) break;
    r.at = brace + 1;
    nodes.push({ kind: "list", nodes: parseAction(r) });
  }
  return nodes;
}

/** An expression without its braces. */
function parseInner(text: string, depth: number): PathNode {
  const [first] = parseTemplate(`{${text}}`, depth + 1);
  return first ?? { kind: "list", nodes: [] };
}

function parseAction(r: Reader): readonly PathNode[] {
  const nodes: PathNode[] = [];
  for (;;) {
    if (r.text.startsWith("}", r.at)) {
      r.at++;
      return nodes;
    }
    if (r.text.startsWith("[?(", r.at)) nodes.push(parseFilter(r));
    else if (r.text.startsWith("..", r.at)) parseRecursive(r, nodes);
    else parseStep(r, nodes);
  }
}

function parseStep(r: Reader, nodes: PathNode[]): void {
  const rune = runeAt(r);
  if (rune === "" || rune === "\r" || rune === "\n") throw new GoFailure("unclosed action");
  if (rune === "[") nodes.push(...parseArray(r));
  else if (rune === '"' || rune === "'") nodes.push({ kind: "constant", value: parseQuoted(r, rune) });
  else if (rune === ".") nodes.push(parseField(r, 1));
  else if (rune === "+" || rune === "-" || isDigit(rune)) nodes.push(parseNumber(r));
  else if (rune === "_" || isLetter(rune)) nodes.push(parseWord(r));
  else if (rune === " " || rune === "@" || rune === "$") r.at++;
  else throw new GoFailure(`unrecognized character in action: ${unicodeText(rune)}`);
}

function unicodeText(rune: string): string {
  return `U+${(rune.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")} '${rune}'`;
}

function runeAt({ text, at }: Reader): string {
  const code = text.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
}

const TERMINATORS = " \t\r\n.,[]$@{}";

/** The end of what begins at `at`; `\` takes the next character along. */
function wordEnd({ text }: Reader, at: number, escapes: boolean): number {
  let end = at;
  while (end < text.length && !TERMINATORS.includes(text.charAt(end))) end += escapes && text[end] === "\\" ? 2 : 1;
  return Math.min(end, text.length);
}

function parseWord(r: Reader): PathNode {
  const end = wordEnd(r, r.at, false);
  const name = r.text.slice(r.at, end);
  r.at = end;
  return name === "true" || name === "false"
    ? { kind: "constant", value: name === "true" }
    : { kind: "identifier", name };
}

/** A field behind its dot, which is `skip` characters long. */
function parseField(r: Reader, skip: number): PathNode {
  const end = wordEnd(r, r.at + skip, true);
  const name = r.text.slice(r.at + skip, end);
  r.at = end;
  return name === "*" ? { kind: "wildcard" } : { kind: "field", name: name.replaceAll("\\", "") };
}

function parseRecursive(r: Reader, nodes: PathNode[]): void {
  if (nodes.at(-1)?.kind === "recursive") throw new GoFailure("invalid multiple recursive descent");
  r.at += 2;
  nodes.push({ kind: "recursive" });
  const rune = runeAt(r);
  if (rune === "_" || isLetter(rune) || isDigit(rune)) nodes.push(parseField(r, 0));
}

function parseNumber(r: Reader): PathNode {
  const text = /^[+-]?[\d.]*/.exec(r.text.slice(r.at))?.[0] ?? "";
  r.at += text.length;
  const integer = atoi(text);
  if (integer.failure === undefined) return { kind: "constant", value: goInt(Number(integer.value)) };
  const float = parseFloat64(text);
  if (float.failure === undefined) return { kind: "constant", value: float.value };
  throw new GoFailure(`cannot parse number ${text}`);
}

function parseQuoted(r: Reader, mark: '"' | "'"): string {
  const start = r.at;
  for (r.at++; ; r.at++) {
    const char = r.text[r.at];
    if (char === undefined || char === "\n") throw new GoFailure("unterminated quoted string");
    if (char === mark && r.text[r.at - 1] !== "\\") break;
  }
  r.at++;
  return unquoted(r.text.slice(start + 1, r.at - 1), mark);
}

function unquoted(text: string, mark: '"' | "'"): string {
  let out = "";
  for (let at = 0; at < text.length;) {
    const next = unquoteCharacter(text, at, mark);
    if (next === undefined) throw new GoFailure(`unquote string ${mark}${text}${mark} error invalid syntax`);
    out += next.text;
    at = next.end;
  }
  return out;
}

const SLICE = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/;

function parseArray(r: Reader): readonly PathNode[] {
  const end = r.text.indexOf("]", r.at);
  const line = r.text.indexOf("\n", r.at);
  if (end < 0 || (line >= 0 && line < end)) throw new GoFailure("unterminated array");
  const written = r.text.slice(r.at + 1, end);
  r.at = end + 1;
  const text = written === "*" ? ":" : written;
  const parts = text.split(",");
  if (parts.length > 1) {
    const nodes = parts.map((part) => parseInner(`[${part.replaceAll(/^ +| +$/g, "")}]`, r.depth));
    return [{ kind: "union", nodes }];
  }
  const key = /^'([^']*)'$/.exec(text)?.[1];
  if (key !== undefined) {
    const inner = parseInner(`.${key}`, r.depth);
    return inner.kind === "list" ? inner.nodes : [inner];
  }
  return [parseSlice(text)];
}

function parseSlice(text: string): PathNode {
  const [, first = "", second, third] = SLICE.exec(text) ?? [undefined];
  if (!SLICE.test(text)) throw new GoFailure(`invalid array index ${text}`);
  const from = bound(first);
  const isDerived = second === undefined;
  const to = isDerived ? (from ?? 0) + 1 : bound(second.slice(1));
  return { kind: "slice", from, to, step: third === undefined ? undefined : bound(third.slice(1)), isDerived };
}

function bound(text: string): Bound {
  if (text === "") return undefined;
  const { value, failure } = atoi(text);
  if (failure !== undefined) throw new GoFailure(`array index ${text} is not a number`);
  return Number(value);
}

function parseFilter(r: Reader): PathNode {
  const start = r.at + "[?(".length;
  let isOpen = false;
  let isClosed = false;
  let pair = "";
  for (r.at = start; ; r.at++) {
    const char = r.text[r.at];
    if (char === undefined || char === "\n") throw new GoFailure("unterminated filter");
    if (char === ")" && isOpen === isClosed) break;
    if (char !== '"' && char !== "'") continue;
    if (!isOpen) {
      isOpen = true;
      pair = char;
    } else if (char === pair && r.text[r.at - 1] !== "\\") {
      isClosed = true;
    }
  }
  const text = r.text.slice(start, r.at);
  if (r.text[r.at + 1] !== "]") throw new GoFailure("unclosed array expect ]");
  r.at += 2;
  const [, left, operator, right] = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(text) ?? [];
  if (left === undefined || operator === undefined || right === undefined) {
    return { kind: "filter", left: parseInner(text, r.depth), operator: "exists", right: { kind: "list", nodes: [] } };
  }
  return { kind: "filter", left: parseInner(left, r.depth), operator, right: parseInner(right, r.depth) };
}
