import type { JsonObject } from "../../engine/errors.ts";
import type { Resource } from "./resources.ts";

/** The version that the simulated cluster says it is. */
export const KUBERNETES_VERSION = "v1.37.1";

/** `/version`. The build's date and platform are made up: nobody built it. */
export function versionDocument(): JsonObject {
  const [major = "", minor = ""] = KUBERNETES_VERSION.slice(1).split(".");
  return {
    major,
    minor,
    gitVersion: KUBERNETES_VERSION,
    gitCommit: "",
    gitTreeState: "clean",
    buildDate: "1970-01-01T00:00:00Z",
    goVersion: "",
    compiler: "",
    platform: "slipway/local-simulated",
  };
}

/** The aggregated document of `/api` (the core group) or `/apis` (all others). */
export function aggregatedDocument(resources: readonly Resource[], core: boolean): JsonObject {
  const groups = Map.groupBy(
    resources.filter((row) => (row.group === "") === core),
    (row) => row.group,
  );
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: "apidiscovery.k8s.io/v2",
    metadata: {},
    items: [...groups].map(([group, rows]) => ({
      metadata: group === "" ? {} : { name: group },
      versions: [...Map.groupBy(rows, (row) => row.version)].map(([version, of]) => ({
        version,
        resources: of.map(aggregatedRow),
        freshness: "Current",
      })),
    })),
  };
}

function aggregatedRow(row: Resource): JsonObject {
  return {
    resource: row.plural,
    responseKind: { group: row.group, version: row.version, kind: row.kind },
    scope: row.namespaced ? "Namespaced" : "Cluster",
    singularResource: row.singular,
    verbs: row.verbs,
    ...(row.shortNames.length === 0 ? {} : { shortNames: row.shortNames }),
    ...(row.subresources.length === 0
      ? {}
      : {
          subresources: row.subresources.map((name) => ({
            subresource: name,
            responseKind: { group: row.group, version: row.version, kind: row.kind },
            verbs: ["get", "patch", "update"],
          })),
        }),
  };
}

/** `/api`, as clients that do not know the aggregated form ask for it. */
export function coreVersionsDocument(): JsonObject {
  return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
}

/** `/apis` in the old form. */
export function groupsDocument(resources: readonly Resource[]): JsonObject {
  const groups = Map.groupBy(
    resources.filter((row) => row.group !== ""),
    (row) => row.group,
  );
  return {
    kind: "APIGroupList",
    apiVersion: "v1",
    groups: [...groups].map(([name, rows]) => {
      const versions = [...new Set(rows.map((row) => row.version))].map((version) => ({
        groupVersion: `${name}/${version}`,
        version,
      }));
      return { name, versions, ...(versions[0] === undefined ? {} : { preferredVersion: versions[0] }) };
    }),
  };
}

/** `/api/v1` or `/apis/GROUP/VERSION`. Undefined when nothing is served there. */
export function resourcesDocument(
  resources: readonly Resource[],
  group: string,
  version: string,
): JsonObject | undefined {
  const rows = resources.filter((row) => row.group === group && row.version === version);
  if (rows.length === 0) return undefined;
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: group === "" ? version : `${group}/${version}`,
    resources: rows.flatMap((row) => [
      resourceRow(row, row.plural, row.verbs),
      ...row.subresources.map((name) => resourceRow(row, `${row.plural}/${name}`, ["get", "patch", "update"])),
    ]),
  };
}

function resourceRow(row: Resource, name: string, verbs: readonly string[]): JsonObject {
  return {
    name,
    singularName: name === row.plural ? row.singular : "",
    namespaced: row.namespaced,
    kind: row.kind,
    verbs,
    ...(name === row.plural && row.shortNames.length > 0 ? { shortNames: row.shortNames } : {}),
  };
}
