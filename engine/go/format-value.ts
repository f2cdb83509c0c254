import { complexParts, formatComplex } from "./complex.ts";
import { formatShortest } from "./float.ts";
import { intMethodText } from "./int-text.ts";
import { GoFailure, sortedKeys } from "./value.ts";
import type { GoBytes, GoInt, GoList, GoMap, GoObject, GoValue } from "./value.ts";

/** Values nested deeper than this (a map that holds itself) are refused; Go's own process dies there. */
const MAX_NESTING = 500;
/** Characters of one formatted text: far above any manifest, far below what a process holds. */
const MAX_FORMATTED = 1 << 25;
/** What a pointer inside a list or map prints as: an address, which no two runs of Go share. */
export const POINTER_TEXT = "0xc00000000000";

/** Go's `%T`, also `reflect.Type.String()`: `int`, `map[string]interface {}`, `[]uint8`; nil is `<nil>`. */
export function typeName(value: GoValue): string {
  switch (typeof value) {
    case "string":
      return "string";
    case "number":
      return "float64";
    case "boolean":
      return "bool";
    case "undefined":
      return "<nil>";
    default:
      return value === null ? "<nil>" : objectTypeName(value);
  }
}

function objectTypeName(value: GoInt | GoBytes | GoList | GoMap | GoObject): string {
  switch (value.kind) {
    case "int":
    case "list":
      return value.type;
    case "bytes":
      return "[]uint8";
    default:
      return value.type.name;
  }
}

/** Go's `%v`: what an action prints. Throws {@link GoFailure} for a value that contains itself or prints endlessly. */
export function formatValue(value: GoValue): string {
  return formatAt(value, 0);
}

function formatAt(value: GoValue, depth: number): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return formatShortest(value);
    case "boolean":
      return value ? "true" : "false";
    case "undefined":
      return "<nil>";
    default:
      return value === null ? "<nil>" : formatObject(value, depth);
  }
}

function formatObject(value: GoInt | GoBytes | GoList | GoMap | GoObject, depth: number): string {
  if (depth > MAX_NESTING) throw new GoFailure("value is nested too deeply to be printed");
  switch (value.kind) {
    case "int":
      return intMethodText(value) ?? value.value.toString();
    case "bytes":
      return `[${value.data.join(" ")}]`;
    case "list":
      return formatList(value, depth + 1);
    case "map":
      return formatMap(value, depth + 1);
    default:
      return formatStruct(value, depth + 1);
  }
}

function formatList(list: GoList, depth: number): string {
  let out = "[";
  const { items } = list;
  for (let i = 0; i < items.length; i++) {
    if (i > 0) out += " ";
    out += formatAt(items[i], depth);
    checkLength(out);
  }
  return `${out}]`;
}

function formatMap(map: GoMap, depth: number): string {
  let out = "map[";
  let separator = "";
  for (const key of sortedKeys(map)) {
    out += `${separator}${key}:${formatAt(map.entries.get(key), depth)}`;
    separator = " ";
    checkLength(out);
  }
  return `${out}]`;
}

function formatStruct(struct: GoObject, depth: number): string {
  const complex = complexParts(struct);
  if (complex !== undefined) return formatComplex(complex);
  const { type } = struct;
  if (type.print !== undefined) return type.print(struct);
  if (type.isNil === true) return "<nil>";
  const isPointer = type.name.startsWith("*");
  if (isPointer && depth > 1) return POINTER_TEXT;
  let out = isPointer ? "&{" : "{";
  let separator = "";
  for (const field of struct.fields.values()) {
    out += separator + formatAt(field, depth);
    separator = " ";
    checkLength(out);
  }
  return `${out}}`;
}

/** Refuses a text that has grown beyond {@link MAX_FORMATTED}: shared lists in lists print exponentially. */
export function checkLength(text: string): void {
  if (text.length > MAX_FORMATTED) throw new GoFailure(`formatted text exceeds ${MAX_FORMATTED} characters`);
}
