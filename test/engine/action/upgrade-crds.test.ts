import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { WriteTarget } from "../../../engine/action/action.ts";
import { getHistory } from "../../../engine/action/index.ts";
import { ActionError } from "../../../engine/action/errors.ts";
import type { CrdPolicy } from "../../../engine/action/request.ts";
import type { JsonObject } from "../../../engine/errors.ts";
import type { DiscoveryData } from "../../../engine/kube/discovery.ts";
import { memberAt } from "../../../engine/object/json.ts";
import type { LocalCluster } from "../../../infra/local-cluster/cluster.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import { type Bench, chartOf, type ChartSources, install, openBench, upgrade } from "../../support/operation.ts";

let local: LocalCluster;
let bench: Bench;
let asked: WriteTarget[];
let remembered: DiscoveryData | undefined;
let refuses: boolean;

beforeEach(() => {
  local = openReadyCluster();
  asked = [];
  remembered = undefined;
  refuses = false;
  bench = openBench(local.transport, {
    authorize: async (targets) => {
      asked.push(...targets);
      if (refuses) throw new ActionError("refused", "no CRDs for you");
    },
    discovery: { load: async () => remembered, save: async (data) => void (remembered = data) },
  });
});
afterEach(() => local.close());

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

function crd(plural: string, kind: string, versions: readonly string[], text = "one"): string {
  const list = versions.map(
    (version, index) =>
      `  - name: ${version}\n    served: true\n    storage: ${index === versions.length - 1}\n    schema: {openAPIV3Schema: {type: object, description: ${text}, x-kubernetes-preserve-unknown-fields: true}}\n`,
  );
  return `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: ${plural}.example.com\nspec:\n  group: example.com\n  names: {kind: ${kind}, plural: ${plural}}\n  scope: Namespaced\n  versions:\n${list.join("")}`;
}

const map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n";
const OLD: ChartSources = { "crds/a.yaml": crd("things", "Thing", ["v1"]), "templates/map.yaml": map };
const NEW: ChartSources = {
  "crds/a.yaml": crd("things", "Thing", ["v1"], "two"),
  "crds/b.yaml": crd("others", "Other", ["v1"]),
  "templates/map.yaml": map,
  "templates/other.yaml": `{{ if .Capabilities.APIVersions.Has "example.com/v1/Other" }}apiVersion: example.com/v1\nkind: Other\nmetadata: {name: one}\n{{ end }}`,
};

