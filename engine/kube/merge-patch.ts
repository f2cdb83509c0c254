import type { JsonObject, JsonValue } from "../errors.ts";
import { jsonEqual, MAX_OBJECT_DEPTH } from "../object/equal.ts";
import { isJsonArray, isJsonObject } from "../object/json.ts";
import { refuse } from "./patch-type.ts";

/** The merge patch (RFC 7386) that turns one object into another. */
export function mergePatch(from: JsonObject, to: JsonObject, depth: number = MAX_OBJECT_DEPTH): JsonObject {
  if (depth <= 0) throw refuse("the object is nested too deeply");
  const patch = new Map<string, JsonValue>();
  for (const [name, wanted] of Object.entries(to)) {
    const there = Object.hasOwn(from, name) ? from[name] : undefined;
    if (isJsonObject(there) && isJsonObject(wanted)) {
      const inner = mergePatch(there, wanted, depth - 1);
      if (Object.keys(inner).length > 0) patch.set(name, inner);
    } else if (!jsonEqual(there, wanted)) patch.set(name, wanted);
  }
  for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) patch.set(name, null);
  return Object.fromEntries(patch);
}

/** The additions and changes of a merge patch, without its deletions. Lists are values, but for nulls in their items. */
export function withoutDeletions(patch: JsonObject): JsonObject {
  const members = Object.entries(patch).flatMap(([name, value]): readonly (readonly [string, JsonValue])[] => {
    if (value === null) return [];
    if (isJsonArray(value)) return [[name, withoutNulls(value, MAX_OBJECT_DEPTH)]];
    if (!isJsonObject(value) || Object.keys(value).length === 0) return [[name, value]];
    const inner = withoutDeletions(value);
    return Object.keys(inner).length === 0 ? [] : [[name, inner]];
  });
  return Object.fromEntries(members);
}

/** A value without the members of its maps that are null. */
export function withoutNulls(value: JsonValue, depth: number): JsonValue {
  if (depth <= 0) throw refuse("the object is nested too deeply");
  if (isJsonArray(value)) return value.map((item) => withoutNulls(item, depth - 1));
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).filter(([, of]) => of !== null);
  return Object.fromEntries(members.map(([name, of]) => [name, withoutNulls(of, depth - 1)]));
}
