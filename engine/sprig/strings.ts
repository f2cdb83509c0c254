import { byteText } from "../go/byte-slice.ts";
import { isAscii, isSpaceCode, toLower, toTitle, toUpper, trimSpace } from "../go/unicode.ts";
import { goMap, GoList, STRING_MAP } from "../go/value.ts";
import type { GoMap, GoValue } from "../go/value.ts";
import type { CallContext } from "../template/function.ts";
import { INT, TEXT, binary, fail, named, nullary, triple, unary } from "./signature.ts";
import type { Entry } from "./signature.ts";

/** `trunc`: the first `count` bytes, or with a negative count the last. */
function truncate(count: number, text: string): string {
  if (count >= 0 && text.length <= count && isAscii(text)) return text;
  const bytes = byteText(text);
  if (count < 0) return bytes.length + count > 0 ? bytes.slice(bytes.length + count, bytes.length) : text;
  return bytes.length > count ? bytes.slice(0, count) : text;
}

/** `substr`: `[:end]` for a negative start, `[start:]` for an end below zero or past the text, else `[start:end]`. */
function substring(start: number, end: number, text: string): string {
  const bytes = byteText(text);
  if (start < 0) return bytes.slice(0, end);
  if (end < 0 || end > bytes.length) return sliceFrom(text, start);
  return bytes.slice(start, end);
}

function sliceFrom(text: string, start: number): string {
  const bytes = byteText(text);
  if (start > bytes.length) fail(`runtime error: slice bounds out of range [${start}:${bytes.length}]`);
  return bytes.slice(start, bytes.length);
}

/** Go's `strings.Repeat`. */
export function repeat(text: string, count: number, context: CallContext): string {
  if (count < 0) fail("strings: negative Repeat count");
  if (text === "" || count === 0) return "";
  if (text.length * count > MAX_LENGTH) fail("strings: Repeat output length overflow");
  context.reserve(text.length * count);
  return text.repeat(count);
}

/** The longest string that JavaScript engines hold; a longer result is an error before it is made. */
const MAX_LENGTH = 0x1fffffe8;

function indent(spaces: number, text: string, context: CallContext): string {
  if (spaces < 0) fail("strings: negative Repeat count");
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  const size = text.length + spaces * lines;
  if (size > MAX_LENGTH) fail("strings: Repeat output length overflow");
  context.reserve(size);
  const pad = " ".repeat(spaces);
  return lines === 1 ? pad + text : pad + text.replaceAll("\n", `\n${pad}`);
}

/** Go's `strings.Replace` with no limit. An empty `old` matches before every rune and at the end. */
function replace(old: string, replacement: string, text: string, context: CallContext): string {
  const parts = old === "" ? Array.from(text) : text.split(old);
  const separators = old === "" ? parts.length + 1 : parts.length - 1;
  if (separators === 0) return text;
  const size = text.length + separators * replacement.length;
  if (size > MAX_LENGTH) fail("strings: Replace output length overflow");
  context.reserve(size);
  const joined = parts.join(replacement);
  if (old !== "") return joined;
  return parts.length === 0 ? replacement : replacement + joined + replacement;
}

/** Go's `strings.Trim`: removes the runes of `cutset` from both ends. */
function trimCutset(cutset: string, text: string): string {
  const cut = new Set(cutset);
  const runes = Array.from(text);
  let start = 0;
  let end = runes.length;
  while (start < end && cut.has(runes[start] ?? "")) start++;
  while (end > start && cut.has(runes[end - 1] ?? "")) end--;
  return start === 0 && end === runes.length ? text : runes.slice(start, end).join("");
}

/** Helm compatibility: a text with a space is rebuilt byte by byte, each byte as a rune, which garbles what is not ASCII. */
function deleteSpace(text: string): string {
  const bytes = byteText(text);
  let out = "";
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.at(i);
    if (!isSpaceCode(byte)) out += String.fromCharCode(byte);
  }
  return out.length === bytes.length ? text : out;
}

