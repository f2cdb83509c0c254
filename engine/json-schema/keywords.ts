import { quote } from "../go/quote.ts";
import { compileRegexp } from "../go/regexp.ts";
import { GoFailure, GoList, GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { textMember } from "./document.ts";
import { hasVocabulary } from "./draft.ts";
import type { Dialect } from "./draft.ts";
import { FORMATS } from "./format.ts";
import { typeBit, typeOf } from "./instance.ts";
import { isPointer, join, showPlace, splitHash } from "./location.ts";
import type { Place } from "./location.ts";
import { decimalOf, isInteger } from "./number.ts";
import type { Decimal } from "./number.ts";
import type { ArrayRules, Format, NumberRules, ObjectRules, Pattern, Schema, TextRules } from "./schema.ts";

/** One schema object while it is compiled. */
export interface KeywordContext {
  readonly value: GoMap;
  readonly place: Place;
  readonly dialect: Dialect;
  readonly assertFormat: boolean;
  /** The schema at a pointer of the same document. */
  readonly schemaAt: (pointer: string) => Schema;
  /** The schema that a reference names. */
  readonly schemaOf: (reference: string) => Schema;
}

/** Fills `schema` from the keywords of its object. Throws {@link GoFailure} with Go's text. */
export function compileKeywords(k: KeywordContext, schema: Schema): void {
  const reference = textMember(k.value, "$ref");
  if (reference !== undefined) schema.ref = k.schemaOf(reference);
  if (schema.draft < 2019 && schema.ref !== undefined) return;
  if (hasVocabulary(k.dialect, "applicator")) compileApplicators(k, schema);
  if (hasVocabulary(k.dialect, "validation")) compileAssertions(k, schema);
  if (isFormatAsserted(k, schema.draft)) schema.format = formatOf(k);
  compileObject(k, schema);
  compileArray(k, schema);
  if (schema.draft >= 2019) compileReferences(k, schema);
  schema.allPropertiesEvaluated = schema.object?.additionalProperties !== undefined;
}

function isFormatAsserted(k: KeywordContext, draft: number): boolean {
  if (k.assertFormat || draft < 2019) return true;
  return hasVocabulary(k.dialect, draft === 2019 ? "format" : "format-assertion");
}

function formatOf(k: KeywordContext): Format | undefined {
  const name = textMember(k.value, "format");
  if (name === undefined) return undefined;
  const check = name === "regex" ? checkRegexp : FORMATS.get(name);
  return check === undefined ? undefined : { name, check };
}

function checkRegexp(text: string): string | undefined {
  try {
    compileRegexp(text, ignore);
    return undefined;
  } catch (error) {
    if (error instanceof GoFailure) return error.message;
    throw error;
  }
}

/** Matching is linear in text and pattern, both of which the chart's size bounds. */
function ignore(): void {}

function patternOf(k: KeywordContext, keyword: string, text: string): Pattern {
  try {
    const { test } = compileRegexp(text, ignore);
    return { text, test };
  } catch (error) {
    if (!(error instanceof GoFailure)) throw error;
    const place = showPlace({ url: k.place.url, pointer: join(k.place.pointer, keyword) });
    throw new GoFailure(`invalid regex ${quote(text)} at ${quote(place)}: ${error.message}`);
  }
}

function member(k: KeywordContext, keyword: string): GoValue {
  return k.value.entries.get(keyword);
}

function schemaIn(k: KeywordContext, keyword: string): Schema | undefined {
  return k.value.entries.has(keyword) ? k.schemaAt(join(k.place.pointer, keyword)) : undefined;
}

function schemasIn(k: KeywordContext, keyword: string): readonly Schema[] | undefined {
  const list = member(k, keyword);
  if (!(list instanceof GoList)) return undefined;
  return list.items.map((_, i) => k.schemaAt(join(k.place.pointer, keyword, String(i))));
}

function schemaMap(k: KeywordContext, keyword: string): readonly (readonly [string, Schema])[] {
  const map = member(k, keyword);
  if (!(map instanceof GoMap)) return [];
  return [...map.entries.keys()].map((name) => [name, k.schemaAt(join(k.place.pointer, keyword, name))] as const);
}

/** A boolean stays one, so that `false` is its own message; all else is a schema. */
function additional(k: KeywordContext, keyword: string): boolean | Schema | undefined {
  const value = member(k, keyword);
  return typeof value === "boolean" ? value : schemaIn(k, keyword);
}

function decimalIn(k: KeywordContext, keyword: string): Decimal | undefined {
  return decimalOf(member(k, keyword));
}

function countIn(k: KeywordContext, keyword: string): number | undefined {
  const number = decimalIn(k, keyword);
  return number !== undefined && isInteger(number) ? number.value : undefined;
}

function stringsOf(value: GoValue): readonly string[] {
  return value instanceof GoList ? value.items.filter((item) => typeof item === "string") : [];
}

function compileApplicators(k: KeywordContext, schema: Schema): void {
  schema.allOf = schemasIn(k, "allOf");
  schema.anyOf = schemasIn(k, "anyOf");
  schema.oneOf = schemasIn(k, "oneOf");
  schema.not = schemaIn(k, "not");
  if (schema.draft < 7) return;
  schema.condition = schemaIn(k, "if");
  if (schema.condition === undefined) return;
  const constant = member(k, "if");
  if (constant !== false) schema.consequence = schemaIn(k, "then");
  if (constant !== true) schema.alternative = schemaIn(k, "else");
}

function compileAssertions(k: KeywordContext, schema: Schema): void {
  const type = member(k, "type");
  schema.types =
    type instanceof GoList ? type.items.reduce<number>((bits, name) => bits | typeBit(name), 0) : typeBit(type);
  const values = member(k, "enum");
  if (values instanceof GoList) {
    schema.enumeration = {
      values: values.items,
      types: values.items.reduce<number>((bits, item) => bits | typeOf(item), 0),
    };
  }
  if (schema.draft >= 6 && k.value.entries.has("const")) schema.constant = { value: member(k, "const") };
  schema.number = numberRules(k);
  schema.text = textRules(k);
}

/** Draft 4 says with a boolean that a bound is exclusive. */
function numberRules(k: KeywordContext): NumberRules | undefined {
  const minimum = decimalIn(k, "minimum");
  const maximum = decimalIn(k, "maximum");
  const above = member(k, "exclusiveMinimum") === true;
  const below = member(k, "exclusiveMaximum") === true;
  const rules: NumberRules = {
    minimum: above ? undefined : minimum,
    maximum: below ? undefined : maximum,
    exclusiveMinimum: above ? minimum : decimalIn(k, "exclusiveMinimum"),
    exclusiveMaximum: below ? maximum : decimalIn(k, "exclusiveMaximum"),
    multipleOf: decimalIn(k, "multipleOf"),
  };
  return Object.values(rules).some((rule) => rule !== undefined) ? rules : undefined;
}

function textRules(k: KeywordContext): TextRules | undefined {
  const pattern = textMember(k.value, "pattern");
  const minLength = countIn(k, "minLength");
  const maxLength = countIn(k, "maxLength");
  if (pattern === undefined && minLength === undefined && maxLength === undefined) return undefined;
  return { minLength, maxLength, pattern: pattern === undefined ? undefined : patternOf(k, "pattern", pattern) };
}

const OBJECT_KEYWORDS = [
  "minProperties",
  "maxProperties",
  "required",
  "dependencies",
  "properties",
  "patternProperties",
  "additionalProperties",
  "propertyNames",
  "dependentSchemas",
  "dependentRequired",
];

function compileObject(k: KeywordContext, schema: Schema): void {
  if (!OBJECT_KEYWORDS.some((keyword) => k.value.entries.has(keyword))) return;
  const applies = hasVocabulary(k.dialect, "applicator");
  const asserts = hasVocabulary(k.dialect, "validation");
  const rules: ObjectRules = {
    minProperties: asserts ? countIn(k, "minProperties") : undefined,
    maxProperties: asserts ? countIn(k, "maxProperties") : undefined,
    required: asserts ? stringsOf(member(k, "required")) : [],
    properties: new Map(applies ? schemaMap(k, "properties") : []),
    patternProperties: applies
      ? schemaMap(k, "patternProperties").map(
          ([name, node]) => [patternOf(k, "patternProperties", name), node] as const,
        )
      : [],
    additionalProperties: applies ? additional(k, "additionalProperties") : undefined,
    dependencies: applies ? dependencies(k) : [],
  };
  if (applies && schema.draft >= 6) rules.propertyNames = schemaIn(k, "propertyNames");
  if (schema.draft >= 2019) {
    if (applies) rules.dependentSchemas = schemaMap(k, "dependentSchemas");
    if (asserts) rules.dependentRequired = dependentRequired(k);
  }
  schema.object = rules;
}

function dependencies(k: KeywordContext): ObjectRules["dependencies"] {
  const map = member(k, "dependencies");
  if (!(map instanceof GoMap)) return [];
  return [...map.entries].map(([name, value]) => {
    if (value instanceof GoList) return [name, stringsOf(value)] as const;
    return [name, k.schemaAt(join(k.place.pointer, "dependencies", name))] as const;
  });
}

function dependentRequired(k: KeywordContext): ObjectRules["dependentRequired"] {
  const map = member(k, "dependentRequired");
  if (!(map instanceof GoMap)) return [];
  return [...map.entries]
    .filter(([, value]) => value instanceof GoList)
    .map(([name, value]) => [name, stringsOf(value)]);
}

const ARRAY_KEYWORDS = ["minItems", "maxItems", "uniqueItems", "items", "prefixItems", "contains"];

function compileArray(k: KeywordContext, schema: Schema): void {
  if (!ARRAY_KEYWORDS.some((keyword) => k.value.entries.has(keyword))) return;
  const asserts = hasVocabulary(k.dialect, "validation");
  const rules: ArrayRules = {
    minItems: asserts ? countIn(k, "minItems") : undefined,
    maxItems: asserts ? countIn(k, "maxItems") : undefined,
    uniqueItems: asserts && member(k, "uniqueItems") === true,
    prefix: [],
  };
  if (hasVocabulary(k.dialect, "applicator")) compileItems(k, schema.draft, rules);
  if (asserts && rules.contains !== undefined && schema.draft >= 2019) {
    rules.minContains = countIn(k, "minContains");
    rules.maxContains = countIn(k, "maxContains");
  }
  schema.array = rules;
  schema.allItemsEvaluated = rules.rest !== undefined;
  schema.itemsEvaluated = rules.prefix.length;
}

function compileItems(k: KeywordContext, draft: number, rules: ArrayRules): void {
  if (draft >= 2020) {
    rules.prefix = schemasIn(k, "prefixItems") ?? [];
    rules.rest = schemaIn(k, "items");
  } else {
    const list = schemasIn(k, "items");
    rules.prefix = list ?? [];
    rules.rest = list === undefined ? schemaIn(k, "items") : additional(k, "additionalItems");
  }
  if (draft >= 6) rules.contains = schemaIn(k, "contains");
}

function compileReferences(k: KeywordContext, schema: Schema): void {
  const recursive = textMember(k.value, "$recursiveRef");
  if (recursive !== undefined) schema.recursiveRef = k.schemaOf(recursive);
  schema.recursiveAnchor = member(k, "$recursiveAnchor") === true;
  if (hasVocabulary(k.dialect, schema.draft === 2019 ? "applicator" : "unevaluated")) {
    schema.unevaluatedItems = schemaIn(k, "unevaluatedItems");
    schema.unevaluatedProperties = schemaIn(k, "unevaluatedProperties");
  }
  if (schema.draft < 2020) return;
  const dynamic = textMember(k.value, "$dynamicRef");
  if (dynamic !== undefined) {
    const fragment = splitHash(dynamic)[1];
    schema.dynamicRef = { target: k.schemaOf(dynamic), anchor: isPointer(fragment) ? "" : fragment };
  }
  schema.dynamicAnchor = textMember(k.value, "$dynamicAnchor") ?? "";
}
