import type { JsonValue } from "../errors.ts";
import { isJsonArray, isJsonObject } from "./json.ts";

/** Deeper than any Kubernetes object needs (OpenAPI schemas in CRDs reach about 60); bounds the recursion over what a server or chart sent. */
export const MAX_OBJECT_DEPTH = 200;

/**
 * Deep equality of JSON, the order of members aside. Not equal, rather than a guess, below {@link MAX_OBJECT_DEPTH} and for
 * integers beyond 2^53, of which a double does not keep all digits.
 */
export function jsonEqual(
  a: JsonValue | undefined,
  b: JsonValue | undefined,
  depth: number = MAX_OBJECT_DEPTH,
): boolean {
  if (a === b) return typeof a !== "number" || !Number.isInteger(a) || Number.isSafeInteger(a);
  if (depth === 0) return false;
  if (isJsonArray(a)) return isJsonArray(b) && listsEqual(a, b, depth - 1);
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  for (const name of names) {
    if (!Object.hasOwn(b, name) || !jsonEqual(a[name], b[name], depth - 1)) return false;
  }
  return true;
}

function listsEqual(a: readonly JsonValue[], b: readonly JsonValue[], depth: number): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!jsonEqual(a[i], b[i], depth)) return false;
  return true;
}
