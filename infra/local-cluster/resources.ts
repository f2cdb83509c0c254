import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { isJsonObject, listAt, memberAt, objectAt, stringAt } from "../../engine/object/json.ts";
import { typeOfCustomResource, type BuiltinResource, type TypeTable } from "./schema.ts";
import { builtinResources, builtinTypes } from "./schema-table.ts";
import type { Store } from "./store.ts";

/** A kind that the cluster serves now, built in or from a CRD. */
export type Resource = BuiltinResource;

/** The named types of every kind. */
export const types: TypeTable = builtinTypes;

const crdPrefix = "apiextensions.k8s.io/customresourcedefinitions/";

/** Every kind that is served: the built-in ones, and those of established CRDs. */
export function servedResources(store: Store): readonly Resource[] {
  return [...builtinResources, ...store.list(crdPrefix).flatMap(resourcesOfCrd)];
}

/** The kind behind a path, or undefined. */
export function findResource(store: Store, group: string, version: string, plural: string): Resource | undefined {
  const isIt = (row: Resource): boolean => row.plural === plural && row.version === version && row.group === group;
  const builtin = builtinResources.find(isIt);
  if (builtin !== undefined) return builtin;
  const crd = store.get(`${crdPrefix}/${plural}.${group}`);
  return crd === undefined ? undefined : resourcesOfCrd(crd).find(isIt);
}

function resourcesOfCrd(crd: JsonObject): readonly Resource[] {
  if (!isEstablished(crd)) return [];
  const text = (...path: readonly string[]): string => stringAt(crd, "spec", ...path) ?? "";
  return listAt(crd, "spec", "versions")
    .filter((version) => memberAt(version, "served") === true)
    .map((version) => ({
      group: text("group"),
      version: stringAt(version, "name") ?? "",
      kind: text("names", "kind"),
      plural: text("names", "plural"),
      singular: text("names", "singular") || text("names", "kind").toLowerCase(),
      namespaced: text("scope") === "Namespaced",
      shortNames: listAt(crd, "spec", "names", "shortNames").map(String),
      verbs: ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"],
      subresources: Object.keys(objectAt(version, "subresources") ?? {}),
      type: typeOfCustomResource(objectAt(version, "schema", "openAPIV3Schema")),
    }));
}

function isEstablished(crd: JsonObject): boolean {
  return listAt(crd, "status", "conditions").some(
    (condition: JsonValue) =>
      isJsonObject(condition) && condition["type"] === "Established" && condition["status"] === "True",
  );
}

/** The key of an object in the store. Cluster-scoped kinds have an empty namespace. */
export function storeKey(resource: Resource, namespace: string, name: string): string {
  return `${resource.group}/${resource.plural}/${namespace}/${name}`;
}

/** Kinds whose `metadata.generation` counts changes of the spec. */
export function hasGeneration(resource: Resource): boolean {
  const without = ["Service", "Namespace", "Node", "PersistentVolume", "PersistentVolumeClaim", "ResourceQuota"];
  return resource.subresources.includes("status") && !(resource.group === "" && without.includes(resource.kind));
}
