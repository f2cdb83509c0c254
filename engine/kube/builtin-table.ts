import type { JsonValue } from "../errors.ts";

/**
 * Facts about the built-in kinds that managed fields do not tell. They only save writes: what is not listed here is written. Custom
 * resources are never judged by them.
 */
export const BUILT_IN_GROUPS: ReadonlySet<string> = new Set([
  "",
  "admissionregistration.k8s.io",
  "apps",
  "autoscaling",
  "batch",
  "extensions",
  "networking.k8s.io",
  "node.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "storage.k8s.io",
]);

/** Lists with keys. Applied empty they are recorded nowhere, other than atomic lists. */
export const KEYED_LISTS: ReadonlySet<string> = new Set([
  "containers",
  "env",
  "ephemeralContainers",
  "finalizers",
  "hostAliases",
  "imagePullSecrets",
  "initContainers",
  "ownerReferences",
  "ports",
  "resourceClaims",
  "schedulingGates",
  "secrets",
  "topologySpreadConstraints",
  "volumeDevices",
  "volumeMounts",
  "volumes",
]);

/**
 * What the server fills in within atomic lists and maps, by the name of the list or map, then by the path within it (`[]` is any item).
 */
export const ATOMIC_DEFAULTS: ReadonlyMap<string, ReadonlyMap<string, JsonValue>> = new Map([
  ["fieldRef", new Map<string, JsonValue>([["apiVersion", "v1"]])],
  ["resourceFieldRef", new Map<string, JsonValue>([["divisor", "0"]])],
  ["rules", new Map<string, JsonValue>([["[].scope", "*"]])],
  ["ingress", new Map<string, JsonValue>([["[].ports[].protocol", "TCP"]])],
  ["egress", new Map<string, JsonValue>([["[].ports[].protocol", "TCP"]])],
  ["roleRef", new Map<string, JsonValue>([["apiGroup", "rbac.authorization.k8s.io"]])],
  [
    "items",
    new Map<string, JsonValue>([
      ["[].fieldRef.apiVersion", "v1"],
      ["[].resourceFieldRef.divisor", "0"],
    ]),
  ],
  [
    "sources",
    new Map<string, JsonValue>([
      ["[].serviceAccountToken.expirationSeconds", 3600],
      ["[].downwardAPI.items[].fieldRef.apiVersion", "v1"],
      ["[].downwardAPI.items[].resourceFieldRef.divisor", "0"],
    ]),
  ],
  [
    "volumeClaimTemplates",
    new Map<string, JsonValue>([
      ["[].apiVersion", "v1"],
      ["[].kind", "PersistentVolumeClaim"],
      ["[].metadata.creationTimestamp", null],
      ["[].spec.volumeMode", "Filesystem"],
      ["[].status", { phase: "Pending" }],
    ]),
  ],
]);
