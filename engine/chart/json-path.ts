import { encodeJson, JsonError } from "../encoding/index.ts";
import { sprint } from "../go/fmt.ts";
import { GoFailure, GoList, GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { findJsonPath, type JsonPathResults } from "../object/json-path.ts";
import { parseJsonPath } from "../object/json-path-parse.ts";
import { ChartError } from "./chart-error.ts";

/**
 * What `helm show values --jsonpath` prints: a template of Kubernetes' JSONPath on values. Throws {@link ChartError} for a bad template.
 *
 * Helm compatibility: a path that leads nowhere prints nothing at all, and says nothing.
 */
export function printJsonPath(template: string, values: GoMap): string {
  const nodes = attempt(() => parseJsonPath(template));
  if (typeof nodes === "string")
    throw new ChartError("invalid-pattern", `error parsing jsonpath ${template}: ${nodes}`);
  const results = attempt(() => findJsonPath(nodes, values));
  return typeof results === "string" ? "" : printResults(results);
}

function attempt<T>(call: () => T): T | string {
  try {
    return call();
  } catch (error) {
    if (error instanceof GoFailure) return error.message;
    throw error;
  }
}

function printResults(results: JsonPathResults): string {
  return results.map((values) => values.map(textOf).join(" ")).join("");
}

function textOf(value: GoValue): string {
  if (value === null || value === undefined) return "null";
  if (!(value instanceof GoMap) && !(value instanceof GoList)) return sprint([value]);
  try {
    return encodeJson(value);
  } catch (error) {
    if (error instanceof JsonError) return "";
    throw error;
  }
}
