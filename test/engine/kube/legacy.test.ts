import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../engine/errors.ts";
import type { ResourceMapping } from "../../../engine/kube/mapping.ts";
import { legacyHookEnd, legacyNeed, legacyReady, newestReplicaSet } from "../../../engine/kube/legacy-ready.ts";
import { observeLegacy } from "../../../engine/kube/legacy-wait.ts";
import { createRequestBudget } from "../../../engine/kube/session.ts";
import { gvkOf } from "../../../engine/object/gvk.ts";
import type { KubeObject } from "../../../engine/object/object.ts";
import { parseObject } from "../../../engine/object/read.ts";
import { type FakeAnswer, fakeCluster, statusBody } from "../../support/fake-cluster.ts";

function object(apiVersion: string, kind: string, body: JsonObject = {}, metadata: JsonObject = {}): KubeObject {
  const parsed = parseObject({ apiVersion, kind, metadata: { name: "x", namespace: "ns", ...metadata }, ...body });
  if (parsed === undefined) throw new Error("not an object");
  return parsed;
}

const condition = (type: string, status: string, reason = ""): JsonValue => ({ type, status, reason, message: "" });
const set = (ready: number, generation: JsonObject = {}): KubeObject =>
  object("apps/v1", "ReplicaSet", { status: { readyReplicas: ready } }, generation);
const rolling = (surge: JsonValue, away: JsonValue): JsonObject => ({
  strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: surge, maxUnavailable: away } },
});
const deployment = (spec: JsonObject, status: JsonObject = {}, generation: JsonObject = {}): KubeObject =>
  object("apps/v1", "Deployment", { spec, status }, generation);
const daemon = (away: JsonValue, status: JsonObject, type = "RollingUpdate"): KubeObject =>
  object("apps/v1", "DaemonSet", {
    spec: { updateStrategy: { type, rollingUpdate: { maxUnavailable: away } } },
    status,
  });
const stateful = (spec: JsonObject, status: JsonObject, type = "RollingUpdate"): KubeObject => {
  const { partition, ...rest } = spec;
  const rollingUpdate = partition === undefined ? {} : { rollingUpdate: { partition } };
  return object("apps/v1", "StatefulSet", { spec: { ...rest, updateStrategy: { type, ...rollingUpdate } }, status });
};
const service = (spec: JsonObject, status: JsonObject = {}): KubeObject => object("v1", "Service", { spec, status });
const job = (spec: JsonObject, status: JsonObject): KubeObject => object("batch/v1", "Job", { spec, status });
const crd = (version: string, ...conditions: JsonValue[]): KubeObject =>
  object(`apiextensions.k8s.io/${version}`, "CustomResourceDefinition", { status: { conditions } });
const readyPod = object("v1", "Pod", { status: { conditions: [condition("Ready", "True")] } });
const otherPod = object("v1", "Pod", { status: { conditions: [condition("Ready", "False")] } });

interface Row {
  readonly name: string;
  readonly object: KubeObject;
  readonly replicaSet?: KubeObject;
  readonly pods?: readonly KubeObject[];
  readonly is: "ready" | "not-ready" | "failed";
}

