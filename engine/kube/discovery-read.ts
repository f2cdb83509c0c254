import type { JsonValue } from "../errors.ts";
import { isJsonArray, isJsonObject, listAt, memberAt, stringAt } from "../object/json.ts";
import type { DiscoveredResource, DiscoveredVersion } from "./discovery.ts";

/** A cluster with 2,000 CRDs has fewer; more only fill the memory. */
const MAX_ITEMS = 20_000;

/** A group as discovery lists it; `versions` in the server's order of preference. */
export interface GroupListing {
  readonly group: string;
  readonly versions: readonly DiscoveredVersion[];
}

/** Reads an `APIGroupDiscoveryList`; `undefined` when the answer is another kind (an older server ignores the Accept header). */
export function readAggregated(body: JsonValue): readonly GroupListing[] | undefined {
  if (!isJsonObject(body) || body["kind"] !== "APIGroupDiscoveryList") return undefined;
  return listAt(body, "items").slice(0, MAX_ITEMS).map(readGroup);
}

function readGroup(json: JsonValue): GroupListing {
  const group = stringAt(json, "metadata", "name") ?? "";
  const versions = listAt(json, "versions").slice(0, MAX_ITEMS);
  return { group, versions: versions.map(readVersion) };
}

function readVersion(json: JsonValue): DiscoveredVersion {
  const resources: DiscoveredResource[] = [];
  const more: string[] = [];
  for (const resource of listAt(json, "resources").slice(0, MAX_ITEMS)) {
    const kind = stringAt(resource, "responseKind", "kind") ?? "";
    const plural = stringAt(resource, "resource") ?? "";
    if (kind !== "" && plural !== "") {
      const namespaced = memberAt(resource, "scope") === "Namespaced";
      resources.push({ kind, plural, namespaced, verbs: strings(memberAt(resource, "verbs")) });
    }
    for (const sub of listAt(resource, "subresources")) more.push(stringAt(sub, "responseKind", "kind") ?? "");
  }
  return {
    version: stringAt(json, "version") ?? "",
    stale: memberAt(json, "freshness") === "Stale",
    resources,
    otherKinds: distinct(more),
  };
}

/** Reads an `APIResourceList` of an older server. */
export function readResourceList(version: string, body: JsonValue): DiscoveredVersion {
  const resources: DiscoveredResource[] = [];
  const more: string[] = [];
  for (const resource of listAt(body, "resources").slice(0, MAX_ITEMS)) {
    const kind = stringAt(resource, "kind") ?? "";
    const plural = stringAt(resource, "name") ?? "";
    if (plural.includes("/")) more.push(kind);
    else if (kind !== "" && plural !== "") {
      const namespaced = memberAt(resource, "namespaced") === true;
      resources.push({ kind, plural, namespaced, verbs: strings(memberAt(resource, "verbs")) });
    }
  }
  return { version, stale: false, resources, otherKinds: distinct(more) };
}

/** Groups and their versions of an `APIGroupList`, the preferred version first. */
export function readGroupList(
  body: JsonValue,
): readonly { readonly group: string; readonly versions: readonly string[] }[] {
  return listAt(body, "groups")
    .slice(0, MAX_ITEMS)
    .map((json) => {
      const preferred = stringAt(json, "preferredVersion", "version");
      const versions = listAt(json, "versions").map((of) => stringAt(of, "version") ?? "");
      const ordered = preferred === undefined ? versions : [preferred, ...versions];
      return { group: stringAt(json, "name") ?? "", versions: distinct(ordered) };
    });
}

/** Versions of the core API: the `versions` of an `APIVersions`. */
export function readCoreVersions(body: JsonValue): readonly string[] {
  return strings(memberAt(body, "versions"));
}

function strings(json: JsonValue | undefined): readonly string[] {
  if (!isJsonArray(json)) return [];
  return json.slice(0, MAX_ITEMS).filter((item) => typeof item === "string");
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].filter((name) => name !== "");
}
