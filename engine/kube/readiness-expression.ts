import type { JsonValue } from "../errors.ts";
import { toJsonValue } from "../encoding/index.ts";
import { goInt, GoFailure, GoList, goMap, type GoValue } from "../go/value.ts";
import { isJsonArray, isJsonObject, memberAt } from "../object/json.ts";
import { findJsonPath } from "../object/json-path.ts";
import { parseJsonPath, type PathNode } from "../object/json-path-parse.ts";
import type { KubeObject } from "../object/object.ts";

/** `PATH OPERATOR VALUE`, e.g. `status.phase=='Ready'`. */
export interface ReadinessExpression {
  /** As it is written. */
  readonly text: string;
  /** HIP-0025's paths begin at `.status`, the others at the object. */
  readonly from: "status" | "object";
  readonly path: readonly PathNode[];
  readonly operator: Operator;
  readonly value: string | number | boolean;
}

type Operator = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** Longer annotations are no condition that a person wrote. */
const MAX_TEXT = 4096;
const MAX_EXPRESSIONS = 20;

/**
 * Reads an annotation `helm.sh/readiness-success` or `-failure`: one expression on the object (`status.conditions[?(@.type=='Ready')].status=='True'`),
 * or HIP-0025's list of expressions on its status (`["{.succeeded} == 1"]`), any of which suffices. A text is what is wrong with it.
 */
export function parseReadiness(text: string): readonly ReadinessExpression[] | string {
  if (text.length > MAX_TEXT) return `it is longer than ${MAX_TEXT} characters`;
  const trimmed = text.trim();
  if (!trimmed.startsWith("[")) return collect([trimmed]);
  const list = listOf(trimmed);
  if (list === undefined) return "it is no JSON list of texts";
  if (list.length === 0) return "the list is empty";
  return list.length > MAX_EXPRESSIONS ? `it has more than ${MAX_EXPRESSIONS} expressions` : collect(list);
}

function listOf(text: string): readonly string[] | undefined {
  try {
    const list: JsonValue = JSON.parse(text);
    return isJsonArray(list) && list.every((one) => typeof one === "string") ? list : undefined;
  } catch {
    return undefined;
  }
}

function collect(texts: readonly string[]): readonly ReadinessExpression[] | string {
  const out: ReadinessExpression[] = [];
  for (const text of texts) {
    const one = parseExpression(text.trim());
    if (typeof one === "string") return `${JSON.stringify(text)}: ${one}`;
    out.push(one);
  }
  return out;
}

function parseExpression(text: string): ReadinessExpression | string {
  const at = operatorAt(text);
  if (at === undefined) return "it has no ==, !=, <, <=, > or >= outside of brackets";
  const left = text.slice(0, at.from).trim();
  const value = literalOf(text.slice(at.from + at.operator.length).trim());
  if (value === undefined) return "there is no value to compare with";
  const braced = left.startsWith("{");
  const path = pathOf(braced ? left : `{${left.startsWith(".") || left.startsWith("$") ? "" : "."}${left}}`);
  if (typeof path === "string") return path;
  return { text, from: braced ? "status" : "object", path, operator: at.operator, value };
}

function pathOf(template: string): readonly PathNode[] | string {
  try {
    const nodes = parseJsonPath(template);
    const isPath = nodes.length === 1 && nodes[0]?.kind === "list";
    return isPath ? nodes : "its left side is no single path";
  } catch (error) {
    if (error instanceof GoFailure) return error.message;
    throw error;
  }
}

/** The first operator that stands in no bracket, brace or quotes. */
function operatorAt(text: string): { readonly from: number; readonly operator: Operator } | undefined {
  let depth = 0;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== "") {
      if (char === quote) quote = "";
    } else if (char === "'" || char === '"') quote = char;
    else if ("[{(".includes(char)) depth++;
    else if ("]})".includes(char)) depth--;
    else if (depth === 0) {
      const operator = OPERATORS.find((one) => text.startsWith(one, at));
      if (operator !== undefined) return { from: at, operator };
    }
  }
  return undefined;
}

const OPERATORS: readonly Operator[] = ["==", "!=", "<=", ">=", "<", ">"];
const NUMBER = /^-?[0-9]{1,15}(?:\.[0-9]{1,15})?$/u;

function literalOf(text: string): string | number | boolean | undefined {
  const quoted = /^'([^']*)'$|^"([^"]*)"$/u.exec(text);
  if (quoted !== null) return quoted[1] ?? quoted[2];
  if (text === "" || /["'{}[\]]/u.test(text)) return undefined;
  if (text === "true" || text === "false") return text === "true";
  return NUMBER.test(text) ? Number(text) : text;
}

/** The first expression that is true of the object; `undefined` when none is. What a path does not find makes its expression false. */
export function firstTrue(
  expressions: readonly ReadinessExpression[],
  object: KubeObject,
): ReadinessExpression | undefined {
  return expressions.find((one) => found(one, object).some((value) => compare(one, value)));
}

function found(expression: ReadinessExpression, object: KubeObject): readonly JsonValue[] {
  const root = expression.from === "object" ? object : memberAt(object, "status");
  if (root === undefined) return [];
  try {
    return findJsonPath(expression.path, goValue(root)).flatMap((values) => values.map(toJsonValue));
  } catch (error) {
    if (error instanceof GoFailure) return [];
    throw error;
  }
}

/** As the API machinery decodes it: integers are integers, so that filters can compare them. */
function goValue(json: JsonValue): GoValue {
  if (typeof json === "number") return Number.isSafeInteger(json) ? goInt(json) : json;
  if (isJsonArray(json)) return new GoList(json.map(goValue));
  if (!isJsonObject(json)) return json;
  return goMap(Object.entries(json).map(([name, value]) => [name, goValue(value)]));
}

function compare({ operator, value }: ReadinessExpression, live: JsonValue): boolean {
  if (operator === "==") return live === value;
  if (operator === "!=") return live !== value;
  if (typeof live === "number" && typeof value === "number") return ordered(operator, live - value);
  if (typeof live !== "string" || typeof value !== "string") return false;
  return ordered(operator, live < value ? -1 : live > value ? 1 : 0);
}

function ordered(operator: Operator, difference: number): boolean {
  switch (operator) {
    case "<":
      return difference < 0;
    case "<=":
      return difference <= 0;
    case ">":
      return difference > 0;
    default:
      return difference >= 0;
  }
}
