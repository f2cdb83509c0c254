import { decodeYamlStruct, YamlError } from "../encoding/index.ts";
import type { FieldType } from "../encoding/index.ts";
import type { JsonObject, JsonValue } from "../errors.ts";
import { parseTime } from "../go/time-parse.ts";
import { fromUtf8 } from "../go/utf8.ts";
import { GoFailure } from "../go/value.ts";
import type { Dependency, Lock, Maintainer, Metadata } from "./chart.ts";
import { ChartError } from "./chart-error.ts";

/**
 * Chart.yaml as it is written: fields may be missing, list items may be null. `validateMetadata` makes {@link Metadata} of it.
 */
export interface RawMetadata {
  readonly fields: JsonObject;
}

type Struct = Extract<FieldType, { kind: "struct" }>;
const STRING: FieldType = { kind: "string" };
const STRINGS: FieldType = { kind: "list", type: "[]string", element: STRING };

function strings(names: readonly string[]): [string, FieldType][] {
  return names.map((name) => [name, STRING]);
}

const MAINTAINER: Struct = {
  kind: "struct",
  type: "v2.Maintainer",
  fields: new Map(strings(["name", "email", "url"])),
};

const DEPENDENCY: Struct = {
  kind: "struct",
  type: "v2.Dependency",
  fields: new Map<string, FieldType>([
    ...strings(["name", "version", "repository", "condition", "alias"]),
    ["tags", STRINGS],
    ["enabled", { kind: "bool" }],
    ["import-values", { kind: "list", type: "[]interface {}", element: { kind: "any" } }],
  ]),
};

const DEPENDENCIES: FieldType = { kind: "list", type: "[]*v2.Dependency", element: DEPENDENCY };

/** Chart.yaml as Helm's struct has it. */
export const METADATA: Struct = {
  kind: "struct",
  type: "v2.Metadata",
  fields: new Map<string, FieldType>([
    ...strings(["name", "home", "version", "description", "icon", "apiVersion", "condition", "tags", "appVersion"]),
    ...strings(["kubeVersion", "type"]),
    ["sources", STRINGS],
    ["keywords", STRINGS],
    ["maintainers", { kind: "list", type: "[]*v2.Maintainer", element: MAINTAINER }],
    ["deprecated", { kind: "bool" }],
    ["annotations", { kind: "map", type: "map[string]string", element: STRING }],
    ["dependencies", DEPENDENCIES],
  ]),
};

const LOCK: Struct = {
  kind: "struct",
  type: "v2.Lock",
  fields: new Map<string, FieldType>([...strings(["generated", "digest"]), ["dependencies", DEPENDENCIES]]),
};

/** Decodes Chart.yaml or, on top of it, requirements.yaml. Throws {@link ChartError} with Helm's `cannot load FILE: …`. */
export function decodeMetadata(data: Uint8Array, file: string, before?: RawMetadata): RawMetadata {
  return { fields: { ...before?.fields, ...decodeStruct(data, file, METADATA) } };
}

/** Decodes Chart.lock or requirements.lock. Throws as {@link decodeMetadata}. */
export function decodeLock(data: Uint8Array, file: string): Lock {
  const fields = decodeStruct(data, file, LOCK);
  checkTime(textOf(fields, "generated"), file);
  return {
    generated: textOf(fields, "generated") ?? "",
    digest: textOf(fields, "digest") ?? "",
    dependencies: objectsOf(fields, "dependencies").map((item) => toDependency(item ?? {})),
  };
}

function checkTime(text: string | undefined, file: string): void {
  try {
    if (text !== undefined) parseTime(RFC3339, text);
  } catch (cause) {
    if (!(cause instanceof GoFailure)) throw cause;
    const reason = `error unmarshaling JSON: while decoding JSON: ${cause.message}`;
    throw new ChartError("invalid-metadata", `cannot load ${file}: ${reason}`, { file }, { cause });
  }
}

