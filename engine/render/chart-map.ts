import type { Dependency, Maintainer, Metadata } from "../chart/chart.ts";
import { GoList, GoMap, STRING_MAP } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";

/** `.Chart`: every field under its Go name, absent ones empty. */
export function createChartMap(metadata: Metadata, isRoot: boolean): GoMap {
  return new GoMap(
    new Map<string, GoValue>([
      ["Name", metadata.name],
      ["Home", metadata.home ?? ""],
      ["Sources", list(metadata.sources, (source) => source)],
      ["Version", metadata.version],
      ["Description", metadata.description ?? ""],
      ["Keywords", list(metadata.keywords, (keyword) => keyword)],
      ["Maintainers", list(metadata.maintainers, maintainerMap)],
      ["Icon", metadata.icon ?? ""],
      ["APIVersion", metadata.apiVersion],
      ["Condition", metadata.condition ?? ""],
      ["Tags", metadata.tags ?? ""],
      ["AppVersion", metadata.appVersion ?? ""],
      ["Deprecated", metadata.deprecated ?? false],
      ["Annotations", annotationMap(metadata.annotations)],
      ["KubeVersion", metadata.kubeVersion ?? ""],
      ["Dependencies", list(metadata.dependencies, dependencyMap)],
      ["Type", metadata.type ?? ""],
      ["IsRoot", isRoot],
    ]),
  );
}

function list<T>(items: readonly T[] | undefined, convert: (item: T) => GoValue): GoList {
  return new GoList((items ?? []).map(convert));
}

/** Absent annotations are a nil map in Go: `null` in YAML. */
function annotationMap(annotations: Metadata["annotations"]): GoMap {
  const isNil = annotations === undefined;
  return new GoMap(new Map(Object.entries(annotations ?? {})), isNil ? { ...STRING_MAP, isNil } : STRING_MAP);
}

function maintainerMap(maintainer: Maintainer): GoMap {
  return new GoMap(
    new Map([
      ["Name", maintainer.name ?? ""],
      ["Email", maintainer.email ?? ""],
      ["URL", maintainer.url ?? ""],
    ]),
  );
}

function dependencyMap(dependency: Dependency): GoMap {
  return new GoMap(
    new Map<string, GoValue>([
      ["Name", dependency.name],
      ["Version", dependency.version ?? ""],
      ["Repository", dependency.repository ?? ""],
      ["Condition", dependency.condition ?? ""],
      ["Tags", list(dependency.tags, (tag) => tag)],
      ["Enabled", dependency.enabled ?? false],
      ["ImportValues", list(dependency.importValues, importMap)],
      ["Alias", dependency.alias ?? ""],
    ]),
  );
}

function importMap(item: string | { readonly child: string; readonly parent: string }): GoValue {
  return typeof item === "string" ? item : new GoMap(new Map(Object.entries(item)), STRING_MAP);
}
