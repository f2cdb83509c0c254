import { decodeYamlStruct, YamlError } from "../encoding/index.ts";
import type { FieldType } from "../encoding/index.ts";
import type { JsonObject, JsonValue } from "../errors.ts";
import { quote } from "../go/quote.ts";
import { fromUtf8 } from "../go/utf8.ts";
import { compareBytes } from "../go/value.ts";
import { checkConstraint, compareVersions, parseConstraint, parseVersion, SemverError } from "../semver/index.ts";
import type { Constraint, Version } from "../semver/index.ts";
import { ChartError } from "./chart-error.ts";
import { METADATA, toMetadata } from "./metadata.ts";
import { validateMetadata } from "./validate-metadata.ts";
import type { OnWarning } from "./warning.ts";

/** A version of a chart in a repository. */
export interface IndexVersion {
  readonly version: string;
  readonly urls: readonly string[];
  /** SHA-256 in hex, with or without `sha256:`; empty where the repository does not say. */
  readonly digest: string;
}

/** The versions of each chart, newest first. */
export type RepositoryIndex = ReadonlyMap<string, readonly IndexVersion[]>;

const VERSION: FieldType = {
  kind: "struct",
  type: "repo.ChartVersion",
  fields: new Map<string, FieldType>([
    ...METADATA.fields,
    ["urls", { kind: "list", type: "[]string", element: { kind: "string" } }],
    ["digest", { kind: "string" }],
  ]),
};
const INDEX: Extract<FieldType, { kind: "struct" }> = {
  kind: "struct",
  type: "repo.IndexFile",
  fields: new Map<string, FieldType>([
    ["apiVersion", { kind: "string" }],
    [
      "entries",
      {
        kind: "map",
        type: "map[string]repo.ChartVersions",
        element: { kind: "list", type: "repo.ChartVersions", element: VERSION },
      },
    ],
  ]),
};

/**
 * Reads an index.yaml. Entries that are no charts are left out with a warning that names `source`. Throws {@link ChartError} with Helm's text.
 */
export function parseIndex(data: Uint8Array, source: string, onWarning?: OnWarning): RepositoryIndex {
  if (data.length === 0) throw new ChartError("repository", "empty index.yaml file");
  const index = decode(data);
  const out = new Map<string, readonly IndexVersion[]>();
  const entries = index["entries"];
  if (isObject(entries)) {
    for (const name of Object.keys(entries).sort(compareBytes)) {
      out.set(name, sorted(readVersions(name, entries[name], source, onWarning)));
    }
  }
  const apiVersion = index["apiVersion"];
  if (typeof apiVersion !== "string" || apiVersion === "")
    throw new ChartError("repository", "no API version specified");
  return out;
}

function decode(data: Uint8Array): JsonObject {
  try {
    return decodeYamlStruct(fromUtf8(data), INDEX);
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause;
    throw new ChartError("repository", cause.message, {}, { cause });
  }
}

function readVersions(
  name: string,
  list: JsonValue | undefined,
  source: string,
  onWarning: OnWarning | undefined,
): readonly IndexVersion[] {
  const versions: IndexVersion[] = [];
  for (const item of isList(list) ? list.toReversed() : []) {
    if (!isObject(item)) {
      const message = "skipping loading invalid entry for chart: empty entry";
      onWarning?.({
        level: "WARN",
        message,
        attributes: [
          ["name", name],
          ["source", source],
        ],
      });
      continue;
    }
    const version = textOf(item["version"]);
    const problem = problemOf(item);
    if (problem === undefined) {
      const { urls } = item;
      versions.unshift({ version, urls: isList(urls) ? urls.map(textOf) : [], digest: textOf(item["digest"]) });
      continue;
    }
    onWarning?.({
      level: "WARN",
      message: "skipping loading invalid entry for chart",
      attributes: [
        ["name", name],
        ["version", version],
        ["source", source],
        ["error", problem],
      ],
    });
  }
  return versions;
}

/** Some repositories drop aliases, so that names seem to come twice. */
const TOLERATED = "validation: more than one dependency with name or alias";

function problemOf(item: JsonObject): string | undefined {
  try {
    validateMetadata(toMetadata({ fields: item }));
    return undefined;
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    return error.message.startsWith(TOLERATED) ? undefined : error.message;
  }
}

/** Versions that are none go to the end. */
function sorted(versions: readonly IndexVersion[]): readonly IndexVersion[] {
  const parsed = versions.map((version) => ({ version, order: tryVersion(version.version) }));
  parsed.sort(({ order: a }, { order: b }) => {
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    return compareVersions(b, a);
  });
  return parsed.map(({ version }) => version);
}

/** The version that a text is, read loosely; `undefined` for none. */
export function tryVersion(text: string): Version | undefined {
  try {
    return parseVersion(text);
  } catch (error) {
    if (error instanceof SemverError) return undefined;
    throw error;
  }
}

/**
 * The version of a chart that a wish stands for: that very text, else the first that the constraint allows; an empty wish is the newest release.
 * Throws {@link ChartError}. A wish for one version that another one fits is granted with a warning.
 */
export function findVersion(index: RepositoryIndex, name: string, wanted: string, onWarning?: OnWarning): IndexVersion {
  const versions = index.get(name);
  if (versions === undefined) throw new ChartError("repository", "no chart name found");
  if (versions.length === 0) throw new ChartError("repository", "no chart version found");
  const constraint = readConstraint(wanted === "" ? "*" : wanted);
  const exact = wanted === "" ? undefined : versions.find(({ version }) => version === wanted);
  if (exact !== undefined) return exact;
  const found = versions.find(({ version }) => {
    const parsed = tryVersion(version);
    return parsed !== undefined && checkConstraint(constraint, parsed);
  });
  if (found === undefined) throw new ChartError("repository", `no chart version found for ${name}-${wanted}`);
  if (wanted !== "" && !isRange(wanted)) {
    onWarning?.({
      level: "WARN",
      message: "unable to find exact version requested; falling back to closest available version",
      attributes: [
        ["chart", name],
        ["requested", wanted],
        ["selected", found.version],
      ],
    });
  }
  return found;
}

function readConstraint(text: string): Constraint {
  try {
    return parseConstraint(text);
  } catch (cause) {
    if (!(cause instanceof SemverError)) throw cause;
    throw new ChartError("repository", cause.message, {}, { cause });
  }
}

function isRange(text: string): boolean {
  if (/[\^~<>=!*]/.test(text) || text.includes("||") || text.includes(" - ")) return true;
  return /[xX]/.test(/^[^-+]*/.exec(text)?.[0] ?? "");
}

/** The URL of a chart in a repository that is not configured; `base` is the repository's. Throws {@link ChartError} with Helm's text. */
export function chartUrl(
  index: RepositoryIndex,
  wanted: { readonly name: string; readonly version: string; readonly repository: string },
  onWarning?: OnWarning,
): string {
  const { name, version, repository } = wanted;
  const shown = `chart ${quote(name)}${version === "" ? "" : ` version ${quote(version)}`}`;
  let found: IndexVersion;
  try {
    found = findVersion(index, name, version, onWarning);
  } catch (cause) {
    if (!(cause instanceof ChartError)) throw cause;
    throw new ChartError("repository", `${shown} not found in ${repository} repository`, {}, { cause });
  }
  const [url] = found.urls;
  if (url === undefined) throw new ChartError("repository", `${shown} has no downloadable URLs`);
  return url;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}
