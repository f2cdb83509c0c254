import { GoList, GoMap, GoObject, GoInt } from "../go/value.ts";
import { compareBytes } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { quote } from "../go/quote.ts";
import { childFrame, fail, failure, isTracked, mergeEvaluated, note, pointerOf, rootFrame, spend } from "./frame.ts";
import type { Failure, Frame, FrameInput, Run } from "./frame.ts";
import { duplicates, equals, INTEGER, NUMBER, typeNames, typeOf } from "./instance.ts";
import { escapeToken } from "./location.ts";
import { count, display, quoted, quotedList } from "./message.ts";
import { decimalOf, isInteger } from "./number.ts";
import type { ArrayRules, ObjectRules, Schema } from "./schema.ts";
import { checkNumber, checkText } from "./validate-scalar.ts";

/** Comparisons or matches that take as long as a step. */
const COMPARISONS = 8;

/** What is wrong with a value as a whole, or `undefined`. `meta`: the value is itself a schema. */
export function validateValue(schema: Schema, value: GoValue, metaAt?: Run["metaAt"]): Failure | undefined {
  const run: Run = { steps: 0, metaAt };
  return wholeOf(schema, apply(rootFrame(run, schema, value, metaAt === undefined ? undefined : schema, 0)));
}

function wholeOf(schema: Schema, outcome: Failure | undefined): Failure | undefined {
  if (outcome === undefined) return undefined;
  const causes = outcome.isGroup ? outcome.causes : [outcome];
  const text = `jsonschema validation failed with ${quoted(schema.location)}`;
  return { isGroup: false, isReference: false, pointer: "", text, causes };
}

/** Applies another schema to the frame's own value. */
function applySelf(frame: Frame, schema: Schema, keyword = "", quick = false): Failure | undefined {
  const child = enter(frame, { schema, value: frame.value, keyword, quick, tracked: isTracked(frame) });
  const outcome = apply(child);
  if (outcome === undefined) mergeEvaluated(frame, child);
  return outcome;
}

/** Applies a schema to a member or an item. */
function applyTo(frame: Frame, schema: Schema, value: GoValue, token: string): Failure | undefined {
  return apply(enter(frame, { schema, value, token }));
}

/** A child frame; a resource inside an instance that is a schema brings its own metaschema. */
function enter(frame: Frame, input: FrameInput): Frame {
  const child = childFrame(frame, input);
  if (frame.meta !== input.schema || frame.run.metaAt === undefined) return child;
  const meta = frame.run.metaAt(pointerOf(child));
  return meta === undefined || meta === input.schema
    ? child
    : { ...childFrame(frame, { ...input, schema: meta }), meta };
}

function apply(frame: Frame): Failure | undefined {
  const { schema: s, value } = frame;
  if (s.bool !== undefined) return s.bool ? undefined : failure(frame, () => "false schema");
  const cycle = cycleOf(frame);
  if (cycle !== undefined) return cycle;
  const refusal = checkValue(frame);
  if (refusal !== undefined) return refusal;
  if (s.ref !== undefined) {
    const outcome = applyReference(frame, s.ref, "$ref");
    if (s.draft < 2019) return outcome;
    note(frame, outcome);
  }
  if (value instanceof GoMap) {
    if (s.object !== undefined) checkObject(frame, s.object, value);
  } else if (value instanceof GoList) {
    if (s.array !== undefined) checkArray(frame, s.array, value.items);
  } else if (typeof value === "string") {
    if (s.text !== undefined) checkText(frame, s.text, value);
  } else if (s.number !== undefined) {
    const number = decimalOf(value);
    if (number !== undefined) checkNumber(frame, s.number, number);
  }
  if (frame.errors.length === 0 || !frame.quick) checkConditions(frame);
  return outcomeOf(frame);
}

function outcomeOf(frame: Frame): Failure | undefined {
  const { errors } = frame;
  if (errors.length <= 1) return errors[0];
  if (frame.quick) return errors[0];
  return { isGroup: true, isReference: false, pointer: pointerOf(frame), text: "validation failed", causes: errors };
}

