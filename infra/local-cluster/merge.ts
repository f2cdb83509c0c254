import { jsonEqual } from "../../engine/object/equal.ts";
import { isJsonArray, isJsonObject } from "../../engine/object/json.ts";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { formatPathElement, type FieldPath } from "../../engine/object/field-path.ts";
import { elementOf, MAX_DEPTH, pathText, setMember, type FieldSet } from "./field-set.ts";
import { isZeroStruct, schemaOf, type Schema, type TypeRow, type TypeTable } from "./schema.ts";

/** What changed between two values of one type. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

interface Open {
  readonly added: Map<string, FieldPath>;
  readonly modified: Map<string, FieldPath>;
  readonly removed: Map<string, FieldPath>;
}

interface Walking {
  readonly types: TypeTable;
  readonly open: Open;
}

interface Pair {
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

type Container = Exclude<Schema, { readonly kind: "scalar" }>;
type ListSchema = Extract<Schema, { readonly kind: "list" }>;

/** The fields that differ (structured-merge-diff `Compare`). `zero`: a member that Go always writes counts as there before. */
export function compare(
  types: TypeTable,
  type: TypeRow,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
): Comparison {
  const open: Open = { added: new Map(), modified: new Map(), removed: new Map() };
  walk({ types, open }, type, { before, after }, [], true);
  return open;
}

function walk(walking: Walking, type: TypeRow, pair: Pair, path: FieldPath, zero: boolean): void {
  const { before, after } = pair;
  if (path.length > MAX_DEPTH || (before === undefined && after === undefined)) return;
  const schema = schemaOf(walking.types, type, after ?? before);
  if (!isGranular(schema) || !fits(schema, before) || !fits(schema, after)) return leaf(walking.open, pair, path);
  if (schema.kind === "list") return walkItems(walking, schema, pair, path);
  const names = new Set([...Object.keys(objectOf(before)), ...Object.keys(objectOf(after))]);
  for (const name of names) {
    const member = memberType(schema, name);
    const isZero = zero && isZeroStruct(member);
    const fallback = isZero ? {} : undefined;
    const inner: Pair = { before: own(before, name) ?? fallback, after: own(after, name) ?? fallback };
    const at: FieldPath = [...path, { kind: "field", name }];
    walk(walking, member, inner, at, isZero);
    mark(walking.open, inner, at);
  }
}

function walkItems(walking: Walking, schema: ListSchema, pair: Pair, path: FieldPath): void {
  const old = itemsByName(schema, pair.before);
  const fresh = itemsByName(schema, pair.after);
  for (const name of new Set([...old.keys(), ...fresh.keys()])) {
    const inner: Pair = { before: old.get(name), after: fresh.get(name) };
    const item = inner.after ?? inner.before;
    if (item === undefined) continue;
    const at: FieldPath = [...path, elementOf(schema.keys, item)];
    walk(walking, schema.element, inner, at, false);
    mark(walking.open, inner, at);
  }
}

function mark(open: Open, { before, after }: Pair, path: FieldPath): void {
  if (before === undefined && after !== undefined) open.added.set(pathText(path), path);
  if (after === undefined && before !== undefined) open.removed.set(pathText(path), path);
}

function leaf(open: Open, pair: Pair, path: FieldPath): void {
  if (pair.before === undefined || pair.after === undefined) return mark(open, pair, path);
  if (!jsonEqual(pair.before, pair.after)) open.modified.set(pathText(path), path);
}

/** True for what is merged part by part. */
function isGranular(schema: Schema): schema is Container {
  return schema.kind === "list" ? schema.relation !== "atomic" : schema.kind !== "scalar" && !schema.atomic;
}

function fits(schema: Container, value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return true;
  return schema.kind === "list" ? isJsonArray(value) : isJsonObject(value);
}

function memberType(schema: Extract<Schema, { readonly kind: "struct" | "map" }>, name: string): TypeRow {
  if (schema.kind === "map") return schema.element;
  return Object.hasOwn(schema.members, name) ? (schema.members[name] ?? "any") : "any";
}

