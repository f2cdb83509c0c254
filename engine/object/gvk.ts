import type { GroupVersionKind, KubeObject, ObjectKey } from "./object.ts";
import { getName, getNamespace } from "./read.ts";

/** Group and version of an `apiVersion`: `apps/v1`, or `v1` for the core API (empty group). Anything behind a second `/` stays in the version. */
export function parseApiVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf("/");
  if (slash < 0) return { group: "", version: apiVersion };
  return { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** The inverse of {@link parseApiVersion}. */
export function formatApiVersion(of: { readonly group: string; readonly version: string }): string {
  return of.group === "" ? of.version : `${of.group}/${of.version}`;
}

/** Group, version and kind of an object. */
export function gvkOf(object: KubeObject): GroupVersionKind {
  return { ...parseApiVersion(object.apiVersion), kind: object.kind };
}

/** As Go prints a `GroupVersionKind`: `apps/v1, Kind=Deployment`, and `/v1, Kind=Service` for the core API. */
export function formatGvk(gvk: GroupVersionKind): string {
  return `${gvk.group}/${gvk.version}, Kind=${gvk.kind}`;
}

/** What names the object, whatever version it is written in. */
export function keyOf(object: KubeObject): ObjectKey {
  return {
    group: parseApiVersion(object.apiVersion).group,
    kind: object.kind,
    namespace: getNamespace(object),
    name: getName(object),
  };
}

/** One text per key, for maps. No part of a key may hold a `/` besides none, so that two keys never meet. */
export function keyText(key: ObjectKey): string {
  return `${key.group}/${key.kind}/${key.namespace}/${key.name}`;
}

/** True when both name the same object. */
export function sameKey(a: ObjectKey, b: ObjectKey): boolean {
  return a.name === b.name && a.namespace === b.namespace && a.kind === b.kind && a.group === b.group;
}
