import type { JsonObject, JsonValue } from "../errors.ts";
import { encodeBase64 } from "../go/base64.ts";
import { compareBytes, GoBytes, GoInt, GoList, GoMap } from "../go/value.ts";
import type { GoObject, GoValue } from "../go/value.ts";
import { cycleProblem, floatProblem, structValue, typeProblem } from "./go-json.ts";
import { JsonError } from "./json-error.ts";
import { MAX_DEPTH } from "./yaml-scanner.ts";
import { setMember } from "./yaml-shape.ts";
import type { OpenObject } from "./yaml-shape.ts";

/** What Go's JSON encoder would write, as plain JSON: integers become numbers, bytes base64, maps have their keys sorted. */
export function toJsonValue(value: GoValue): JsonValue {
  return toJson(value, 0);
}

function toJson(value: GoValue, depth: number): JsonValue {
  if (typeof value === "string") return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new JsonError("json-encode", floatProblem(value));
    return value;
  }
  if (typeof value === "boolean") return value;
  if (value === null || value === undefined) return null;
  if (depth >= MAX_DEPTH) throw new JsonError("json-encode", cycleProblem(value));
  if (value instanceof GoMap) {
    return value.type.isNil === true ? null : toObject(value, [...value.entries.keys()].sort(compareBytes), depth);
  }
  if (value instanceof GoList) return value.isNil ? null : value.items.map((item) => toJson(item, depth + 1));
  if (value instanceof GoInt) return Number(value.value);
  if (value instanceof GoBytes) return encodeBase64(value.data);
  return structToJson(value, depth);
}

function structToJson(value: GoObject, depth: number): JsonValue {
  const problem = typeProblem(value);
  if (problem !== undefined) throw new JsonError("json-encode", problem);
  const own = structValue(value);
  return own instanceof GoMap ? toObject(own, [...own.entries.keys()], depth) : toJson(own, depth + 1);
}

function toObject(map: GoMap, keys: readonly string[], depth: number): JsonObject {
  const out: OpenObject = {};
  for (const key of keys) setMember(out, key.toWellFormed(), toJson(map.entries.get(key), depth + 1));
  return out;
}

/** JSON as Go decodes it into `interface{}`: maps, lists and float64 numbers. */
export function fromJsonValue(json: JsonValue): GoValue {
  if (typeof json !== "object" || json === null) return json;
  if (isArray(json)) return new GoList(json.map((item) => fromJsonValue(item)));
  const entries = new Map<string, GoValue>();
  for (const key of Object.keys(json)) entries.set(key, fromJsonValue(json[key] ?? null));
  return new GoMap(entries);
}

function isArray(json: JsonValue): json is readonly JsonValue[] {
  return Array.isArray(json);
}
