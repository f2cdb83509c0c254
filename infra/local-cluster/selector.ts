import { memberAt } from "../../engine/object/json.ts";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";

/** A test of an object. */
export type Selector = (object: JsonObject) => boolean;

const MAX_SELECTOR_LENGTH = 16_384;
const everything: Selector = () => true;

/** `a=b,c!=d,e,!f,g in (h,i),j notin (k)`. Undefined for what is none. */
export function parseLabelSelector(text: string | undefined): Selector | undefined {
  if (text === undefined || text === "") return everything;
  if (text.length > MAX_SELECTOR_LENGTH) return undefined;
  const parts = splitRequirements(text).map(parseRequirement);
  if (parts.some((part) => part === undefined)) return undefined;
  return (object) => parts.every((part) => part?.(object) === true);
}

/** Commas outside of parentheses. */
function splitRequirements(text: string): readonly string[] {
  const out: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    const char = text[i];
    if (char === "(") depth++;
    else if (char === ")") depth--;
    else if (i === text.length || (char === "," && depth === 0)) {
      out.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  return out;
}

function parseRequirement(text: string): Selector | undefined {
  const set = /^([\w./-]+)\s+(in|notin)\s+\(([^()]*)\)$/.exec(text);
  if (set !== null) {
    const [, name = "", operator, list = ""] = set;
    const values = list.split(",").map((value) => value.trim());
    return (object) => values.includes(label(object, name) ?? "\0") === (operator === "in");
  }
  const equal = /^([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)$/.exec(text);
  if (equal !== null) {
    const [, name = "", operator, value] = equal;
    return (object) => (label(object, name) === value) !== (operator === "!=");
  }
  const exists = /^(!?)\s*([\w./-]+)$/.exec(text);
  if (exists === null) return undefined;
  const [, not, name = ""] = exists;
  return (object) => (label(object, name) !== undefined) === (not === "");
}

function label(object: JsonObject, name: string): string | undefined {
  const value = memberAt(object, "metadata", "labels", name);
  return typeof value === "string" ? value : undefined;
}

/** `metadata.name=x,status.phase!=y`: equality on scalar members. Undefined for what is none. */
export function parseFieldSelector(text: string | undefined): Selector | undefined {
  if (text === undefined || text === "") return everything;
  if (text.length > MAX_SELECTOR_LENGTH) return undefined;
  const parts = text.split(",").map((part) => /^([\w.]+)(==|=|!=)(.*)$/.exec(part.trim()));
  if (parts.some((part) => part === null)) return undefined;
  return (object) =>
    parts.every((part) => {
      const [, path = "", operator, value] = part ?? [];
      return (scalarText(memberAt(object, ...path.split("."))) === value) !== (operator === "!=");
    });
}

function scalarText(value: JsonValue | undefined): string {
  return typeof value === "object" || value === undefined ? "" : String(value);
}
