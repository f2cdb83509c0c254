import { GoBytes, GoFailure, GoList, GoMap, GoObject } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { zeroVersion } from "./semver.ts";
import type { CallContext } from "../template/function.ts";

/** Deeper values are refused before they overflow the stack; charts nest less than 100 levels. */
const DEPTH = 1000;
/** Bytes that a copied element takes, roughly. */
const ELEMENT_SIZE = 32;

/**
 * Sprig's `deepCopy`: maps, lists and structs anew with their types, everything else is immutable here and shared. Helm compatibility: a
 * version has unexported fields only, none of which is copied, so that its copy is 0.0.0.
 */
export function deepCopy(value: GoValue, context: CallContext, depth = 0): GoValue {
  if (depth > DEPTH) throw new GoFailure(`values nested more than ${DEPTH} levels deep cannot be copied`);
  if (value instanceof GoMap) {
    context.reserve(value.entries.size * ELEMENT_SIZE);
    const entries = new Map<string, GoValue>();
    for (const [key, item] of value.entries) entries.set(key, deepCopy(item, context, depth + 1));
    return new GoMap(entries, value.type);
  }
  if (value instanceof GoList) {
    context.reserve(value.items.length * ELEMENT_SIZE);
    const items = value.items.map((item) => deepCopy(item, context, depth + 1));
    return new GoList(items, value.type, value.isNil, value.methods);
  }
  if (value instanceof GoObject) return zeroVersion(value) ?? copyStruct(value, context, depth);
  return value instanceof GoBytes ? new GoBytes(value.data) : value;
}

/** Helm compatibility: unexported fields stay empty. */
function copyStruct(value: GoObject, context: CallContext, depth: number): GoObject {
  if (value.fields.size === 0) return value;
  const fields = new Map<string, GoValue>();
  for (const [name, field] of value.fields) {
    const isHidden = typeof field === "string" && value.type.hidden?.includes(name) === true;
    fields.set(name, isHidden ? "" : deepCopy(field, context, depth + 1));
  }
  return new GoObject(value.type, fields, value.native);
}
