// node test/oracles/schema-table.ts: writes infra/local-cluster/schema-table.ts from what the API server of KUBECONFIG says of its own
// kinds: which members they have, and how lists and maps merge. KUBECTL names the program that asks.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const target = join(import.meta.dirname, "..", "..", "infra", "local-cluster", "schema-table.ts");
const MAX_BUFFER = 64 << 20;

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonMap = Readonly<Record<string, Json>>;

function get(path: string): JsonMap {
  const kubectl = process.env["KUBECTL"] ?? "kubectl";
  return JSON.parse(
    execFileSync(kubectl, ["get", "--raw", path], { encoding: "utf8", maxBuffer: MAX_BUFFER }),
  ) as JsonMap;
}

const map = (value: Json | undefined): JsonMap =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonMap) : {};
const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

interface Resource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
}

function readResources(): readonly Resource[] {
  const groups = new Map<string, readonly string[]>([["", ["v1"]]]);
  for (const group of list(get("/apis")["groups"])) {
    const versions = list(map(group)["versions"]).map((version) => text(map(version)["version"]));
    groups.set(text(map(group)["name"]), versions);
  }
  return [...groups].flatMap(([group, versions]) => versions.flatMap((version) => readVersion(group, version)));
}

function readVersion(group: string, version: string): readonly Resource[] {
  const rows = list(get(group === "" ? `/api/${version}` : `/apis/${group}/${version}`)["resources"]).map(map);
  const subresources = (plural: string): readonly string[] =>
    rows
      .map((row) => text(row["name"]))
      .filter((name) => name.startsWith(`${plural}/`))
      .map((name) => name.slice(plural.length + 1));
  return rows
    .filter((row) => !text(row["name"]).includes("/"))
    .map((row) => ({
      group,
      version,
      kind: text(row["kind"]),
      plural: text(row["name"]),
      singular: text(row["singularName"]),
      namespaced: row["namespaced"] === true,
      shortNames: list(row["shortNames"]).map(text),
      verbs: list(row["verbs"]).map(text),
      subresources: subresources(text(row["name"])),
    }));
}

const prefix = "#/components/schemas/";
const schemas = new Map<string, JsonMap>();
const roots = new Map<string, string>();

function readSchemas(resources: readonly Resource[]): void {
  for (const path of new Set(
    resources.map(({ group, version }) => (group === "" ? `api/${version}` : `apis/${group}/${version}`)),
  )) {
    for (const [name, schema] of Object.entries(map(map(get(`/openapi/v3/${path}`)["components"])["schemas"]))) {
      schemas.set(name, map(schema));
      for (const gvk of list(map(schema)["x-kubernetes-group-version-kind"]).map(map)) {
        roots.set(`${text(gvk["group"])}/${text(gvk["version"])}/${text(gvk["kind"])}`, name);
      }
    }
  }
}

const short = new Map<string, string>();
const types: Record<string, Json> = {};

/** The compact form of a schema: see infra/local-cluster/schema.ts. */
function compact(schema: JsonMap): Json {
  const all = list(schema["allOf"]);
  const reference = text(schema["$ref"]) || (all.length === 1 ? text(map(all[0])["$ref"]) : "");
  if (reference !== "") return compactReference(reference.slice(prefix.length), schema);
  if (schema["type"] === "array") return compactList(schema);
  if (schema["properties"] !== undefined)
    return { f: members(schema), ...(schema["x-kubernetes-map-type"] === "atomic" ? { a: 1 } : {}) };
  if (schema["type"] !== "object")
    return schema["type"] === undefined && schema["oneOf"] === undefined ? "any" : "scalar";
  if (schema["additionalProperties"] === undefined)
    return schema["x-kubernetes-preserve-unknown-fields"] === true ? "any" : { f: {} };
  return {
    m: compact(map(schema["additionalProperties"])),
    ...(schema["x-kubernetes-map-type"] === "atomic" ? { a: 1 } : {}),
  };
}

function compactReference(name: string, at: JsonMap): Json {
  const schema = schemas.get(name) ?? {};
  if (schema["properties"] === undefined && schema["additionalProperties"] === undefined) return compact(schema);
  let known = short.get(name);
  if (known === undefined) {
    known = uniqueName(name);
    short.set(name, known);
    types[known] = compact(schema);
  }
  const atomicHere = at["x-kubernetes-map-type"] === "atomic" && schema["x-kubernetes-map-type"] !== "atomic";
  return atomicHere ? { r: known, a: 1 } : known;
}

function uniqueName(name: string): string {
  const parts = name.split(".");
  const last = parts.at(-1) ?? name;
  const taken = new Set(short.values());
  return taken.has(last) ? `${parts.at(-3)}.${parts.at(-2)}.${last}` : last;
}

function members(schema: JsonMap): JsonMap {
  return Object.fromEntries(
    Object.entries(map(schema["properties"])).map(([name, member]) => [name, compactMember(map(member))]),
  );
}

/** Go writes a struct member that is no pointer even when it is empty; the schema says so by an empty default. */
function compactMember(member: JsonMap): Json {
  const type = compact(member);
  return typeof type === "string" && types[type] !== undefined && JSON.stringify(member["default"]) === "{}"
    ? { r: type, z: 1 }
    : type;
}

function compactList(schema: JsonMap): Json {
  const items = map(schema["items"]);
  const element = compact(items);
  switch (schema["x-kubernetes-list-type"]) {
    case "map":
      return { l: element, k: list(schema["x-kubernetes-list-map-keys"]).map((key) => withDefault(text(key), items)) };
    case "set":
      return { l: element, s: 1 };
    default:
      return { l: element };
  }
}

/** A key field that has a default is written `name=JSON`: items may leave it out. */
function withDefault(key: string, items: JsonMap): string {
  const all = list(items["allOf"]);
  const name = text(items["$ref"]) || text(map(all[0])["$ref"]);
  const fallback = map(map((schemas.get(name.slice(prefix.length)) ?? items)["properties"])[key])["default"];
  return fallback === undefined ? key : `${key}=${JSON.stringify(fallback)}`;
}

const resources = readResources();
readSchemas(resources);
const kinds = resources.map((row) => {
  const root = roots.get(`${row.group}/${row.version}/${row.kind}`);
  const type = root === undefined ? "any" : compactReference(root, {});
  return { ...row, type };
});
const body = [
  "// Written by test/oracles/schema-table.ts from a real API server. Do not edit.",
  'import type { BuiltinResource, TypeRow } from "./schema.ts";',
  "",
  "/** The kinds that a cluster has without any CRD. */",
  `export const builtinResources: readonly BuiltinResource[] = ${JSON.stringify(kinds)};`,
  "",
  "/** The types that they are made of. */",
  `export const builtinTypes: Readonly<Record<string, TypeRow>> = ${JSON.stringify(types)};`,
  "",
];
writeFileSync(target, body.join("\n"));
console.log(`${kinds.length} kinds, ${Object.keys(types).length} types, ${body.join("\n").length} bytes`);
