import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ActionOutcome } from "../../engine/action/action.ts";
import type { ActionEvent } from "../../engine/action/event.ts";
import type { JsonObject } from "../../engine/errors.ts";
import { listAt, memberAt, stringAt } from "../../engine/object/json.ts";
import { openKubeconfig, type OpenCluster } from "../../infra/node/cluster-transport.ts";
import { createHelm } from "../support/helm.ts";
import { type ChartSources, install, uninstall, upgrade } from "../support/operation.ts";
import { openSides, type TwoSides } from "./two-sides.ts";

const helm = createHelm();
const unique = Date.now().toString(36);
let cluster: OpenCluster;
let sides: TwoSides;

beforeAll(async () => {
  cluster = await openKubeconfig({ trust: "operator", path: process.env["KUBECONFIG"] ?? "" });
  sides = openSides(cluster);
});
afterAll(async () => {
  await cluster.close();
});

function annotations(group: string, after: string): string {
  const list = after === "" ? "" : `, helm.sh/depends-on/resource-groups: '${after}'`;
  return group === "" ? "{}" : `{helm.sh/resource-group: ${group}${list}}`;
}

const map = (name: string, group = "", after = ""): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, annotations: ${annotations(group, after)}}\n`;
const deployment = (name: string, fate: string, group = "", after = ""): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}, annotations: ${annotations(group, after)}}\nspec:\n  selector: {matchLabels: {app: ${name}}}\n  template:\n    metadata: {labels: {app: ${name}, oracle/fate: ${fate}}}\n    spec: {containers: [{name: c, image: nginx}]}\n`;

/** By kinds Helm would apply `a-last`, `config`, `app`, `db`: the order here is another one at every place. */
const SHOP: ChartSources = {
  "Chart.yaml":
    "apiVersion: v2\nname: shop\nversion: 0.1.0\ndependencies:\n- {name: db, version: 1.0.0, repository: ''}\n- {name: cache, version: 1.0.0, repository: '', depends-on: [db]}\n",
  "charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n",
  "charts/db/templates/db.yaml": deployment("db", "run"),
  "charts/cache/Chart.yaml": "apiVersion: v2\nname: cache\nversion: 1.0.0\n",
  "charts/cache/templates/cache.yaml": map("cache"),
  "templates/a-last.yaml": map("a-last"),
  "templates/app.yaml": deployment("app", "run", "app", '["config"]'),
  "templates/config.yaml": map("config", "config"),
};
const PLACES = ["deployments/db", "configmaps/cache", "configmaps/config", "deployments/app", "configmaps/a-last"];
const ORDERED = { wait: "ordered", timeout: 40_000 } as const;

function pathOf(namespace: string, place: string): string {
  const root = place.startsWith("deployments/") ? "/apis/apps/v1" : "/api/v1";
  return `${root}/namespaces/${namespace}/${place}`;
}

const get = (namespace: string, place: string): Promise<JsonObject | undefined> =>
  sides.send("GET", pathOf(namespace, place));

async function present(namespace: string): Promise<readonly string[]> {
  const found = await Promise.all(
    PLACES.map(async (place) => ((await get(namespace, place)) === undefined ? [] : [place])),
  );
  return found.flat();
}

/** What was made and deleted, in the order of events. */
function done(events: readonly ActionEvent[], result: "created" | "deleted"): readonly string[] {
  return events.flatMap((one) => (one.type === "resource" && one.result === result ? [one.object.name] : []));
}

const conditionTime = (object: JsonObject | undefined, type: string): string =>
  stringAt(
    listAt(object, "status", "conditions").find((one) => stringAt(one, "type") === type),
    "lastTransitionTime",
  ) ?? "never";
const createdAt = (object: JsonObject | undefined): string => stringAt(object, "metadata", "creationTimestamp") ?? "";
const revisionOf = (object: JsonObject | undefined): number =>
  Number(stringAt(object, "metadata", "resourceVersion") ?? "0");

const messageOf = (outcome: ActionOutcome): string => (outcome.kind === "failed" ? outcome.message : "");

async function putShop(): Promise<string> {
  return sides.chart("shop", SHOP);
}

