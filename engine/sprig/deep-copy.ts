import { GoBytes, GoFailure, GoList, GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { isVersion, zeroVersion } from "./semver.ts";
import type { CallContext } from "../template/function.ts";

/** Deeper values are refused before they overflow the stack; charts nest less than 100 levels. */
const DEPTH = 1000;
/** Bytes that a copied element takes, roughly. */
const ELEMENT_SIZE = 32;

/**
 * Sprig's `deepCopy`: maps and lists anew with their types, everything else is immutable here and shared. Helm compatibility: a
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
    return new GoList(items, value.type, value.isNil);
  }
  if (isVersion(value)) return zeroVersion();
  return value instanceof GoBytes ? new GoBytes(value.data) : value;
}
