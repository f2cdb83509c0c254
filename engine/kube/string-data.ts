import type { JsonValue } from "../errors.ts";
import { branchOf, type FieldTree } from "../object/fields-v1.ts";
import { isJsonObject, stringAt } from "../object/json.ts";

/**
 * A Secret's `stringData` is write-only: the server moves it into `data`. True when every wanted member is ours, none of ours is
 * missing, and `data` holds its UTF-8 bytes.
 */
export function sameStringData(own: FieldTree | undefined, desired: JsonValue, live: JsonValue | undefined): boolean {
  if (own === undefined || !isJsonObject(desired) || !isJsonObject(live)) return false;
  if (live["kind"] !== "Secret" || live["apiVersion"] !== "v1") return false;
  const entries = Object.entries(desired);
  if (entries.length !== own.children.size) return false;
  return entries.every(
    ([name, value]) => branchOf(own, name) !== undefined && decodeText(stringAt(live, "data", name) ?? "") === value,
  );
}

/** The text behind base64, or `undefined` when it is no valid UTF-8 or no base64. */
function decodeText(base64: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
