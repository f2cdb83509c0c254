import type { Chart, ChartFile, Dependency, Lock, Maintainer, Metadata } from "../chart/chart.ts";
import type { JsonObject, JsonValue } from "../errors.ts";
import { isJsonObject, listAt, memberAt, objectAt, stringAt } from "../object/json.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { listText, objectText, stringMapText, stringText } from "./json-text.ts";
import { parseTime, ZERO_TIME } from "./time.ts";
import { valuesOf, valuesText } from "./values-document.ts";

/**
 * Helm's JSON of a chart in a record. Helm compatibility: subcharts are not stored, `schemamodtime` always is, and a chart without
 * values or files has `null` there.
 */
export function chartText(chart: Chart): string {
  return objectText()
    .raw("metadata", metadataText(chart.metadata))
    .raw("lock", chart.lock === undefined ? "null" : lockText(chart.lock))
    .raw("templates", filesText(chart.templates))
    .raw("values", hasValues(chart) ? valuesText(chart.values) : "null")
    .raw("schema", chart.schema === undefined ? "null" : `"${encodeBase64(chart.schema.data)}"`)
    .raw("schemamodtime", stringText(chart.schema?.modTime ?? ZERO_TIME))
    .raw("files", filesText(chart.files))
    .text("modtime", chart.modTime)
    .end();
}

/** The chart of a record: without subcharts and without its raw files. */
export function parseChart(json: JsonObject | undefined): Chart {
  const lock = objectAt(json, "lock");
  const schema = stringAt(json, "schema");
  const modTime = parseTime(stringAt(json, "modtime"));
  return {
    metadata: parseMetadata(objectAt(json, "metadata") ?? {}),
    ...(lock === undefined ? {} : { lock: parseLock(lock) }),
    values: valuesOf(memberAt(json, "values")),
    ...(schema === undefined ? {} : { schema: parseSchema(schema, stringAt(json, "schemamodtime")) }),
    templates: parseFiles(listAt(json, "templates")),
    files: parseFiles(listAt(json, "files")),
    raw: [],
    ...(modTime === undefined ? {} : { modTime }),
    dependencies: [],
  };
}

/** A chart without values.yaml has Go's nil map; a loaded one may have an empty map instead, but then no such file. */
function hasValues(chart: Chart): boolean {
  if (chart.values.entries.size > 0) return true;
  if (chart.values.type.isNil === true) return false;
  return chart.raw.length === 0 || chart.raw.some((file) => file.name === "values.yaml");
}

function filesText(files: readonly ChartFile[]): string {
  return files.length === 0 ? "null" : listText(files.map(fileText));
}

function fileText(file: ChartFile): string {
  return objectText()
    .raw("name", stringText(file.name))
    .raw("data", `"${encodeBase64(file.data)}"`)
    .text("modtime", file.modTime)
    .end();
}

function parseFiles(json: readonly JsonValue[]): readonly ChartFile[] {
  return json.filter(isJsonObject).map((file) => {
    const modTime = parseTime(stringAt(file, "modtime"));
    return {
      name: stringAt(file, "name") ?? "",
      data: decodeBase64(stringAt(file, "data") ?? "") ?? new Uint8Array(),
      ...(modTime === undefined ? {} : { modTime }),
    };
  });
}

function parseSchema(data: string, modTime: string | undefined): ChartFile {
  const time = parseTime(modTime);
  return {
    name: "values.schema.json",
    data: decodeBase64(data) ?? new Uint8Array(),
    ...(time === undefined ? {} : { modTime: time }),
  };
}

function metadataText(of: Metadata): string {
  const text = objectText()
    .text("name", of.name)
    .text("home", of.home)
    .list("sources", of.sources?.map(stringText))
    .text("version", of.version)
    .text("description", of.description)
    .list("keywords", of.keywords?.map(stringText))
    .list("maintainers", of.maintainers?.map(maintainerText))
    .text("icon", of.icon)
    .text("apiVersion", of.apiVersion)
    .text("condition", of.condition)
    .text("tags", of.tags)
    .text("appVersion", of.appVersion)
    .flag("deprecated", of.deprecated);
  if (of.annotations !== undefined && Object.keys(of.annotations).length > 0)
    text.raw("annotations", stringMapText(of.annotations));
  return text
    .text("kubeVersion", of.kubeVersion)
    .list("dependencies", of.dependencies?.map(dependencyText))
    .text("type", of.type)
    .end();
}

function maintainerText(of: Maintainer): string {
  return objectText().text("name", of.name).text("email", of.email).text("url", of.url).end();
}

