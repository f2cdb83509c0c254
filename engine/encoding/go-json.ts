import { complexParts } from "../go/complex.ts";
import { GoMap } from "../go/value.ts";
import type { GoObject, GoValue } from "../go/value.ts";
import { YamlError } from "./yaml-error.ts";

/** What encoding/json sees in a struct: its own JSON form, or its fields by name. */
export function structValue(object: GoObject): GoValue {
  return object.type.json === undefined ? structFields(object) : object.type.json(object);
}

/** Go's refusal of a type that JSON has no text for, or `undefined`. */
export function typeProblem(object: GoObject): string | undefined {
  return complexParts(object) === undefined ? undefined : `json: unsupported type: ${object.type.name}`;
}

/** The fields of a struct in the order of declaration. */
export function structFields(object: GoObject): GoMap {
  return new GoMap(new Map(object.type.fields.map((name) => [name, object.fields.get(name)])));
}

/** What Go says of a value that contains itself, which is what any value of this depth is taken for. */
export function cycleProblem(value: GoValue): string {
  const name = value instanceof GoMap ? value.type.name : "[]interface {}";
  return `json: unsupported value: encountered a cycle via ${name}`;
}

/** Go's refusal of a float that JSON has no text for. */
export function floatProblem(value: number): string {
  return `json: unsupported value: ${Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf"}`;
}

export function encodeFailure(problem: string): YamlError {
  return new YamlError("yaml-encode", problem);
}
