import { memberAt, stringAt } from "../object/json.ts";
import { gvkOf } from "../object/gvk.ts";
import type { KubeObject } from "../object/object.ts";
import { getName } from "../object/read.ts";
import { conditionsOf } from "./conditions.ts";
import { computeStatus, type ComputedStatus } from "./status.ts";
import { jobEnd } from "./status-workload.ts";

/**
 * When an object is ready: `current` is `--wait`; `jobs` is `--wait-for-jobs` (Jobs must have ended); `hook` is how hooks are
 * awaited: Jobs and Pods to their end, all else as soon as it exists.
 */
export type ReadinessRule = "current" | "jobs" | "hook";

/** The status of a live object under a rule. `now` in milliseconds since 1970. */
export function readinessOf(object: KubeObject, rule: ReadinessRule, now: number): ComputedStatus {
  const { group, kind } = gvkOf(object);
  if (rule !== "current" && group === "batch" && kind === "Job") return jobReadiness(object);
  if (rule !== "hook") return computeStatus(object, now);
  if (group === "" && kind === "Pod") return podReadiness(object);
  return { status: "Current", message: "Resource is current" };
}

function jobReadiness(object: KubeObject): ComputedStatus {
  const conditions = conditionsOf(object);
  if (conditions === undefined) return { status: "Unknown", message: "" };
  return jobEnd(object, conditions) ?? { status: "InProgress", message: "Job in progress" };
}

function podReadiness(object: KubeObject): ComputedStatus {
  const phase = stringAt(object, "status", "phase");
  if (phase === "Succeeded") return { status: "Current", message: `pod ${getName(object)} succeeded` };
  if (phase === "Failed") return { status: "Failed", message: `pod ${getName(object)} failed` };
  return { status: "InProgress", message: "Pod in progress" };
}

/** A paused Deployment is never waited for. */
export function isPausedDeployment(object: KubeObject): boolean {
  return object.kind === "Deployment" && gvkOf(object).group === "apps" && memberAt(object, "spec", "paused") === true;
}
