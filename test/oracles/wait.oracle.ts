import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ActionEvent } from "../../engine/action/event.ts";
import type { ActionRequest, InstallRequest } from "../../engine/action/request.ts";
import type { JsonObject } from "../../engine/errors.ts";
import { listAt, stringAt } from "../../engine/object/json.ts";
import { openKubeconfig, type OpenCluster } from "../../infra/node/cluster-transport.ts";
import { createHelm } from "../support/helm.ts";
import { type ChartSources, install, uninstall } from "../support/operation.ts";
import { errorOf, messageOf, openSides, type TwoSides } from "./two-sides.ts";

const helm = createHelm();
let cluster: OpenCluster;
let sides: TwoSides;

beforeAll(async () => {
  cluster = await openKubeconfig({ trust: "operator", path: process.env["KUBECONFIG"] ?? "" });
  sides = openSides(cluster);
});
afterAll(async () => {
  await cluster.close();
});

const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n";

function workload(kind: string, fate: string, spec = "", name = "web"): string {
  return `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: ${name}
spec:
  selector: {matchLabels: {app: ${name}}}
${spec}  template:
    metadata:
      labels: {app: ${name}, oracle/fate: ${fate}}
    spec:
      containers:
      - name: c
        image: nginx
`;
}

function job(name: string, fate: string, annotations = "{}"): string {
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}
  annotations: ${annotations}
spec:
  backoffLimit: 0
  template:
    metadata:
      labels: {oracle/fate: ${fate}}
    spec:
      restartPolicy: Never
      containers: [{name: c, image: busybox}]
`;
}

const briefJob = (fate: string): string =>
  job("brief", fate).replace("backoffLimit: 0", "backoffLimit: 0\n  ttlSecondsAfterFinished: 0");

function pod(name: string, fate: string, annotations = "{}"): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  labels: {oracle/fate: ${fate}}
  annotations: ${annotations}
spec:
  restartPolicy: Never
  containers: [{name: c, image: busybox}]
`;
}

const HOOK = "{helm.sh/hook: pre-install}";
const balancer = (fate: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: lb, labels: {oracle/fate: ${fate}}}\nspec: {type: LoadBalancer, ports: [{port: 80}]}\n`;
const claim = (storage: string): string =>
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec:\n  storageClassName: ${storage}\n  accessModes: [ReadWriteOnce]\n  resources: {requests: {storage: 1Gi}}\n`;

interface Scene {
  readonly title: string;
  readonly sources: ChartSources;
  readonly args: readonly string[];
  readonly over: Partial<InstallRequest>;
  /** What helm is known to print; the binary decides. */
  readonly prints?: string;
}

const legacy = (seconds: number): Pick<Scene, "args" | "over"> => ({
  args: ["--wait=legacy", "--timeout", `${seconds}s`],
  over: { wait: "legacy", timeout: seconds * 1000 },
});
const watcher = (seconds: number): Pick<Scene, "args" | "over"> => ({
  args: ["--wait=watcher", "--timeout", `${seconds}s`],
  over: { wait: "watcher", timeout: seconds * 1000, conflicts: "helm" },
});
const withJobs = (scene: Pick<Scene, "args" | "over">): Pick<Scene, "args" | "over"> => ({
  args: [...scene.args, "--wait-for-jobs"],
  over: { ...scene.over, waitForJobs: true },
});

