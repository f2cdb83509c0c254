import { compareBytes } from "../go/value.ts";

/** Kinds in the order in which Helm creates them. */
export const INSTALL_ORDER: readonly string[] = [
  "PriorityClass",
  "Namespace",
  "NetworkPolicy",
  "ResourceQuota",
  "LimitRange",
  "PodSecurityPolicy",
  "PodDisruptionBudget",
  "ServiceAccount",
  "Secret",
  "SecretList",
  "ConfigMap",
  "StorageClass",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "CustomResourceDefinition",
  "ClusterRole",
  "ClusterRoleList",
  "ClusterRoleBinding",
  "ClusterRoleBindingList",
  "Role",
  "RoleList",
  "RoleBinding",
  "RoleBindingList",
  "Service",
  "DaemonSet",
  "Pod",
  "ReplicationController",
  "ReplicaSet",
  "Deployment",
  "HorizontalPodAutoscaler",
  "StatefulSet",
  "Job",
  "CronJob",
  "IngressClass",
  "Ingress",
  "APIService",
  "MutatingWebhookConfiguration",
  "ValidatingWebhookConfiguration",
];

/**
 * Kinds in the order in which Helm deletes them. Helm compatibility: the reverse of {@link INSTALL_ORDER} but for `Service`, which goes
 * right after `IngressClass`.
 */
export const UNINSTALL_ORDER: readonly string[] = reversed();

function reversed(): readonly string[] {
  const kinds = INSTALL_ORDER.toReversed().filter((kind) => kind !== "Service");
  kinds.splice(kinds.indexOf("IngressClass") + 1, 0, "Service");
  return kinds;
}

/**
 * A stable sort by kind: known kinds in `order`, then the others by name. API groups do not count. Gives a new array.
 */
export function sortByKind<T extends { readonly kind: string }>(items: readonly T[], order: readonly string[]): T[] {
  const ranks = new Map(order.map((kind, rank) => [kind, rank]));
  return items.toSorted((a, b) => {
    const first = ranks.get(a.kind);
    const second = ranks.get(b.kind);
    if (first !== undefined && second !== undefined) return first - second;
    if (first === undefined && second === undefined) return compareBytes(a.kind, b.kind);
    return first === undefined ? 1 : -1;
  });
}
