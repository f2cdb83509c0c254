import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../engine/errors.ts";
import { computeStatus } from "../../../engine/kube/status.ts";
import { isPausedDeployment, readinessOf, type ReadinessRule } from "../../../engine/kube/status-hook.ts";
import { parseObject } from "../../../engine/object/read.ts";
import type { KubeObject } from "../../../engine/object/object.ts";

const NOW = Date.parse("2026-01-01T00:01:00Z");

function object(apiVersion: string, kind: string, body: JsonObject = {}, metadata: JsonObject = {}): KubeObject {
  const parsed = parseObject({ apiVersion, kind, metadata: { name: "x", ...metadata }, ...body });
  if (parsed === undefined) throw new Error("not an object");
  return parsed;
}

const condition = (type: string, status: string, reason = "", message = ""): JsonValue => ({
  type,
  status,
  reason,
  message,
});
const status = (fields: JsonObject, ...conditions: JsonValue[]): JsonObject => ({
  status: { ...fields, ...(conditions.length > 0 ? { conditions } : {}) },
});
const ready = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
const rolled = [condition("Progressing", "True", "NewReplicaSetAvailable"), condition("Available", "True")];
const deployment = (
  fields: JsonObject,
  conditions: JsonValue[],
  spec: JsonObject = { replicas: 2, progressDeadlineSeconds: 600 },
): KubeObject => object("apps/v1", "Deployment", { spec, ...status(fields, ...conditions) });
const set = (fields: JsonObject, spec: JsonObject = { replicas: 2 }): KubeObject =>
  object("apps/v1", "StatefulSet", { spec, status: fields });
const daemon = (fields: JsonObject): KubeObject =>
  object("apps/v1", "DaemonSet", { status: { observedGeneration: 1, ...fields } }, { generation: 1 });
const pod = (phase: string, fields: JsonObject = {}, metadata: JsonObject = {}): KubeObject =>
  object("v1", "Pod", { status: { phase, ...fields } }, metadata);
const unschedulable = { conditions: [condition("PodScheduled", "False", "Unschedulable")] };

