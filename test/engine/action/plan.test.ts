import { beforeEach, describe, expect, test } from "vitest";
import type { ActionDeps } from "../../../engine/action/action.ts";
import { getHistory } from "../../../engine/action/index.ts";
import type { JsonObject } from "../../../engine/errors.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import {
  type Bench,
  chartOf,
  type ChartSources,
  install,
  openBench,
  rollback,
  uninstall,
  upgrade,
} from "../../support/operation.ts";

const CANARY = "canary-5d21e8";
const WEB: ChartSources = {
  "values.yaml": "replicas: 2\ncolor: red\npassword: changeme\n",
  "templates/cm.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  color: {{ .Values.color }}\n  url: db://u:{{ .Values.password }}@db\n",
  "templates/secret.yaml":
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\nstringData:\n  password: {{ .Values.password }}\n  same: {{ .Values.password }}\n",
  "templates/deploy.yaml":
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations: {rnd: {{ randAlphaNum 8 | quote }}}\nspec:\n  replicas: {{ .Values.replicas }}\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata:\n      labels: {app: web}\n    spec:\n      containers:\n      - name: c\n        image: nginx\n",
  "templates/job.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hook\n  annotations: {helm.sh/hook: pre-upgrade}\n",
};

const map = (name: string, annotations = ""): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, annotations: {${annotations}}}\n`;
const KEEPS: ChartSources = {
  "templates/gone.yaml": map("gone"),
  "templates/foreign.yaml": map("foreign"),
  "templates/kept.yaml": map("kept", "helm.sh/resource-policy: keep"),
  "templates/odd.yaml": map("odd", "helm.sh/resource-policy: never"),
  "templates/bye.yaml": map("bye", "helm.sh/hook: pre-delete"),
};

let bench: Bench;

beforeEach(async () => {
  const local = openReadyCluster();
  bench = openBench(local.transport);
  bench.charts.set("web", await chartOf("web", WEB));
  bench.charts.set("keeps", await chartOf("keeps", KEEPS));
});

async function send(
  deps: ActionDeps,
  method: "PATCH" | "GET" | "DELETE",
  path: string,
  body?: JsonObject,
): Promise<string> {
  const answer = await deps.cluster.send({
    method,
    path,
    query: method === "PATCH" ? [["fieldManager", "kubectl"]] : [],
    headers: { accept: "application/json", "content-type": "application/merge-patch+json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await new Response(answer.body).text();
  if (answer.status >= 300) throw new Error(text);
  return text;
}

const MAPS = (name: string): string => `/api/v1/namespaces/default/configmaps/${name}`;
const CM = "/api/v1/namespaces/default/configmaps/web";
const DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/web";

async function revisions(): Promise<readonly string[]> {
  const all = await getHistory({ cluster: bench.deps.cluster }, { name: "web", namespace: "default" });
  return all.map((one) => `${one.revision} ${one.status}`);
}

describe("a plan", () => {
  test("of an install writes nothing and tells every object, hook and step", async () => {
    const { report, outcome } = await bench.plan(install("web", "web"));
    expect(
      bench.requests.every((one) => one.method === "GET" || one.query?.some(([name]) => name === "dryRun") === true),
    ).toBe(true);
    expect(report.counts).toEqual({ created: 3, changed: 0, unchanged: 0, deleted: 0, kept: 0 });
    expect(report.steps.at(0)).toBe("record revision 1 as pending-install");
    expect(report.steps.at(-1)).toBe("record revision 1 as deployed");
    expect(outcome).toMatchObject({
      kind: "succeeded",
      release: { applicable: true, plan: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  test("of an upgrade shows the fields that change, the hooks, and nothing that the server writes by itself", async () => {
    await bench.run(install("web", "web"));
    const { report } = await bench.plan(upgrade("web", "web", { values: { color: "blue", replicas: 3 } }));
    const fields = report.objects.flatMap((one) =>
      one.fields.map((field) => [one.kind, field.path, field.before, field.after]),
    );
    expect(fields).toEqual(
      expect.arrayContaining([
        ["ConfigMap", ".data.color", "red", "blue"],
        ["Deployment", ".spec.replicas", 2, 3],
      ]),
    );
    expect(JSON.stringify(fields)).not.toMatch(/managedFields|resourceVersion|generation|status/);
    expect(report.hooks).toEqual([
      { event: "pre-upgrade", kind: "ConfigMap", name: "hook", weight: 0, path: "web/templates/job.yaml" },
    ]);
    expect(report.objects.find((one) => one.kind === "Secret")).toMatchObject({
      change: "unchanged",
      fields: [],
    });
  });

  test.each([7, 12, 40])("fits any budget: %i requests a step", async (subrequests) => {
    await bench.run(install("web", "web"));
    const request = upgrade("web", "web", { values: { color: "blue" } });
    const { report, outcome } = await bench.plan(request, { subrequests, twice: true });
    expect(outcome.kind).toBe("succeeded");
    expect(report.counts.changed).toBe(2);
  });

  test("hides the canary in report, outcome and events, and shows equal values by equal hashes", async () => {
    await bench.run(install("web", "web"));
    const planned = await bench.plan(upgrade("web", "web", { values: { password: CANARY } }));
    const shown = JSON.stringify([planned.report, planned.outcome, planned.events]);
    expect(shown).not.toContain(CANARY);
    expect(shown).not.toContain(btoa(CANARY));
    const secret = planned.report.objects.find((one) => one.kind === "Secret");
    const after = secret?.fields.map((field) => field.after) ?? [];
    expect(after).toEqual([expect.stringMatching(/^\(masked [0-9a-f]{12}\)$/), after[0]]);
    expect(secret?.fields.map((field) => field.before)).not.toEqual(after);
  });

  test("tells a conflict that would stop it, with the ways out", async () => {
    await bench.run(install("web", "web"));
    await send(bench.deps, "PATCH", CM, { data: { color: "green" } });
    const { report } = await bench.plan(upgrade("web", "web", { values: { color: "blue" } }));
    expect(report.applicable).toBe(false);
    expect(report.problems).toEqual(['ConfigMap default/web: .data.color is owned by "kubectl"']);
    const [conflict] = report.objects.find((one) => one.conflicts.length > 0)?.conflicts ?? [];
    expect(conflict).toMatchObject({ field: ".data.color", live: "green", wanted: "blue", decision: "fail" });
  });

  test("tells what it cannot try: objects of a namespace that it makes itself", async () => {
    const { report } = await bench.plan(install("web", "web", { namespace: "new", createNamespace: true }));
    const tried = report.objects.map((one) => [one.kind, one.dryRun]);
    expect(tried).toEqual([
      ["Namespace", "sent"],
      ["Secret", "impossible"],
      ["ConfigMap", "impossible"],
      ["Deployment", "impossible"],
    ]);
  });

  test("of a rollback and an uninstall says what goes", async () => {
    await bench.run(install("web", "web"));
    await bench.run(upgrade("web", "web", { values: { color: "blue" } }));
    const back = await bench.plan(rollback("web", 1));
    expect(back.report.objects.find((one) => one.kind === "ConfigMap")?.fields).toEqual([
      { path: ".data.color", before: "blue", after: "red" },
    ]);
    const gone = await bench.plan(uninstall("web"));
    expect(gone.report.counts).toEqual({ created: 0, changed: 0, unchanged: 0, deleted: 3, kept: 0 });
    expect(gone.report.steps.at(-1)).toBe("forget all revisions");
    expect(back.report.release).toMatchObject({ revision: 3, base: 2, target: 1 });
    expect(await revisions()).toEqual(["1 superseded", "2 deployed"]);
  });

  test("of an uninstall names what stays, and why, and is applied as it says", async () => {
    await bench.run(install("keeps", "keeps"));
    await send(bench.deps, "PATCH", MAPS("foreign"), {
      metadata: { annotations: { "meta.helm.sh/release-name": "other" } },
    });
    const planned = await bench.plan(uninstall("keeps"));
    const shown = planned.report.objects.map((one) => `${one.name} ${one.change} ${one.reason ?? ""}`.trim());
    expect(shown).toEqual([
      "gone deleted",
      "kept kept its resource policy says keep",
      'odd kept its resource policy is "never"',
      "foreign kept it is not owned by this release",
    ]);
    expect(planned.report.counts).toMatchObject({ deleted: 1, kept: 3 });
    expect(planned.report.hooks).toMatchObject([{ event: "pre-delete", kind: "ConfigMap", name: "bye" }]);
    expect(planned.report.steps).toEqual([
      "run the pre-delete hook ConfigMap bye",
      "record the release as uninstalling",
      "delete ConfigMap default/gone",
      "forget all revisions",
    ]);
    expect((await bench.apply(planned)).outcome.kind).toBe("succeeded");
    await expect(send(bench.deps, "GET", MAPS("gone"))).rejects.toThrow("not found");
    for (const name of ["kept", "odd", "foreign"]) await send(bench.deps, "GET", MAPS(name));
  });

  test("of an uninstall is refused when an object is the release's again", async () => {
    await bench.run(install("keeps", "keeps"));
    const own = (release: string): Promise<string> =>
      send(bench.deps, "PATCH", MAPS("foreign"), {
        metadata: { annotations: { "meta.helm.sh/release-name": release } },
      });
    await own("other");
    const planned = await bench.plan(uninstall("keeps"));
    await own("keeps");
    const { outcome } = await bench.apply(planned);
    expect(outcome).toMatchObject({ code: "plan-stale", detail: { changes: [{ object: { name: "foreign" } }] } });
  });

  test("of an uninstall that only forgets has that one step", async () => {
    await bench.run(install("web", "web"));
    await bench.run(uninstall("web", { keepHistory: true }));
    const planned = await bench.plan(uninstall("web"));
    expect(planned.report).toMatchObject({ steps: ["forget all revisions"], objects: [], hooks: [] });
    expect((await bench.apply(planned)).outcome.kind).toBe("succeeded");
    await expect(revisions()).rejects.toThrow("release: not found");
  });
});

describe("applying a plan", () => {
  test("does exactly what was planned, randomness included", async () => {
    await bench.run(install("web", "web"));
    const planned = await bench.plan(upgrade("web", "web", { values: { color: "blue" } }));
    const rnd = planned.report.objects.flatMap((one) => one.fields).find((field) => field.path.endsWith(".rnd"))?.after;
    const { outcome } = await bench.apply(planned, { twice: true });
    expect(outcome).toMatchObject({ kind: "succeeded", release: { revision: 2 } });
    expect(JSON.parse(await send(bench.deps, "GET", DEPLOYMENT)).metadata.annotations.rnd).toBe(rnd);
    expect(JSON.parse(await send(bench.deps, "GET", CM)).data.color).toBe("blue");
  });

  test.each([
    ["another value", () => send(bench.deps, "PATCH", CM, { data: { color: "green" } }), ".data.color"],
    [
      "another value of a Secret",
      () => send(bench.deps, "PATCH", CM.replace("configmaps", "secrets"), { data: { same: btoa("x") } }),
      ".data.same",
    ],
    ["an object that is gone", () => send(bench.deps, "DELETE", CM), undefined],
    ["another owner", () => send(bench.deps, "PATCH", DEPLOYMENT, { spec: { replicas: 5 } }), ".spec.replicas"],
  ])("is refused by %s, and says where", async (_, meddle, field) => {
    await bench.run(install("web", "web"));
    const planned = await bench.plan(upgrade("web", "web", { values: { color: "blue" } }));
    await meddle();
    const { outcome } = await bench.apply(planned);
    expect(outcome).toMatchObject({
      kind: "failed",
      code: "plan-stale",
      undo: "There is nothing to undo: nothing was written.",
    });
    const changes = outcome.kind === "failed" ? outcome.detail["changes"] : undefined;
    expect(changes).toEqual([expect.objectContaining({ what: "object", ...(field === undefined ? {} : { field }) })]);
    expect(await revisions()).toEqual(["1 deployed"]);
  });

  test("is refused by another revision, and not by a change of what the chart does not set", async () => {
    await bench.run(install("web", "web"));
    const planned = await bench.plan(upgrade("web", "web", { values: { color: "blue" } }));
    await send(bench.deps, "PATCH", CM, { metadata: { labels: { mine: "x" } } });
    await bench.run(upgrade("web", "web"));
    const { outcome } = await bench.apply(planned);
    expect(outcome).toMatchObject({ code: "plan-stale", message: expect.stringContaining("another revision") });
    const again = await bench.plan(upgrade("web", "web", { values: { color: "blue" } }));
    await send(bench.deps, "PATCH", CM, { metadata: { labels: { mine: "y" } } });
    expect((await bench.apply(again)).outcome.kind).toBe("succeeded");
  });

  test("works for an install and for an uninstall", async () => {
    expect((await bench.apply(await bench.plan(install("web", "web")))).outcome.kind).toBe("succeeded");
    expect((await bench.apply(await bench.plan(uninstall("web")))).outcome).toMatchObject({ kind: "succeeded" });
  });
});
