import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../engine/errors.ts";
import { explainStates } from "../../../engine/kube/explain.ts";
import { podTroubles } from "../../../engine/kube/pod-trouble.ts";
import type { WaitState } from "../../../engine/kube/wait.ts";
import { gvkOf } from "../../../engine/object/gvk.ts";
import type { KubeObject } from "../../../engine/object/object.ts";
import { getName, parseObject } from "../../../engine/object/read.ts";
import { type FakeAnswer, fakeCluster, statusBody } from "../../support/fake-cluster.ts";

function object(apiVersion: string, kind: string, body: JsonObject, metadata: JsonObject = {}): KubeObject {
  const parsed = parseObject({ apiVersion, kind, metadata: { name: "web-1", namespace: "ns", ...metadata }, ...body });
  if (parsed === undefined) throw new Error("not an object");
  return parsed;
}

const pod = (status: JsonObject, spec: JsonObject = {}, metadata: JsonObject = {}): KubeObject =>
  object("v1", "Pod", { spec, status }, metadata);
const container = (fields: JsonObject): JsonObject => ({ name: "c", ready: false, ...fields });
const waiting = (reason: string, message = ""): JsonObject => ({ state: { waiting: { reason, message } } });
const ended = (exitCode: number, reason = "Error"): JsonObject => ({ terminated: { exitCode, reason } });

interface Row {
  readonly name: string;
  readonly pod: KubeObject;
  readonly says: readonly JsonObject[];
}

const table: readonly Row[] = [
  {
    name: "no node",
    pod: pod({
      phase: "Pending",
      conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes" }],
    }),
    says: [{ container: "", reason: "Unschedulable", message: "0/3 nodes", final: false }],
  },
  {
    name: "no image",
    pod: pod({ phase: "Pending", containerStatuses: [container(waiting("ImagePullBackOff", "Back-off"))] }),
    says: [{ container: "c", reason: "ImagePullBackOff", message: "Back-off", final: false }],
  },
  {
    name: "an image name that is none",
    pod: pod({ phase: "Pending", containerStatuses: [container(waiting("InvalidImageName", "bad"))] }),
    says: [{ reason: "InvalidImageName", final: true }],
  },
  {
    name: "a crash loop, with the log of the crash",
    pod: pod({
      phase: "Running",
      containerStatuses: [container({ ...waiting("CrashLoopBackOff", "back-off 10s"), lastState: ended(3) })],
    }),
    says: [
      {
        reason: "CrashLoopBackOff",
        message: "back-off 10s; it last ended with exit code 3 (Error)",
        log: "current",
      },
    ],
  },
  {
    name: "a container that runs again after a crash, with the log before it",
    pod: pod({
      phase: "Running",
      containerStatuses: [container({ restartCount: 2, state: { running: {} }, lastState: ended(137, "OOMKilled") })],
    }),
    says: [
      {
        reason: "Restarted",
        message: "it was started again (2 so far): it ended with exit code 137 (OOMKilled)",
        log: "previous",
      },
    ],
  },
  {
    name: "a readiness probe that does not pass",
    pod: pod(
      { phase: "Running", containerStatuses: [container({ state: { running: {} } })] },
      { containers: [{ name: "c", readinessProbe: {} }] },
    ),
    says: [{ reason: "NotReady", message: "it runs, but its readiness probe does not pass" }],
  },
  {
    name: "an init container that runs, and one that failed",
    pod: pod(
      {
        phase: "Pending",
        initContainerStatuses: [
          container({ name: "a", state: { running: {} } }),
          container({ name: "b", state: ended(1) }),
        ],
        containerStatuses: [container(waiting("PodInitializing"))],
      },
      { initContainers: [{ name: "a" }, { name: "b" }] },
    ),
    says: [
      { container: "a", reason: "Initializing" },
      { container: "b", reason: "Error", message: "ended with exit code 1 (Error)", log: "current" },
    ],
  },
  {
    name: "an evicted pod",
    pod: pod({ phase: "Failed", reason: "Evicted", message: "disk" }),
    says: [{ container: "", reason: "Evicted", message: "disk" }],
  },
  {
    name: "nothing of a pod that starts",
    pod: pod({ phase: "Pending", containerStatuses: [container(waiting("ContainerCreating"))] }),
    says: [],
  },
  { name: "nothing of one that goes", pod: pod({ phase: "Failed" }, {}, { deletionTimestamp: "x" }), says: [] },
  {
    name: "nothing of one that is done",
    pod: pod({ phase: "Succeeded", containerStatuses: [container({ state: ended(0) })] }),
    says: [],
  },
  {
    name: "nothing of a sidecar that runs",
    pod: pod(
      { phase: "Running", initContainerStatuses: [container({ ready: true, state: { running: {} } })] },
      { initContainers: [{ name: "c", restartPolicy: "Always" }] },
    ),
    says: [],
  },
];

