import type { JsonValue } from "../errors.ts";
import { isJsonObject, memberAt, stringAt } from "../object/json.ts";

/**
 * A Secret's `stringData` is write-only: the server moves it into `data`. What of the wanted `stringData` is stored now, as text;
 * null for a member that is not there or no UTF-8. For other kinds, the member `stringData` itself.
 */
export function storedText(desired: JsonValue, live: JsonValue | undefined): JsonValue | undefined {
  const isSecret = stringAt(live, "kind") === "Secret" && stringAt(live, "apiVersion") === "v1";
  if (!isSecret || !isJsonObject(desired)) return memberAt(live, "stringData");
  return Object.fromEntries(Object.keys(desired).map((name) => [name, decodeText(stringAt(live, "data", name))]));
}

function decodeText(base64: string | undefined): string | null {
  if (base64 === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