/** What holds for values of every type; the first breach is all that is said. */
function checkValue(frame: Frame): Failure | undefined {
  const { schema: s, value } = frame;
  const type = typeOf(value);
  if (type === 0) return failure(frame, () => `invalid jsonType ${goType(value)}`);
  if (s.types !== 0 && !isOfType(s.types, type, value)) {
    return failure(frame, () => `got ${typeNames(type).join("")}, want ${typeNames(s.types).join(" or ")}`);
  }
  const { constant, enumeration, format } = s;
  if (enumeration !== undefined) spend(frame.run, enumeration.values.length / COMPARISONS);
  if (constant !== undefined && !equals(value, constant.value)) {
    return failure(frame, () => constantText("'const' failed", [constant.value]));
  }
  if (enumeration !== undefined && !isOneOf(enumeration.values, enumeration.types & type, value)) {
    return failure(frame, () => constantText("'enum' failed", enumeration.values));
  }
  const problem = format !== undefined && typeof value === "string" ? format.check(value) : undefined;
  return problem === undefined
    ? undefined
    : failure(frame, () => `${display(value)} is not valid ${format?.name}: ${problem}`);
}

function goType(value: GoValue): string {
  if (typeof value === "number") return "float64";
  if (value instanceof GoObject) return value.type.name;
  return value instanceof GoInt ? value.type : "[]uint8";
}

function isOfType(types: number, type: number, value: GoValue): boolean {
  if ((types & type) !== 0) return true;
  const number = (types & INTEGER) !== 0 && type === NUMBER ? decimalOf(value) : undefined;
  return number !== undefined && isInteger(number);
}

function isOneOf(values: readonly GoValue[], sharedTypes: number, value: GoValue): boolean {
  return sharedTypes !== 0 && values.some((item) => equals(value, item));
}

function constantText(other: string, values: readonly GoValue[]): string {
  if (values.some((item) => item instanceof GoMap || item instanceof GoList)) return other;
  const texts = values.map(display);
  return texts.length === 1 ? `value must be ${texts[0]}` : `value must be one of ${texts.join(", ")}`;
}

/** The same schema on the same value again: a reference that leads back to itself. */
function cycleOf(frame: Frame): Failure | undefined {
  for (let at: Frame | undefined = frame; at?.token === undefined && at?.parent !== undefined; at = at.parent) {
    const { parent }: Frame = at;
    if (parent === undefined || parent.schema !== frame.schema) continue;
    return failure(
      frame,
      () =>
        `both ${keywordPath(frame)} and ${keywordPath(parent)} resolve to ${quote(frame.schema.location)} causing reference cycle`,
    );
  }
  return undefined;
}

function keywordPath(frame: Frame): string {
  let path = "";
  for (let at = frame; at.parent !== undefined; at = at.parent) {
    const step =
      at.keyword === "" ? at.schema.location.slice(at.parent.schema.location.length) : `/${escapeToken(at.keyword)}`;
    path = step + path;
  }
  return path;
}

function applyReference(frame: Frame, schema: Schema, keyword: string): Failure | undefined {
  const outcome = applySelf(frame, schema, keyword);
  if (outcome === undefined || frame.quick) return outcome;
  const causes = outcome.isGroup ? outcome.causes : [outcome];
  return { isGroup: false, isReference: true, pointer: pointerOf(frame), text: "validation failed", causes };
}

function missing(value: GoMap, names: readonly string[]): readonly string[] {
  return names.filter((name) => !value.entries.has(name));
}

function checkObject(frame: Frame, rules: ObjectRules, value: GoMap): void {
  const { size } = value.entries;
  const { minProperties: least, maxProperties: most, required } = rules;
  if (least !== undefined && size < least) fail(frame, () => `minProperties: got ${count(size)}, want ${count(least)}`);
  if (most !== undefined && size > most) fail(frame, () => `maxProperties: got ${count(size)}, want ${count(most)}`);
  const absent = missing(value, required);
  if (absent.length > 0) fail(frame, () => missingText(absent));
  if (frame.quick && frame.errors.length > 0) return;
  for (const [name, dependency] of rules.dependencies) checkDependency(frame, value, name, dependency);
  checkProperties(frame, rules, value);
  if (rules.propertyNames !== undefined) checkNames(frame, rules.propertyNames, value);
  for (const [name, schema] of rules.dependentSchemas ?? []) checkDependency(frame, value, name, schema);
  for (const [name, names] of rules.dependentRequired ?? []) checkDependency(frame, value, name, names);
}

function missingText(names: readonly string[]): string {
  return `missing ${names.length === 1 ? "property" : "properties"} ${quotedList(names)}`;
}

function checkDependency(frame: Frame, value: GoMap, name: string, dependency: readonly string[] | Schema): void {
  if (!value.entries.has(name)) return;
  if ("location" in dependency) return note(frame, applySelf(frame, dependency));
  const absent = missing(value, dependency);
  if (absent.length > 0) fail(frame, () => `properties ${quotedList(absent)} required, if ${quoted(name)} exists`);
}

