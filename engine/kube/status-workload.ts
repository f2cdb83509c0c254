import { integerAt, memberAt, stringAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import type { ComputedStatus, StatusRule } from "./status.ts";

/** What a Deployment without a deadline has: the controller then reports no progress. */
const NO_DEADLINE = 2_147_483_647;

function progress(message: string): ComputedStatus {
  return { status: "InProgress", message };
}

function current(message: string): ComputedStatus {
  return { status: "Current", message };
}

function spec(object: KubeObject, name: string, fallback: number): number {
  return integerAt(object, "spec", name) ?? fallback;
}

function count(object: KubeObject, name: string, fallback = 0): number {
  return integerAt(object, "status", name) ?? fallback;
}

const deployment: StatusRule = (object, conditions) => {
  let progressing = spec(object, "progressDeadlineSeconds", NO_DEADLINE) === NO_DEADLINE;
  let available = false;
  for (const { type, status, reason } of conditions) {
    if (type === "Progressing" && reason === "ProgressDeadlineExceeded") {
      return { status: "Failed", message: "Progress deadline exceeded" };
    }
    if (type === "Progressing" && status === "True" && reason === "NewReplicaSetAvailable") progressing = true;
    if (type === "Available" && status === "True") available = true;
  }
  const short = deploymentShortfall(object);
  if (short !== undefined) return progress(short);
  if (!progressing) return progress("ReplicaSet not Available");
  if (!available) return progress("Deployment not Available");
  return current(`Deployment is available. Replicas: ${count(object, "replicas")}`);
};

function deploymentShortfall(object: KubeObject): string | undefined {
  const wanted = spec(object, "replicas", 1);
  const [replicas, updated] = [count(object, "replicas"), count(object, "updatedReplicas")];
  const [ready, available] = [count(object, "readyReplicas"), count(object, "availableReplicas")];
  if (wanted > replicas) return `Replicas: ${replicas}/${wanted}`;
  if (wanted > updated) return `Updated: ${updated}/${wanted}`;
  if (replicas > wanted) return `Pending termination: ${replicas - wanted}`;
  if (updated > available) return `Available: ${available}/${updated}`;
  return wanted > ready ? `Ready: ${ready}/${wanted}` : undefined;
}

const replicaSet: StatusRule = (object, conditions) => {
  if (conditions.some(({ type, status }) => type === "ReplicaFailure" && status === "True")) {
    return progress("Replica Failure condition. Check Pods");
  }
  const wanted = spec(object, "replicas", 1);
  const [labelled, available] = [count(object, "fullyLabeledReplicas"), count(object, "availableReplicas")];
  const [ready, replicas] = [count(object, "readyReplicas"), count(object, "replicas")];
  if (wanted > labelled) return progress(`Labelled: ${labelled}/${wanted}`);
  if (wanted > available) return progress(`Available: ${available}/${wanted}`);
  if (wanted > ready) return progress(`Ready: ${ready}/${wanted}`);
  if (replicas > wanted) return progress(`Pending termination: ${replicas - wanted}`);
  return current(`ReplicaSet is available. Replicas: ${replicas}`);
};

const statefulSet: StatusRule = (object) => {
  if (stringAt(object, "spec", "updateStrategy", "type") === "OnDelete") {
    return current("StatefulSet is using the ondelete update strategy");
  }
  const wanted = spec(object, "replicas", 1);
  const [replicas, ready] = [count(object, "replicas"), count(object, "readyReplicas")];
  if (wanted > replicas) return progress(`Replicas: ${replicas}/${wanted}`);
  if (wanted > ready) return progress(`Ready: ${ready}/${wanted}`);
  if (replicas > wanted) return progress(`Pending termination: ${replicas - wanted}`);
  return statefulSetRevision(object, wanted, replicas);
};

function statefulSetRevision(object: KubeObject, wanted: number, replicas: number): ComputedStatus {
  const partition = integerAt(object, "spec", "updateStrategy", "rollingUpdate", "partition") ?? -1;
  const updated = count(object, "updatedReplicas");
  if (partition !== -1) {
    if (updated < wanted - partition) return progress(`updated: ${updated}/${wanted - partition}`);
    return current(`Partition rollout complete. updated: ${updated}`);
  }
  const at = count(object, "currentReplicas");
  if (wanted > at) return progress(`current: ${at}/${wanted}`);
  const [before, after] = [stringAt(object, "status", "currentRevision"), stringAt(object, "status", "updateRevision")];
  if ((before ?? "") !== (after ?? "")) return progress("Waiting for updated revision to match current");
  return current(`All replicas scheduled as expected. Replicas: ${replicas}`);
}

const daemonSet: StatusRule = (object) => {
  if (memberAt(object.metadata, "generation") === undefined) {
    return progress(`${object.kind} metadata.generation not found`);
  }
  if (memberAt(object, "status", "observedGeneration") === undefined) {
    return progress(`${object.kind} status.observedGeneration not found`);
  }
  const wanted = count(object, "desiredNumberScheduled", -1);
  if (wanted === -1) return progress("Missing .status.desiredNumberScheduled");
  const [at, updated] = [count(object, "currentNumberScheduled"), count(object, "updatedNumberScheduled")];
  const [available, ready] = [count(object, "numberAvailable"), count(object, "numberReady")];
  if (wanted > at) return progress(`Current: ${at}/${wanted}`);
  if (wanted > updated) return progress(`Updated: ${updated}/${wanted}`);
  if (wanted > available) return progress(`Available: ${available}/${wanted}`);
  if (wanted > ready) return progress(`Ready: ${ready}/${wanted}`);
  return current(`All replicas scheduled as expected. Replicas: ${wanted}`);
};

/** Helm compatibility: a Job that has started counts as ready, unless `--wait-for-jobs` or a hook asks for its end. */
const job: StatusRule = (object, conditions) => {
  const ended = jobEnd(object, conditions);
  if (ended !== undefined) return ended;
  if ((stringAt(object, "status", "startTime") ?? "") === "") return progress("Job not started");
  const [succeeded, active, failed] = [count(object, "succeeded"), count(object, "active"), count(object, "failed")];
  return current(`Job in progress. success:${succeeded}, active: ${active}, failed: ${failed}`);
};

/** How a Job ended; `undefined` while it has not. */
export function jobEnd(
  object: KubeObject,
  conditions: readonly { readonly type: string; readonly status: string }[],
): ComputedStatus | undefined {
  const completions = spec(object, "completions", spec(object, "parallelism", 1));
  for (const { type, status } of conditions) {
    if (status !== "True") continue;
    if (type === "Complete") return current(`Job Completed. succeeded: ${count(object, "succeeded")}/${completions}`);
    if (type === "Failed") {
      return { status: "Failed", message: `Job Failed. failed: ${count(object, "failed")}/${completions}` };
    }
  }
  return undefined;
}

/** The kinds that have pods, by `group/Kind`. */
export const WORKLOAD_RULES: readonly (readonly [string, StatusRule])[] = [
  ["apps/Deployment", deployment],
  ["extensions/Deployment", deployment],
  ["apps/ReplicaSet", replicaSet],
  ["extensions/ReplicaSet", replicaSet],
  ["apps/StatefulSet", statefulSet],
  ["apps/DaemonSet", daemonSet],
  ["extensions/DaemonSet", daemonSet],
  ["batch/Job", job],
];