describe("an order on a real API server", () => {
  test("is the chart's: each batch is ready before the next one is made", async () => {
    await putShop();
    const namespace = await sides.space();
    const { outcome, events } = await sides.bench.run(install("shop", "shop", { namespace, ...ORDERED }));
    expect(messageOf(outcome)).toBe("");
    expect(done(events, "created")).toEqual(["db", "cache", "config", "app", "a-last"]);
    const [db, cache, config, app, last] = await Promise.all(PLACES.map((place) => get(namespace, place)));
    expect(conditionTime(db, "Available") <= createdAt(cache)).toBe(true);
    expect(conditionTime(app, "Available") <= createdAt(last)).toBe(true);
    expect(revisionOf(cache)).toBeLessThan(revisionOf(config));
    expect(revisionOf(config)).toBeLessThan(revisionOf(last));
    expect(JSON.stringify(app)).not.toContain("depends-on");
  });

  test("is what helm and a plain install cannot have: the API server refuses the annotation", async () => {
    const folder = await putShop();
    const [ours, theirs] = [await sides.space(), await sides.space()];
    const { outcome } = await sides.bench.run(install("shop", "shop", { namespace: ours, wait: "watcher" }));
    expect(messageOf(outcome)).toContain('"helm.sh/depends-on/resource-groups"');
    const ended = await helm.tried("install", "shop", folder, "-n", theirs);
    expect([ended.code, ended.stderr.includes('"helm.sh/depends-on/resource-groups"')]).toEqual([1, true]);
  });

  test("stops where a batch does not get ready, says why, and makes nothing behind it", async () => {
    await sides.chart("stuck", {
      "templates/a.yaml": deployment("db", "never", "db"),
      "templates/b.yaml": map("cache", "cache", "[db]"),
    });
    const namespace = await sides.space();
    const request = install("stuck", "stuck", { namespace, ...ORDERED, readinessTimeout: 2000 });
    const { outcome } = await sides.bench.run(request);
    expect(outcome).toMatchObject({ kind: "failed", code: "wait-failed" });
    expect(messageOf(outcome)).toContain(
      `resource group "db" of web: not ready\nresource Deployment/${namespace}/db not ready. status: InProgress`,
    );
    expect(await present(namespace)).toEqual(["deployments/db"]);
  });

  test("that goes round leaves nothing behind, not even a record", async () => {
    await sides.chart("ring", {
      "templates/a.yaml": map("cache", "a", "[b]"),
      "templates/b.yaml": map("config", "b", "[a]"),
    });
    const namespace = await sides.space();
    const { outcome } = await sides.bench.run(install("web", "ring", { namespace, ...ORDERED, createNamespace: true }));
    expect(outcome).toMatchObject({ kind: "failed", code: "invalid-order" });
    expect(messageOf(outcome)).toContain("resource groups of web wait for each other: a → b → a");
    expect(await present(namespace)).toEqual([]);
    expect(await sides.record(namespace, 1)).toBeUndefined();
  });

  test("is reversed by an uninstall, and nothing goes that something depends on which is still there", async () => {
    await putShop();
    const namespace = await sides.space();
    await sides.bench.run(install("shop", "shop", { namespace, ...ORDERED }));
    const hold = { metadata: { finalizers: ["example.com/hold"] } };
    const merge = { type: "application/merge-patch+json" };
    await sides.send("PATCH", pathOf(namespace, "configmaps/config"), hold, merge);
    const stopped = await sides.bench.run(uninstall("shop", { namespace, timeout: 3000 }));
    expect(messageOf(stopped.outcome)).toContain('resource group "config" of shop: not gone');
    expect(done(stopped.events, "deleted")).toEqual(["a-last", "app", "config"]);
    expect(await present(namespace)).toEqual(["deployments/db", "configmaps/cache", "configmaps/config"]);
    const free = { metadata: { finalizers: null } };
    await sides.send("PATCH", pathOf(namespace, "configmaps/config"), free, merge);
    const ended = await sides.bench.run(uninstall("shop", { namespace, ...ORDERED }));
    expect(messageOf(ended.outcome)).toBe("");
    expect(done(ended.events, "deleted")).toEqual(["cache", "db"]);
    expect(await present(namespace)).toEqual([]);
  });

  test("leaves records that helm reads, rolls back to and writes anew; what helm wrote has no order left", async () => {
    await putShop();
    const namespace = await sides.space();
    await sides.bench.run(install("shop", "shop", { namespace, ...ORDERED }));
    await sides.bench.run(upgrade("shop", "shop", { namespace, ...ORDERED, values: { v: 2 } }));
    expect(await helm("get", "manifest", "shop", "-n", namespace)).not.toContain("depends-on");
    expect(JSON.parse(await helm("history", "shop", "-n", namespace, "-o", "json"))).toMatchObject([
      { revision: 1, status: "superseded" },
      { revision: 2, status: "deployed" },
    ]);
    await helm("rollback", "shop", "1", "-n", namespace, "--wait", "--timeout", "30s");
    expect(await present(namespace)).toEqual(PLACES);
    const { outcome, events } = await sides.bench.run(uninstall("shop", { namespace, ...ORDERED }));
    expect(messageOf(outcome)).toBe("");
    expect(events).toContainEqual({
      type: "warning",
      message: "revision 3 was not applied in order: its objects go in Helm's order",
    });
  });
});

function crd(plural: string, kind: string, versions: readonly string[], extra = ""): string {
  const list = versions.map(
    (version, index) =>
      `  - name: ${version}\n    served: true\n    storage: ${index === 0}\n    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {a: {type: string}${extra}}}}}}\n`,
  );
  return `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: ${plural}.${unique}.example.com\nspec:\n  group: ${unique}.example.com\n  names: {kind: ${kind}, plural: ${plural}}\n  scope: Namespaced\n  versions:\n${list.join("")}`;
}

