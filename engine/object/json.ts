import type { JsonObject, JsonValue } from "../errors.ts";

/** True for a JSON object: neither a list nor null. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a JSON list. Narrows to a readonly list, which `Array.isArray` does not. */
export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The member at `path`, or `undefined` as soon as a step is absent or no object. */
export function memberAt(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  let at = value;
  for (const name of path) {
    if (!isJsonObject(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
}

/** The object at `path`, or `undefined`. */
export function objectAt(value: JsonValue | undefined, ...path: readonly string[]): JsonObject | undefined {
  const found = memberAt(value, ...path);
  return isJsonObject(found) ? found : undefined;
}

/** The list at `path`; empty when there is none. */
export function listAt(value: JsonValue | undefined, ...path: readonly string[]): readonly JsonValue[] {
  const found = memberAt(value, ...path);
  return isJsonArray(found) ? found : [];
}

/** The string at `path`, or `undefined`. */
export function stringAt(value: JsonValue | undefined, ...path: readonly string[]): string | undefined {
  const found = memberAt(value, ...path);
  return typeof found === "string" ? found : undefined;
}

/** The integer at `path`, or `undefined`: also for fractions and for integers that a double cannot hold. */
export function integerAt(value: JsonValue | undefined, ...path: readonly string[]): number | undefined {
  const found = memberAt(value, ...path);
  return typeof found === "number" && Number.isSafeInteger(found) ? found : undefined;
}
