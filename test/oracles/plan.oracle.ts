import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getDrift, getOwnership } from "../../engine/action/index.ts";
import type { JsonObject } from "../../engine/errors.ts";
import { openKubeconfig, type OpenCluster } from "../../infra/node/cluster-transport.ts";
import {
  type Bench,
  chartOf,
  type ChartSources,
  install,
  openBench,
  rollback,
  uninstall,
  upgrade,
} from "../support/operation.ts";

const CANARY = "canary-3b88f1";
const WEB: ChartSources = {
  "values.yaml": "replicas: 2\ncolor: red\npassword: changeme\nport: 80\n",
  "templates/cm.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  color: {{ .Values.color }}\n  rnd: {{ randAlphaNum 8 | quote }}\n",
  "templates/secret.yaml":
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\nstringData:\n  password: {{ .Values.password }}\n",
  "templates/svc.yaml":
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector: {app: web}\n  ports:\n  - port: {{ .Values.port }}\n",
  "templates/deploy.yaml":
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: {{ .Values.replicas }}\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata:\n      labels: {app: web}\n    spec:\n      containers:\n      - name: c\n        image: nginx\n        env:\n        - name: DB_PASSWORD\n          value: {{ .Values.password }}\n",
};

const map = (name: string, annotations = ""): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, annotations: {${annotations}}}\n`;
const MORE = [map("stays", "helm.sh/resource-policy: keep"), map("goes")].join("---\n");
const BYE = map("bye", "helm.sh/hook: pre-delete");

let cluster: OpenCluster;
let bench: Bench;
let spaces = 0;
const unique = Date.now().toString(36);

beforeAll(async () => {
  cluster = await openKubeconfig({ trust: "operator", path: process.env["KUBECONFIG"] ?? "" });
  bench = openBench(cluster.transport);
  bench.charts.set("web", await chartOf("web", WEB));
});
afterAll(async () => {
  await cluster.close();
});

interface Found {
  readonly data: Readonly<Record<string, string>>;
  readonly spec: { readonly replicas?: number };
  readonly metadata: { readonly resourceVersion: string };
}

async function send(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: JsonObject): Promise<Found> {
  const answer = await cluster.transport.send({
    method,
    path,
    query:
      method === "PATCH" ? [["fieldManager", path.endsWith("/scale") ? "kube-controller-manager" : "kubectl"]] : [],
    headers: {
      accept: "application/json",
      "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await new Response(answer.body).text();
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${text}`);
  const found: Found = JSON.parse(text);
  return found;
}

