import type { JsonValue } from "../errors.ts";
import { isJsonObject } from "../object/json.ts";

/** What a template function takes and gives. `int` and `number` are JSON numbers; templates see an int64 and a float64. */
export type FunctionType = "string" | "bool" | "int" | "number" | "list" | "map" | "any";

/** A template function of a plugin. */
export interface FunctionSignature {
  readonly name: string;
  /** With `variadic` the last one repeats. */
  readonly parameters: readonly FunctionType[];
  readonly variadic: boolean;
  readonly result: FunctionType;
}

const TYPES: ReadonlySet<string> = new Set<FunctionType>(["string", "bool", "int", "number", "list", "map", "any"]);
const FORM = /^([A-Za-z_]\w{0,63})(?:\(([\w,. ]*)\) ([a-z]+))?$/;
const MAX_PARAMETERS = 16;

/** Reads `slug(string) string`, `join(string, ...any) string`; a name alone takes and gives anything. Undefined for anything else. */
export function parseSignature(text: string): FunctionSignature | undefined {
  const [, name, list, result = "any"] = FORM.exec(text) ?? [];
  if (name === undefined || !isType(result)) return undefined;
  if (list === undefined) return { name, parameters: ["any"], variadic: true, result };
  const words = list.trim() === "" ? [] : list.split(",").map((word) => word.trim());
  const variadic = words.at(-1)?.startsWith("...") === true;
  const parameters = words.map((word, index) => (variadic && index === words.length - 1 ? word.slice(3) : word));
  if (parameters.length > MAX_PARAMETERS || !parameters.every(isType)) return undefined;
  return { name, parameters, variadic, result };
}

function isType(word: string): word is FunctionType {
  return TYPES.has(word);
}

/** The signature as plugin.yaml has it: equal texts are equal functions. */
export function signatureText({ name, parameters, variadic, result }: FunctionSignature): string {
  const words = parameters.map((type, index) => (variadic && index === parameters.length - 1 ? `...${type}` : type));
  return `${name}(${words.join(", ")}) ${result}`;
}

/** True for a JSON value of a type. */
export function isOfType(value: JsonValue, type: FunctionType): boolean {
  switch (type) {
    case "any":
      return true;
    case "string":
      return typeof value === "string";
    case "bool":
      return typeof value === "boolean";
    case "int":
      return Number.isSafeInteger(value);
    case "number":
      return typeof value === "number";
    case "list":
      return Array.isArray(value);
    default:
      return isJsonObject(value);
  }
}