/** Helm's JSON of one dependency. */
export function dependencyText(of: Dependency): string {
  return objectText()
    .raw("name", stringText(of.name))
    .text("version", of.version)
    .raw("repository", stringText(of.repository ?? ""))
    .text("condition", of.condition)
    .list("tags", of.tags?.map(stringText))
    .flag("enabled", of.enabled)
    .list("import-values", of.importValues?.map(importText))
    .text("alias", of.alias)
    .end();
}

function importText(of: NonNullable<Dependency["importValues"]>[number]): string {
  if (typeof of === "string") return stringText(of);
  return objectText().raw("child", stringText(of.child)).raw("parent", stringText(of.parent)).end();
}

function lockText(of: Lock): string {
  return objectText()
    .raw("generated", stringText(of.generated))
    .raw("digest", stringText(of.digest))
    .raw("dependencies", listText(of.dependencies.map(dependencyText)))
    .end();
}

function parseLock(json: JsonObject): Lock {
  return {
    generated: stringAt(json, "generated") ?? ZERO_TIME,
    digest: stringAt(json, "digest") ?? "",
    dependencies: listAt(json, "dependencies").filter(isJsonObject).map(parseDependency),
  };
}

function parseMetadata(json: JsonObject): Metadata {
  return {
    name: stringAt(json, "name") ?? "",
    version: stringAt(json, "version") ?? "",
    apiVersion: stringAt(json, "apiVersion") ?? "",
    ...texts(json, ["home", "description", "icon", "condition", "tags", "appVersion", "kubeVersion", "type"]),
    ...lists(json),
    ...(json["deprecated"] === true ? { deprecated: true } : {}),
  };
}

type TextMember = "home" | "description" | "icon" | "condition" | "tags" | "appVersion" | "kubeVersion" | "type";

function texts(json: JsonObject, members: readonly TextMember[]): { readonly [Member in TextMember]?: string } {
  const out: { [Member in TextMember]?: string } = {};
  for (const member of members) {
    const value = stringAt(json, member);
    if (value !== undefined) out[member] = value;
  }
  return out;
}

function lists(
  json: JsonObject,
): Pick<Metadata, "sources" | "keywords" | "maintainers" | "annotations" | "dependencies"> {
  const annotations = objectAt(json, "annotations");
  return {
    ...(isListed(json, "sources") ? { sources: strings(json, "sources") } : {}),
    ...(isListed(json, "keywords") ? { keywords: strings(json, "keywords") } : {}),
    ...(isListed(json, "maintainers") ? { maintainers: parseMaintainers(listAt(json, "maintainers")) } : {}),
    ...(annotations === undefined ? {} : { annotations: stringMap(annotations) }),
    ...(isListed(json, "dependencies")
      ? { dependencies: listAt(json, "dependencies").filter(isJsonObject).map(parseDependency) }
      : {}),
  };
}

function parseMaintainers(json: readonly JsonValue[]): readonly Maintainer[] {
  return json.filter(isJsonObject).map((one) => {
    const name = stringAt(one, "name");
    const email = stringAt(one, "email");
    const url = stringAt(one, "url");
    return {
      ...(name === undefined ? {} : { name }),
      ...(email === undefined ? {} : { email }),
      ...(url === undefined ? {} : { url }),
    };
  });
}

function parseDependency(json: JsonObject): Dependency {
  const version = stringAt(json, "version");
  const condition = stringAt(json, "condition");
  const alias = stringAt(json, "alias");
  return {
    name: stringAt(json, "name") ?? "",
    ...(version === undefined ? {} : { version }),
    repository: stringAt(json, "repository") ?? "",
    ...(condition === undefined ? {} : { condition }),
    ...(isListed(json, "tags") ? { tags: strings(json, "tags") } : {}),
    ...(json["enabled"] === true ? { enabled: true } : {}),
    ...(isListed(json, "import-values") ? { importValues: parseImports(listAt(json, "import-values")) } : {}),
    ...(alias === undefined ? {} : { alias }),
  };
}

function parseImports(json: readonly JsonValue[]): NonNullable<Dependency["importValues"]> {
  const out: (string | { readonly child: string; readonly parent: string })[] = [];
  for (const one of json) {
    const child = stringAt(one, "child");
    const parent = stringAt(one, "parent");
    if (typeof one === "string") out.push(one);
    else if (child !== undefined && parent !== undefined) out.push({ child, parent });
  }
  return out;
}

function isListed(json: JsonObject, member: string): boolean {
  return listAt(json, member).length > 0;
}

function strings(json: JsonObject, member: string): readonly string[] {
  return listAt(json, member).filter((item) => typeof item === "string");
}

function stringMap(json: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(json).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
}