function own(value: JsonValue | undefined, name: string): JsonValue | undefined {
  const found = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return found === null ? undefined : found;
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function itemsByName(schema: ListSchema, value: JsonValue | undefined): Map<string, JsonValue> {
  const items = isJsonArray(value) ? value : [];
  return new Map(items.map((item) => [formatPathElement(elementOf(schema.keys, item)), item]));
}

/** `config` laid over `live`: what it does not mention stays. Null takes a member away, as Go's types do. */
export function merge(
  types: TypeTable,
  type: TypeRow,
  live: JsonValue | undefined,
  config: JsonValue,
  depth: number = MAX_DEPTH,
): JsonValue {
  const schema = schemaOf(types, type, config);
  if (depth === 0 || !isGranular(schema) || !fits(schema, live) || !fits(schema, config)) return config;
  if (schema.kind === "list") return mergeItems(types, schema, live, config, depth);
  const out: Record<string, JsonValue> = { ...objectOf(live) };
  for (const [name, value] of Object.entries(objectOf(config))) {
    if (value === null) delete out[name];
    else setMember(out, name, merge(types, memberType(schema, name), own(live, name), value, depth - 1));
  }
  return out;
}

/** Both orders are kept where they agree; where they do not, the applied one wins. */
function mergeItems(
  types: TypeTable,
  schema: ListSchema,
  live: JsonValue | undefined,
  config: JsonValue,
  depth: number,
): JsonValue {
  const left = [...itemsByName(schema, live)];
  const known = new Map(left);
  const right = [...itemsByName(schema, config)];
  const applied = new Map(right);
  const out: JsonValue[] = [];
  let l = 0;
  for (const [name, item] of right) {
    for (; l < left.length; l++) {
      const entry = left[l];
      if (entry === undefined || entry[0] === name) break;
      if (!applied.has(entry[0])) out.push(entry[1]);
      else if (known.has(name)) continue;
      else break;
    }
    if (left[l]?.[0] === name) l++;
    out.push(merge(types, schema.element, known.get(name), item, depth - 1));
  }
  for (const [name, item] of left.slice(l)) if (!applied.has(name)) out.push(item);
  return out;
}

/**
 * Takes out what the applier set last time and nobody sets now. `gone` holds its last fields, `kept` all fields that any manager
 * sets now: a field with `gone` at or below it and no `kept` at or below it goes as a whole.
 */
export function prune(
  types: TypeTable,
  type: TypeRow,
  value: JsonValue,
  sets: { readonly gone: FieldSet; readonly kept: FieldSet },
): JsonValue {
  const gone = prefixesOf(sets.gone);
  const kept = prefixesOf(sets.kept);
  return pruneAt({ types, gone, kept }, type, value, []) ?? {};
}

interface Pruning {
  readonly types: TypeTable;
  readonly gone: ReadonlySet<string>;
  readonly kept: ReadonlySet<string>;
}

function prefixesOf(set: FieldSet): ReadonlySet<string> {
  const out = new Set<string>();
  for (const path of set.values()) for (let end = path.length; end > 0; end--) out.add(pathText(path.slice(0, end)));
  return out;
}

function pruneAt(pruning: Pruning, type: TypeRow, value: JsonValue, path: FieldPath): JsonValue | undefined {
  const text = pathText(path);
  if (path.length > 0 && !pruning.gone.has(text)) return value;
  if (path.length > 0 && !pruning.kept.has(text)) return undefined;
  const schema = schemaOf(pruning.types, type, value);
  if (!isGranular(schema)) return value;
  if (schema.kind === "list") {
    if (!isJsonArray(value)) return value;
    return value.flatMap(
      (item) => pruneAt(pruning, schema.element, item, [...path, elementOf(schema.keys, item)]) ?? [],
    );
  }
  if (!isJsonObject(value)) return value;
  const out: Record<string, JsonValue> = {};
  for (const [name, member] of Object.entries(value)) {
    const left = pruneAt(pruning, memberType(schema, name), member, [...path, { kind: "field", name }]);
    if (left !== undefined) setMember(out, name, left);
  }
  return out;
}

/** Members that a struct does not declare, as paths; the apply and the strict decoder name them differently. */
export function unknownFields(types: TypeTable, type: TypeRow, value: JsonValue): readonly FieldPath[] {
  const out: FieldPath[] = [];
  findUnknown(types, type, value, [], out);
  return out;
}

function findUnknown(types: TypeTable, type: TypeRow, value: JsonValue, path: FieldPath, out: FieldPath[]): void {
  const schema = schemaOf(types, type, value);
  if (path.length > MAX_DEPTH || type === "any") return;
  if (schema.kind === "list" && isJsonArray(value)) {
    value.forEach((item, index) => {
      const element = schema.relation === "map" ? elementOf(schema.keys, item) : ({ kind: "index", index } as const);
      findUnknown(types, schema.element, item, [...path, element], out);
    });
  }
  if ((schema.kind !== "struct" && schema.kind !== "map") || !isJsonObject(value)) return;
  // Objects of which the server's schema tells no member hold anything, e.g. `fieldsV1`.
  if (schema.kind === "struct" && Object.keys(schema.members).length === 0) return;
  for (const [name, member] of Object.entries(value)) {
    const at: FieldPath = [...path, { kind: "field", name }];
    if (schema.kind === "struct" && !Object.hasOwn(schema.members, name)) out.push(at);
    else findUnknown(types, memberType(schema, name), member, at, out);
  }
}

/** Go leaves empty maps out when it writes an object of a known kind; structs stay, even empty ones. */
export function withoutEmptyMaps(types: TypeTable, type: TypeRow, object: JsonObject): JsonObject {
  const out: Record<string, JsonValue> = {};
  for (const [name, member] of Object.entries(object)) {
    const row = memberOf(types, type, object, name);
    const isEmpty = isJsonObject(member) && Object.keys(member).length === 0;
    if (isEmpty && typeof row === "object" && "m" in row) continue;
    setMember(out, name, isJsonObject(member) && !isEmpty ? withoutEmptyMaps(types, row, member) : member);
  }
  return out;
}

function memberOf(types: TypeTable, type: TypeRow, object: JsonObject, name: string): TypeRow {
  const schema = schemaOf(types, type, object);
  return schema.kind === "struct" || schema.kind === "map" ? memberType(schema, name) : "any";
}
