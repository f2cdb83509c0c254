import { beforeEach, describe, expect, test } from "vitest";
import {
  getDrift,
  getLeftFields,
  getOwnership,
  getRelease,
  isYielded,
  type StandingCursor,
  type StandingPage,
} from "../../../engine/action/index.ts";
import { createRequestBudget } from "../../../engine/kube/session.ts";
import { covers } from "../../../engine/action/drift.ts";
import type { JsonObject } from "../../../engine/errors.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import { type Bench, chartOf, install, openBench, upgrade } from "../../support/operation.ts";

const CANARY = "canary-88c1d4";
const CM = "/api/v1/namespaces/default/configmaps/web";
const SECRET = "/api/v1/namespaces/default/secrets/web";
const DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/web";
const POLICY = { rules: [], force: false } as const;
const QUERY = { name: "web", namespace: "default", policy: POLICY } as const;
const hash = async (text: string): Promise<string> => `h${text.length}`;

let bench: Bench;

beforeEach(async () => {
  const local = openReadyCluster();
  bench = openBench(local.transport);
  const chart = await chartOf("web", {
    "values.yaml": "color: red\nreplicas: 2\n",
    "templates/cm.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  color: {{ .Values.color }}\n",
    "templates/secret.yaml": `apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\ndata:\n  p: ${btoa(CANARY)}\n`,
    "templates/deploy.yaml":
      "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: {{ .Values.replicas }}\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata:\n      labels: {app: web}\n    spec:\n      containers:\n      - name: c\n        image: nginx\n",
  });
  bench.charts.set("web", chart);
  await bench.run(install("web", "web"));
});

