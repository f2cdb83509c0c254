import { formatValue } from "../go/format-value.ts";
import { quote } from "../go/quote.ts";
import { fromUtf8 } from "../go/utf8.ts";
import { GoBytes, compareBytes } from "../go/value.ts";
import { GoList } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { elements } from "./elements.ts";
import { ANY, TEXT, binary, unary, variadic } from "./signature.ts";
import type { Entry } from "./signature.ts";
import { stringList } from "./strings.ts";

/** A value as Sprig turns it into a string: bytes as text, everything else as `%v`. */
export function stringForm(value: GoValue): string {
  if (typeof value === "string") return value;
  if (value instanceof GoBytes) return fromUtf8(value.data);
  return formatValue(value);
}

/** The string forms of the elements that are not nil; of a value that is no list, its own. */
function stringForms(value: GoValue): readonly string[] {
  if (value === null || value === undefined) return [];
  const items = elements(value);
  if (items === undefined) return [stringForm(value)];
  const forms: string[] = [];
  for (const item of items) if (item !== null && item !== undefined) forms.push(stringForm(item));
  return forms;
}

function spaced(values: readonly GoValue[], form: (value: GoValue) => string): string {
  let out = "";
  let first = true;
  for (const value of values) {
    if (value === null || value === undefined) continue;
    out += first ? form(value) : ` ${form(value)}`;
    first = false;
  }
  return out;
}

/** Helm compatibility: a `[]string` is itself what its strings are, nil included. */
function toStrings(value: GoValue): GoList {
  return value instanceof GoList && value.type === "[]string" ? value : stringList(stringForms(value));
}

/** Helm compatibility: a `[]string` is sorted in place. */
function sortAlpha(value: GoValue): GoList {
  if (elements(value) === undefined) return stringList([stringForm(value)]);
  const sorted = stringForms(value).toSorted(compareBytes);
  const list = toStrings(value);
  list.items = sorted;
  return list;
}

/** Sprig's functions from any value to strings. */
export const formFunctions: readonly Entry[] = [
  ["toString", unary(ANY, stringForm)],
  ["toStrings", unary(ANY, toStrings)],
  ["quote", variadic(ANY, (values) => spaced(values, (value) => quote(stringForm(value))))],
  ["squote", variadic(ANY, (values) => spaced(values, (value) => `'${formatValue(value)}'`))],
  ["cat", variadic(ANY, (values) => spaced(values, formatValue))],
  ["join", binary(TEXT, ANY, (separator, value) => stringForms(value).join(separator))],
  ["sortAlpha", unary(ANY, sortAlpha)],
];
