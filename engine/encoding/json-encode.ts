import type { JsonValue } from "../errors.ts";
import { encodeBase64 } from "../go/base64.ts";
import { compareBytes, GoBytes, GoInt, GoList, GoMap, GoObject } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { jsonFloat } from "./float-text.ts";
import { cycleProblem, floatProblem, structValue, typeProblem } from "./go-json.ts";
import { JsonError } from "./json-error.ts";
import { MAX_DEPTH } from "./yaml-scanner.ts";

/** How JSON is written. */
export interface JsonStyle {
  /** Writes `<`, `>` and `&` as escapes; Go's default. */
  readonly escapeHtml?: boolean;
  /** One level of indentation (`json.MarshalIndent`); without it the text is compact. */
  readonly indent?: string;
}

interface Writer {
  out: string;
  readonly escapeHtml: boolean;
  readonly indent: string | undefined;
  depth: number;
}

/** `json.Marshal`: keys by bytes, Go's float texts, U+2028 and U+2029 escaped. Throws {@link JsonError} with Go's text. */
export function encodeJson(value: GoValue, style: JsonStyle = {}): string {
  return encode(value, style);
}

/** Plain JSON as Go would write it. */
export function encodeJsonValue(value: JsonValue, style: JsonStyle = {}): string {
  return encode(value, style);
}

function encode(value: GoValue | JsonValue, style: JsonStyle): string {
  const w: Writer = { out: "", escapeHtml: style.escapeHtml ?? true, indent: style.indent, depth: 0 };
  write(w, value);
  return w.out;
}

function write(w: Writer, value: GoValue | JsonValue): void {
  switch (typeof value) {
    case "string":
      w.out += jsonString(value, w.escapeHtml);
      return;
    case "number":
      if (!Number.isFinite(value)) throw new JsonError("json-encode", floatProblem(value));
      w.out += jsonFloat(value);
      return;
    case "boolean":
      w.out += value ? "true" : "false";
      return;
    default:
      if (value === null || value === undefined) w.out += "null";
      else writeObject(w, value);
  }
}

type Collection = Exclude<GoValue | JsonValue, undefined | null | boolean | number | string>;

function writeObject(w: Writer, value: Collection): void {
  if (value instanceof GoInt) {
    w.out += value.value.toString();
    return;
  }
  if (value instanceof GoBytes) {
    w.out += `"${encodeBase64(value.data)}"`;
    return;
  }
  if (w.depth >= MAX_DEPTH) {
    throw new JsonError("json-encode", cycleProblem(value instanceof GoMap || value instanceof GoList ? value : null));
  }
  if (value instanceof GoMap) writeMap(w, value);
  else if (value instanceof GoList) writeList(w, value);
  else if (value instanceof GoObject) writeStruct(w, value);
  else if (isArray(value)) writeItems(w, value);
  else writeMembers(w, Object.keys(value).sort(compareBytes), (key) => value[key]);
}

function isArray(value: Collection): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function writeMap(w: Writer, value: GoMap): void {
  const { entries } = value;
  if (value.type.isNil === true) w.out += "null";
  else writeMembers(w, [...entries.keys()].sort(compareBytes), (key) => entries.get(key));
}

function writeList(w: Writer, value: GoList): void {
  if (value.isNil) w.out += "null";
  else writeItems(w, value.items);
}

/** A struct keeps the order of its members. */
function writeStruct(w: Writer, value: GoObject): void {
  const problem = typeProblem(value);
  if (problem !== undefined) throw new JsonError("json-encode", problem);
  const own = structValue(value);
  if (own instanceof GoMap) writeMembers(w, [...own.entries.keys()], (key) => own.entries.get(key));
  else write(w, own);
}

function writeMembers(w: Writer, keys: readonly string[], read: (key: string) => GoValue | JsonValue): void {
  if (keys.length === 0) {
    w.out += "{}";
    return;
  }
  w.out += "{";
  w.depth += 1;
  const colon = w.indent === undefined ? ":" : ": ";
  let separator = "";
  for (const key of keys) {
    w.out += separator + newLine(w) + jsonString(key, w.escapeHtml) + colon;
    separator = ",";
    write(w, read(key));
  }
  w.depth -= 1;
  w.out += `${newLine(w)}}`;
}

function writeItems(w: Writer, items: readonly (GoValue | JsonValue)[]): void {
  if (items.length === 0) {
    w.out += "[]";
    return;
  }
  w.out += "[";
  w.depth += 1;
  let separator = "";
  for (const item of items) {
    w.out += separator + newLine(w);
    separator = ",";
    write(w, item);
  }
  w.depth -= 1;
  w.out += `${newLine(w)}]`;
}

function newLine(w: Writer): string {
  return w.indent === undefined ? "" : `\n${w.indent.repeat(w.depth)}`;
}

/** What cannot stand in a JSON string as it is; HTML and separators too. */
function needsEscape(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20 || c === 34 || c === 92 || c === 60 || c === 62 || c === 38) return true;
    if (c >= 0x2028 && (c < 0x202a || (c >= 0xd800 && c <= 0xdfff))) return true;
  }
  return false;
}

/** What Go escapes and JavaScript does not. */
const SEPARATORS = /[\u2028\u2029]/g;
const HTML_AND_SEPARATORS = /[<>&\u2028\u2029]/g;

/** A string as Go's JSON encoder writes it, in quotes; bytes that are no UTF-8 become U+FFFD. */
export function jsonString(text: string, escapeHtml: boolean): string {
  if (!needsEscape(text)) return `"${text}"`;
  return JSON.stringify(text.toWellFormed()).replace(escapeHtml ? HTML_AND_SEPARATORS : SEPARATORS, unicodeEscape);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