/** Helm compatibility: Go looks at the members in random order; ours are told in the order of their keys. */
function checkProperties(frame: Frame, rules: ObjectRules, value: GoMap): void {
  const before = frame.errors.length;
  const unknown: string[] = [];
  spend(frame.run, (rules.patternProperties.length * value.entries.size) / COMPARISONS);
  for (const [name, item] of value.entries) {
    if (frame.quick && frame.errors.length > 0) return;
    if (checkProperty(frame, rules, name, item)) frame.properties?.delete(name);
    else if (rules.additionalProperties === false) unknown.push(name);
  }
  if (frame.errors.length > before + 1) {
    const found = frame.errors.splice(before);
    frame.errors.push(...found.sort((a, b) => compareBytes(a.pointer, b.pointer)));
  }
  if (unknown.length > 0) {
    fail(frame, () => `additional properties ${quotedList(unknown.sort(compareBytes))} not allowed`);
  }
}

/** True if some keyword took the member, `additionalProperties: false` excepted. */
function checkProperty(frame: Frame, rules: ObjectRules, name: string, item: GoValue): boolean {
  let taken = false;
  const own = rules.properties.get(name);
  if (own !== undefined) {
    taken = true;
    note(frame, applyTo(frame, own, item, name));
  }
  for (const [pattern, schema] of rules.patternProperties) {
    if (!pattern.test(name)) continue;
    taken = true;
    note(frame, applyTo(frame, schema, item, name));
  }
  const rest = rules.additionalProperties;
  if (taken || rest === undefined || rest === false) return taken;
  if (rest !== true) note(frame, applyTo(frame, rest, item, name));
  return true;
}

function checkNames(frame: Frame, schema: Schema, value: GoMap): void {
  const names = [...value.entries.keys()].sort(compareBytes);
  for (const name of names) {
    const outcome = apply(rootFrame(frame.run, schema, name, undefined, frame.depth + 1));
    if (outcome === undefined) continue;
    fail(frame, () => `invalid propertyName ${quoted(name)}`, outcome.isGroup ? outcome.causes : [outcome]);
  }
}

function checkArray(frame: Frame, rules: ArrayRules, items: readonly GoValue[]): void {
  const { minItems: least, maxItems: most } = rules;
  const { length } = items;
  if (least !== undefined && length < least) fail(frame, () => `minItems: got ${count(length)}, want ${count(least)}`);
  if (most !== undefined && length > most) fail(frame, () => `maxItems: got ${count(length)}, want ${count(most)}`);
  const pair = rules.uniqueItems && length > 1 ? duplicates(items) : undefined;
  if (pair !== undefined) fail(frame, () => `items at ${count(pair[0])} and ${count(pair[1])} are equal`);
  checkItems(frame, rules, items);
  if (rules.contains !== undefined) checkContains(frame, rules, rules.contains, items);
}

function checkItems(frame: Frame, rules: ArrayRules, items: readonly GoValue[]): void {
  const { prefix, rest } = rules;
  const first = Math.min(prefix.length, items.length);
  for (const [i, item] of items.entries()) {
    const schema = i < first ? prefix[i] : rest;
    if (typeof schema === "object") note(frame, applyTo(frame, schema, item, String(i)));
  }
  if (rest === false && items.length > first) {
    fail(frame, () => `last ${count(items.length - first)} additionalItem(s) not allowed`);
  }
}

function checkContains(frame: Frame, rules: ArrayRules, schema: Schema, items: readonly GoValue[]): void {
  const matched: number[] = [];
  const failures: Failure[] = [];
  for (const [i, item] of items.entries()) {
    const outcome = applyTo(frame, schema, item, String(i));
    if (outcome !== undefined) failures.push(outcome);
    else {
      matched.push(i);
      if (frame.schema.draft >= 2020) frame.items?.delete(i);
    }
  }
  const { minContains: least, maxContains: most } = rules;
  const found = `but matched ${count(matched.length)} items at ${matched.join(" ")}`;
  if (least === undefined) {
    if (matched.length === 0) fail(frame, () => "no items match contains schema", failures);
  } else if (matched.length < least) {
    const tail = matched.length === 0 ? "but none matched" : found;
    fail(frame, () => `min ${count(least)} items required to match contains schema, ${tail}`, failures);
  }
  if (most !== undefined && matched.length > most) {
    fail(frame, () => `max ${count(most)} items required to match contains schema, ${found}`);
  }
}