/** Helm 3's rules, as `--wait=legacy` still has them. */
const table: readonly Row[] = [
  { name: "a Pod that is Ready", object: readyPod, is: "ready" },
  { name: "a Pod that is not", object: otherPod, is: "not-ready" },
  { name: "a Deployment without a ReplicaSet", object: deployment({}), is: "not-ready" },
  { name: "a paused one", object: deployment({ paused: true }), is: "ready" },
  { name: "one with all pods ready", object: deployment({ replicas: 2 }), replicaSet: set(2), is: "ready" },
  { name: "one with a pod missing", object: deployment({ replicas: 2 }), replicaSet: set(1), is: "not-ready" },
  { name: "one of a single pod, by default", object: deployment({}), replicaSet: set(0), is: "not-ready" },
  {
    name: "one that may miss a pod",
    object: deployment({ replicas: 2, ...rolling(0, 1) }),
    replicaSet: set(1),
    is: "ready",
  },
  {
    name: "one whose share is rounded down, then to one",
    object: deployment({ replicas: 3, ...rolling(0, "25%") }),
    replicaSet: set(2),
    is: "ready",
  },
  {
    name: "one whose share is rounded down beside a surge",
    object: deployment({ replicas: 3, ...rolling("1%", "25%") }),
    replicaSet: set(2),
    is: "not-ready",
  },
  { name: "one of no pods", object: deployment({ replicas: 0, ...rolling(0, 1) }), replicaSet: set(0), is: "ready" },
  {
    name: "one that may miss more than it has",
    object: deployment({ replicas: 1, ...rolling(0, 5) }),
    replicaSet: set(0),
    is: "ready",
  },
  {
    name: "one that its controller has not seen",
    object: deployment({ replicas: 0 }, { observedGeneration: 1 }, { generation: 2 }),
    replicaSet: set(0),
    is: "not-ready",
  },
  {
    name: "one whose ReplicaSet was not seen",
    object: deployment({ replicas: 0 }),
    replicaSet: set(0, { generation: 2 }),
    is: "not-ready",
  },
  { name: "a bound claim", object: object("v1", "PersistentVolumeClaim", { status: { phase: "Bound" } }), is: "ready" },
  { name: "one that is not", object: object("v1", "PersistentVolumeClaim"), is: "not-ready" },
  { name: "an external Service", object: service({ type: "ExternalName" }), is: "ready" },
  { name: "one without an address", object: service({ type: "ClusterIP" }), is: "not-ready" },
  { name: "a headless one", object: service({ clusterIP: "None" }), is: "ready" },
  {
    name: "a load balancer with an outer address",
    object: service({ type: "LoadBalancer", clusterIP: "1.2.3.4", externalIPs: ["5.6.7.8"] }),
    is: "ready",
  },
  { name: "one without", object: service({ type: "LoadBalancer", clusterIP: "1.2.3.4" }), is: "not-ready" },
  {
    name: "one with an ingress",
    object: service({ type: "LoadBalancer", clusterIP: "1.2.3.4" }, { loadBalancer: { ingress: [{ ip: "1.1.1.1" }] } }),
    is: "ready",
  },
  { name: "a DaemonSet that is replaced by hand", object: daemon(1, {}, "OnDelete"), is: "ready" },
  {
    name: "one that is not updated everywhere",
    object: daemon(1, { desiredNumberScheduled: 2, updatedNumberScheduled: 1, numberReady: 2 }),
    is: "not-ready",
  },
  {
    name: "one whose share is rounded up",
    object: daemon("25%", { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberReady: 2 }),
    is: "ready",
  },
  {
    name: "one with too few pods",
    object: daemon(1, { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberReady: 1 }),
    is: "not-ready",
  },
  { name: "a StatefulSet that is replaced by hand", object: stateful({}, {}, "OnDelete"), is: "ready" },
  {
    name: "one behind its partition",
    object: stateful({ replicas: 3, partition: 2 }, { updatedReplicas: 1, readyReplicas: 3, currentRevision: "a" }),
    is: "ready",
  },
  {
    name: "one that is not updated enough",
    object: stateful({ replicas: 3, partition: 1 }, { updatedReplicas: 1, readyReplicas: 3 }),
    is: "not-ready",
  },
  {
    name: "one with a revision to come",
    object: stateful({}, { updatedReplicas: 1, readyReplicas: 1, currentRevision: "a", updateRevision: "b" }),
    is: "not-ready",
  },
  {
    name: "one with more ready pods than wanted",
    object: stateful({}, { updatedReplicas: 1, readyReplicas: 2 }),
    is: "not-ready",
  },
  { name: "a Job that failed too often", object: job({ backoffLimit: 0 }, { failed: 1 }), is: "failed" },
  { name: "one with tries left", object: job({ backoffLimit: 1, completions: 1 }, { failed: 1 }), is: "not-ready" },
  { name: "one that is done", object: job({ backoffLimit: 1, completions: 1 }, { succeeded: 1 }), is: "ready" },
  { name: "one without completions", object: job({ backoffLimit: 1 }, {}), is: "ready" },
  { name: "an established CRD", object: crd("v1", condition("Established", "True")), is: "ready" },
  {
    name: "an old one whose names are taken",
    object: crd("v1beta1", condition("NamesAccepted", "False")),
    is: "ready",
  },
  { name: "one that is not yet", object: crd("v1", condition("Established", "False")), is: "not-ready" },
  { name: "a ReplicaSet with ready pods", object: set(0), pods: [readyPod], is: "ready" },
  { name: "one with another", object: set(0), pods: [readyPod, otherPod], is: "not-ready" },
  { name: "a ReplicationController without pods", object: object("v1", "ReplicationController"), is: "ready" },
  { name: "a Deployment of another version", object: object("apps/v1beta1", "Deployment"), is: "ready" },
  { name: "a kind of nobody", object: object("example.com/v1", "Foo"), is: "ready" },
];

