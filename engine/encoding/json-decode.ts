import { readJson } from "../go/json-reader.ts";
import type { JsonShape } from "../go/json-reader.ts";
import { GoFailure, GoList, GoMap, NIL_MAP } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { JsonError } from "./json-error.ts";
import { LIST_TARGET, MAP_TARGET, mismatch } from "./yaml-decode.ts";

/**
 * `json.Unmarshal` into `interface{}`: every number a float64, bytes that are no UTF-8 and lone surrogates U+FFFD. Throws
 * {@link JsonError} with Go's text.
 */
export function decodeJson(text: string): GoValue {
  return checked(decodeLeniently(text));
}

/** A value, and what is wrong with a number in it. */
interface Decoded {
  readonly value: GoValue;
  readonly problem: string | undefined;
}

function decodeLeniently(text: string): Decoded {
  const problems: string[] = [];
  const value = read(text, shapeOf(problems));
  return { value, problem: problems[0] };
}

function checked({ value, problem }: Decoded): GoValue {
  if (problem !== undefined) throw new JsonError("json-type", problem, value);
  return value;
}

function read(text: string, shape: JsonShape<GoValue>): GoValue {
  try {
    return readJson(text, shape);
  } catch (error) {
    if (error instanceof GoFailure) throw new JsonError("json-syntax", error.message);
    throw error;
  }
}

/** Helm compatibility: a number too big for a float64 is an error that leaves 0 behind and lets the rest be read. */
function shapeOf(problems: string[]): JsonShape<GoValue> {
  return {
    scalar: (value) => value,
    number: (text, path) => {
      const value = Number(text);
      if (Number.isFinite(value)) return value;
      problems.push(`json: cannot unmarshal number ${text} into ${placeOf(path)} of type float64`);
      return 0;
    },
    list: (items) => new GoList(items),
    map: (entries) => new GoMap(entries),
  };
}

/** Helm compatibility: what ends in a number is taken for an item of a list, which has no "Go struct field" before it. */
function placeOf(path: readonly string[]): string {
  const place = path.map((key) => key.replaceAll("~", "~0").replaceAll("/", "~1")).join(".");
  if (place === "") return "Go value";
  return /(?:^|\.)[0-9]+$/.test(place) ? `.${place}` : `Go struct field .${place}`;
}

/** `decodeJson` into a map, as `fromJson` does; null is the nil map. */
export function decodeJsonMap(text: string, target: string = MAP_TARGET): GoMap {
  const decoded = decodeLeniently(text);
  const { value } = decoded;
  if (value instanceof GoMap) {
    checked(decoded);
    return value;
  }
  if (value === null) return new GoMap(new Map(), NIL_MAP);
  throw new JsonError("json-type", mismatch(value, target), new GoMap());
}

/** `decodeJson` into a list, as `fromJsonArray` does; null is the nil slice. */
export function decodeJsonList(text: string, target: string = LIST_TARGET): GoList {
  const decoded = decodeLeniently(text);
  const { value } = decoded;
  if (value instanceof GoList) {
    checked(decoded);
    return value;
  }
  if (value === null) return new GoList([], LIST_TARGET, true);
  throw new JsonError("json-type", mismatch(value, target), new GoList([]));
}
