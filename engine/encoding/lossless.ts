import type { JsonObject, JsonValue } from "../errors.ts";
import { decodeBase64, encodeBase64 } from "../go/base64.ts";
import { toUtf8 } from "../go/utf8.ts";
import { ANY_MAP, GoBytes, GoInt, GoList, GoMap, STRING_MAP, VALUES_MAP } from "../go/value.ts";
import type { GoIntKind, GoMapType, GoValue } from "../go/value.ts";
import { cycleProblem } from "./go-json.ts";
import { JsonError } from "./json-error.ts";
import { MAX_DEPTH } from "./yaml-scanner.ts";
import { setMember } from "./yaml-shape.ts";
import type { OpenObject } from "./yaml-shape.ts";

const INT_KINDS: readonly GoIntKind[] = [
  "int",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "time.Duration",
  "time.Month",
  "time.Weekday",
];
const ANY_LIST = "[]interface {}";

/**
 * Template values as JSON that keeps Go's kinds, for journals. What JSON has is itself: float64 numbers, strings, booleans,
 * null, lists and maps of anything. All else is an object with one `$` member: `{"$int64":"5"}` (any integer type),
 * `{"$float64":"NaN"}` (also `-0` and infinities), `{"$bytes":"…"}` (base64), `{"$none":true}` (Go's zero `reflect.Value`),
 * `{"$list":{"type","nil","items"}}`, `{"$map":{"type","nil","entries"}}`. A key that starts with `$` gets one more.
 * Throws {@link JsonError} for structs, and for maps that contain themselves.
 */
export function encodeGoJson(value: GoMap): JsonObject {
  return encodeEntries(value.entries, 0);
}

/** The map that {@link encodeGoJson} wrote. Throws {@link JsonError} for JSON of another form. */
export function decodeGoJson(json: JsonObject): GoMap {
  return new GoMap(decodeEntries(json));
}

/** {@link encodeGoJson} of any value. */
export function encodeGoValue(value: GoValue): JsonValue {
  return encode(value, 0);
}

/** The value that {@link encodeGoValue} wrote. */
export function decodeGoValue(json: JsonValue): GoValue {
  if (typeof json !== "object" || json === null) return json;
  if (isArray(json)) return new GoList(json.map(decodeGoValue));
  const [tag, ...others] = Object.keys(json);
  if (tag === undefined || !isTag(tag)) return decodeGoJson(json);
  if (others.length > 0) throw malformed(tag);
  return decodeTagged(tag.slice(1), json[tag] ?? null);
}

function isArray(json: JsonValue): json is readonly JsonValue[] {
  return Array.isArray(json);
}

function isTag(key: string): boolean {
  return key.startsWith("$") && !key.startsWith("$$");
}

function malformed(what: string): JsonError {
  return new JsonError("json-type", `no lossless form of a value: ${what}`);
}

function encode(value: GoValue, depth: number): JsonValue {
  if (typeof value === "number") {
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { $float64: Object.is(value, -0) ? "-0" : String(value) };
  }
  if (value === undefined) return { $none: true };
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) throw new JsonError("json-encode", cycleProblem(value));
  if (value instanceof GoInt) return { [`$${value.type}`]: value.value.toString() };
  if (value instanceof GoBytes) return { $bytes: encodeBase64(value.data) };
  if (value instanceof GoMap) return encodeMap(value, depth);
  if (value instanceof GoList) return encodeList(value, depth);
  throw new JsonError("json-encode", `a ${value.type.name} has no lossless form`);
}

function encodeList(value: GoList, depth: number): JsonValue {
  const items = value.items.map((item) => encode(item, depth + 1));
  if (value.type === ANY_LIST && !value.isNil) return items;
  return { $list: { type: value.type, nil: value.isNil, items } };
}

function encodeMap(value: GoMap, depth: number): JsonValue {
  const entries = encodeEntries(value.entries, depth + 1);
  if (value.type === ANY_MAP) return entries;
  return { $map: { type: value.type.name, nil: value.type.isNil === true, entries } };
}

function encodeEntries(entries: ReadonlyMap<string, GoValue>, depth: number): JsonObject {
  const out: OpenObject = {};
  for (const [key, value] of entries) setMember(out, key.startsWith("$") ? `$${key}` : key, encode(value, depth));
  return out;
}

function decodeEntries(json: JsonObject): Map<string, GoValue> {
  const entries = new Map<string, GoValue>();
  for (const key of Object.keys(json)) {
    if (isTag(key)) throw malformed(key);
    entries.set(key.startsWith("$$") ? key.slice(1) : key, decodeGoValue(json[key] ?? null));
  }
  return entries;
}

function decodeTagged(tag: string, body: JsonValue): GoValue {
  const kind = INT_KINDS.find((known) => known === tag);
  if (typeof body === "string") {
    if (kind !== undefined && /^-?[0-9]{1,20}$/.test(body)) return new GoInt(kind, BigInt(body));
    if (tag === "float64" && /^(?:-0|NaN|-?Infinity)$/.test(body)) return Number(body);
    if (tag === "bytes") return new GoBytes(decodeBase64(toUtf8(body)));
  }
  if (tag === "none" && body === true) return undefined;
  if (typeof body !== "object" || body === null || isArray(body)) throw malformed(`$${tag}`);
  const { type, nil, items, entries } = body;
  if (typeof type === "string" && tag === "list" && items !== undefined && isArray(items)) {
    return new GoList(items.map(decodeGoValue), type, nil === true);
  }
  if (
    typeof type === "string" &&
    tag === "map" &&
    typeof entries === "object" &&
    entries !== null &&
    !isArray(entries)
  ) {
    return new GoMap(decodeEntries(entries), mapType(type, nil === true));
  }
  throw malformed(`$${tag}`);
}

function mapType(name: string, isNil: boolean): GoMapType {
  const known = [ANY_MAP, VALUES_MAP, STRING_MAP].find((type) => type.name === name);
  return isNil ? { ...(known ?? { zero: null }), name, isNil } : (known ?? { name, zero: null });
}