const SCENES: readonly Scene[] = [
  {
    title: "legacy: all that gets ready",
    sources: {
      "templates/a.yaml": workload("Deployment", "run", "  replicas: 2\n"),
      "templates/b.yaml": workload("StatefulSet", "run", "  serviceName: x\n", "db"),
      "templates/c.yaml": workload("DaemonSet", "run", "", "agent"),
      "templates/d.yaml": workload("ReplicaSet", "run", "", "set"),
      "templates/e.yaml": balancer("run"),
      "templates/f.yaml": claim("kwok-volume"),
      "templates/g.yaml": job("slow", "never"),
      "templates/h.yaml": MAP,
    },
    ...legacy(40),
    prints: "",
  },
  {
    title: "legacy: a Deployment that never gets ready",
    sources: { "templates/a.yaml": workload("Deployment", "never") },
    ...legacy(3),
    prints: "INSTALLATION FAILED: context deadline exceeded",
  },
  {
    title: "legacy: a Deployment of which one pod may be away",
    sources: {
      "templates/a.yaml": workload(
        "Deployment",
        "never",
        "  replicas: 1\n  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}\n",
      ),
    },
    ...legacy(10),
    prints: "",
  },
  {
    title: "legacy: a paused Deployment",
    sources: { "templates/a.yaml": workload("Deployment", "never", "  paused: true\n") },
    ...legacy(10),
    prints: "",
  },
  {
    title: "legacy: a StatefulSet that never gets ready",
    sources: { "templates/a.yaml": workload("StatefulSet", "never", "  serviceName: x\n") },
    ...legacy(3),
  },
  {
    title: "legacy: a ReplicaSet whose pods never get ready",
    sources: { "templates/a.yaml": workload("ReplicaSet", "never") },
    ...legacy(3),
  },
  {
    title: "legacy: a DaemonSet that may be away once on each node",
    sources: {
      "templates/a.yaml": workload(
        "DaemonSet",
        "never",
        "  updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 100%}}\n",
      ),
    },
    ...legacy(10),
  },
  {
    title: "legacy: a load balancer without an address",
    sources: { "templates/a.yaml": balancer("never") },
    ...legacy(3),
  },
  {
    title: "legacy: a claim that nobody binds",
    sources: { "templates/a.yaml": claim("nowhere") },
    ...legacy(3),
  },
  {
    title: "legacy: a Pod that is not Ready",
    sources: { "templates/a.yaml": pod("p", "never") },
    ...legacy(3),
  },
  {
    title: "legacy: a Job that failed, with jobs",
    sources: { "templates/a.yaml": job("bad", "fail") },
    ...withJobs(legacy(4)),
    prints: "INSTALLATION FAILED: context deadline exceeded",
  },
  {
    title: "legacy: a Job that ends, with jobs",
    sources: { "templates/a.yaml": job("good", "end") },
    ...withJobs(legacy(20)),
    prints: "",
  },
  {
    title: "legacy: a hook's Job that fails",
    sources: { "templates/a.yaml": job("bad", "fail", HOOK) },
    ...legacy(20),
    prints: "INSTALLATION FAILED: failed pre-install: job bad failed: BackoffLimitExceeded",
  },
  {
    title: "legacy: a hook's Pod that fails",
    sources: { "templates/a.yaml": pod("bad", "fail", HOOK) },
    ...legacy(20),
    prints: "INSTALLATION FAILED: failed pre-install: pod bad failed",
  },
  {
    title: "legacy: a hook's Job that never ends",
    sources: { "templates/a.yaml": job("slow", "never", HOOK) },
    ...legacy(2),
    prints: "INSTALLATION FAILED: failed pre-install: timed out waiting for the condition",
  },
  {
    title: "legacy: a hook that is neither Job nor Pod",
    sources: {
      "templates/a.yaml": workload("Deployment", "never").replace("name: web", `name: web\n  annotations: ${HOOK}`),
    },
    ...legacy(5),
    prints: "",
  },
  {
    title: "watcher: a Job that failed beside a Deployment that never gets ready",
    sources: { "templates/a.yaml": job("bad", "fail"), "templates/b.yaml": workload("Deployment", "never") },
    ...withJobs(watcher(4)),
  },
  {
    title: "watcher: a Job that failed, alone",
    sources: { "templates/a.yaml": job("bad", "fail"), "templates/b.yaml": MAP },
    ...withJobs(watcher(20)),
  },
  {
    title: "watcher: a Job that is over and has deleted itself",
    sources: { "templates/a.yaml": briefJob("end"), "templates/b.yaml": workload("Deployment", "never") },
    ...withJobs(watcher(12)),
  },
  {
    title: "watcher: a Pod that failed counts as ready",
    sources: { "templates/a.yaml": pod("bad", "fail") },
    ...watcher(10),
  },
  {
    title: "watcher: a claim that nobody binds, and a load balancer without an address",
    sources: { "templates/a.yaml": claim("nowhere"), "templates/b.yaml": balancer("never") },
    ...watcher(3),
  },
  {
    title: "watcher: readiness annotations, to which helm pays no attention",
    sources: {
      "templates/a.yaml": `${MAP}  annotations:\n    helm.sh/readiness-success: "data.ready=='yes'"\n    helm.sh/readiness-failure: "data.ready=='no'"\ndata: {ready: "no"}\n`,
    },
    ...watcher(5),
    prints: "",
  },
];

