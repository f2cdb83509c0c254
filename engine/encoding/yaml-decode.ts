import type { JsonObject, JsonValue } from "../errors.ts";
import { GoList, GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import type { Shape } from "./yaml-composer.ts";
import { readDocument } from "./yaml-document.ts";
import { YamlError } from "./yaml-error.ts";
import { GO_SHAPE, JSON_SHAPE } from "./yaml-shape.ts";
import { TREE_SHAPE } from "./yaml-tree.ts";
import type { Tree } from "./yaml-tree.ts";

const TO_JSON = "error converting YAML to JSON: ";

/** Go's name of the target of `fromYaml`, values files and the like. */
export const MAP_TARGET = "map[string]interface {}";
/** Go's name of the target of `fromYamlArray`. */
export const LIST_TARGET = "[]interface {}";

function decode<V, M extends V>(text: string, shape: Shape<V, M>, strict: boolean): V {
  try {
    return readDocument(text, shape, strict);
  } catch (error) {
    if (error instanceof YamlError) throw new YamlError(error.code, TO_JSON + error.message);
    throw error;
  }
}

/**
 * sigs.k8s.io/yaml `Unmarshal` into `interface{}`: the first document, YAML 1.1, every number a float64. Throws
 * {@link YamlError} with Go's text.
 */
export function decodeYaml(text: string): GoValue {
  return decode(text, GO_SHAPE, false);
}

/** `decodeYaml` into a map; null and an empty text are the empty map. `target` is Go's name of the wanted type, for the error. */
export function decodeYamlMap(text: string, target: string = MAP_TARGET): GoMap {
  const value = decodeYaml(text);
  if (value instanceof GoMap) return value;
  if (value === null) return new GoMap();
  throw wrongKind(value, target);
}

/** `decodeYaml` into a list; null and an empty text are the empty list. */
export function decodeYamlList(text: string, target: string = LIST_TARGET): GoList {
  const value = decodeYaml(text);
  if (value instanceof GoList) return value;
  if (value === null) return new GoList([]);
  throw wrongKind(value, target);
}

function wrongKind(value: GoValue, target: string): YamlError {
  return new YamlError("yaml-type", `error unmarshaling JSON: while decoding JSON: ${mismatch(value, target)}`);
}

/** Go's `json: cannot unmarshal array into Go value of type T`, for a decoded value of another kind. */
export function mismatch(value: GoValue, target: string): string {
  return `json: cannot unmarshal ${jsonKind(value)} into Go value of type ${target}`;
}

function jsonKind(value: GoValue): string {
  if (value instanceof GoMap) return "object";
  if (value instanceof GoList) return "array";
  if (typeof value === "string") return "string";
  return typeof value === "boolean" ? "bool" : "number";
}

/** The first document as plain JSON, for Kubernetes objects. Numbers are JavaScript's. */
export function decodeYamlJson(text: string): JsonValue {
  return decode(text, JSON_SHAPE, false);
}

/** The first document for a reader of few of its keys. */
export function decodeYamlTree(text: string): Tree {
  return decode(text, TREE_SHAPE, false);
}

/** `decodeYamlJson` of an object; null and an empty text are the empty object. */
export function decodeYamlObject(text: string, target: string = MAP_TARGET): JsonObject {
  const value = decodeYamlJson(text);
  if (value === null) return {};
  if (typeof value === "object" && !isArray(value)) return value;
  throw wrongKind(isScalar(value) ? value : new GoList([]), target);
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isScalar(value: JsonValue): value is boolean | number | string | null {
  return typeof value !== "object" || value === null;
}

/** `UnmarshalStrict` into `interface{}`: a key that is set twice is refused. */
export function decodeYamlStrict(text: string): GoValue {
  return decode(text, GO_SHAPE, true);
}
