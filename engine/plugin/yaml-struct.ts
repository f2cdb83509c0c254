import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
  type Pair,
} from "yaml";
import { decodeYamlJson, YamlError } from "../encoding/index.ts";
import type { JsonObject, JsonValue } from "../errors.ts";
import { quote } from "../go/quote.ts";

/** What a field takes. `type` is Go's name, for error texts. */
export type FieldType =
  | { readonly kind: "string" }
  | { readonly kind: "bool" }
  | { readonly kind: "integer"; readonly type: string; readonly least: number; readonly most: number }
  /** `map[string]interface {}` and what is in it, as it is. */
  | { readonly kind: "any-map" }
  | { readonly kind: "list"; readonly type: string; readonly element: FieldType }
  | { readonly kind: "map"; readonly type: string; readonly element: FieldType }
  | StructType;

/** A Go struct by its YAML keys. */
export interface StructType {
  readonly kind: "struct";
  readonly type: string;
  readonly fields: ReadonlyMap<string, FieldType>;
}

/** `parseAllDocuments` of hostile text: aliases of aliases stop here. */
const MAX_ALIASES = 100;
const MAX_PROBLEMS = 100;

/** A text that does not fit; `message` is go-yaml v3's. */
export class YamlMisfit extends Error {}

/** The first document of a text, with what its line numbers need. Throws {@link YamlMisfit} with go-yaml's text. */
export interface YamlText {
  readonly root: Node | undefined;
  readonly document: Document;
  readonly lines: LineCounter;
}

/** Reads a text once, for decoding into several structs. */
export function readYamlText(text: string): YamlText {
  checkSyntax(text);
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false, merge: false });
  const document = Array.isArray(parsed) ? parsed[0] : undefined;
  if (document === undefined || document.contents === null) throw new YamlMisfit("EOF");
  return { root: document.contents, document, lines };
}

/** The words for a text that is no YAML come from the reader that has them. */
function checkSyntax(text: string): void {
  try {
    decodeYamlJson(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const message = error.message.replace("error converting YAML to JSON: ", "");
    if (!/unmarshal|already set/.test(message)) throw new YamlMisfit(message);
  }
}

interface Decoding {
  readonly text: YamlText;
  readonly strict: boolean;
  readonly problems: string[];
}

/** go-yaml v3's decoder into a struct; `strict` is `KnownFields(true)`. Throws {@link YamlMisfit} with all misfits, as go-yaml tells them. */
export function decodeStruct(text: YamlText, target: StructType, strict: boolean): JsonObject {
  const decoding: Decoding = { text, strict, problems: [] };
  const value = decodeNode(decoding, text.root, target);
  if (decoding.problems.length > 0) {
    throw new YamlMisfit(`yaml: unmarshal errors:\n  ${decoding.problems.slice(0, MAX_PROBLEMS).join("\n  ")}`);
  }
  return isObject(value) ? value : {};
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function decodeNode(d: Decoding, node: Node | undefined, type: FieldType): JsonValue | undefined {
  const target = isAlias(node) ? node.resolve(d.text.document) : node;
  if (target === undefined || (isScalar(target) && target.value === null)) return undefined;
  switch (type.kind) {
    case "string":
      return isScalar(target) ? scalarText(target) : misfit(d, target, "string");
    case "bool":
      return isScalar(target) && typeof target.value === "boolean" ? target.value : misfit(d, target, "bool");
    case "integer":
      return integer(d, target, type);
    case "list":
      if (!isSeq(target)) return misfit(d, target, type.type);
      return target.items.map((item) => decodeNode(d, asNode(item), type.element) ?? zeroOf(type.element));
    case "any-map":
      return isMap(target) ? anyMap(d, target) : misfit(d, target, "map[string]interface {}");
    default:
      return isMap(target) ? mapping(d, target, type) : misfit(d, target, type.type);
  }
}

function zeroOf(type: FieldType): JsonValue {
  return type.kind === "string" ? "" : type.kind === "bool" ? false : type.kind === "list" ? [] : {};
}

function integer(
  d: Decoding,
  node: Node,
  { type, least, most }: Extract<FieldType, { kind: "integer" }>,
): JsonValue | undefined {
  const value = isScalar(node) && typeof node.value === "number" ? Math.trunc(node.value) : undefined;
  return value !== undefined && value >= least && value <= most ? value : misfit(d, node, type);
}

function mapping(
  d: Decoding,
  node: Extract<Node, { items: unknown[] }>,
  type: Extract<FieldType, { kind: "map" | "struct" }>,
): JsonObject {
  checkKeys(d, node);
  const out: [string, JsonValue][] = [];
  for (const pair of pairsOf(node)) {
    const key = keyText(pair);
    const field = type.kind === "map" ? type.element : type.fields.get(key);
    if (field === undefined) {
      if (d.strict) d.problems.push(`line ${lineOf(d, asNode(pair.key))}: field ${key} not found in type ${type.type}`);
      continue;
    }
    const value = decodeNode(d, asNode(pair.value), field);
    if (value !== undefined) out.push([key, value]);
  }
  return Object.fromEntries(out);
}

function anyMap(d: Decoding, node: Extract<Node, { items: unknown[] }>): JsonObject {
  checkKeys(d, node);
  const value: unknown = node.toJS(d.text.document, { maxAliasCount: MAX_ALIASES });
  const json: JsonValue = JSON.parse(JSON.stringify(value ?? {}));
  return isObject(json) ? json : {};
}

function checkKeys(d: Decoding, node: Extract<Node, { items: unknown[] }>): void {
  const seen = new Map<string, number>();
  for (const pair of pairsOf(node)) {
    const key = keyText(pair);
    const line = lineOf(d, asNode(pair.key));
    const first = seen.get(key);
    if (first === undefined) seen.set(key, line);
    else d.problems.push(`line ${line}: mapping key ${quote(key)} already defined at line ${first}`);
  }
}

function pairsOf(node: Node): readonly Pair[] {
  return isMap(node) ? node.items : [];
}

function asNode(value: unknown): Node | undefined {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : undefined;
}

function keyText(pair: Pair): string {
  return isScalar(pair.key) ? scalarText(pair.key) : "";
}

function scalarText(node: { readonly source?: string | undefined; readonly value: unknown }): string {
  return node.source ?? String(node.value);
}

function lineOf(d: Decoding, node: Node | undefined): number {
  return d.text.lines.linePos(node?.range?.[0] ?? 0).line;
}

/** go-yaml shows scalars of up to ten characters. */
const SHOWN = 10;

function misfit(d: Decoding, node: Node, type: string): undefined {
  const tag = isMap(node) ? "!!map" : isSeq(node) ? "!!seq" : scalarTag(isScalar(node) ? node.value : "");
  const text = isScalar(node) ? scalarText(node) : undefined;
  const shown = text === undefined ? "" : ` \`${text.length > SHOWN ? `${text.slice(0, SHOWN - 3)}...` : text}\``;
  d.problems.push(`line ${lineOf(d, node)}: cannot unmarshal ${tag}${shown} into ${type}`);
  return undefined;
}

function scalarTag(value: unknown): string {
  if (typeof value === "boolean") return "!!bool";
  if (typeof value !== "number") return "!!str";
  return Number.isInteger(value) ? "!!int" : "!!float";
}