describe("a wait ends in helm's words", () => {
  test.concurrent.each(SCENES)("$title", async ({ title, sources, args, over, prints }) => {
    const key = title.replaceAll(/[^a-z]+/giu, "-");
    const dir = await sides.chart(key, sources);
    const [theirs, ours] = [await sides.space(), await sides.space()];
    const [ended, driven] = await Promise.all([
      helm.tried("install", "web", dir, "-n", theirs, ...args),
      sides.bench.run(install("web", key, { namespace: ours, ...over })),
    ]);
    const wanted = errorOf(ended, theirs);
    if (prints !== undefined) expect(wanted).toBe(prints);
    expect(messageOf(driven, ours)).toBe(wanted);
  });

  test.concurrent.each(["legacy", "watcher"] as const)("%s: an object that stays when it is deleted", async (wait) => {
    const sources = { "templates/a.yaml": `${MAP}  finalizers: [example.com/stay]\n` };
    const dir = await sides.chart(`stay-${wait}`, sources);
    const [theirs, ours] = [await sides.space(), await sides.space()];
    await helm("install", "web", dir, "-n", theirs);
    await sides.bench.run(install("web", `stay-${wait}`, { namespace: ours }));
    const [ended, driven] = await Promise.all([
      helm.tried("uninstall", "web", "-n", theirs, `--wait=${wait}`, "--timeout", "2s"),
      sides.bench.run(uninstall("web", { namespace: ours, wait, timeout: 2000 })),
    ]);
    expect(messageOf(driven, ours)).toBe(errorOf(ended, theirs));
  });
});

