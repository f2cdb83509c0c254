import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ActionEvent } from "../../../engine/action/event.ts";
import { deadlineOf } from "../../../engine/action/deadline.ts";
import type { InstallRequest } from "../../../engine/action/request.ts";
import type { JsonObject } from "../../../engine/errors.ts";
import type { ClusterRequest } from "../../../engine/kube/transport.ts";
import type { LocalCluster } from "../../../infra/local-cluster/cluster.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import { type Bench, chartOf, type Driven, install, openBench } from "../../support/operation.ts";

let local: LocalCluster;
let bench: Bench;
/** What is answered instead. */
let interfere: (request: ClusterRequest) => number | undefined;

beforeEach(() => {
  local = openReadyCluster();
  interfere = () => undefined;
  bench = openBench({
    send: async (request) => {
      const status = interfere(request);
      if (status === undefined) return local.transport.send(request);
      return { status, headers: new Headers(), body: new Blob(["no"]).stream() };
    },
  });
});
afterEach(() => local.close());

const map = (annotations = "{}", data = "{}"): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, annotations: ${annotations}}\ndata: ${data}\n`;
const deployment = (fate: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {slipway.local/fate: ${fate}}}\nspec:\n  selector: {matchLabels: {a: b}}\n  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: x}]}}\n`;
const job = (fate: string): string =>
  `apiVersion: batch/v1\nkind: Job\nmetadata: {name: job, labels: {slipway.local/fate: ${fate}}}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: x}]}}}\n`;

async function run(over: Partial<InstallRequest>, ...texts: readonly string[]): Promise<Driven> {
  const sources = Object.fromEntries(texts.map((text, i) => [`templates/${i}.yaml`, text]));
  bench.charts.set("web", await chartOf("web", sources));
  return bench.run(install("web", "web", { wait: "watcher", ...over }));
}

const isWatch = (request: ClusterRequest): boolean => request.query?.some(([name]) => name === "watch") ?? false;
const warnings = (events: readonly ActionEvent[]): readonly string[] =>
  events.flatMap((one) => (one.type === "warning" ? [one.message] : []));

async function touch(path: string, body: JsonObject): Promise<void> {
  await local.transport.send({
    method: "PATCH",
    path,
    headers: { "content-type": "application/merge-patch+json" },
    body: JSON.stringify(body),
  });
}

describe("a wait", () => {
  test("sees a change at once, by a watch instead of by more looks", async () => {
    const running = run({ timeout: 20_000 }, deployment("never"));
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const looks = bench.requests.filter((one) => one.path.endsWith("/deployments/web") && one.method === "GET").length;
    const status = {
      observedGeneration: 1,
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
      conditions: ["Available", "Progressing"].map((type) => ({
        type,
        status: "True",
        reason: "NewReplicaSetAvailable",
        message: "",
      })),
    };
    await touch("/apis/apps/v1/namespaces/default/deployments/web/status", { status });
    expect((await running).outcome.kind).toBe("succeeded");
    expect(bench.requests.filter(isWatch).length).toBeGreaterThan(0);
    expect(looks).toBeLessThan(12);
  });

  test.each([
    ["is refused", 403],
    ["fails", 500],
  ])("polls when a watch %s, and does not ask for another", async (_, status) => {
    interfere = (request) => (isWatch(request) ? status : undefined);
    const { outcome } = await run({ timeout: 2500 }, deployment("never"));
    expect(outcome).toMatchObject({ kind: "failed", code: "wait-failed" });
    expect(bench.requests.filter(isWatch).length).toBe(1);
    expect(bench.requests.length).toBeLessThan(60);
  });

  test("does not spin when a server ends every watch at once", async () => {
    const answer = local.transport.send;
    bench = openBench({
      send: async (request) =>
        isWatch(request) ? { status: 200, headers: new Headers(), body: new Blob([]).stream() } : answer(request),
    });
    await run({ timeout: 2500 }, deployment("never"));
    expect(bench.requests.filter(isWatch).length).toBeLessThan(8);
  });

  test.each([
    ["ends when a Job has failed for good", "default", 20_000, false],
    ["goes on until its time is up in strict Helm", "helm", 2000, true],
  ] as const)("%s", async (_, conflicts, timeout, late) => {
    const { outcome } = await run({ timeout, waitForJobs: true, conflicts }, job("fail"), deployment("never"));
    const message = outcome.kind === "failed" ? outcome.message : "";
    expect(message).toContain("resource Job/default/job not ready. status: Failed");
    expect(message.includes("context deadline exceeded")).toBe(late);
  });

  const said = `{helm.sh/readiness-success: "data.is=='good'", helm.sh/readiness-failure: "data.is=='bad'"}`;
  test.each([
    ["succeeds when an object says that it is ready", "default", "good", "succeeded"],
    ["fails when it says that it has failed", "default", "bad", "failed"],
    ["does not listen to it in strict Helm", "helm", "bad", "succeeded"],
  ] as const)("%s", async (_, conflicts, is, kind) => {
    const { outcome } = await run({ timeout: 20_000, conflicts }, map(said, `{is: ${is}}`), deployment("run"));
    expect(outcome.kind).toBe(kind);
  });

  test("warns of an annotation that stands alone, and waits by the kind's rules", async () => {
    const { outcome, events } = await run({}, map(`{helm.sh/readiness-success: "data.is=='good'"}`));
    expect(outcome.kind).toBe("succeeded");
    expect(warnings(events)).toEqual([
      "ConfigMap one: helm.sh/readiness-success needs helm.sh/readiness-failure beside it; it is waited for by the rules of its kind",
    ]);
  });

  test.each([
    ["tries a server in trouble again", 500, "succeeded", 0],
    ["ends at once with what it may not read", 403, "failed", 2],
  ] as const)("under legacy %s", async (_, status, kind, left) => {
    const service =
      "apiVersion: v1\nkind: Service\nmetadata: {name: lb}\nspec: {type: ExternalName, externalName: a.b}\n";
    let made = false;
    let fails = 3;
    interfere = ({ method, path }) => {
      if (!path.endsWith("/services/lb")) return undefined;
      if (method !== "GET") made = true;
      return made && method === "GET" && fails > 0 && fails-- > 0 ? status : undefined;
    };
    const { outcome } = await run({ wait: "legacy", timeout: 30_000 }, service);
    expect([outcome.kind, fails]).toEqual([kind, left]);
  });
});

describe("a deadline", () => {
  test.each([
    ["watcher", 5000, 6000],
    ["watcher", 0, 31_000],
    ["hookOnly", 0, 31_000],
    ["legacy", 0, Number.POSITIVE_INFINITY],
    ["legacy", -1, Number.POSITIVE_INFINITY],
    ["watcher", -1, Number.POSITIVE_INFINITY],
  ] as const)("of %s with a timeout of %d ms", (wait, timeout, at) => {
    expect(deadlineOf(1000, timeout, wait)).toBe(at);
  });
});
