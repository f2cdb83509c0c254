import { ChartError } from "../chart/chart-error.ts";
import { decodeMetadata, toMetadata } from "../chart/metadata.ts";
import type { OpenMetadata, RawMetadata } from "../chart/metadata.ts";
import { strictMetadataProblem } from "../chart/strict-metadata.ts";
import { decodeYaml, YamlError } from "../encoding/index.ts";
import { typeName } from "../go/format-value.ts";
import { basePath } from "../go/path.ts";
import { quote } from "../go/quote.ts";
import { fromUtf8 } from "../go/utf8.ts";
import { GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { parseConstraint, parseVersion, SemverError, validateConstraint } from "../semver/index.ts";
import { isEmail, isRequestUrl, isUrl } from "./address.ts";
import type { Findings, Severity } from "./message.ts";
import type { LintSource } from "./source.ts";

const FILE = "Chart.yaml";

/** The rules about Chart.yaml, in Helm's order. They read the file itself, so that they work for a chart that cannot be loaded. */
export function lintMetadata(source: LintSource, findings: Findings): void {
  const { check } = findings;
  const entry = source.entry(FILE);
  if (entry.kind === "directory") check("ERROR", FILE, "should be a file, not a directory");
  const raw = entry.kind === "file" ? decode(entry.data) : entry.problem;
  if (typeof raw === "string" || entry.kind !== "file") {
    check("ERROR", FILE, `unable to parse YAML\n\t${typeof raw === "string" ? raw : ""}`);
    return;
  }
  const strict = strictMetadataProblem(entry.data);
  check("WARNING", FILE, strict && `failed to strictly parse chart metadata file\n\t${strict}`);
  const apiVersion = textField(raw, "apiVersion");
  const metadata = toMetadata(raw);
  const types = untyped(entry.data);
  const rules: readonly (readonly [Severity, string | undefined])[] = [
    ["ERROR", nameProblem(metadata.name)],
    ["ERROR", apiVersionProblem(apiVersion)],
    ["ERROR", typeProblem(types, "version")],
    ["ERROR", versionProblem(metadata.version)],
    ["ERROR", typeProblem(types, "appVersion")],
    ["ERROR", maintainerProblem(metadata.maintainers)],
    ["ERROR", sourceProblem(metadata.sources ?? [])],
    ["INFO", (metadata.icon ?? "") === "" ? "icon is recommended" : undefined],
    ["ERROR", iconProblem(metadata.icon ?? "")],
    ["ERROR", chartTypeProblem(metadata, apiVersion)],
    ["ERROR", dependenciesProblem(metadata, apiVersion)],
    ["WARNING", strictVersionProblem(metadata.version)],
  ];
  for (const [severity, problem] of rules) check(severity, FILE, problem);
}

function decode(data: Uint8Array): RawMetadata | string {
  try {
    return decodeMetadata(data, FILE);
  } catch (error) {
    if (error instanceof ChartError) return error.message.replace(`cannot load ${FILE}: `, "");
    throw error;
  }
}

function textField(raw: RawMetadata, name: string): string {
  const value = raw.fields[name];
  return typeof value === "string" ? value : "";
}

function untyped(data: Uint8Array): GoMap {
  try {
    const value = decodeYaml(fromUtf8(data));
    return value instanceof GoMap ? value : new GoMap();
  } catch (error) {
    if (error instanceof YamlError) return new GoMap();
    throw error;
  }
}

function nameProblem(name: string): string | undefined {
  if (name === "") return "name is required";
  return basePath(name) === name ? undefined : `chart name ${quote(name)} is invalid`;
}

function apiVersionProblem(version: string): string | undefined {
  const wanted = 'The value must be either "v1" or "v2"';
  if (version === "") return `apiVersion is required. ${wanted}`;
  return version === "v1" || version === "v2" ? undefined : `apiVersion '${version}' is not valid. ${wanted}`;
}

function typeProblem(fields: GoMap, name: string): string | undefined {
  const value: GoValue = fields.entries.get(name);
  if (!fields.entries.has(name) || typeof value === "string") return undefined;
  return `${name} should be of type string but it's of type ${typeName(value)}`;
}

const MINIMUM = ">0.0.0-0";

function versionProblem(text: string): string | undefined {
  if (text === "") return "version is required";
  try {
    const [first] = validateConstraint(parseConstraint(MINIMUM), parseVersion(text));
    return first === undefined ? undefined : `version ${first}`;
  } catch (error) {
    if (error instanceof SemverError) return `version '${text}' is not a valid SemVer`;
    throw error;
  }
}

function strictVersionProblem(text: string): string | undefined {
  try {
    parseVersion(text, { strict: true });
    return undefined;
  } catch (error) {
    if (error instanceof SemverError) return `version '${text}' is not a valid SemVerV2`;
    throw error;
  }
}

function maintainerProblem(maintainers: OpenMetadata["maintainers"]): string | undefined {
  for (const maintainer of maintainers ?? []) {
    if (maintainer === undefined) return "a maintainer entry is empty";
    const { name = "", email = "", url = "" } = maintainer;
    if (name === "") return "each maintainer requires a name";
    if (email !== "" && !isEmail(email)) return `invalid email '${email}' for maintainer '${name}'`;
    if (url !== "" && !isUrl(url)) return `invalid url '${url}' for maintainer '${name}'`;
  }
  return undefined;
}

function sourceProblem(sources: readonly string[]): string | undefined {
  const bad = sources.find((source) => !isRequestUrl(source));
  return bad === undefined ? undefined : `invalid source URL '${bad}'`;
}

function iconProblem(icon: string): string | undefined {
  return icon === "" || isRequestUrl(icon) ? undefined : `invalid icon URL '${icon}'`;
}

function chartTypeProblem({ type = "" }: OpenMetadata, apiVersion: string): string | undefined {
  if (type === "" || apiVersion === "v2") return undefined;
  return `chart type is not valid in apiVersion '${apiVersion}'. It is valid in apiVersion 'v2'`;
}

function dependenciesProblem({ dependencies = [] }: OpenMetadata, apiVersion: string): string | undefined {
  if (dependencies.length === 0 || apiVersion === "v2") return undefined;
  return `dependencies are not valid in the Chart file with apiVersion '${apiVersion}'. They are valid in apiVersion 'v2'`;
}
