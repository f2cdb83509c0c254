import type { JsonObject, JsonValue } from "../../engine/errors.ts";

/** True for a JSON object, not for lists or null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The string at `name`, or undefined when there is none. */
export function stringAt(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === "string" ? value : undefined;
}

/** The object at `name`, or undefined when there is none. */
export function objectAt(object: JsonObject, name: string): JsonObject | undefined {
  const value = object[name];
  return isJsonObject(value) ? value : undefined;
}

/** The list at `name`, empty when there is none. */
export function listAt(object: JsonObject, name: string): readonly JsonValue[] {
  const value: unknown = object[name];
  return isJsonList(value) ? value : [];
}

/** The number at `name`, or undefined when there is none. */
export function numberAt(object: JsonObject, name: string): number | undefined {
  const value = object[name];
  return typeof value === "number" ? value : undefined;
}

/** The value of a JSON text. Throws what `JSON.parse` throws. */
export function parseJson(text: string): JsonValue {
  return JSON.parse(text);
}

/** True when `value` nests no deeper than `limit`; walks without recursion, so hostile nesting cannot exhaust the stack. */
export function isShallow(value: JsonValue, limit: number): boolean {
  let layer: readonly JsonValue[] = [value];
  for (let depth = 0; layer.length > 0; depth++) {
    if (depth > limit) return false;
    const below: JsonValue[] = [];
    for (const item of layer) {
      if (typeof item !== "object" || item === null) continue;
      for (const child of isJsonList(item) ? item : Object.values(item)) {
        if (typeof child === "object" && child !== null) below.push(child);
      }
    }
    layer = below;
  }
  return true;
}

/** True for a JSON list. */
export function isJsonList(value: unknown): value is readonly JsonValue[] {
  return Array.isArray(value);
}
