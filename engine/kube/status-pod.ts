import { listAt, stringAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import type { Condition } from "./conditions.ts";
import type { ComputedStatus, StatusRule } from "./status.ts";

/** How long a scheduler may take before a pod counts as unschedulable. */
const SCHEDULE_WINDOW_MS = 15_000;

/**
 * A pod. Helm compatibility: a failed pod is `Current`, since it has completed.
 */
export const podStatus: StatusRule = (pod, conditions, now) => {
  switch (stringAt(pod, "status", "phase") ?? "") {
    case "Succeeded":
      return { status: "Current", message: "Pod has completed successfully" };
    case "Failed":
      return { status: "Current", message: "Pod has completed, but not successfully" };
    case "Running":
      return runningPod(pod, conditions);
    case "Pending":
      return pendingPod(pod, conditions, now);
    case "":
      return { status: "InProgress", message: "Pod phase not available" };
    default:
      return { status: "Unknown", message: "" };
  }
};

function runningPod(pod: KubeObject, conditions: readonly Condition[]): ComputedStatus {
  if (conditions.some(({ type, status }) => type === "Ready" && status === "True")) {
    return { status: "Current", message: "Pod is Ready" };
  }
  const looping = listAt(pod, "status", "containerStatuses")
    .filter((container) => stringAt(container, "state", "waiting", "reason") === "CrashLoopBackOff")
    .map((container) => stringAt(container, "name") ?? "");
  if (looping.length > 0) return { status: "Failed", message: `Containers in CrashLoop state: ${looping.join(",")}` };
  return { status: "InProgress", message: "Pod is running but is not Ready" };
}

function pendingPod(pod: KubeObject, conditions: readonly Condition[], now: number): ComputedStatus {
  if (!isUnschedulable(conditions)) return { status: "InProgress", message: "Pod is in the Pending phase" };
  const created = Date.parse(stringAt(pod.metadata, "creationTimestamp") ?? "");
  if (created > now - SCHEDULE_WINDOW_MS) return { status: "InProgress", message: "Pod has not been scheduled" };
  return { status: "Failed", message: "Pod could not be scheduled" };
}

/** True when the scheduler found no node. */
export function isUnschedulable(conditions: readonly Condition[]): boolean {
  const found = conditions.find(({ type, status }) => type === "PodScheduled" && status === "False");
  return found?.reason === "Unschedulable";
}