async function send(method: "GET" | "PATCH" | "PUT", path: string, body?: JsonObject): Promise<JsonObject> {
  const answer = await local.transport.send({
    method,
    path,
    query: method === "PATCH" ? [["fieldManager", "someone"]] : [],
    headers: { accept: "application/json", "content-type": "application/merge-patch+json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json: JsonObject = JSON.parse(await new Response(answer.body).text());
  return json;
}

async function about(plural: string): Promise<string> {
  const found = await send("GET", `${CRDS}/${plural}.example.com`);
  const text = JSON.stringify(memberAt(found, "spec", "versions") ?? null);
  return /"description":"(\w+)"/.exec(text)?.[1] ?? "absent";
}

async function deployed(chart: ChartSources = OLD): Promise<void> {
  bench.charts.set("web", await chartOf("web", chart));
  expect((await bench.run(install("web", "web"))).outcome.kind).toBe("succeeded");
  bench.charts.set("web", await chartOf("web", NEW));
  bench.requests.length = 0;
  asked.length = 0;
}

const statuses = async (): Promise<readonly string[]> =>
  (await getHistory({ cluster: bench.deps.cluster }, { name: "web", namespace: "default" })).map((one) => one.status);

describe("the CRDs of an upgrade", () => {
  test.each<{ readonly crds: CrdPolicy | undefined; readonly things: string; readonly others: string }>([
    { crds: undefined, things: "one", others: "absent" },
    { crds: "skip", things: "one", others: "absent" },
    { crds: "create", things: "one", others: "one" },
    { crds: "create-replace", things: "two", others: "one" },
  ])("under $crds", async ({ crds, things, others }) => {
    await deployed();
    const { outcome } = await bench.run(upgrade("web", "web", crds === undefined ? {} : { crds }));
    expect(outcome.kind).toBe("succeeded");
    expect([await about("things"), await about("others")]).toEqual([things, others]);
    const written = asked.filter((one) => one.kind === "CustomResourceDefinition").map((one) => one.name);
    expect(written).toEqual([
      ...(things === "two" ? ["things.example.com"] : []),
      ...(others === "one" ? ["others.example.com"] : []),
    ]);
    const other = await send("GET", "/apis/example.com/v1/namespaces/default/others/one");
    expect(other["kind"] === "Other").toBe(others === "one");
    const knows = JSON.stringify(remembered).includes('"Other"');
    expect(knows).toBe(others === "one");
  });

  test("are written by helm, behind the record and before anything of the release", async () => {
    await deployed();
    const { events } = await bench.run(upgrade("web", "web", { crds: "create-replace" }));
    const writes = bench.requests.filter((one) => one.method !== "GET").map((one) => `${one.method} ${one.path}`);
    expect(writes[0]).toMatch(/^POST .*\/secrets$/);
    expect(writes.slice(1, 3)).toEqual([`PATCH ${CRDS}/things.example.com`, `PATCH ${CRDS}/others.example.com`]);
    const found = JSON.stringify(
      memberAt(await send("GET", `${CRDS}/things.example.com`), "metadata", "managedFields"),
    );
    expect(found).toContain('"manager":"helm","operation":"Apply"');
    expect(events).toContainEqual({ type: "phase", phase: "crds", message: "applying the CRDs of 2 file(s)" });
  });

  test("are not written again when they are as wanted", async () => {
    await deployed();
    await bench.run(upgrade("web", "web", { crds: "create-replace" }));
    bench.requests.length = 0;
    const { outcome, events } = await bench.run(upgrade("web", "web", { crds: "create-replace" }));
    expect(outcome.kind).toBe("succeeded");
    expect(bench.requests.some((one) => one.method !== "GET" && one.path.startsWith(CRDS))).toBe(false);
    const told = events.flatMap((one) => (one.type === "resource" ? [`${one.object.name} ${one.result}`] : []));
    expect(told.slice(0, 2)).toEqual(["things.example.com unchanged", "others.example.com unchanged"]);
  });

  test("are planned with what differs, and applied as planned", async () => {
    await deployed();
    const planned = await bench.plan(upgrade("web", "web", { crds: "create-replace" }));
    const shown = planned.report.objects.map((one) => [one.name, one.change, one.fields.map((field) => field.path)]);
    expect(shown.slice(0, 1)).toEqual([
      ["things.example.com", "changed", [expect.stringContaining("openAPIV3Schema.description")]],
    ]);
    expect(shown[1]?.slice(0, 2)).toEqual(["others.example.com", "created"]);
    expect(planned.report.steps.slice(0, 3)).toEqual([
      "record revision 2 as pending-upgrade",
      "change CustomResourceDefinition things.example.com",
      "create CustomResourceDefinition others.example.com",
    ]);
    expect((await bench.apply(planned)).outcome.kind).toBe("succeeded");
    expect(await about("things")).toBe("two");
  });

  test("that changed since they were planned are not written", async () => {
    await deployed();
    const planned = await bench.plan(upgrade("web", "web", { crds: "create-replace" }));
    await send("PATCH", `${CRDS}/things.example.com`, { spec: { names: { shortNames: ["th"] } } });
    const { outcome } = await bench.apply(planned);
    expect(outcome).toMatchObject({ kind: "failed", code: "plan-stale" });
    expect(await about("others")).toBe("absent");
  });

  test("that may still store objects in a version that goes are refused before anything is written", async () => {
    await deployed({ ...OLD, "crds/a.yaml": crd("things", "Thing", ["v1alpha1", "v1"]) });
    await send("PATCH", `${CRDS}/things.example.com/status`, { status: { storedVersions: ["v1alpha1", "v1"] } });
    bench.requests.length = 0;
    const { outcome } = await bench.run(upgrade("web", "web", { crds: "create-replace" }));
    expect(outcome).toMatchObject({
      kind: "failed",
      code: "stored-version",
      message: expect.stringContaining("CRD things.example.com: the chart no longer has version v1alpha1"),
      detail: { versions: ["v1alpha1"] },
    });
    expect(bench.requests.every((one) => one.method === "GET")).toBe(true);
    expect(await statuses()).toEqual(["deployed"]);
  });

  test("that only no longer serve a version are told", async () => {
    await deployed({ ...OLD, "crds/a.yaml": crd("things", "Thing", ["v1alpha1", "v1"]) });
    await send("PATCH", `${CRDS}/things.example.com/status`, { status: { storedVersions: ["v1"] } });
    const { outcome, events } = await bench.run(upgrade("web", "web", { crds: "create-replace" }));
    expect(outcome.kind).toBe("succeeded");
    const message = "CRD things.example.com: version v1alpha1 is no longer served";
    expect(events).toContainEqual({ type: "warning", message });
  });

  test("of others are left to them: a conflict refuses before anything is written", async () => {
    await deployed();
    await send("PATCH", `${CRDS}/things.example.com`, { spec: { versions: [oneVersion("mine")] } });
    bench.requests.length = 0;
    const { outcome } = await bench.run(upgrade("web", "web", { crds: "create-replace" }));
    expect(outcome).toMatchObject({ kind: "failed", code: "conflict" });
    expect(bench.requests.every((one) => one.method === "GET")).toBe(true);
    const forced = await bench.run(upgrade("web", "web", { crds: "create-replace", forceConflicts: true }));
    expect([forced.outcome.kind, await about("things")]).toEqual(["succeeded", "two"]);
  });

  test("need the right to write them", async () => {
    await deployed();
    refuses = true;
    const { outcome } = await bench.run(upgrade("web", "web", { crds: "create" }));
    expect(outcome).toMatchObject({ kind: "failed", code: "refused" });
    expect(await about("others")).toBe("absent");
  });

  test("cannot be skipped and written at once", async () => {
    await deployed();
    const { outcome } = await bench.run(upgrade("web", "web", { crds: "create", skipCrds: true }));
    expect(outcome).toMatchObject({ kind: "failed", code: "invalid-request" });
  });

  test("are an install's own where the upgrade turns out to be one", async () => {
    bench.charts.set("web", await chartOf("web", OLD));
    const { outcome } = await bench.run(upgrade("web", "web", { install: true, crds: "create-replace" }));
    expect([outcome.kind, await about("things")]).toEqual(["succeeded", "one"]);
  });

  test.each([[40], [15]])("are written with %d requests a step, each step twice", async (subrequests) => {
    await deployed();
    const { outcome } = await bench.run(upgrade("web", "web", { crds: "create-replace" }), {
      subrequests,
      twice: true,
    });
    expect([outcome.kind, await about("things"), await statuses()]).toEqual([
      "succeeded",
      "two",
      expect.arrayContaining(["superseded", "deployed"]),
    ]);
  });
});

function oneVersion(description: string): JsonObject {
  const openAPIV3Schema = { type: "object", description, "x-kubernetes-preserve-unknown-fields": true };
  return { name: "v1", served: true, storage: true, schema: { openAPIV3Schema } };
}
