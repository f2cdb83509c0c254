import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { integerAt, memberAt, objectAt, stringAt } from "../../engine/object/json.ts";

/** The label by which a simulated workload is told not to do well: `fail`, or `never` to stay as it is. */
export const FATE_LABEL = "slipway.local/fate";

/**
 * The status that controllers and a kubelet would arrive at, or undefined for kinds that have none here. Nothing runs: this is what
 * a cluster with room for everything would say.
 */
export function settledStatus(object: JsonObject, now: string): JsonObject | undefined {
  const fate = fateOf(object);
  if (fate === "never") return undefined;
  const write = writers[stringAt(object, "kind") ?? ""];
  return write?.({ object, now, failing: fate === "fail" });
}

interface Scene {
  readonly object: JsonObject;
  readonly now: string;
  readonly failing: boolean;
}

function fateOf(object: JsonObject): string | undefined {
  return (
    stringAt(object, "metadata", "labels", FATE_LABEL) ??
    stringAt(object, "spec", "template", "metadata", "labels", FATE_LABEL)
  );
}

function condition(now: string, type: string, status: boolean, reason: string): JsonObject {
  return { type, status: status ? "True" : "False", reason, message: "", lastTransitionTime: now };
}

function generationOf(object: JsonObject): JsonObject {
  return { observedGeneration: integerAt(object, "metadata", "generation") ?? 1 };
}

function replicasOf(object: JsonObject): number {
  return integerAt(object, "spec", "replicas") ?? 1;
}

const writers: Readonly<Record<string, (scene: Scene) => JsonObject>> = {
  Deployment: deploymentStatus,
  ReplicaSet: replicaStatus,
  ReplicationController: replicaStatus,
  StatefulSet: (scene) => ({
    ...replicaStatus(scene),
    currentReplicas: replicasOf(scene.object),
    updatedReplicas: replicasOf(scene.object),
    currentRevision: "local-1",
    updateRevision: "local-1",
  }),
  DaemonSet: ({ object, failing }) => ({
    ...generationOf(object),
    currentNumberScheduled: 1,
    desiredNumberScheduled: 1,
    numberMisscheduled: 0,
    updatedNumberScheduled: 1,
    numberReady: failing ? 0 : 1,
    ...(failing ? { numberUnavailable: 1 } : { numberAvailable: 1 }),
  }),
  Pod: podStatus,
  Job: jobStatus,
  PersistentVolumeClaim: ({ object }) => ({
    phase: "Bound",
    accessModes: memberAt(object, "spec", "accessModes") ?? [],
    capacity: objectAt(object, "spec", "resources", "requests") ?? {},
  }),
  Service: ({ object }): JsonObject =>
    stringAt(object, "spec", "type") === "LoadBalancer"
      ? { loadBalancer: { ingress: [{ ip: "127.0.0.1" }] } }
      : { loadBalancer: {} },
  CustomResourceDefinition: crdStatus,
  APIService: ({ now }) => ({ conditions: [condition(now, "Available", true, "Local")] }),
  PodDisruptionBudget: ({ object, now }) => ({
    ...generationOf(object),
    currentHealthy: 1,
    desiredHealthy: 1,
    disruptionsAllowed: 0,
    expectedPods: 1,
    conditions: [condition(now, "DisruptionAllowed", false, "InsufficientPods")],
  }),
};

function deploymentStatus({ object, now, failing }: Scene): JsonObject {
  const replicas = replicasOf(object);
  const ready = failing ? { unavailableReplicas: replicas } : { readyReplicas: replicas, availableReplicas: replicas };
  return {
    ...generationOf(object),
    replicas,
    updatedReplicas: replicas,
    ...ready,
    conditions: [
      condition(now, "Available", !failing, failing ? "MinimumReplicasUnavailable" : "MinimumReplicasAvailable"),
      condition(now, "Progressing", !failing, failing ? "ProgressDeadlineExceeded" : "NewReplicaSetAvailable"),
    ],
  };
}

function replicaStatus({ object, failing }: Scene): JsonObject {
  const replicas = replicasOf(object);
  return {
    ...generationOf(object),
    replicas,
    ...(failing ? {} : { readyReplicas: replicas, availableReplicas: replicas }),
  };
}

function podStatus({ object, now, failing }: Scene): JsonObject {
  const runsOnce = ["Never", "OnFailure"].includes(stringAt(object, "spec", "restartPolicy") ?? "Always");
  const phase = runsOnce ? (failing ? "Failed" : "Succeeded") : "Running";
  const ready = !runsOnce && !failing;
  return {
    phase,
    startTime: now,
    conditions: [
      condition(now, "PodScheduled", true, ""),
      condition(now, "Initialized", true, ""),
      condition(now, "ContainersReady", ready, runsOnce ? "PodCompleted" : ""),
      condition(now, "Ready", ready, runsOnce ? "PodCompleted" : ""),
    ],
  };
}

function jobStatus({ object, now, failing }: Scene): JsonObject {
  const generation: JsonValue = integerAt(object, "spec", "completions") ?? 1;
  if (failing) {
    return {
      startTime: now,
      failed: 1,
      conditions: [
        condition(now, "FailureTarget", true, "BackoffLimitExceeded"),
        condition(now, "Failed", true, "BackoffLimitExceeded"),
      ],
    };
  }
  return {
    startTime: now,
    completionTime: now,
    succeeded: generation,
    conditions: [
      condition(now, "SuccessCriteriaMet", true, "CompletionsReached"),
      condition(now, "Complete", true, "CompletionsReached"),
    ],
  };
}

function crdStatus({ object, now }: Scene): JsonObject {
  const versions = memberAt(object, "spec", "versions");
  const storage = Array.isArray(versions)
    ? versions
        .filter((version) => memberAt(version, "storage") === true)
        .map((version) => stringAt(version, "name") ?? "")
    : [];
  const before = memberAt(object, "status", "storedVersions");
  const stored = [...new Set([...(Array.isArray(before) ? before : []), ...storage])];
  return {
    acceptedNames: objectAt(object, "spec", "names") ?? {},
    storedVersions: stored,
    conditions: [
      condition(now, "NamesAccepted", true, "NoConflicts"),
      condition(now, "Established", true, "InitialNamesAccepted"),
    ],
  };
}