/** Helm compatibility: the first byte, not rune, of each word. */
function initials(text: string): string {
  const bytes = byteText(text);
  let out = "";
  let gap = true;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.at(i);
    if (isSpaceCode(byte)) gap = true;
    else if (gap) {
      out += String.fromCharCode(byte);
      gap = false;
    }
  }
  return out;
}

function abbreviate(text: string, offset: number, width: number): string {
  const bytes = byteText(text);
  const size = bytes.length;
  if (size <= width) return text;
  const start = Math.min(offset, size, size - (width - 3));
  if (start <= 4) return `${bytes.slice(0, width - 3)}...`;
  if (start + width - 3 >= size) return `...${bytes.slice(size - (width - 3), size)}`;
  return `...${abbreviate(bytes.slice(start, size), 0, width - 3)}`;
}

function abbreviateBoth(left: number, right: number, text: string): string {
  return right < 4 || (left > 0 && right < 7) ? text : abbreviate(text, left, right);
}

/** Go's `strings.SplitN`; an empty separator splits into runes. */
function splitText(text: string, separator: string, limit: number): readonly string[] {
  if (limit === 0) return [];
  const parts = separator === "" ? Array.from(text) : text.split(separator);
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}

function splitMap(parts: readonly string[]): GoMap {
  return goMap(
    parts.map((part, i) => [`_${i}`, part] as const),
    STRING_MAP,
  );
}

/** A `[]string`. */
export function stringList(items: readonly GoValue[], isNil = false): GoList {
  return new GoList(items, "[]string", isNil);
}

const trimAll = binary(TEXT, TEXT, trimCutset);

/** Sprig's plain string functions. Lengths and positions count bytes. */
export const stringFunctions: readonly Entry[] = [
  ["hello", nullary(() => "Hello!")],
  ["trunc", binary(INT, TEXT, truncate)],
  ["substr", triple(INT, INT, TEXT, substring)],
  ["trim", unary(TEXT, trimSpace)],
  ["upper", unary(TEXT, toUpper)],
  ["lower", unary(TEXT, toLower)],
  ["title", unary(TEXT, toTitle)],
  ["repeat", binary(INT, TEXT, (count, text, context) => repeat(text, count, context))],
  ...named(["trimAll", "trimall"], trimAll),
  ["trimSuffix", binary(TEXT, TEXT, (x, s) => (s.endsWith(x) ? s.slice(0, s.length - x.length) : s))],
  ["trimPrefix", binary(TEXT, TEXT, (x, s) => (s.startsWith(x) ? s.slice(x.length) : s))],
  ["nospace", unary(TEXT, deleteSpace)],
  ["initials", unary(TEXT, initials)],
  ["abbrev", binary(INT, TEXT, (width, s) => (width < 4 ? s : abbreviate(s, 0, width)))],
  ["abbrevboth", triple(INT, INT, TEXT, abbreviateBoth)],
  ["contains", binary(TEXT, TEXT, (part, s) => s.includes(part))],
  ["hasPrefix", binary(TEXT, TEXT, (part, s) => s.startsWith(part))],
  ["hasSuffix", binary(TEXT, TEXT, (part, s) => s.endsWith(part))],
  ["replace", triple(TEXT, TEXT, TEXT, replace)],
  ["plural", triple(TEXT, TEXT, INT, (one, many, count) => (count === 1 ? one : many))],
  ["indent", binary(INT, TEXT, indent)],
  ["nindent", binary(INT, TEXT, (spaces, s, context) => `\n${indent(spaces, s, context)}`)],
  ["split", binary(TEXT, TEXT, (separator, s) => splitMap(splitText(s, separator, -1)))],
  ["splitn", triple(TEXT, INT, TEXT, (separator, limit, s) => splitMap(splitText(s, separator, limit)))],
  ["splitList", binary(TEXT, TEXT, (separator, s) => stringList(splitText(s, separator, -1)))],
];