function checkConditions(frame: Frame): void {
  const { schema: s } = frame;
  if (s.draft >= 2019) checkReferences(frame);
  if (s.not !== undefined && applySelf(frame, s.not, "", true) === undefined) fail(frame, () => "'not' failed");
  if (s.allOf !== undefined) checkAllOf(frame, s.allOf);
  if (s.anyOf !== undefined) checkAnyOf(frame, s.anyOf);
  if (s.oneOf !== undefined) checkOneOf(frame, s.oneOf);
  if (s.condition !== undefined) {
    const branch = applySelf(frame, s.condition, "", true) === undefined ? s.consequence : s.alternative;
    if (branch !== undefined) note(frame, applySelf(frame, branch));
  }
  if (s.draft >= 2019) checkUnevaluated(frame);
}

function checkAllOf(frame: Frame, schemas: readonly Schema[]): void {
  const failures: Failure[] = [];
  for (const schema of schemas) {
    const outcome = applySelf(frame, schema);
    if (outcome === undefined) continue;
    failures.push(outcome);
    if (frame.quick) break;
  }
  if (failures.length > 0) fail(frame, () => "'allOf' failed", failures);
}

function checkAnyOf(frame: Frame, schemas: readonly Schema[]): void {
  if (schemas.length === 0) return;
  const failures: Failure[] = [];
  let matched = false;
  for (const schema of schemas) {
    const outcome = applySelf(frame, schema);
    if (outcome !== undefined) failures.push(outcome);
    else {
      matched = true;
      if (!isTracked(frame)) break;
    }
  }
  if (!matched) fail(frame, () => "'anyOf' failed", failures);
}

function checkOneOf(frame: Frame, schemas: readonly Schema[]): void {
  if (schemas.length === 0) return;
  const failures: Failure[] = [];
  let matched = -1;
  for (const [i, schema] of schemas.entries()) {
    const outcome = applySelf(frame, schema, "", matched >= 0);
    if (outcome !== undefined) {
      if (matched < 0) failures.push(outcome);
    } else if (matched < 0) matched = i;
    else {
      fail(frame, () => `'oneOf' failed, subschemas ${count(matched)}, ${count(i)} matched`);
      return;
    }
  }
  if (matched < 0) fail(frame, () => "'oneOf' failed, none matched", failures);
}

function checkReferences(frame: Frame): void {
  const { recursiveRef, dynamicRef } = frame.schema;
  if (recursiveRef !== undefined) {
    const target = recursiveRef.recursiveAnchor === true ? outermostRecursive(frame, recursiveRef) : recursiveRef;
    note(frame, applyReference(frame, target, "$recursiveRef"));
  }
  if (dynamicRef !== undefined) {
    const { target, anchor } = dynamicRef;
    const isDynamic = anchor !== "" && target.dynamicAnchor === anchor;
    note(frame, applyReference(frame, isDynamic ? outermostAnchor(frame, anchor, target) : target, "$dynamicRef"));
  }
}

function resourceOf(schema: Schema): Schema {
  return schema.resource ?? schema;
}

function outermostRecursive(frame: Frame, fallback: Schema): Schema {
  let found = fallback;
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    if (resourceOf(at.schema).recursiveAnchor === true) found = at.schema;
  }
  return found;
}

function outermostAnchor(frame: Frame, anchor: string, fallback: Schema): Schema {
  let found = fallback;
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    found = resourceOf(at.schema).dynamicAnchors?.get(anchor) ?? found;
  }
  return found;
}

function checkUnevaluated(frame: Frame): void {
  const { schema: s, value } = frame;
  if (value instanceof GoMap && s.unevaluatedProperties !== undefined) {
    for (const name of [...(frame.properties ?? [])].sort(compareBytes)) {
      note(frame, applyTo(frame, s.unevaluatedProperties, value.entries.get(name), name));
    }
    frame.properties = undefined;
  }
  if (value instanceof GoList && s.unevaluatedItems !== undefined) {
    for (const i of frame.items ?? []) note(frame, applyTo(frame, s.unevaluatedItems, value.items[i], String(i)));
    frame.items = undefined;
  }
}

/** The library's text: each failure on a line, two spaces deeper than its cause's. */
export function failureText(root: Failure): string {
  return root.text + causesText(root, 1);
}

function causesText(parent: Failure, indent: number): string {
  let out = "";
  for (const cause of parent.causes) {
    if (cause.isReference && cause.causes.length === 1) out += causesText(cause, indent);
    else {
      out += `\n${"  ".repeat(indent - 1)}- at ${quoted(cause.pointer)}: ${cause.text}${causesText(cause, indent + 1)}`;
    }
  }
  return out;
}
