import type { ResourceMapping } from "../kube/mapping.ts";
import { listAt, stringAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";

/** Versions that one CRD may list: real ones have fewer than ten. */
const MAX_VERSIONS = 100;

export const CRD_KIND = "CustomResourceDefinition";

/** How the kinds of a CRD will be reached once the API server has taken it up. */
export function mappingsOf(crd: KubeObject): readonly ResourceMapping[] {
  const group = stringAt(crd, "spec", "group") ?? "";
  const kind = stringAt(crd, "spec", "names", "kind") ?? "";
  const plural = stringAt(crd, "spec", "names", "plural") ?? "";
  const namespaced = stringAt(crd, "spec", "scope") !== "Cluster";
  if (crd.kind !== CRD_KIND || group === "" || kind === "" || plural === "") return [];
  const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
  return listAt(crd, "spec", "versions")
    .slice(0, MAX_VERSIONS)
    .flatMap((version) => {
      const name = stringAt(version, "name");
      return name === undefined ? [] : [{ group, version: name, kind, plural, namespaced, verbs }];
    });
}
