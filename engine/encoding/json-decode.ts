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
  const problems: string[] = [];
  const value = read(text, shapeOf(problems));
  const [problem] = problems;
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
      const target = path.length === 0 ? "Go value" : `Go struct field .${path.join(".")}`;
      problems.push(`json: cannot unmarshal number ${text} into ${target} of type float64`);
      return 0;
    },
    list: (items) => new GoList(items),
    map: (entries) => new GoMap(entries),
  };
}

/** `decodeJson` into a map, as `fromJson` does; null is the nil map. */
export function decodeJsonMap(text: string, target: string = MAP_TARGET): GoMap {
  const value = decodeJson(text);
  if (value instanceof GoMap) return value;
  if (value === null) return new GoMap(new Map(), NIL_MAP);
  throw new JsonError("json-type", mismatch(value, target), new GoMap());
}

/** `decodeJson` into a list, as `fromJsonArray` does; null is the nil slice. */
export function decodeJsonList(text: string, target: string = LIST_TARGET): GoList {
  const value = decodeJson(text);
  if (value instanceof GoList) return value;
  if (value === null) return new GoList([], LIST_TARGET, true);
  throw new JsonError("json-type", mismatch(value, target), new GoList([]));
}