/** kstatus' own words; the rules of the reference implementation, first match wins. */
const table: readonly (readonly [string, KubeObject, string, string])[] = [
  [
    "deletion",
    object("v1", "ConfigMap", {}, { deletionTimestamp: "2026-01-01T00:00:00Z" }),
    "Terminating",
    "Resource scheduled for deletion",
  ],
  [
    "an old generation",
    object("a/v1", "Foo", { status: { observedGeneration: 1 } }, { generation: 2 }),
    "InProgress",
    "Foo generation is 2, but latest observed generation is 1",
  ],
  [
    "a generation as text",
    object("a/v1", "Foo", { status: { observedGeneration: "1" } }, { generation: 2 }),
    "Unknown",
    "",
  ],
  [
    "Reconciling",
    object("a/v1", "Foo", status({}, condition("Reconciling", "True", "r", "busy"))),
    "InProgress",
    "busy",
  ],
  ["Stalled", object("a/v1", "Foo", status({}, condition("Stalled", "True", "r", "stuck"))), "Failed", "stuck"],
  ["malformed conditions", object("a/v1", "Foo", { status: { conditions: "x" } }), "Unknown", ""],
  ["a condition with a number", object("a/v1", "Foo", status({}, { type: "Ready", status: 1 })), "Unknown", ""],
  ["Ready", object("a/v1", "Foo", status({}, condition("Ready", "True"))), "Current", "Resource is Ready"],
  ["not Ready", object("a/v1", "Foo", status({}, condition("Ready", "False", "r", "soon"))), "InProgress", "soon"],
  ["Ready unknown", object("a/v1", "Foo", status({}, condition("Ready", "Unknown", "r", "?"))), "InProgress", "?"],
  [
    "Ready of another word",
    object("a/v1", "Foo", status({}, condition("Ready", "Maybe"))),
    "Current",
    "Resource is current",
  ],
  ["nothing to go by", object("a/v1", "Foo"), "Current", "Resource is current"],
  ["a kind of the same name elsewhere", object("a/v1", "Deployment"), "Current", "Resource is current"],
  ["ConfigMap", object("v1", "ConfigMap"), "Current", "Resource is always ready"],
  ["CronJob", object("batch/v1", "CronJob"), "Current", "Resource is always ready"],
  [
    "PodDisruptionBudget",
    object("policy/v1", "PodDisruptionBudget"),
    "Current",
    "AllowedDisruptions has been computed.",
  ],
  ["Service", object("v1", "Service", { spec: {} }), "Current", "Service is ready"],
  [
    "LoadBalancer without address",
    object("v1", "Service", { spec: { type: "LoadBalancer" } }),
    "InProgress",
    "ClusterIP not set. Service type: LoadBalancer",
  ],
  [
    "LoadBalancer without ingress",
    object("v1", "Service", { spec: { type: "LoadBalancer", clusterIP: "10.0.0.1" } }),
    "Current",
    "Service is ready",
  ],
  ["claim", object("v1", "PersistentVolumeClaim"), "InProgress", "PVC is not Bound. phase: unknown"],
  [
    "pending claim",
    object("v1", "PersistentVolumeClaim", status({ phase: "Pending" })),
    "InProgress",
    "PVC is not Bound. phase: Pending",
  ],
  ["bound claim", object("v1", "PersistentVolumeClaim", status({ phase: "Bound" })), "Current", "PVC is Bound"],
  ["succeeded pod", pod("Succeeded"), "Current", "Pod has completed successfully"],
  ["failed pod", pod("Failed"), "Current", "Pod has completed, but not successfully"],
  ["ready pod", pod("Running", { conditions: [condition("Ready", "True")] }), "Current", "Pod is Ready"],
  [
    "looping pod",
    pod("Running", {
      containerStatuses: [
        { name: "a", state: { waiting: { reason: "CrashLoopBackOff" } } },
        { name: "b" },
        { name: "c", state: { waiting: { reason: "CrashLoopBackOff" } } },
      ],
    }),
    "Failed",
    "Containers in CrashLoop state: a,c",
  ],
  ["running pod", pod("Running"), "InProgress", "Pod is running but is not Ready"],
  [
    "young unschedulable pod",
    pod("Pending", unschedulable, { creationTimestamp: "2026-01-01T00:00:50Z" }),
    "InProgress",
    "Pod has not been scheduled",
  ],
  [
    "old unschedulable pod",
    pod("Pending", unschedulable, { creationTimestamp: "2026-01-01T00:00:40Z" }),
    "Failed",
    "Pod could not be scheduled",
  ],
  ["pending pod", pod("Pending"), "InProgress", "Pod is in the Pending phase"],
  ["unseen pod", object("v1", "Pod"), "InProgress", "Pod phase not available"],
  ["pod of an unknown phase", pod("Dreaming"), "Unknown", ""],
  ["deployment", deployment(ready, rolled), "Current", "Deployment is available. Replicas: 2"],
  [
    "deployment past its deadline",
    deployment({}, [condition("Progressing", "False", "ProgressDeadlineExceeded")]),
    "Failed",
    "Progress deadline exceeded",
  ],
  ["deployment, too few", deployment({ replicas: 1 }, rolled), "InProgress", "Replicas: 1/2"],
  ["deployment, not updated", deployment({ ...ready, updatedReplicas: 1 }, rolled), "InProgress", "Updated: 1/2"],
  ["deployment, too many", deployment({ ...ready, replicas: 3 }, rolled), "InProgress", "Pending termination: 1"],
  ["deployment, not available", deployment({ ...ready, availableReplicas: 1 }, rolled), "InProgress", "Available: 1/2"],
  ["deployment, not ready", deployment({ ...ready, readyReplicas: 1 }, rolled), "InProgress", "Ready: 1/2"],
  [
    "deployment, no replica set yet",
    deployment(ready, [condition("Available", "True")]),
    "InProgress",
    "ReplicaSet not Available",
  ],
  ["deployment, no condition yet", deployment(ready, [], { replicas: 2 }), "InProgress", "Deployment not Available"],
  [
    "deployment without a deadline",
    deployment(ready, [condition("Available", "True")], { replicas: 2, progressDeadlineSeconds: 2147483647 }),
    "Current",
    "Deployment is available. Replicas: 2",
  ],
  ["deployment of one by default", deployment({}, rolled, {}), "InProgress", "Replicas: 0/1"],
  [
    "replica set",
    object("apps/v1", "ReplicaSet", {
      spec: { replicas: 1 },
      status: { replicas: 1, fullyLabeledReplicas: 1, availableReplicas: 1, readyReplicas: 1 },
    }),
    "Current",
    "ReplicaSet is available. Replicas: 1",
  ],
  ["replica set, unlabelled", object("apps/v1", "ReplicaSet"), "InProgress", "Labelled: 0/1"],
  [
    "replica set that cannot",
    object("apps/v1", "ReplicaSet", status({}, condition("ReplicaFailure", "True"))),
    "InProgress",
    "Replica Failure condition. Check Pods",
  ],
  [
    "stateful set by hand",
    set({}, { updateStrategy: { type: "OnDelete" } }),
    "Current",
    "StatefulSet is using the ondelete update strategy",
  ],
  ["stateful set, too few", set({ replicas: 1 }), "InProgress", "Replicas: 1/2"],
  ["stateful set, not ready", set({ replicas: 2, readyReplicas: 1 }), "InProgress", "Ready: 1/2"],
  ["stateful set, too many", set({ replicas: 3, readyReplicas: 3 }), "InProgress", "Pending termination: 1"],
  [
    "stateful set, partition open",
    set({ replicas: 2, readyReplicas: 2 }, { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } }),
    "InProgress",
    "updated: 0/1",
  ],
  [
    "stateful set, partition done",
    set(
      { replicas: 2, readyReplicas: 2, updatedReplicas: 1 },
      { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
    ),
    "Current",
    "Partition rollout complete. updated: 1",
  ],
  ["stateful set, not current", set({ replicas: 2, readyReplicas: 2 }), "InProgress", "current: 0/2"],
  [
    "stateful set, two revisions",
    set({ replicas: 2, readyReplicas: 2, currentReplicas: 2, currentRevision: "a", updateRevision: "b" }),
    "InProgress",
    "Waiting for updated revision to match current",
  ],
  [
    "stateful set",
    set({ replicas: 2, readyReplicas: 2, currentReplicas: 2 }),
    "Current",
    "All replicas scheduled as expected. Replicas: 2",
  ],
  [
    "daemon set without generation",
    object("apps/v1", "DaemonSet"),
    "InProgress",
    "DaemonSet metadata.generation not found",
  ],
  [
    "daemon set, unobserved",
    object("apps/v1", "DaemonSet", {}, { generation: 1 }),
    "InProgress",
    "DaemonSet status.observedGeneration not found",
  ],
  ["daemon set, uncounted", daemon({}), "InProgress", "Missing .status.desiredNumberScheduled"],
  [
    "daemon set, scheduling",
    daemon({ desiredNumberScheduled: 2, currentNumberScheduled: 1 }),
    "InProgress",
    "Current: 1/2",
  ],
  [
    "daemon set, updating",
    daemon({ desiredNumberScheduled: 1, currentNumberScheduled: 1 }),
    "InProgress",
    "Updated: 0/1",
  ],
  [
    "daemon set, starting",
    daemon({ desiredNumberScheduled: 1, currentNumberScheduled: 1, updatedNumberScheduled: 1 }),
    "InProgress",
    "Available: 0/1",
  ],
  [
    "daemon set, not ready",
    daemon({ desiredNumberScheduled: 1, currentNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 1 }),
    "InProgress",
    "Ready: 0/1",
  ],
  [
    "daemon set on no node",
    daemon({ desiredNumberScheduled: 0 }),
    "Current",
    "All replicas scheduled as expected. Replicas: 0",
  ],
  ["job", object("batch/v1", "Job"), "InProgress", "Job not started"],
  [
    "started job",
    object("batch/v1", "Job", { status: { startTime: "x", active: 1 } }),
    "Current",
    "Job in progress. success:0, active: 1, failed: 0",
  ],
  [
    "completed job",
    object("batch/v1", "Job", { spec: { parallelism: 3 }, ...status({ succeeded: 3 }, condition("Complete", "True")) }),
    "Current",
    "Job Completed. succeeded: 3/3",
  ],
  [
    "failed job",
    object("batch/v1", "Job", status({ failed: 1 }, condition("Complete", "False"), condition("Failed", "True"))),
    "Failed",
    "Job Failed. failed: 1/1",
  ],
  ["definition", object("apiextensions.k8s.io/v1", "CustomResourceDefinition"), "InProgress", "Install in progress"],
  [
    "established definition",
    object(
      "apiextensions.k8s.io/v1",
      "CustomResourceDefinition",
      status({}, condition("NamesAccepted", "True"), condition("Established", "True")),
    ),
    "Current",
    "CRD is established",
  ],
  [
    "definition with taken names",
    object(
      "apiextensions.k8s.io/v1",
      "CustomResourceDefinition",
      status({}, condition("NamesAccepted", "False", "x", "taken")),
    ),
    "Failed",
    "taken",
  ],
  [
    "definition installing",
    object(
      "apiextensions.k8s.io/v1",
      "CustomResourceDefinition",
      status({}, condition("Established", "False", "Installing", "wait")),
    ),
    "InProgress",
    "Install in progress",
  ],
];

