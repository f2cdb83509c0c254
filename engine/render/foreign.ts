import { fromJsonValue, JsonError, toJsonValue } from "../encoding/index.ts";
import type { JsonValue } from "../errors.ts";
import { GoBytes, GoFailure, GoInt, goInt64, GoList, GoMap } from "../go/value.ts";
import type { GoTypeName, GoValue } from "../go/value.ts";
import { builtins } from "../template/builtins.ts";
import type { CallContext, FunctionTable, GoFunction } from "../template/function.ts";
import { renderFunctions } from "./functions.ts";
import { RenderError } from "./render-error.ts";

/** What a template function from outside takes and gives. */
export type ForeignType = "string" | "bool" | "int" | "number" | "list" | "map" | "any";

/** A template function that the outside answers: pure, so that each call is asked once per render. */
export interface ForeignFunction {
  readonly name: string;
  /** With `variadic` the last one repeats. */
  readonly parameters: readonly ForeignType[];
  readonly variadic: boolean;
  readonly result: ForeignType;
}

/** Characters of one call's arguments, as JSON. */
const MAX_ARGUMENTS = 1_048_576;
/** Tables that are kept: a process has few sets of functions. */
const MAX_TABLES = 8;
const KEYWORDS: ReadonlySet<string> = new Set(
  "block break continue define else end false if nil range template true with".split(" "),
);

/** Functions of a render, and the key that tells sets of them apart; the empty key is Helm's own. */
export interface FunctionSet {
  readonly key: string;
  readonly table: FunctionTable;
}

const HELMS: FunctionSet = { key: "", table: renderFunctions };
const kept = new Map<string, FunctionSet>();

/** Helm's functions and these. The same functions give the same table. Throws {@link RenderError} `functions` for names that are taken. */
export function functionSet(foreign: readonly ForeignFunction[] = []): FunctionSet {
  if (foreign.length === 0) return HELMS;
  const key = JSON.stringify(
    foreign.map(({ name, parameters, variadic, result }) => [name, parameters, variadic, result]),
  );
  const known = kept.get(key);
  if (known !== undefined) return known;
  const problem = foreignProblem(foreign);
  if (problem !== undefined) throw new RenderError("functions", problem);
  const table = new Map([...renderFunctions, ...foreign.map((one) => [one.name, foreignFunction(one)] as const)]);
  const made = { key, table };
  const [oldest] = kept.keys();
  if (kept.size >= MAX_TABLES && oldest !== undefined) kept.delete(oldest);
  kept.set(key, made);
  return made;
}

/** Why these functions cannot be called by templates; undefined when they can. A name that is Helm's, or taken twice, means two things. */
export function foreignProblem(foreign: readonly Pick<ForeignFunction, "name">[]): string | undefined {
  const seen = new Set<string>();
  for (const { name } of foreign) {
    if (renderFunctions.has(name) || builtins.has(name) || KEYWORDS.has(name)) {
      return `template function ${name} of a plugin has the name of one of Helm's; give it another one`;
    }
    if (seen.has(name)) return `two plugins have a template function ${name}; leave one of them out`;
    seen.add(name);
  }
  return undefined;
}

/** Go's own checks where Go has the type; the others are checked when the function is called. */
const PARAMETERS: Readonly<Record<ForeignType, GoTypeName>> = {
  string: "string",
  bool: "bool",
  int: "interface {}",
  number: "interface {}",
  list: "interface {}",
  map: "interface {}",
  any: "interface {}",
};

/** What stands for a result that is not there yet. */
const ZEROS: Readonly<Record<ForeignType, JsonValue>> = {
  string: "",
  bool: false,
  int: 0,
  number: 0,
  list: [],
  map: {},
  any: "",
};

function foreignFunction(one: ForeignFunction): GoFunction {
  const { name, parameters, variadic, result } = one;
  return {
    parameters: parameters.map((type) => PARAMETERS[type]),
    variadic,
    call: (values, context) => {
      const args = values.map((value, index) => argument(one, value, index));
      const key = `function ${JSON.stringify([name, args])}`;
      if (key.length > MAX_ARGUMENTS) {
        throw new GoFailure(`its arguments have ${key.length} characters; ${MAX_ARGUMENTS} are allowed`);
      }
      const answer = context.ask({ kind: "function", key, name, args, zero: ZEROS[result] });
      return resultOf(answer, result, context);
    },
  };
}

function argument({ parameters }: ForeignFunction, value: GoValue, index: number): JsonValue {
  const type = parameters[Math.min(index, parameters.length - 1)] ?? "any";
  if (!fits(value, type)) throw new GoFailure(`argument ${index + 1} is no ${type}`);
  try {
    return toJsonValue(value);
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    throw new GoFailure(`argument ${index + 1}: ${cause.message}`, { cause });
  }
}

/** Numbers of values are float64 where Go reads them from YAML, so that a whole one counts as an int. */
function fits(value: GoValue, type: ForeignType): boolean {
  if (type === "int") return isSafe(value) || (typeof value === "number" && Number.isSafeInteger(value));
  if (type === "number") return isSafe(value) || typeof value === "number";
  if (type === "list") return value instanceof GoList || value instanceof GoBytes;
  return type === "map" ? value instanceof GoMap : true;
}

function isSafe(value: GoValue): boolean {
  return value instanceof GoInt && Number.isSafeInteger(Number(value.value));
}

function resultOf(answer: JsonValue, type: ForeignType, context: CallContext): GoValue {
  if (typeof answer === "string") context.reserve(answer.length);
  return type === "int" && typeof answer === "number" ? goInt64(BigInt(answer)) : fromJsonValue(answer);
}
