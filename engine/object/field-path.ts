import type { JsonValue } from "../errors.ts";
import { isJsonArray, isJsonObject } from "./json.ts";
import { quote } from "../go/quote.ts";

/** One step of a path into an object, as managed fields name it. */
export type PathElement =
  | { readonly kind: "field"; readonly name: string }
  /** An item of a list that is a map: the values of its key fields, sorted by name. */
  | { readonly kind: "key"; readonly fields: readonly KeyField[] }
  /** An item of a list that is a set. */
  | { readonly kind: "value"; readonly value: JsonValue }
  | { readonly kind: "index"; readonly index: number };

/** One key field of a list-map item. */
export interface KeyField {
  readonly name: string;
  readonly value: JsonValue;
}

/** A path from the root of an object. */
export type FieldPath = readonly PathElement[];

/** Path elements of hostile managed fields are cut here: a key of 4 KiB is no name that a server made. */
const MAX_ELEMENT_LENGTH = 4096;

/**
 * Reads one member name of fieldsV1: `f:NAME`, `k:{"a":1}`, `v:VALUE`, `i:N`. `undefined` for what is none of them; the API
 * server drops such as well.
 */
export function parsePathElement(text: string): PathElement | undefined {
  if (text.length < 2 || text.charCodeAt(1) !== 0x3a || text.length > MAX_ELEMENT_LENGTH) return undefined;
  const rest = text.slice(2);
  switch (text.charAt(0)) {
    case "f":
      return { kind: "field", name: rest };
    case "k":
      return parseKey(rest);
    case "v": {
      const value = parseJson(rest);
      return value === undefined ? undefined : { kind: "value", value };
    }
    case "i": {
      const index = Number(rest);
      return Number.isSafeInteger(index) && rest !== "" ? { kind: "index", index } : undefined;
    }
    default:
      return undefined;
  }
}

/** The inverse of {@link parsePathElement}. */
export function formatPathElement(element: PathElement): string {
  switch (element.kind) {
    case "field":
      return `f:${element.name}`;
    case "key":
      return `k:{${element.fields.map((f) => `${JSON.stringify(f.name)}:${JSON.stringify(f.value)}`).join(",")}}`;
    case "value":
      return `v:${JSON.stringify(element.value)}`;
    default:
      return `i:${element.index}`;
  }
}

/** As the API server prints a path in a conflict: `.spec.template.spec.containers[name="web"].image`, `[=1]`, `[0]`. */
export function printFieldPath(path: FieldPath): string {
  let out = "";
  for (const element of path) out += printPathElement(element);
  return out;
}

function printPathElement(element: PathElement): string {
  switch (element.kind) {
    case "field":
      return `.${element.name}`;
    case "key":
      return `[${element.fields.map((f) => `${f.name}=${printValue(f.value)}`).join(",")}]`;
    case "value":
      return `[=${printValue(element.value)}]`;
    default:
      return `[${element.index}]`;
  }
}

/** Key and set values are scalars; lists and maps in them are printed one level deep as the API server does. */
function printValue(value: JsonValue | undefined): string {
  if (typeof value === "string") return quote(value);
  if (isJsonArray(value)) return `[${value.map((item) => printScalar(item)).join(",")}]`;
  if (isJsonObject(value)) {
    return Object.entries(value)
      .map(([name, item]) => `${name}=${printScalar(item)}`)
      .join("");
  }
  return String(value);
}

function printScalar(value: JsonValue): string {
  return typeof value === "string" ? quote(value) : JSON.stringify(value);
}

function parseKey(text: string): PathElement | undefined {
  const value = parseJson(text);
  if (!isJsonObject(value)) return undefined;
  const fields = Object.entries(value).map(([name, of]) => ({ name, value: of }));
  fields.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { kind: "key", fields };
}

function parseJson(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
