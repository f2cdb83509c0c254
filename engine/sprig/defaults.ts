import type { GoValue } from "../go/value.ts";
import { isEmpty } from "./elements.ts";
import { ANY, BOOL, triple, unary, unaryVariadic, variadic } from "./signature.ts";
import type { Entry } from "./signature.ts";

function choose(fallback: GoValue, given: readonly GoValue[]): GoValue {
  const first = given[0];
  return isEmpty(first) ? fallback : first;
}

function coalesce(values: readonly GoValue[]): GoValue {
  for (const value of values) if (!isEmpty(value)) return value;
  return null;
}

/** Sprig's choices by emptiness: nil, zero, false and what has no elements is empty. */
export const defaultFunctions: readonly Entry[] = [
  ["default", unaryVariadic(ANY, ANY, choose)],
  ["empty", unary(ANY, isEmpty)],
  ["coalesce", variadic(ANY, coalesce)],
  ["all", variadic(ANY, (values) => !values.some(isEmpty))],
  ["any", variadic(ANY, (values) => values.some((value) => !isEmpty(value)))],
  ["ternary", triple(ANY, ANY, BOOL, (yes, no, test) => (test ? yes : no))],
];
