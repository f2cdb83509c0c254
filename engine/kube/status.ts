import { integerAt, memberAt, stringAt } from "../object/json.ts";
import { gvkOf } from "../object/gvk.ts";
import type { KubeObject } from "../object/object.ts";
import { isTerminating } from "../object/read.ts";
import { conditionsOf, type Condition } from "./conditions.ts";
import { podStatus } from "./status-pod.ts";
import { WORKLOAD_RULES } from "./status-workload.ts";

/** How far an object is, in kstatus' words. */
export type StatusWord = "Current" | "InProgress" | "Failed" | "Terminating" | "NotFound" | "Unknown";

/** A computed status with Helm's message. */
export interface ComputedStatus {
  readonly status: StatusWord;
  readonly message: string;
}

/** A rule for one kind. `now` is in milliseconds since 1970. */
export type StatusRule = (object: KubeObject, conditions: readonly Condition[], now: number) => ComputedStatus;

const UNKNOWN: ComputedStatus = { status: "Unknown", message: "" };

/**
 * The status of a live object, as Helm 4's watcher computes it (fluxcd/cli-utils kstatus): generic rules, then those of the kind,
 * then the `Ready` condition. What the rules cannot read is `Unknown` with an empty message.
 */
export function computeStatus(object: KubeObject, now: number): ComputedStatus {
  if (isTerminating(object)) return { status: "Terminating", message: "Resource scheduled for deletion" };
  const generation = generationStatus(object);
  if (generation !== undefined) return generation;
  const conditions = conditionsOf(object);
  if (conditions === undefined) return UNKNOWN;
  for (const { type, status, message } of conditions) {
    if (type === "Reconciling" && status === "True") return { status: "InProgress", message };
    if (type === "Stalled" && status === "True") return { status: "Failed", message };
  }
  const { group, kind } = gvkOf(object);
  const rule = RULES.get(group === "" ? kind : `${group}/${kind}`);
  return rule === undefined ? readyCondition(conditions) : rule(object, conditions, now);
}

/** Not ready as long as its controller has not seen the newest generation. */
export function generationStatus(object: KubeObject): ComputedStatus | undefined {
  if (memberAt(object.metadata, "generation") === undefined) return undefined;
  const generation = integerAt(object.metadata, "generation");
  if (generation === undefined) return UNKNOWN;
  const observed = memberAt(object, "status", "observedGeneration");
  if (observed === undefined) return undefined;
  if (typeof observed !== "number" || !Number.isSafeInteger(observed)) return UNKNOWN;
  if (observed === generation) return undefined;
  const text = `${object.kind} generation is ${generation}, but latest observed generation is ${observed}`;
  return { status: "InProgress", message: text };
}

function readyCondition(conditions: readonly Condition[]): ComputedStatus {
  for (const { type, status, message } of conditions) {
    if (type !== "Ready") continue;
    if (status === "True") return { status: "Current", message: "Resource is Ready" };
    if (status === "False" || status === "Unknown") return { status: "InProgress", message };
  }
  return { status: "Current", message: "Resource is current" };
}

const always: StatusRule = () => ({ status: "Current", message: "Resource is always ready" });

const service: StatusRule = (object) => {
  const type = stringAt(object, "spec", "type") ?? "ClusterIP";
  const address = stringAt(object, "spec", "clusterIP") ?? "";
  if (type === "LoadBalancer" && address === "") {
    return { status: "InProgress", message: "ClusterIP not set. Service type: LoadBalancer" };
  }
  return { status: "Current", message: "Service is ready" };
};

const volumeClaim: StatusRule = (object) => {
  const phase = stringAt(object, "status", "phase") ?? "unknown";
  if (phase !== "Bound") return { status: "InProgress", message: `PVC is not Bound. phase: ${phase}` };
  return { status: "Current", message: "PVC is Bound" };
};

const resourceDefinition: StatusRule = (_object, conditions) => {
  for (const { type, status, reason, message } of conditions) {
    if (type === "NamesAccepted" && status === "False") return { status: "Failed", message };
    if (type !== "Established") continue;
    if (status === "False" && reason !== "Installing") return { status: "Failed", message };
    if (status === "True") return { status: "Current", message: "CRD is established" };
  }
  return { status: "InProgress", message: "Install in progress" };
};

const RULES: ReadonlyMap<string, StatusRule> = new Map<string, StatusRule>([
  ["Secret", always],
  ["ConfigMap", always],
  ["batch/CronJob", always],
  ["policy/PodDisruptionBudget", () => ({ status: "Current", message: "AllowedDisruptions has been computed." })],
  ["Service", service],
  ["PersistentVolumeClaim", volumeClaim],
  ["Pod", podStatus],
  ["apiextensions.k8s.io/CustomResourceDefinition", resourceDefinition],
  ...WORKLOAD_RULES,
]);
