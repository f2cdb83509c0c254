import type { JsonObject, JsonValue } from "../errors.ts";
import { isJsonArray, isJsonObject, listAt, stringAt } from "../object/json.ts";

/** No selector that a person wrote has more terms. */
const MAX_TERMS = 200;

/**
 * A `metav1.LabelSelector` as the text that a list takes: `app=web,tier in (a,b),!old`. `undefined` when it cannot be read, or
 * selects nothing in particular.
 */
export function selectorText(selector: JsonObject): string | undefined {
  const terms: string[] = [];
  const labels = selector["matchLabels"];
  if (isJsonObject(labels)) {
    for (const [name, value] of Object.entries(labels)) {
      if (typeof value !== "string") return undefined;
      terms.push(`${name}=${value}`);
    }
  }
  for (const expression of listAt(selector, "matchExpressions")) {
    const term = expressionText(expression);
    if (term === undefined) return undefined;
    terms.push(term);
  }
  return terms.length === 0 || terms.length > MAX_TERMS ? undefined : terms.join(",");
}

function expressionText(expression: JsonValue): string | undefined {
  const key = stringAt(expression, "key");
  if (key === undefined || !isJsonObject(expression)) return undefined;
  const list = isJsonArray(expression["values"]) ? expression["values"] : [];
  const values = list.filter((value) => typeof value === "string").join(",");
  switch (stringAt(expression, "operator")) {
    case "In":
      return `${key} in (${values})`;
    case "NotIn":
      return `${key} notin (${values})`;
    case "Exists":
      return key;
    case "DoesNotExist":
      return `!${key}`;
    default:
      return undefined;
  }
}
