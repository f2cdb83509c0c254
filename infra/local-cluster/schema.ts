import { isJsonArray, isJsonObject } from "../../engine/object/json.ts";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";

/**
 * A type in its compact form (schema-table.ts is written in it):
 * `scalar`; `any` (no schema: maps merge, lists do not); a name of the type table; `f` a struct by member; `m` a map of an element
 * type; `l` a list of an element type, merged by the key fields `k` (`name` or `name=JSON default`) or as a set (`s`), else whole;
 * `r` a named type. `a`: merged whole. `z`: written by Go even when empty.
 */
export type TypeRow =
  | string
  | { readonly f: Readonly<Record<string, TypeRow>>; readonly a?: 1 }
  | { readonly m: TypeRow; readonly a?: 1 }
  | { readonly l: TypeRow; readonly k?: readonly string[]; readonly s?: 1 }
  | { readonly r: string; readonly a?: 1; readonly z?: 1 };

/** A kind that a cluster has without any CRD. */
export interface BuiltinResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
  readonly type: TypeRow;
}

/** A key field of a list that is a map. `fallback` is what an item that leaves it out has. */
export interface ListKey {
  readonly name: string;
  readonly fallback: JsonValue | undefined;
}

/** A type, looked up. */
export type Schema =
  | { readonly kind: "scalar" }
  | { readonly kind: "struct"; readonly atomic: boolean; readonly members: Readonly<Record<string, TypeRow>> }
  | { readonly kind: "map"; readonly atomic: boolean; readonly element: TypeRow }
  | {
      readonly kind: "list";
      readonly relation: "atomic" | "set" | "map";
      readonly keys: readonly ListKey[];
      readonly element: TypeRow;
    };

/** The named types of a cluster. */
export type TypeTable = Readonly<Record<string, TypeRow>>;

const SCALAR: Schema = { kind: "scalar" };

/** What a value of this type is made of. Without a schema (`any`) the value itself tells. */
export function schemaOf(types: TypeTable, row: TypeRow, value: JsonValue | undefined): Schema {
  if (row === "scalar") return SCALAR;
  if (row === "any") return deduce(value);
  if (typeof row === "string") return schemaOf(types, types[row] ?? "any", value);
  if ("r" in row) return withAtomic(schemaOf(types, row.r, value), row.a === 1);
  if ("f" in row) return { kind: "struct", atomic: row.a === 1, members: row.f };
  if ("m" in row) return { kind: "map", atomic: row.a === 1, element: row.m };
  if (row.k !== undefined) return { kind: "list", relation: "map", keys: row.k.map(parseKey), element: row.l };
  return { kind: "list", relation: row.s === 1 ? "set" : "atomic", keys: [], element: row.l };
}

function withAtomic(schema: Schema, atomic: boolean): Schema {
  return atomic && (schema.kind === "struct" || schema.kind === "map") ? { ...schema, atomic } : schema;
}

function deduce(value: JsonValue | undefined): Schema {
  if (isJsonObject(value)) return { kind: "map", atomic: false, element: "any" };
  if (isJsonArray(value)) return { kind: "list", relation: "atomic", keys: [], element: "any" };
  return SCALAR;
}

function parseKey(text: string): ListKey {
  const at = text.indexOf("=");
  if (at < 0) return { name: text, fallback: undefined };
  const fallback: JsonValue = JSON.parse(text.slice(at + 1));
  return { name: text.slice(0, at), fallback: fallback === "" || fallback === 0 ? undefined : fallback };
}

/** True for a struct member that Go writes even when it is empty. */
export function isZeroStruct(row: TypeRow): boolean {
  return typeof row === "object" && "r" in row && row.z === 1;
}

/** Deeper than the schemas that real CRDs have. */
const MAX_SCHEMA_DEPTH = 100;

/** The compact form of a CRD version's `openAPIV3Schema`, with the members that every object has. */
export function typeOfCustomResource(schema: JsonObject | undefined): TypeRow {
  const own = schema === undefined ? "any" : compact(schema, MAX_SCHEMA_DEPTH);
  const members = typeof own === "object" && "f" in own ? own.f : undefined;
  if (members === undefined)
    return { f: { apiVersion: "scalar", kind: "scalar", metadata: "ObjectMeta", spec: "any", status: "any" } };
  return { f: { ...members, apiVersion: "scalar", kind: "scalar", metadata: "ObjectMeta" } };
}

function compact(schema: JsonObject, depth: number): TypeRow {
  if (depth === 0) return "any";
  const inner = (value: JsonValue | undefined): TypeRow => (isJsonObject(value) ? compact(value, depth - 1) : "any");
  const atomic = schema["x-kubernetes-map-type"] === "atomic" ? { a: 1 as const } : {};
  if (schema["x-kubernetes-int-or-string"] === true) return "scalar";
  if (schema["type"] === "array") return compactList(schema, inner(schema["items"]));
  if (schema["x-kubernetes-preserve-unknown-fields"] === true) return "any";
  if (isJsonObject(schema["properties"])) {
    const members = Object.entries(schema["properties"]).map(([name, member]) => [name, inner(member)] as const);
    return { f: Object.fromEntries(members), ...atomic };
  }
  if (isJsonObject(schema["additionalProperties"])) return { m: inner(schema["additionalProperties"]), ...atomic };
  return schema["type"] === "object" ? "any" : "scalar";
}

function compactList(schema: JsonObject, element: TypeRow): TypeRow {
  const keys = schema["x-kubernetes-list-map-keys"];
  if (schema["x-kubernetes-list-type"] === "map" && isJsonArray(keys)) return { l: element, k: keys.map(String) };
  return schema["x-kubernetes-list-type"] === "set" ? { l: element, s: 1 } : { l: element };
}