describe("under the default rules", () => {
  async function run(
    key: string,
    sources: ChartSources,
    over: Partial<InstallRequest>,
    during?: (ns: string) => Promise<void>,
  ) {
    await sides.chart(key, sources);
    const namespace = await sides.space();
    const request: ActionRequest = install("web", key, { namespace, wait: "watcher", ...over });
    const started = Date.now();
    const [driven] = await Promise.all([sides.bench.run(request), during?.(namespace)]);
    return { ...driven, namespace, seconds: (Date.now() - started) / 1000 };
  }

  test.concurrent("a Job that failed ends the wait at once, whatever else is on its way", async () => {
    const sources = { "templates/a.yaml": job("bad", "fail"), "templates/b.yaml": workload("Deployment", "never") };
    const { outcome, seconds } = await run("early", sources, { waitForJobs: true, timeout: 60_000 });
    expect(outcome).toMatchObject({ kind: "failed", code: "wait-failed" });
    expect(seconds).toBeLessThan(30);
  });

  test.concurrent.each([
    ["end", "succeeded", 0],
    ["fail", "failed", 1],
  ] as const)("a Job that deletes itself when it is over: %s", async (fate, kind, told) => {
    const sources = { "templates/a.yaml": briefJob(fate), "templates/b.yaml": workload("Deployment", "run") };
    const { outcome, events } = await run(`brief-${fate}`, sources, { waitForJobs: true, timeout: 60_000 });
    expect(outcome.kind).toBe(kind);
    expect(JSON.stringify(outcome).includes("Job Failed") ? 1 : 0).toBe(told);
    expect(events.some((one) => one.type === "warning" && one.message.includes("nobody saw how it ended"))).toBe(false);
  });

  test.concurrent("a change is seen when it happens", async () => {
    const sources = { "templates/a.yaml": workload("Deployment", "never", "  replicas: 1\n") };
    let at = 0;
    const { outcome, namespace } = await run("seen", sources, { timeout: 60_000 }, async (ns) => {
      await new Promise((resolve) => setTimeout(resolve, 6000));
      at = Date.now();
      await patchPods(ns, { conditions: [{ type: "Ready", status: "True" }], phase: "Running" });
    });
    expect([outcome.kind, Date.now() - at < 5000, namespace !== ""]).toEqual(["succeeded", true, true]);
  });

  test.concurrent("an object says itself when it is ready", async () => {
    const marked = (success: string, failure: string): string =>
      workload("Deployment", "run").replace(
        "name: web\nspec",
        `name: web\n  annotations:\n    helm.sh/readiness-success: ${JSON.stringify(success)}\n    helm.sh/readiness-failure: ${JSON.stringify(failure)}\nspec`,
      );
    const never = "status.conditions[?(@.type=='Available')].status=='Never'";
    const good = marked("status.conditions[?(@.type=='Available')].status=='True'", never);
    const list = marked('["{.readyReplicas} >= 1"]', '["{.readyReplicas} > 9"]');
    const bad = marked(never, '["{.readyReplicas} == 1"]');
    const [a, b, c] = await Promise.all([
      run("said-path", { "templates/a.yaml": good }, { timeout: 20_000 }),
      run("said-list", { "templates/a.yaml": list }, { timeout: 20_000 }),
      run("said-bad", { "templates/a.yaml": bad }, { timeout: 20_000 }),
    ]);
    expect([a.outcome.kind, b.outcome.kind]).toEqual(["succeeded", "succeeded"]);
    expect(messageOf(c, c.namespace)).toBe(
      "INSTALLATION FAILED: resource Deployment/NS/web not ready. status: Failed, message: helm.sh/readiness-failure is met: {.readyReplicas} == 1",
    );
  });

  test.concurrent("a wait says which pod lacks what, with the warnings about it, once each", async () => {
    const sources = { "templates/a.yaml": workload("Deployment", "never") };
    const { outcome, events, namespace } = await run("why", sources, { timeout: 9000 }, async (ns) => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const waiting = { reason: "ImagePullBackOff", message: 'Back-off pulling image "nginx"' };
      await patchPods(ns, {
        containerStatuses: [
          { name: "c", image: "nginx", imageID: "", ready: false, restartCount: 0, state: { waiting } },
        ],
      });
    });
    const pods = await podsOf(namespace);
    const name = stringAt(pods[0], "metadata", "name") ?? "";
    const line = `pod ${name}, container c: ImagePullBackOff: Back-off pulling image "nginx"`;
    expect(toldBy(events).filter((text) => text === line)).toEqual([line]);
    expect(toldBy(events)).toContain(`event on Pod ${name}: Failed: no such image`);
    expect(outcome).toMatchObject({ kind: "failed", detail: { reasons: expect.arrayContaining([line]) } });
  });

  async function podsOf(namespace: string): Promise<readonly JsonObject[]> {
    const found = await sides.send("GET", `/api/v1/namespaces/${namespace}/pods`);
    return listAt(found, "items").flatMap((one) =>
      typeof one === "object" && one !== null && !Array.isArray(one) ? [one as JsonObject] : [],
    );
  }

  async function patchPods(namespace: string, status: JsonObject): Promise<void> {
    for (const one of await podsOf(namespace)) {
      const name = stringAt(one, "metadata", "name") ?? "";
      const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
      await sides.send("PATCH", `${path}/status`, { status }, { type: "application/merge-patch+json" });
      await sides.send("POST", `/api/v1/namespaces/${namespace}/events`, {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: `${name}.1` },
        involvedObject: { kind: "Pod", name, namespace, uid: stringAt(one, "metadata", "uid") ?? "" },
        type: "Warning",
        reason: "Failed",
        message: "no such image",
      });
    }
  }

  function toldBy(events: readonly ActionEvent[]): readonly string[] {
    return events.flatMap((event) => (event.type === "waiting" ? [event.message] : []));
  }
});
