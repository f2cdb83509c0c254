import type { JsonValue } from "../errors.ts";
import { GoBytes, GoInt, GoList, GoMap, type GoValue, sortedKeys } from "../go/value.ts";
import { isJsonArray, isJsonObject } from "../object/json.ts";
import { encodeBase64 } from "./base64.ts";
import { ReleaseError } from "./errors.ts";
import { stringText } from "./json-text.ts";

/** Depth of values in a record: Go's decoder stops at 10,000, which would need that many JavaScript frames; real values stay below 50. */
const MAX_DEPTH = 1000;

/** Go's JSON text of values: keys sorted by bytes, integers as they are, floats in Go's shortest form. */
export function valuesText(value: GoValue, depth = 0): string {
  if (depth > MAX_DEPTH) throw tooDeep();
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return stringText(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number") return floatText(value);
  if (value instanceof GoInt) return value.value.toString();
  if (value instanceof GoBytes) return `"${encodeBase64(value.data)}"`;
  if (value instanceof GoList) return `[${value.items.map((item) => valuesText(item, depth + 1)).join(",")}]`;
  if (value instanceof GoMap) return mapText(value, depth);
  throw new Error(`a ${value.type.name} is no chart value`);
}

/** Values of JSON. Numbers are Go's float64, as its decoder makes them. */
export function valuesOf(json: JsonValue | undefined): GoMap {
  const value = json === undefined ? undefined : goValue(json, 0);
  return value instanceof GoMap ? value : new GoMap();
}

function mapText(map: GoMap, depth: number): string {
  let out = "{";
  for (const name of sortedKeys(map)) {
    if (out.length > 1) out += ",";
    out += `${stringText(name)}:${valuesText(map.entries.get(name), depth + 1)}`;
  }
  return `${out}}`;
}

/** A float64 as `encoding/json` writes it, which is what JavaScript writes, but for the sign of zero. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) throw new ReleaseError("invalid", `json: unsupported value: ${goInfinity(value)}`);
  return Object.is(value, -0) ? "-0" : String(value);
}

function goInfinity(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}

function goValue(json: JsonValue, depth: number): GoValue {
  if (depth > MAX_DEPTH) throw tooDeep();
  if (isJsonArray(json)) return new GoList(json.map((item) => goValue(item, depth + 1)));
  if (!isJsonObject(json)) return json;
  const entries = new Map<string, GoValue>();
  for (const [name, member] of Object.entries(json)) entries.set(name, goValue(member, depth + 1));
  return new GoMap(entries);
}

function tooDeep(): ReleaseError {
  return new ReleaseError("invalid", "exceeded max depth");
}