describe("computeStatus", () => {
  for (const [title, of, word, message] of table) {
    it(`${title}: ${word}`, () => {
      expect(computeStatus(of, NOW)).toEqual({ status: word, message });
    });
  }
});

describe("readinessOf", () => {
  const job = object("batch/v1", "Job", { status: { startTime: "x", active: 1 } });
  const done = object("batch/v1", "Job", status({ succeeded: 1 }, condition("Complete", "True")), {
    deletionTimestamp: "2026-01-01T00:00:00Z",
  });
  const cases: [string, KubeObject, ReadinessRule, string, string][] = [
    ["a started job under --wait", job, "current", "Current", "Job in progress. success:0, active: 1, failed: 0"],
    ["a started job under --wait-for-jobs", job, "jobs", "InProgress", "Job in progress"],
    ["a started hook job", job, "hook", "InProgress", "Job in progress"],
    ["a completed hook job, deleted or not", done, "hook", "Current", "Job Completed. succeeded: 1/1"],
    ["a hook pod on its way", pod("Running"), "hook", "InProgress", "Pod in progress"],
    ["a succeeded hook pod", pod("Succeeded"), "hook", "Current", "pod x succeeded"],
    ["a failed hook pod", pod("Failed"), "hook", "Failed", "pod x failed"],
    ["any other hook", deployment({}, []), "hook", "Current", "Resource is current"],
    ["a pod under --wait-for-jobs", pod("Failed"), "jobs", "Current", "Pod has completed, but not successfully"],
  ];
  for (const [title, of, rule, word, message] of cases) {
    it(title, () => expect(readinessOf(of, rule, NOW)).toEqual({ status: word, message }));
  }
  it("leaves paused Deployments out", () => {
    expect(isPausedDeployment(object("apps/v1", "Deployment", { spec: { paused: true } }))).toBe(true);
    expect(isPausedDeployment(object("a/v1", "Deployment", { spec: { paused: true } }))).toBe(false);
    expect(isPausedDeployment(object("apps/v1", "Deployment"))).toBe(false);
  });
});