/** Go's `time.RFC3339`; fractions of seconds fit it too. */
const RFC3339 = "2006-01-02T15:04:05Z07:00";

function decodeStruct(data: Uint8Array, file: string, target: Struct): JsonObject {
  try {
    return decodeYamlStruct(fromUtf8(data), target);
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause;
    throw new ChartError("invalid-metadata", `cannot load ${file}: ${cause.message}`, { file }, { cause });
  }
}

/** The typed form. List items that were null are `undefined` here, for validation to refuse. */
export interface OpenMetadata extends Omit<Metadata, "maintainers" | "dependencies"> {
  readonly maintainers?: readonly (Maintainer | undefined)[];
  readonly dependencies?: readonly (Dependency | undefined)[];
}

/** The fields of Chart.yaml by type; an empty `apiVersion` is `v1`. */
export function toMetadata(raw: RawMetadata): OpenMetadata {
  const { fields } = raw;
  const maintainers = optionalObjects(fields, "maintainers")?.map((item) => item && toMaintainer(item));
  const dependencies = optionalObjects(fields, "dependencies")?.map((item) => item && toDependency(item));
  const annotations = fields["annotations"];
  return {
    ...present(fields, ["home", "description", "icon", "condition", "tags", "appVersion", "kubeVersion", "type"]),
    name: textOf(fields, "name") ?? "",
    version: textOf(fields, "version") ?? "",
    apiVersion: textOf(fields, "apiVersion") ?? "v1",
    ...optional("sources", textsOf(fields, "sources")),
    ...optional("keywords", textsOf(fields, "keywords")),
    ...optional("maintainers", maintainers),
    ...(fields["deprecated"] === true ? { deprecated: true } : {}),
    ...(isObject(annotations) ? { annotations: textMap(annotations) } : {}),
    ...optional("dependencies", dependencies),
  };
}

function toMaintainer(item: JsonObject): Maintainer {
  return present(item, ["name", "email", "url"]);
}

function toDependency(item: JsonObject): Dependency {
  const imports = item["import-values"];
  return {
    ...present(item, ["version", "repository", "condition", "alias"]),
    name: textOf(item, "name") ?? "",
    ...optional("tags", textsOf(item, "tags")),
    ...(item["enabled"] === true ? { enabled: true } : {}),
    ...(isList(imports) ? { importValues: imports.flatMap(toImport) } : {}),
  };
}

/** Helm compatibility: a missing side of an import is the text `<nil>`; items of other kinds are nothing. */
function toImport(item: JsonValue): readonly (string | { readonly child: string; readonly parent: string })[] {
  if (typeof item === "string") return [item];
  if (!isObject(item)) return [];
  return [{ child: goText(item["child"]), parent: goText(item["parent"]) }];
}

function goText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "<nil>";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function present<K extends string>(fields: JsonObject, names: readonly K[]): { readonly [P in K]?: string } {
  const out: { [P in K]?: string } = {};
  for (const name of names) {
    const value = fields[name];
    if (typeof value === "string" && value !== "") out[name] = value;
  }
  return out;
}

function optional<K extends string, T>(name: K, value: T | undefined): { readonly [P in K]?: T } {
  const out: { [P in K]?: T } = {};
  if (value !== undefined) out[name] = value;
  return out;
}

function textOf(fields: JsonObject, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function textsOf(fields: JsonObject, name: string): readonly string[] | undefined {
  const value = fields[name];
  return isList(value) ? value.map((item) => (typeof item === "string" ? item : "")) : undefined;
}

function textMap(object: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, typeof value === "string" ? value : ""]),
  );
}

function optionalObjects(fields: JsonObject, name: string): readonly (JsonObject | undefined)[] | undefined {
  const value = fields[name];
  return isList(value) ? value.map((item) => (isObject(item) ? item : undefined)) : undefined;
}

function objectsOf(fields: JsonObject, name: string): readonly (JsonObject | undefined)[] {
  return optionalObjects(fields, name) ?? [];
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
