import { quote } from "../go/quote.ts";
import { floatKey, resolve, resolveKey } from "./yaml-resolve.ts";
import type { Resolved } from "./yaml-resolve.ts";

export const MERGE_TAG = "tag:yaml.org,2002:merge";

/** The JSON key of a resolved scalar; `null` is no key. */
export function keyOfValue(value: Resolved): string | null {
  if (typeof value === "string" || value === null) return value;
  if (typeof value === "boolean") return value ? "true" : "false";
  return Number.isSafeInteger(value) ? String(value) : floatKey(value);
}

/** A key as Go's `%#v` shows it. */
export function showKey(text: string, plain: boolean): string {
  if (!plain || typeof resolve(text) === "string") return quote(text);
  return resolveKey(text) ?? "<nil>";
}
