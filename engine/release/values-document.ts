import { encodeJson } from "../encoding/json-encode.ts";
import { JsonError } from "../encoding/json-error.ts";
import { fromJsonValue } from "../encoding/json-value.ts";
import type { JsonValue } from "../errors.ts";
import { ANY_MAP, GoMap } from "../go/value.ts";
import { ReleaseError } from "./errors.ts";

/** Go's JSON text of values. Throws `ReleaseError` `invalid` for what JSON cannot say. */
export function valuesText(values: GoMap): string {
  try {
    return encodeJson(values);
  } catch (error) {
    if (error instanceof JsonError) throw new ReleaseError("invalid", error.message);
    throw error;
  }
}

/** Values of JSON; what is no object is Go's nil map. Numbers are Go's float64, as its decoder makes them. */
export function valuesOf(json: JsonValue | undefined): GoMap {
  const value = json === undefined ? undefined : fromJsonValue(json);
  return value instanceof GoMap ? value : new GoMap(new Map(), { ...ANY_MAP, isNil: true });
}