describe("the rules of legacy", () => {
  it.each(table)("call $name $is", ({ object: one, replicaSet, pods = [], is }) => {
    expect(legacyReady(gvkOf(one), { object: one, replicaSet, pods }).kind).toBe(is);
  });

  it("look at Jobs only when asked to", () => {
    const gvk = gvkOf(job({}, {}));
    expect([legacyNeed(gvk, false), legacyNeed(gvk, true)]).toEqual([undefined, "nothing"]);
  });

  it("say of a failed Job what helm says", () => {
    const one = job({ backoffLimit: 0 }, { failed: 1 });
    expect(legacyReady(gvkOf(one), { object: one, replicaSet: undefined, pods: [] })).toEqual({
      kind: "failed",
      message: "job is failed: ns/x",
    });
  });

  it("end a hook's Job and Pod in helm's words", () => {
    const ended = (kind: string, status: JsonObject) =>
      legacyHookEnd(object(kind === "Job" ? "batch/v1" : "v1", kind, { status }));
    expect(ended("Job", { conditions: [condition("Complete", "True")] })).toEqual({ kind: "ready" });
    expect(ended("Job", { conditions: [condition("Failed", "True", "DeadlineExceeded")] })).toEqual({
      kind: "failed",
      message: "job x failed: DeadlineExceeded",
    });
    expect(ended("Job", {}).kind).toBe("not-ready");
    expect(ended("Pod", { phase: "Succeeded" })).toEqual({ kind: "ready" });
    expect(ended("Pod", { phase: "Failed" })).toEqual({ kind: "failed", message: "pod x failed" });
    expect(ended("Pod", { phase: "Running" }).kind).toBe("not-ready");
    expect(ended("ConfigMap", {})).toEqual({ kind: "ready" });
  });

  it("take the oldest owned ReplicaSet of the same template, the hash aside", () => {
    const template = (image: string, labels: JsonObject): JsonObject => ({
      template: { metadata: { labels }, spec: { containers: [{ name: "c", image, resources: {} }] } },
    });
    const owned = (name: string, time: string, image: string, uid = "u", controller = true): KubeObject =>
      object(
        "apps/v1",
        "ReplicaSet",
        { spec: template(image, { a: "b", "pod-template-hash": name }) },
        {
          name,
          creationTimestamp: time,
          ownerReferences: [{ uid, controller }],
        },
      );
    const of = object("apps/v1", "Deployment", { spec: template("i", { a: "b" }) }, { uid: "u" });
    const sets = [
      owned("young", "2026-01-03T00:00:00Z", "i"),
      owned("right", "2026-01-02T00:00:00Z", "i"),
      owned("image", "2026-01-01T00:00:00Z", "other"),
      owned("stranger", "2026-01-01T00:00:00Z", "i", "v"),
      owned("loose", "2026-01-01T00:00:00Z", "i", "u", false),
    ];
    expect(newestReplicaSet(of, sets)?.metadata["name"]).toBe("right");
    expect(newestReplicaSet(of, sets.slice(2))).toBeUndefined();
  });
});

describe("a legacy look", () => {
  const mapping = (kind: string, plural: string): ResourceMapping => ({
    group: "",
    version: "v1",
    kind,
    plural,
    namespaced: true,
    verbs: [],
  });
  const discovery = {
    data: { format: 1, server: { gitVersion: "", major: "", minor: "" }, groups: [] },
    mappingFor: ({ kind }: { readonly kind: string }) => mapping(kind, kind === "Pod" ? "pods" : "configmaps"),
    preferredFor: () => undefined,
  } as const;
  const ref = (kind: string, name: string) => ({ gvk: { group: "", version: "v1", kind }, namespace: "ns", name });
  const pods = ["a", "b"].map((name) => ref("Pod", name));
  const plan = { discovery, targets: [ref("ConfigMap", "m"), ...pods], from: 0, jobs: false };
  const answering = (answer: FakeAnswer) => fakeCluster(() => answer);
  const live = (pod: KubeObject): FakeAnswer => ({ json: { ...pod } });

  const rows: readonly (readonly [string, FakeAnswer, JsonObject])[] = [
    ["stops at the first that is not ready", live(otherPod), { kind: "not-ready", at: 1 }],
    ["is through when all are ready", live(readyPod), { kind: "ready" }],
    [
      "ends with what is not there",
      { status: 404, json: statusBody(404, "NotFound", "no") },
      { kind: "failed", retryable: false, message: 'pods "a" not found' },
    ],
    [
      "ends with what is forbidden",
      { status: 403, json: statusBody(403, "Forbidden", "no") },
      { kind: "failed", retryable: false, message: "no" },
    ],
    [
      "tries a server in trouble again",
      { status: 500, json: statusBody(500, "InternalError", "boom") },
      { kind: "failed", retryable: true },
    ],
    [
      "does not try again what is not implemented",
      { status: 501, json: statusBody(501, "NotImplemented", "no") },
      { kind: "failed", retryable: false },
    ],
    [
      "tries a busy server again",
      { status: 429, json: statusBody(429, "TooManyRequests", "later") },
      { kind: "failed", retryable: true },
    ],
  ];
  it.each(rows)("%s", async (_, answer, found) => {
    expect(await observeLegacy({ transport: answering(answer).transport }, plan)).toMatchObject(found);
  });

  it("asks nothing about kinds without a rule, and goes on where its budget ended", async () => {
    const { transport, lines } = answering(live(readyPod));
    const short = { transport, budget: createRequestBudget(1) };
    expect(await observeLegacy(short, plan)).toEqual({ kind: "unread", at: 2 });
    expect(await observeLegacy({ transport }, { ...plan, from: 2 })).toEqual({ kind: "ready" });
    expect(lines()).toEqual(["GET /api/v1/namespaces/ns/pods/a", "GET /api/v1/namespaces/ns/pods/b"]);
  });
});
