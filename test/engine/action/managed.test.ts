import { beforeEach, describe, expect, test } from "vitest";
import type { ConflictPolicy } from "../../../engine/action/request.ts";
import type { JsonObject } from "../../../engine/errors.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import { type Bench, chartOf, install, openBench, rollback, uninstall, upgrade } from "../../support/operation.ts";

const CM = "/api/v1/namespaces/default/configmaps/web";
const SOURCES = {
  "values.yaml": "color: red\n",
  "templates/cm.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  labels: {{ .Values.labels | default dict | toJson }}\ndata:\n  color: {{ .Values.color }}\n",
};
const MANAGED = { kind: "failed", code: "managed-by-gitops" };

let bench: Bench;

beforeEach(async () => {
  const local = openReadyCluster();
  bench = openBench(local.transport);
  bench.charts.set("web", await chartOf("web", SOURCES));
});

/** Server-side apply by another manager; or a read. */
async function send(manager: string | undefined, body?: JsonObject): Promise<JsonObject> {
  const answer = await bench.deps.cluster.send({
    method: manager === undefined ? "GET" : "PATCH",
    path: CM,
    query: manager === undefined ? [] : [["fieldManager", manager]],
    headers: { accept: "application/json", "content-type": "application/apply-patch+yaml" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await new Response(answer.body).text();
  if (answer.status >= 300) throw new Error(text);
  const parsed: JsonObject = JSON.parse(text);
  return parsed;
}

function applied(data: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web", ...metadata }, data };
}

/** An Application applies what the release made. */
async function bringArgo(): Promise<void> {
  await bench.run(install("web", "web"));
  await send("argocd-controller", applied({ color: "red" }));
}

function writes(since: number): readonly string[] {
  return bench.requests
    .slice(since)
    .filter((one) => one.method !== "GET" && one.query?.some(([name]) => name === "dryRun") !== true)
    .map((one) => `${one.method} ${one.path}`);
}

describe("a release that a GitOps tool manages, too", () => {
  test.each([
    ["an upgrade", () => upgrade("web", "web", { values: { color: "blue" } })],
    ["an upgrade that would change nothing", () => upgrade("web", "web")],
    ["a rollback", () => rollback("web", 1)],
    ["an uninstall", () => uninstall("web")],
    ["an install that takes objects over", () => install("again", "web", { takeOwnership: true })],
    ["an install that finds objects of others", () => install("again", "web")],
  ])("refuses %s before anything is written", async (_, request) => {
    await bringArgo();
    const since = bench.requests.length;
    const { outcome } = await bench.run(request());
    expect(outcome).toMatchObject(MANAGED);
    expect(outcome).toMatchObject({
      message: expect.stringContaining(
        "ConfigMap default/web is also managed by the Argo CD Application (field manager argocd-controller); nothing was written",
      ),
      detail: { count: 1, managed: [{ object: { kind: "ConfigMap", name: "web" } }] },
    });
    expect(writes(since)).toEqual([]);
  });

  test("says so in a plan, which cannot be applied", async () => {
    await bringArgo();
    const planned = await bench.plan(upgrade("web", "web"));
    expect(planned.report.applicable).toBe(false);
    expect(planned.report.problems).toEqual([
      "ConfigMap default/web is also managed by the Argo CD Application (field manager argocd-controller)",
    ]);
    expect((await bench.apply(planned)).outcome).toMatchObject(MANAGED);
    expect((await bench.plan(uninstall("web"))).report.applicable).toBe(false);
  });

  test("refuses the apply of a plan that was made before the tool came", async () => {
    await bench.run(install("web", "web"));
    const planned = await bench.plan(upgrade("web", "web"));
    await send("argocd-controller", applied({}, { labels: { "argocd.argoproj.io/instance": "store" } }));
    const since = bench.requests.length;
    expect((await bench.apply(planned)).outcome).toMatchObject(MANAGED);
    expect(writes(since)).toEqual([]);
  });

  test("goes on alongside: equal fields are owned by both, other ones are a conflict, and a warning says who is there", async () => {
    await bringArgo();
    const equal = await bench.run(upgrade("web", "web", { alongside: true }));
    expect(equal.outcome.kind).toBe("succeeded");
    expect(equal.events).toContainEqual({
      type: "warning",
      message: "ConfigMap default/web is also managed by the Argo CD Application (field manager argocd-controller)",
    });
    const other = await bench.run(upgrade("web", "web", { alongside: true, values: { color: "blue" } }));
    expect(other.outcome).toMatchObject({ kind: "failed", code: "conflict" });
    const planned = await bench.plan(upgrade("web", "web", { alongside: true }));
    expect(planned.report.applicable).toBe(true);
    expect(planned.report.warnings).toEqual([
      "ConfigMap default/web is also managed by the Argo CD Application (field manager argocd-controller)",
    ]);
    expect((await bench.apply(planned)).outcome.kind).toBe("succeeded");
    expect((await bench.run(rollback("web", 1, { alongside: true }))).outcome.kind).toBe("succeeded");
    expect((await bench.run(uninstall("web", { alongside: true }))).outcome.kind).toBe("succeeded");
  });

  test("is no concern of strict Helm, which says no word", async () => {
    await bringArgo();
    const conflicts: ConflictPolicy = "helm";
    for (const request of [
      upgrade("web", "web", { conflicts }),
      rollback("web", 1, { conflicts }),
      uninstall("web", { conflicts }),
    ]) {
      const { outcome, events } = await bench.run(request);
      expect(outcome.kind).toBe("succeeded");
      expect(JSON.stringify(events)).not.toContain("Argo");
    }
  });

  test("is known by its record when the objects bear no trace, and no longer after an upgrade alongside", async () => {
    const labels = { "helm.toolkit.fluxcd.io/name": "web", "helm.toolkit.fluxcd.io/namespace": "flux" };
    await bench.run(install("web", "web", { values: { labels } }));
    await bench.deps.cluster.send({ method: "DELETE", path: CM, query: [], headers: { accept: "application/json" } });
    expect((await bench.run(upgrade("web", "web"))).outcome).toMatchObject({
      ...MANAGED,
      message: expect.stringContaining('the Flux HelmRelease "flux/web" (label helm.toolkit.fluxcd.io/name)'),
    });
    const plain = { reuse: "reset", alongside: true } as const;
    expect((await bench.run(upgrade("web", "web", plain))).outcome.kind).toBe("succeeded");
    expect((await bench.run(upgrade("web", "web"))).outcome.kind).toBe("succeeded");
  });

  test("is undone when an upgrade alongside fails", async () => {
    await bringArgo();
    bench.charts.set(
      "bad",
      await chartOf("web", {
        ...SOURCES,
        "templates/bad.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {nonsense: 1}\n",
      }),
    );
    const request = upgrade("web", "bad", { alongside: true, rollbackOnFailure: true });
    const { outcome } = await bench.run(request);
    expect(outcome).toMatchObject({ kind: "failed" });
    expect(JSON.stringify(outcome)).not.toContain("managed-by-gitops");
    expect((await send(undefined))["data"]).toEqual({ color: "red" });
  });
});
