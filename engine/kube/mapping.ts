import { quote } from "../go/quote.ts";
import { KubeError } from "./error.ts";

/** How a kind is reached over REST. */
export interface ResourceMapping {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The path's name of the kind, e.g. `deployments`. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** What the server allows, e.g. `list`, `watch`; not what the caller may. */
  readonly verbs: readonly string[];
}

/** Pods, which every cluster has: for hook logs and readiness. */
export const PODS: ResourceMapping = core("Pod", "pods");
/** Secrets, which hold the release records. */
export const SECRETS: ResourceMapping = core("Secret", "secrets");
/** ConfigMaps. */
export const CONFIG_MAPS: ResourceMapping = core("ConfigMap", "configmaps");

function core(kind: string, plural: string): ResourceMapping {
  const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
  return { group: "", version: "v1", kind, plural, namespaced: true, verbs };
}

/** `plural` or `plural.group`, as server messages name a resource. */
export function resourceName(mapping: ResourceMapping): string {
  return mapping.group === "" ? mapping.plural : `${mapping.plural}.${mapping.group}`;
}

/** The path of a collection. An empty `namespace` means all namespaces; it is ignored for cluster-scoped kinds. */
export function collectionPath(mapping: ResourceMapping, namespace: string): string {
  const root =
    mapping.group === ""
      ? `/api/${segment(mapping.version)}`
      : `/apis/${segment(mapping.group)}/${segment(mapping.version)}`;
  const scope = mapping.namespaced && namespace !== "" ? `/namespaces/${segment(namespace)}` : "";
  return `${root}${scope}/${segment(mapping.plural)}`;
}

/** The path of one object. Throws `bad-name`, in client-go's words, for a name that is none. */
export function objectPath(mapping: ResourceMapping, namespace: string, name: string): string {
  if (name === "") throw new KubeError("bad-name", "resource name may not be empty");
  if (mapping.namespaced && namespace === "") {
    throw new KubeError("bad-name", "an empty namespace may not be set when a resource name is provided");
  }
  return `${collectionPath(mapping, namespace)}/${segment(name)}`;
}

/** A name within a path: what could change the path's meaning is refused, the rest is escaped. */
function segment(name: string): string {
  const reason = segmentProblem(name);
  if (reason !== undefined) throw new KubeError("bad-name", `invalid resource name ${quote(name)}: [${reason}]`);
  return encodeURIComponent(name);
}

function segmentProblem(name: string): string | undefined {
  if (name === "." || name === "..") return `may not be '${name}'`;
  if (name.includes("/")) return "may not contain '/'";
  if (name.includes("%")) return "may not contain '%'";
  return name.isWellFormed() ? undefined : "may not contain invalid UTF-8";
}