describe("the troubles of a pod", () => {
  it.each(table)("are $name", ({ pod: one, says }) => {
    const found = podTroubles(one);
    expect(found).toMatchObject(says);
    expect(found.length).toBe(says.length);
  });
});

describe("reasons", () => {
  const image = (name: string): JsonObject => ({ containers: [{ name: "c", image: name }] });
  const deployment = object(
    "apps/v1",
    "Deployment",
    { spec: { selector: { matchLabels: { app: "web" } }, template: { spec: image("a:b:c") } } },
    { name: "web", uid: "u-web" },
  );
  const state = (one: KubeObject, status: WaitState["status"] = "InProgress"): WaitState => ({
    ref: { gvk: gvkOf(one), namespace: "ns", name: getName(one) },
    status,
    message: "Replicas: 0/1",
    object: one,
  });
  const crashing = pod(
    { phase: "Running", containerStatuses: [container({ ...waiting("CrashLoopBackOff"), lastState: ended(1) })] },
    image("a:b:c"),
    { uid: "u-pod" },
  );
  const wrong = (name: string): KubeObject =>
    pod({ phase: "Pending", containerStatuses: [container(waiting("InvalidImageName", "bad"))] }, image(name));
  const event = (name: string, lastTimestamp: string, message: string, count = 1): JsonValue => ({
    metadata: { name, namespace: "ns" },
    reason: "Unhealthy",
    message,
    lastTimestamp,
    count,
  });

  function answering(pods: readonly KubeObject[], events: readonly JsonValue[] = [], log = "one\ntwo\n") {
    return fakeCluster((request): FakeAnswer => {
      if (request.path.endsWith("/log")) return { text: log };
      if (request.path.endsWith("/events")) return { json: { kind: "EventList", metadata: {}, items: events } };
      return { json: { kind: "PodList", metadata: {}, items: pods.map((one) => ({ ...one })) } };
    });
  }

  it("name the pod, the container, the end of its log and the newest warnings", async () => {
    const events = ["1", "2", "3", "4"].map((n) => event(n, `2026-01-0${n}T00:00:00Z`, `no ${n}`, Number(n)));
    const { transport, lines } = answering([crashing], events);
    const found = await explainStates({ transport }, [state(deployment)]);
    expect(found[0]).toMatchObject({
      about: "pod web-1, container c",
      reason: "CrashLoopBackOff",
      log: { source: "web-1/c", lines: ["one", "two"] },
    });
    expect(found.slice(1, 4).map((one) => `${one.about}: ${one.message}`)).toEqual([
      "event on Pod web-1: no 4 (4 times)",
      "event on Pod web-1: no 3 (3 times)",
      "event on Pod web-1: no 2 (2 times)",
    ]);
    expect(lines()).toContain("GET /api/v1/namespaces/ns/pods/web-1/log?container=c&limitBytes=2048&tailLines=10");
    expect(lines()).toContain(
      "GET /api/v1/namespaces/ns/events?limit=100&fieldSelector=involvedObject.uid=u-web,type=Warning",
    );
  });

  it("cut long logs and messages", async () => {
    const { transport } = answering([crashing], [event("1", "", "x".repeat(5000))], `${"y".repeat(5000)}\n`.repeat(20));
    const found = await explainStates({ transport }, [state(deployment)]);
    expect(found[0]?.log?.lines.join("").length).toBeLessThanOrEqual(2048);
    expect(found[1]?.message.length).toBeLessThan(520);
  });

  it("are sought for what is in trouble alone, within a dozen requests", async () => {
    const { transport, lines } = answering([crashing]);
    expect(await explainStates({ transport }, [state(deployment, "Current"), state(deployment, "NotFound")])).toEqual(
      [],
    );
    expect(lines()).toEqual([]);
    await explainStates(
      { transport },
      Array.from({ length: 50 }, () => state(deployment)),
    );
    expect(lines().length).toBeLessThanOrEqual(12);
  });

  it("do without what is forbidden", async () => {
    const { transport } = fakeCluster(() => ({ status: 403, json: statusBody(403, "Forbidden", "no") }));
    expect(await explainStates({ transport }, [state(deployment)])).toEqual([]);
  });

  it.each([
    ["for good when the wanted image can never be", "a:b:c", true],
    ["not for good when it is an older revision's", "old:d:e", false],
  ])("are %s", async (_, name, final) => {
    const { transport } = answering([wrong(name)]);
    expect((await explainStates({ transport }, [state(deployment)]))[0]?.final).toBe(final);
  });
});
