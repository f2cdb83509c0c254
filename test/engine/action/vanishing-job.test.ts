import { describe, expect, it } from "vitest";
import { openLocalCluster } from "../../../infra/local-cluster/cluster.ts";
import type { ClusterRequest, ClusterResponse } from "../../../engine/kube/transport.ts";
import { chartOf, install, openBench, upgrade } from "../../support/operation.ts";

const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

function job(fate: string, annotations = "{helm.sh/hook: pre-install}"): string {
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: brief
  labels: {slipway.local/fate: ${fate}}
  annotations: ${annotations}
spec:
  ttlSecondsAfterFinished: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{name: c, image: x}]
`;
}

const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n";

describe("a hook's Job that deletes itself when it is over", () => {
  const rows: readonly {
    readonly name: string;
    readonly fate: string;
    readonly kind: string;
  }[] = [
    { name: "has succeeded although nobody finds it any more", fate: "run", kind: "succeeded" },
    { name: "has failed although nobody finds it any more", fate: "fail", kind: "failed" },
  ];
  for (const { name, fate, kind } of rows) {
    it(name, async () => {
      const cluster = openLocalCluster({ now: Date.now, randomBytes, readyAfter: 20 });
      const bench = openBench(cluster.transport);
      bench.charts.set("brief", await chartOf("web", { "templates/hook.yaml": job(fate), "templates/map.yaml": MAP }));
      const { outcome } = await bench.run(install("web", "brief"));
      expect(outcome.kind).toBe(kind);
      const left = await cluster.transport.send({
        method: "GET",
        path: "/apis/batch/v1/namespaces/default/jobs/brief",
      });
      expect(left.status).toBe(404);
      cluster.close();
    });
  }
});

describe("a release's own Job that deletes itself when it is over", () => {
  const deployment = (fate: string): string =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {slipway.local/fate: ${fate}}}\nspec:\n  selector: {matchLabels: {a: b}}\n  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: x}]}}\n`;
  const refused = (code: number, reason: string): ClusterResponse => {
    const status = { kind: "Status", apiVersion: "v1", status: "Failure", reason, code, message: reason };
    return { status: code, headers: new Headers(), body: new Blob([JSON.stringify(status)]).stream() };
  };
  const isWatch = (request: ClusterRequest): boolean => request.query?.some(([name]) => name === "watch") ?? false;

  const rows = [
    { name: "is done", fate: "run", over: {}, kind: "succeeded", text: undefined, warned: false },
    {
      name: "is done, written client-side",
      fate: "run",
      over: { serverSide: false },
      kind: "succeeded",
      warned: false,
    },
    { name: "has failed", fate: "fail", over: {}, kind: "failed", text: "status: Failed, message: Job Failed" },
    {
      name: "has failed, written client-side",
      fate: "fail",
      over: { serverSide: false },
      kind: "failed",
      text: "status: Failed, message: Job Failed",
    },
    {
      name: "is waited for in strict Helm",
      fate: "run",
      over: { conflicts: "helm", timeout: 3000 },
      beside: "never",
      kind: "failed",
      text: "Job/default/brief not ready. status: NotFound",
    },
    { name: "counts as done with a warning where its end was not seen", fate: "run", blind: true, kind: "succeeded" },
  ] as const;
  for (const row of rows) {
    it(row.name, async () => {
      const cluster = openLocalCluster({ now: Date.now, randomBytes, readyAfter: 20 });
      const blind = "blind" in row;
      const send = (request: ClusterRequest) => {
        if (!blind || request.method !== "GET" || !request.path.includes("/jobs"))
          return cluster.transport.send(request);
        return Promise.resolve(isWatch(request) ? refused(410, "Expired") : refused(404, "NotFound"));
      };
      const bench = openBench({ send });
      bench.charts.set(
        "brief",
        await chartOf("web", {
          "templates/job.yaml": job(row.fate, "{}"),
          "templates/d.yaml": deployment("beside" in row ? row.beside : "run"),
        }),
      );
      const over = "over" in row ? row.over : {};
      const request = install("web", "brief", { wait: "watcher", waitForJobs: true, timeout: 20_000, ...over });
      const { outcome, events } = await bench.run(request);
      expect(outcome.kind).toBe(row.kind);
      if (outcome.kind === "failed" && "text" in row) expect(outcome.message).toContain(row.text);
      const warned = events.some((one) => one.type === "warning" && one.message.includes("ttlSecondsAfterFinished"));
      expect(warned).toBe(blind);
      cluster.close();
    });
  }

  it("that somebody deletes before its end is missed", async () => {
    const cluster = openLocalCluster({ now: Date.now, randomBytes, readyAfter: 20 });
    const path = "/apis/batch/v1/namespaces/default/jobs/brief";
    const bench = openBench({
      send: async (request) => {
        const answer = await cluster.transport.send(request);
        if (request.method === "PATCH" && request.path === path)
          await cluster.transport.send({ method: "DELETE", path });
        return answer;
      },
    });
    bench.charts.set("brief", await chartOf("web", { "templates/job.yaml": job("never", "{}") }));
    const { outcome } = await bench.run(install("web", "brief", { wait: "watcher", waitForJobs: true, timeout: 1000 }));
    expect(outcome).toMatchObject({ kind: "failed", message: expect.stringContaining("NotFound") });
    cluster.close();
  });

  it("keeps no upgrade from ending, step by step", async () => {
    const cluster = openLocalCluster({ now: Date.now, randomBytes, readyAfter: 300 });
    const bench = openBench(cluster.transport);
    const templates = { "templates/job.yaml": job("run", "{}"), "templates/d.yaml": deployment("run") };
    bench.charts.set("brief", await chartOf("web", templates));
    for (const request of [install, upgrade]) {
      const small = { subrequests: 12 };
      const { outcome } = await bench.run(
        request("web", "brief", { wait: "watcher", waitForJobs: true, timeout: 20_000 }),
        small,
      );
      expect(outcome.kind).toBe("succeeded");
    }
    cluster.close();
  });
});
