import { GoBytes, GoFailure, GoList, GoMap, GoObject } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import type { CallContext } from "../template/function.ts";
import { isEmpty } from "./elements.ts";

/** Deeper maps are refused before they overflow the stack; charts nest less than 100 levels. */
const DEPTH = 1000;

/**
 * mergo's rules for JSON-like maps; `target` is changed. Without `overwrite` a value of `source` only fills what is absent or empty.
 * With it, the source wins even when empty, but an empty source map never clears a map. Lists are never joined. What is taken over
 * is shared with the source, not copied. Gives mergo's error, if it has one.
 */
export function mergeInto(
  target: GoMap,
  source: GoMap,
  overwrite: boolean,
  context: CallContext,
  depth = 0,
): string | undefined {
  if (depth > DEPTH) throw new GoFailure(`maps nested more than ${DEPTH} levels deep cannot be merged`);
  if (target.entries === source.entries) return undefined;
  context.spend(1 + source.entries.size / ENTRIES_PER_UNIT);
  if (target.type.zero === "" && source.type.zero !== "" && source.entries.size > 0) {
    throw new GoFailure("reflect.Value.SetMapIndex: value of type interface {} is not assignable to type string");
  }
  for (const [key, value] of source.entries) {
    if (value === null || value === undefined) {
      if (overwrite) target.entries.set(key, null);
      continue;
    }
    const old = target.entries.get(key);
    if (old instanceof GoObject) {
      if (!overwrite && isPointer(old) && isOther(old, value)) return DIFFERENT_TYPES;
      refuseFields(old, value);
    }
    if (value instanceof GoMap && old instanceof GoMap) {
      const problem = mergeInto(old, value, overwrite, context, depth + 1);
      if (problem !== undefined) return problem;
    } else if (overwrite && isSlice(value)) target.entries.set(key, value);
    if (!isSettled(old, value) && (overwrite || isEmpty(old))) target.entries.set(key, value);
  }
  return undefined;
}

/** mergo's error for a map or struct that meets a pointer, such as a `*semver.Version`. */
const DIFFERENT_TYPES = "src and dst must be of same type";

function isPointer(value: GoObject): boolean {
  return value.type.name.startsWith("*");
}

/** Neither a pointer, nor what `pointer` points to. */
function isOther(pointer: GoObject, value: GoValue): boolean {
  if (value instanceof GoMap) return value.type.isNil !== true;
  return value instanceof GoObject && !isPointer(value) && pointer.type.name !== `*${value.type.name}`;
}

/** Helm compatibility: mergo goes through the exported fields of a struct, whatever is to be merged into it. */
function refuseFields(struct: GoObject, value: GoValue): void {
  if (isPointer(struct) || struct.type.fields.length === 0) return;
  const isMap = value instanceof GoMap && value.type.isNil !== true;
  if (!isMap && !(value instanceof GoObject && isPointer(value))) return;
  throw new GoFailure(`reflect: call of reflect.Value.Field on ${isMap ? "map" : "ptr"} Value`);
}

/** About this many entries are merged in a microsecond. */
const ENTRIES_PER_UNIT = 20;

function isSlice(value: GoValue): boolean {
  return value instanceof GoList || value instanceof GoBytes;
}

/** True when a value that is there stays whatever the mode: a map was merged into, a list replaced already. */
function isSettled(old: GoValue, value: GoValue): boolean {
  if (isEmpty(old)) return false;
  return isSlice(value) || (value instanceof GoMap && old instanceof GoMap);
}