const crdOf = (plural: string): Promise<JsonObject | undefined> =>
  sides.send("GET", `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.${unique}.example.com`);
const thing = (kind: string, spec: string): string =>
  `apiVersion: ${unique}.example.com/v1\nkind: ${kind}\nmetadata: {name: one}\nspec: ${spec}\n`;
const hasField = (object: JsonObject | undefined): boolean =>
  JSON.stringify(object ?? {}).includes('"b":{"type":"string"}');

describe("the CRDs of an upgrade on a real API server", () => {
  const first: ChartSources = { "crds/a.yaml": crd("alphas", "Alpha", ["v1"]), "templates/a.yaml": map("a") };
  const second: ChartSources = {
    "crds/a.yaml": crd("alphas", "Alpha", ["v1"], ", b: {type: string}"),
    "crds/b.yaml": crd("betas", "Beta", ["v1"]),
  };
  const withThings = {
    "templates/alpha.yaml": thing("Alpha", "{a: x, b: new}"),
    "templates/beta.yaml": thing("Beta", "{a: x}"),
  };

  test("stay as they are by default, as helm leaves them; the policy makes and updates them, and they are established", async () => {
    await sides.chart("one", first);
    const folder = await sides.chart("two", { ...second, "templates/a.yaml": map("a") });
    await sides.chart("three", { ...second, ...withThings });
    const namespace = await sides.space();
    await sides.bench.run(install("web", "one", { namespace }));
    await helm("upgrade", "web", folder, "-n", namespace);
    expect([hasField(await crdOf("alphas")), await crdOf("betas")]).toEqual([false, undefined]);
    await sides.bench.run(upgrade("web", "two", { namespace }));
    expect([hasField(await crdOf("alphas")), await crdOf("betas")]).toEqual([false, undefined]);

    const planned = await sides.bench.plan(upgrade("web", "three", { namespace, crds: "create-replace" }));
    const seen = planned.report.objects.map((one) => [one.kind, one.change, one.dryRun]);
    expect(seen).toEqual([
      ["CustomResourceDefinition", "changed", "sent"],
      ["CustomResourceDefinition", "created", "sent"],
      ["Alpha", "created", "impossible"],
      ["Beta", "created", "impossible"],
      ["ConfigMap", "deleted", "unneeded"],
    ]);
    expect(planned.report.objects[0]?.fields.map((field) => field.path).join()).toContain("properties.b");
    expect(messageOf((await sides.bench.apply(planned)).outcome)).toBe("");
    expect(hasField(await crdOf("alphas"))).toBe(true);
    const established = listAt(await crdOf("betas"), "status", "conditions").map((one) => stringAt(one, "type"));
    expect(established).toContain("Established");
    const alpha = await sides.send("GET", `/apis/${unique}.example.com/v1/namespaces/${namespace}/alphas/one`);
    expect(memberAt(alpha, "spec")).toEqual({ a: "x", b: "new" });
  });

  test("are made by create, and left alone where they are there", async () => {
    await sides.chart("gammas", { "crds/a.yaml": crd("gammas", "Gamma", ["v1"]), "templates/a.yaml": map("a") });
    await sides.chart("gammas2", {
      "crds/a.yaml": crd("gammas", "Gamma", ["v1"], ", b: {type: string}"),
      "crds/b.yaml": crd("deltas", "Delta", ["v1"]),
      "templates/delta.yaml": thing("Delta", "{a: x}"),
    });
    const namespace = await sides.space();
    await sides.bench.run(install("web", "gammas", { namespace }));
    const { outcome } = await sides.bench.run(upgrade("web", "gammas2", { namespace, crds: "create" }));
    expect(messageOf(outcome)).toBe("");
    expect([hasField(await crdOf("gammas")), (await crdOf("deltas")) === undefined]).toEqual([false, false]);
  });

  test("that would lose a stored version are refused before anything is written; the server would have refused it later", async () => {
    await sides.chart("old", {
      "crds/a.yaml": crd("omegas", "Omega", ["v1alpha1", "v1"]),
      "templates/a.yaml": map("a"),
    });
    await sides.chart("new", { "crds/a.yaml": crd("omegas", "Omega", ["v1"]), "templates/a.yaml": map("a") });
    const namespace = await sides.space();
    await sides.bench.run(install("web", "old", { namespace }));
    const before = await crdOf("omegas");
    const request = upgrade("web", "new", { namespace, crds: "create-replace" });
    const { outcome } = await sides.bench.run(request);
    expect(outcome).toMatchObject({ kind: "failed", code: "stored-version", detail: { versions: ["v1alpha1"] } });
    expect(revisionOf(await crdOf("omegas"))).toBe(revisionOf(before));
    expect(await sides.record(namespace, 2)).toBeUndefined();
    const { report } = await sides.bench.plan(request);
    expect([report.applicable, report.problems.join()]).toEqual([false, expect.stringContaining("storedVersions")]);
    expect(report.warnings.join()).toContain("the chart no longer has version v1alpha1");
  });
});
