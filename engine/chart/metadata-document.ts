import { encodeYamlJson } from "../encoding/index.ts";
import type { JsonObject, JsonValue } from "../errors.ts";
import type { Dependency, Maintainer, Metadata } from "./chart.ts";

/** Chart.yaml as Helm writes it: keys in order of the alphabet, comments and unknown keys gone, empty fields left out. */
export function metadataYaml(metadata: Metadata): string {
  return encodeYamlJson(metadataJson(metadata));
}

/** The fields of Chart.yaml by their names there; empty ones are left out. */
export function metadataJson(metadata: Metadata): JsonObject {
  const { annotations = {} } = metadata;
  return {
    ...texts(metadata, ["name", "home", "version", "description", "icon", "apiVersion", "condition", "tags"]),
    ...texts(metadata, ["appVersion", "kubeVersion", "type"]),
    ...list("sources", metadata.sources),
    ...list("keywords", metadata.keywords),
    ...list("maintainers", metadata.maintainers?.map(maintainerJson)),
    ...(metadata.deprecated === true ? { deprecated: true } : {}),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations: { ...annotations } }),
    ...list("dependencies", metadata.dependencies?.map(dependencyJson)),
  };
}

function maintainerJson(maintainer: Maintainer): JsonObject {
  return texts(maintainer, ["name", "email", "url"]);
}

/** A dependency by its names in Chart.yaml and Chart.lock. Name and repository stand even when empty. */
export function dependencyJson(dependency: Dependency): JsonObject {
  return {
    name: dependency.name,
    repository: dependency.repository ?? "",
    ...texts(dependency, ["version", "condition", "alias"]),
    ...list("tags", dependency.tags),
    ...(dependency.enabled === true ? { enabled: true } : {}),
    ...list(
      "import-values",
      dependency.importValues?.map((item) => (typeof item === "string" ? item : { ...item })),
    ),
  };
}

function texts<K extends string>(from: { readonly [P in K]?: string | undefined }, names: readonly K[]): JsonObject {
  const out: Record<string, JsonValue> = {};
  for (const name of names) {
    const value = from[name];
    if (value !== undefined && value !== "") out[name] = value;
  }
  return out;
}

function list(name: string, items: readonly JsonValue[] | undefined): JsonObject {
  return items === undefined || items.length === 0 ? {} : { [name]: items };
}
