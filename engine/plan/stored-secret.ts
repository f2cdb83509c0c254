import type { JsonValue } from "../errors.ts";
import type { FieldPath } from "../object/field-path.ts";
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

/** True for a Secret's `stringData`: managers own it, and nothing stands there. */
export function isWriteOnly(object: KubeObject, path: FieldPath): boolean {
  const [first] = path;
  return (
    object.kind === "Secret" && object.apiVersion === "v1" && first?.kind === "field" && first.name === "stringData"
  );
}

/** Where managers may own a field: what stands in a Secret's `data` may have been written as `stringData`. */
export function ownedAs(object: KubeObject, path: FieldPath): readonly FieldPath[] {
  const [first, ...rest] = path;
  const isData = object.kind === "Secret" && first?.kind === "field" && first.name === "data";
  return isData ? [path, [{ kind: "field", name: "stringData" }, ...rest]] : [path];
}