async function send(method: "PATCH" | "DELETE" | "GET", path: string, body?: JsonObject): Promise<string> {
  const manager = path.endsWith("/scale") ? "kube-controller-manager" : "kubectl";
  const answer = await bench.deps.cluster.send({
    method,
    path,
    query: method === "PATCH" ? [["fieldManager", manager]] : [],
    headers: { accept: "application/json", "content-type": "application/merge-patch+json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await new Response(answer.body).text();
  if (answer.status >= 300) throw new Error(text);
  return text;
}

async function drift(ignore: readonly string[] = []) {
  return (await getDrift({ cluster: bench.deps.cluster }, { ...QUERY, ignore: [{ pointers: ignore }], hash })).items;
}

async function fieldOf(kind: string, field: string) {
  const { items } = await getOwnership({ cluster: bench.deps.cluster }, QUERY);
  return items.find((one) => one.kind === kind)?.fields.find((one) => one.field === field);
}

describe("ownership", () => {
  test("names the owner of each field, since when, and what an upgrade would do to it", async () => {
    expect(await fieldOf("ConfigMap", ".data.color")).toEqual({
      field: ".data.color",
      owners: [{ manager: "helm", operation: "Apply", subresource: "", since: expect.stringMatching(/^\d{4}-/) }],
      decision: "keep",
    });
    await send("PATCH", CM, { data: { color: "green" } });
    expect(await fieldOf("ConfigMap", ".data.color")).toMatchObject({
      owners: [{ manager: "kubectl" }],
      decision: "fail",
    });
    await send("PATCH", `${DEPLOYMENT}/scale`, { spec: { replicas: 7 } });
    expect(await fieldOf("Deployment", ".spec.replicas")).toMatchObject({
      owners: [{ manager: "kube-controller-manager", subresource: "scale" }],
      decision: "yield",
      reason: "an autoscaler owns the replicas",
    });
  });

  test("tells of an object that is gone, and no values", async () => {
    await send("DELETE", CM);
    const { items: all } = await getOwnership({ cluster: bench.deps.cluster }, QUERY);
    expect(all.find((one) => one.kind === "ConfigMap")).toMatchObject({ exists: false, fields: [] });
    expect(JSON.stringify(all)).not.toContain(btoa(CANARY));
  });
});

describe("drift", () => {
  test("is none of a release that nobody touched, nor of fields that it does not set", async () => {
    await send("PATCH", CM, { metadata: { labels: { mine: "x" } } });
    expect((await drift()).map((one) => [one.kind, one.drift])).toEqual([
      ["Secret", "none"],
      ["ConfigMap", "none"],
      ["Deployment", "none"],
    ]);
  });

  test("shows what is there and what the release wants, secrets masked; what is missing; what is yielded", async () => {
    await send("PATCH", CM, { data: { color: "green" } });
    await send("PATCH", SECRET, { data: { p: btoa("other-value") } });
    await send("PATCH", `${DEPLOYMENT}/scale`, { spec: { replicas: 7 } });
    const [secret, config, deployment] = await drift();
    expect(config).toMatchObject({
      drift: "changed",
      fields: [{ path: ".data.color", before: "green", after: "red" }],
    });
    expect(secret).toMatchObject({
      drift: "changed",
      fields: [{ path: ".data.p", before: "(masked h16)", after: "(masked h20)" }],
    });
    expect(deployment).toMatchObject({ drift: "none", fields: [], yielded: [".spec.replicas"] });
    await send("DELETE", CM);
    expect((await drift())[1]).toMatchObject({ drift: "missing" });
    expect((await bench.deps.cluster.send({ method: "GET", path: CM })).status, "nothing is stored").toBe(404);
  });

  test("leaves out what is ignored by the question or by the object's own annotation", async () => {
    await send("PATCH", CM, { data: { color: "green" } });
    expect((await drift(["/data/color"]))[1]).toMatchObject({ drift: "none" });
    expect((await drift(["/data/other"]))[1]).toMatchObject({ drift: "changed" });
    await send("PATCH", CM, { metadata: { annotations: { "slipway.dev/ignore-drift": "/spec, /data" } } });
    expect((await drift())[1]).toMatchObject({ drift: "none" });
  });

  test.each([
    [["ConfigMap"], "none"],
    [["/ConfigMap"], "none"],
    [["apps/ConfigMap"], "changed"],
    [["Secret", "apps/Deployment"], "changed"],
  ])("leaves out what is ignored of the kinds %j alone", async (kinds, expected) => {
    await send("PATCH", CM, { data: { color: "green" } });
    const ignore = [{ kinds, pointers: ["/data"] }];
    const { items } = await getDrift({ cluster: bench.deps.cluster }, { ...QUERY, ignore, hash });
    expect(items[1]).toMatchObject({ drift: expected });
  });

  test.each([
    ["/spec/replicas", true],
    ["/spec", true],
    ["/spec/x", false],
    ["spec", false],
    ["/spec/replicas/x", false],
  ])("reads the pointer %s", (pointer, expected) => {
    expect(
      covers(pointer, [
        { kind: "field", name: "spec" },
        { kind: "field", name: "replicas" },
      ]),
    ).toBe(expected);
  });

  test.each(["/l/*/image", "/l/web/image", "/l/web"])("reads %s through a list", (pointer) => {
    const item = { kind: "key", fields: [{ name: "name", value: "web" }] } as const;
    expect(covers(pointer, [{ kind: "field", name: "l" }, item, { kind: "field", name: "image" }])).toBe(true);
  });
});

describe("an answer that may send few requests", () => {
  const objects = ["Secret", "ConfigMap", "Deployment"];

  test.each([9, 10, 11, 13, 40])(
    "is given page by page within %i requests, and all of it is told once",
    async (limit) => {
      await send("PATCH", CM, { data: { color: "green" } });
      const found = { drift: [] as string[], ownership: [] as string[] };
      for (const what of ["drift", "ownership"] as const) {
        for (let from: StandingCursor | undefined, pages = 0; pages < objects.length; pages++) {
          const budget = createRequestBudget(limit);
          const deps = { cluster: bench.deps.cluster, budget };
          const query = { ...QUERY, ...(from === undefined ? {} : { from }) };
          const before = bench.requests.length;
          const page: StandingPage<{ readonly kind: string }> =
            what === "drift" ? await getDrift(deps, { ...query, ignore: [], hash }) : await getOwnership(deps, query);
          expect(bench.requests.length - before).toBeLessThanOrEqual(limit);
          found[what].push(...page.items.map((one) => one.kind));
          from = page.next;
          if (from === undefined) break;
        }
      }
      expect(found).toEqual({ drift: objects, ownership: objects });
    },
  );

  test("is refused when not even one object fits", async () => {
    const deps = { cluster: bench.deps.cluster, budget: createRequestBudget(6) };
    await expect(getOwnership(deps, QUERY)).rejects.toMatchObject({ code: "budget" });
  });

  test("is refused behind a page of a revision that is no longer the newest", async () => {
    await bench.run(upgrade("web", "web", { values: { color: "blue" } }));
    const query = { ...QUERY, from: { revision: 1, position: 1 } };
    await expect(getOwnership({ cluster: bench.deps.cluster }, query)).rejects.toMatchObject({
      code: "invalid-request",
      message: expect.stringContaining("no longer the newest"),
    });
  });
});

describe("fields that are left to others", () => {
  const left = async () => {
    const deps = { cluster: bench.deps.cluster };
    const { release } = await getRelease(deps, QUERY);
    const { fields, complete } = await getLeftFields(deps, release, QUERY);
    expect(complete).toBe(true);
    return fields.map((one) => [`${one.kind} ${one.field}`, one.decision, isYielded(one, release)]);
  };

  test("are told from what is there: yielded ones until they are reclaimed, taken ones with what comes of them", async () => {
    expect(await left()).toEqual([]);
    await send("PATCH", `${DEPLOYMENT}/scale`, { spec: { replicas: 7 } });
    await bench.run(upgrade("web", "web", { values: { color: "blue" } }));
    expect(await left()).toEqual([["Deployment .spec.replicas", "yield", true]]);
    await send("PATCH", `${DEPLOYMENT}/scale`, { spec: { replicas: 2 } });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await send("PATCH", CM, { data: { color: "green" } });
    expect(await left()).toEqual([
      ["ConfigMap .data.color", "fail", false],
      ["Deployment .spec.replicas", "adopt", true],
    ]);
    const conflicts = [{ fields: [".data.color"], decision: "yield" }] as const;
    await bench.run(upgrade("web", "web", { conflicts, values: { replicas: 3 }, reclaim: [".spec.replicas"] }));
    expect(await left()).toEqual([["ConfigMap .data.color", "fail", true]]);
  });

  test("come with a warning when the chart's wish for them changed", async () => {
    await send("PATCH", `${DEPLOYMENT}/scale`, { spec: { replicas: 7 } });
    const same = await bench.run(upgrade("web", "web", { values: { color: "blue" } }));
    const other = await bench.run(upgrade("web", "web", { values: { color: "blue", replicas: 4 } }));
    const warnings = [same, other].map(({ events }) => events.filter((event) => event.type === "warning"));
    expect(warnings).toEqual([
      [],
      [
        {
          type: "warning",
          message: expect.stringContaining("that change has no effect"),
          detail: expect.objectContaining({ field: ".spec.replicas", manager: "kube-controller-manager" }),
        },
      ],
    ]);
  });
});

describe("reclaim", () => {
  const replicas = async (): Promise<number> => JSON.parse(await send("GET", DEPLOYMENT)).spec.replicas;

  test("takes a yielded field back, and only what it names", async () => {
    await send("PATCH", `${DEPLOYMENT}/scale`, { spec: { replicas: 7 } });
    await bench.run(upgrade("web", "web", { values: { color: "blue" } }));
    expect(await replicas()).toBe(7);
    const { outcome } = await bench.run(
      upgrade("web", "web", { values: { color: "blue" }, reclaim: [".spec.replicas"] }),
    );
    expect(outcome.kind).toBe("succeeded");
    expect(await replicas()).toBe(2);
    expect(await fieldOf("Deployment", ".spec.replicas")).toMatchObject({
      owners: [{ manager: "helm" }],
      decision: "keep",
    });
    await send("PATCH", CM, { data: { color: "green" } });
    const other = await bench.run(upgrade("web", "web", { values: { color: "red" }, reclaim: [".spec.replicas"] }));
    expect(other.outcome).toMatchObject({ kind: "failed", code: "conflict" });
  });

  test("is refused under strict Helm, which yields nothing", async () => {
    const { outcome } = await bench.run(upgrade("web", "web", { conflicts: "helm", reclaim: [".spec.replicas"] }));
    expect(outcome).toMatchObject({ code: "invalid-request" });
  });
});
