import type { JsonValue } from "../errors.ts";
import { objectAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { encodeBase64 } from "../release/base64.ts";

/** A wanted object as the server stores it: a Secret's `stringData` becomes `data`. */
export function storedSecret(object: KubeObject): KubeObject {
  const texts = objectAt(object, "stringData");
  if (texts === undefined || object.kind !== "Secret" || object.apiVersion !== "v1") return object;
  const { stringData: _texts, ...rest } = object;
  const data = Object.entries(texts).map(([name, text]): [string, JsonValue] => [
    name,
    typeof text === "string" ? encodeBase64(new TextEncoder().encode(text)) : text,
  ]);
  return {
    ...rest,
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: object.metadata,
    data: { ...objectAt(object, "data"), ...Object.fromEntries(data) },
  };
}