/** A namespace with the chart's first revision. */
async function deployed(): Promise<string> {
  const namespace = `plan-${unique}-${++spaces}`;
  await send("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const { outcome } = await bench.run(install("web", "web", { namespace }));
  expect(outcome.kind).toBe("succeeded");
  return namespace;
}

const core = (namespace: string, what: string): string => `/api/v1/namespaces/${namespace}/${what}`;
const deployment = (namespace: string): string => `/apis/apps/v1/namespaces/${namespace}/deployments/web`;

describe("a plan on a real API server", () => {
  test("stores nothing, and applying it does exactly what it showed", async () => {
    const namespace = await deployed();
    const before = await send("GET", core(namespace, "configmaps/web"));
    const planned = await bench.plan(
      upgrade("web", "web", { namespace, values: { color: "blue", replicas: 3, port: 81 } }),
    );
    expect(await send("GET", core(namespace, "configmaps/web"))).toEqual(before);
    expect(planned.report).toMatchObject({ applicable: true, problems: [] });
    const fields = planned.report.objects.flatMap((one) =>
      one.fields.map((of) => [one.kind, of.path, of.before, of.after]),
    );
    expect(fields.filter(([kind]) => kind !== "Service")).toEqual([
      ["ConfigMap", ".data.color", "red", "blue"],
      ["ConfigMap", ".data.rnd", before.data["rnd"], expect.any(String)],
      ["Deployment", ".spec.replicas", 2, 3],
    ]);
    expect(fields).toContainEqual(["Service", '.spec.ports[port=80,protocol="TCP"].port', 80, undefined]);
    expect(fields).toContainEqual(["Service", '.spec.ports[port=81,protocol="TCP"].port', undefined, 81]);
    const applied = await bench.apply(planned);
    expect(applied.outcome).toMatchObject({ kind: "succeeded", release: { revision: 2 } });
    const after = await send("GET", core(namespace, "configmaps/web"));
    expect(after.data).toEqual({ color: "blue", rnd: fields.find((row) => row[1] === ".data.rnd")?.[3] });
    expect((await send("GET", deployment(namespace))).spec.replicas).toBe(3);
  });

  test("of a rollback shows what it takes back and what of it stays, and applying it does that", async () => {
    const namespace = await deployed();
    bench.charts.set("more", await chartOf("web", { ...WEB, "templates/more.yaml": MORE }));
    const second = upgrade("web", "more", { namespace, values: { color: "blue", port: 81 } });
    expect((await bench.run(second)).outcome.kind).toBe("succeeded");
    const before = await send("GET", core(namespace, "configmaps/web"));
    const planned = await bench.plan(rollback("web", 1, { namespace }));
    expect(await send("GET", core(namespace, "configmaps/web"))).toEqual(before);
    expect(planned.report).toMatchObject({ applicable: true, release: { revision: 3, base: 2, target: 1 } });
    const changes = planned.report.objects.map((one) => `${one.kind} ${one.name} ${one.change}`);
    expect(changes).toEqual([
      "Secret web unchanged",
      "ConfigMap web changed",
      "Service web changed",
      "Deployment web unchanged",
      "ConfigMap stays kept",
      "ConfigMap goes deleted",
    ]);
    const color = planned.report.objects[1]?.fields.find((one) => one.path === ".data.color");
    expect(color).toEqual({ path: ".data.color", before: "blue", after: "red" });
    await send("PATCH", core(namespace, "configmaps/web"), { data: { color: "green" } });
    expect((await bench.apply(planned)).outcome).toMatchObject({ code: "plan-stale" });
    const forced = await bench.plan(rollback("web", 1, { namespace, forceConflicts: true }));
    expect((await bench.apply(forced)).outcome).toMatchObject({ kind: "succeeded", release: { revision: 3 } });
    expect((await send("GET", core(namespace, "configmaps/web"))).data["color"]).toBe("red");
    await send("GET", core(namespace, "configmaps/stays"));
    await expect(send("GET", core(namespace, "configmaps/goes"))).rejects.toThrow("not found");
  });

  test("of an uninstall tells what goes, what stays and which hooks run, and applying it does that", async () => {
    const namespace = await deployed();
    bench.charts.set("more", await chartOf("more", { "templates/more.yaml": MORE, "templates/bye.yaml": BYE }));
    expect((await bench.run(install("more", "more", { namespace }))).outcome.kind).toBe("succeeded");
    const planned = await bench.plan(uninstall("more", { namespace }));
    const changes = planned.report.objects.map((one) => `${one.name} ${one.change}`);
    expect(changes).toEqual(["goes deleted", "stays kept"]);
    expect(planned.report.hooks).toMatchObject([{ event: "pre-delete", name: "bye" }]);
    await send("DELETE", core(namespace, "configmaps/goes"));
    await send("POST", core(namespace, "configmaps"), {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "goes",
        labels: { "app.kubernetes.io/managed-by": "Helm" },
        annotations: { "meta.helm.sh/release-name": "more", "meta.helm.sh/release-namespace": namespace },
      },
    });
    const stale = await bench.apply(planned);
    expect(stale.outcome).toMatchObject({ code: "plan-stale", detail: { changes: [{ object: { name: "goes" } }] } });
    const again = await bench.apply(await bench.plan(uninstall("more", { namespace })));
    expect(again.outcome.kind).toBe("succeeded");
    for (const name of ["stays", "bye", "web"]) await send("GET", core(namespace, `configmaps/${name}`));
    await expect(send("GET", core(namespace, "configmaps/goes"))).rejects.toThrow("not found");
  });

  test("is refused when a field that it sets changed in between, and names it", async () => {
    const namespace = await deployed();
    const planned = await bench.plan(upgrade("web", "web", { namespace, values: { color: "blue" } }));
    await send("PATCH", core(namespace, "configmaps/web"), { data: { color: "green" } });
    const { outcome } = await bench.apply(planned);
    expect(outcome).toMatchObject({
      code: "plan-stale",
      detail: { changes: [{ what: "object", object: { kind: "ConfigMap" }, field: ".data.color" }] },
    });
    expect((await send("GET", core(namespace, "configmaps/web"))).data["color"]).toBe("green");
  });

  test("holds while the controllers go on, and while an autoscaler moves what is left to it", async () => {
    const namespace = await deployed();
    await send("PATCH", `${deployment(namespace)}/scale`, { spec: { replicas: 7 } });
    const planned = await bench.plan(upgrade("web", "web", { namespace, values: { color: "blue", replicas: 4 } }));
    const shown = planned.report.objects.find((one) => one.kind === "Deployment");
    expect(shown?.yielded).toEqual([".spec.replicas"]);
    expect(shown?.conflicts).toMatchObject([{ decision: "yield", live: 7, wanted: 4, wishChanged: true }]);
    await send("PATCH", `${deployment(namespace)}/scale`, { spec: { replicas: 8 } });
    await send("PATCH", core(namespace, "configmaps/web"), { metadata: { labels: { mine: "x" } } });
    expect((await bench.apply(planned)).outcome.kind).toBe("succeeded");
    expect((await send("GET", deployment(namespace))).spec.replicas).toBe(8);
  });

  test("shows no secret, neither in the Secret nor where it is used", async () => {
    const namespace = await deployed();
    const planned = await bench.plan(upgrade("web", "web", { namespace, values: { password: CANARY } }));
    const shown = JSON.stringify([planned.report, planned.outcome, planned.events]);
    for (const text of [CANARY, btoa(CANARY), "changeme", btoa("changeme")]) expect(shown).not.toContain(text);
    const secret = planned.report.objects.find((one) => one.kind === "Secret");
    expect(secret).toMatchObject({
      change: "changed",
      fields: [{ path: ".data.password", after: expect.stringMatching(/^\(masked /) }],
    });
  });

  test("tells what the server would refuse", async () => {
    const namespace = await deployed();
    const { report } = await bench.plan(upgrade("web", "web", { namespace, values: { port: 99_999_999 } }));
    expect(report.applicable).toBe(false);
    expect(report.problems).toEqual([expect.stringContaining("spec.ports[0].port")]);
  });

  test("knows CRDs and a namespace that are only made by it", async () => {
    const group = `plan${unique}.example.com`;
    const crd = `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things.${group}\nspec:\n  group: ${group}\n  names: {kind: Thing, plural: things}\n  scope: Namespaced\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}\n`;
    const thing = `apiVersion: ${group}/v1\nkind: Thing\nmetadata:\n  name: one\nspec: {a: 1}\n`;
    bench.charts.set("crd", await chartOf("crd", { "crds/thing.yaml": crd, "templates/thing.yaml": thing }));
    const request = install("crd", "crd", { namespace: `plan-${unique}-new`, createNamespace: true });
    const planned = await bench.plan(request);
    expect(planned.report.objects.map((one) => [one.kind, one.change, one.dryRun])).toEqual([
      ["Namespace", "created", "sent"],
      ["CustomResourceDefinition", "created", "sent"],
      ["Thing", "created", "impossible"],
    ]);
    expect((await bench.apply(planned)).outcome.kind).toBe("succeeded");
    expect(
      (await bench.apply(await bench.plan(uninstall("crd", { namespace: `plan-${unique}-new` })))).outcome.kind,
    ).toBe("succeeded");
  });

  test("tells owners and drift as the server has them, and takes back what was yielded", async () => {
    const namespace = await deployed();
    await send("PATCH", `${deployment(namespace)}/scale`, { spec: { replicas: 7 } });
    await send("PATCH", core(namespace, "configmaps/web"), { data: { color: "green" } });
    const query = { name: "web", namespace, policy: { rules: [], force: false } } as const;
    const reached = { cluster: cluster.transport };
    const { items: owned } = await getOwnership(reached, query);
    const decisions = owned.flatMap((one) => one.fields.map((of) => [`${one.kind} ${of.field}`, of.decision] as const));
    const odd = decisions.filter(([, decision]) => decision !== "keep");
    expect(odd).toEqual([
      ["ConfigMap .data.color", "fail"],
      ["Deployment .spec.replicas", "yield"],
    ]);
    const { items: drift } = await getDrift(reached, {
      ...query,
      ignore: [],
      hash: async (text) => String(text.length),
    });
    const changed = drift.filter((one) => one.drift !== "none");
    expect(changed).toMatchObject([
      { kind: "ConfigMap", drift: "changed", fields: [{ path: ".data.color", before: "green", after: "red" }] },
    ]);
    const rules = [{ fields: [".data.color"], decision: "force" }] as const;
    const { outcome } = await bench.run(
      upgrade("web", "web", { namespace, conflicts: rules, reclaim: [".spec.replicas"] }),
    );
    expect(outcome.kind).toBe("succeeded");
    expect((await send("GET", deployment(namespace))).spec.replicas).toBe(2);
  });
});
