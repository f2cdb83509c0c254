import { beforeEach, describe, expect, test } from "vitest";
import { getRelease, listReleases } from "../../../engine/action/index.ts";
import type { ActionDeps } from "../../../engine/action/action.ts";
import type { ActionRequest } from "../../../engine/action/request.ts";
import type { JsonObject } from "../../../engine/errors.ts";
import type { ClusterRequest, ClusterTransport } from "../../../engine/kube/transport.ts";
import { listAt, stringAt } from "../../../engine/object/json.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import { type Bench, chartOf, type Driven, install, openBench, rollback, upgrade } from "../../support/operation.ts";

const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata: {v: {{ .Values.v | quote }}}\n";
const CLIENT = { serverSide: false } as const;

let bench: Bench;
/** What somebody else does before a ConfigMap is made. */
let before: (transport: ClusterTransport) => Promise<unknown>;
beforeEach(async () => open({}));

async function open(over: Partial<ActionDeps>): Promise<void> {
  const local = openReadyCluster();
  before = async () => undefined;
  const send = async (request: ClusterRequest) => {
    if (request.method === "POST" && request.path.endsWith("/configmaps")) await before(local.transport);
    return local.transport.send(request);
  };
  bench = openBench({ send }, over);
  const sources = { "values.yaml": "v: x\n", "templates/a.yaml": MAP };
  bench.charts.set("one", await chartOf("web", sources));
  bench.charts.set(
    "crds",
    await chartOf("web", { ...sources, "crds/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n" }),
  );
  const nameless = "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: many-}\n";
  bench.charts.set("nameless", await chartOf("web", { "templates/a.yaml": `${nameless}---\n${nameless}` }));
}

async function good(request: ActionRequest): Promise<Driven> {
  const driven = await bench.run(request);
  if (driven.outcome.kind === "failed") throw new Error(JSON.stringify(driven.outcome));
  return driven;
}

async function failure(request: ActionRequest): Promise<string> {
  const { outcome } = await bench.run(request);
  return outcome.kind === "failed" ? outcome.message : outcome.kind;
}

async function methods(): Promise<readonly string[]> {
  const read = { cluster: bench.deps.cluster };
  const all = [];
  for (let revision = 1; ; revision++) {
    const stored = await getRelease(read, { name: "web", namespace: "default", revision }).catch(() => undefined);
    if (stored === undefined) return all;
    all.push(stored.release.applyMethod);
  }
}

async function items(path: string): Promise<readonly JsonObject[]> {
  const answer = await bench.deps.cluster.send({ method: "GET", path });
  const body = JSON.parse(await new Response(answer.body).text()) as JsonObject;
  return listAt(body, "items").flatMap((item) =>
    typeof item === "object" && item !== null ? [item as JsonObject] : [],
  );
}

function sent(): readonly string[] {
  return bench.requests
    .filter((one) => one.method !== "GET" && !one.path.includes("/secrets"))
    .map((one) => `${one.method} ${one.path.split("/").at(-1)} ${one.headers?.["content-type"]?.split("/")[1] ?? ""}`);
}

describe("how a release is written", () => {
  test("stays as it was until somebody says otherwise", async () => {
    await good(install("web", "one", CLIENT));
    await good(upgrade("web", "one", { values: { v: "y" } }));
    await good(upgrade("web", "one", { serverSide: true }));
    await good(upgrade("web", "one"));
    await good(rollback("web", 1));
    await good(rollback("web", 4));
    expect(await methods()).toEqual(["csa", "csa", "ssa", "ssa", "csa", "ssa"]);
  });

  test("client-side is a POST, a patch of what differs, and nothing where nothing does", async () => {
    await good(install("web", "one", CLIENT));
    expect(sent()).toEqual(["POST configmaps json"]);
    bench.requests.length = 0;
    const same = await good(upgrade("web", "one"));
    expect(sent()).toEqual([]);
    expect(same.events).toContainEqual(expect.objectContaining({ type: "resource", result: "unchanged" }));
    await good(upgrade("web", "one", { values: { v: "y" } }));
    expect(sent()).toEqual(["PATCH one strategic-merge-patch+json"]);
    bench.requests.length = 0;
    await good(upgrade("web", "one", { forceReplace: true }));
    expect(sent()).toEqual(["PUT one json"]);
  });

  test("knows no conflicts: what others changed is changed back", async () => {
    await good(install("web", "one", CLIENT));
    await bench.deps.cluster.send({
      method: "PATCH",
      path: "/api/v1/namespaces/default/configmaps/one",
      query: [["fieldManager", "somebody"]],
      headers: { "content-type": "application/merge-patch+json" },
      body: '{"data":{"v":"theirs","more":"y"}}',
    });
    const { events } = await good(upgrade("web", "one"));
    expect(events.filter((event) => event.type === "conflict")).toEqual([]);
    const [one] = await items("/api/v1/namespaces/default/configmaps");
    expect(one?.["data"]).toEqual({ v: "x", more: "y" });
  });

  test("does not touch what somebody else made meanwhile", async () => {
    before = (transport) =>
      transport.send({
        method: "POST",
        path: "/api/v1/namespaces/default/configmaps",
        headers: { "content-type": "application/json" },
        body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"},"data":{"v":"theirs"}}',
      });
    expect(await failure(install("web", "one", CLIENT))).toBe('INSTALLATION FAILED: configmaps "one" already exists');
    expect((await items("/api/v1/namespaces/default/configmaps"))[0]?.["data"]).toEqual({ v: "theirs" });
  });

  test("client-side leaves names to be made, once for each object", async () => {
    await good(install("web", "nameless", CLIENT));
    const names = (await items("/api/v1/namespaces/default/configmaps")).map((one) =>
      stringAt(one, "metadata", "name"),
    );
    expect(names).toHaveLength(2);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^many-[a-z0-9]{5}$/u);
  });
});

describe("options that contradict each other", () => {
  test.each([
    [
      "replacing what is applied",
      {},
      { forceReplace: true },
      "cannot use server-side apply and force replace together",
    ],
    [
      "forcing what is not applied",
      CLIENT,
      { forceConflicts: true },
      "forceConflicts enabled when serverSideApply disabled",
    ],
  ])(
    "%s is refused before anything is written, and under helm's policy fails behind the record",
    async (_, how, over, text) => {
      await good(install("web", "one", how));
      expect(await failure(upgrade("web", "one", over))).toContain(text);
      expect(await failure(rollback("web", 1, over))).toContain(text);
      expect((await methods()).length).toBe(1);
      expect(await failure(upgrade("web", "one", { ...over, conflicts: "helm" }))).toContain(text);
      expect(await failure(rollback("web", 1, { ...over, conflicts: "helm" }))).toContain(text);
      expect((await methods()).length).toBe(3);
    },
  );

  test("CRDs cannot be forced client-side", async () => {
    expect(await failure(install("web", "crds", { ...CLIENT, forceConflicts: true }))).toBe(
      "INSTALLATION FAILED: failed to install CRD crds/a.yaml: invalid client create option(s): forceConflicts enabled when serverSideApply disabled",
    );
  });
});

describe("records", () => {
  test("in ConfigMaps are found there and nowhere else", async () => {
    await open({ records: "configmap" });
    await good(install("web", "one"));
    await good(upgrade("web", "one"));
    const read = { cluster: bench.deps.cluster, records: "configmap" } as const;
    expect(await listReleases(read, { namespace: "default" })).toMatchObject([{ name: "web", revision: 2 }]);
    expect(await listReleases({ cluster: bench.deps.cluster }, { namespace: "default" })).toEqual([]);
    expect(await items("/api/v1/namespaces/default/secrets")).toEqual([]);
  });

  test("slim ones keep what is needed to go on", async () => {
    await good(install("web", "one", { recordChart: "slim", values: { v: "y" } }));
    const { release } = await getRelease({ cluster: bench.deps.cluster }, { name: "web", namespace: "default" });
    expect([release.chart.templates, release.chart.files, release.chart.values.entries.size]).toEqual([[], [], 1]);
    await good(upgrade("web", "one", { reuse: "reuse" }));
    await good(rollback("web", 1));
    expect((await items("/api/v1/namespaces/default/configmaps"))[0]?.["data"]).toEqual({ v: "y" });
  });

  test("too large ones are refused before anything is written, with what to do", async () => {
    const noise = (): string =>
      Array.from(crypto.getRandomValues(new Uint8Array(60_000)), (byte) => byte.toString(36)).join("");
    const large = Array.from({ length: 20 }, (_, i) => [`files/${i}`, noise()]);
    bench.charts.set("large", await chartOf("web", { "templates/a.yaml": MAP, ...Object.fromEntries(large) }));
    const text = await failure(install("web", "large", { createNamespace: true }));
    expect(text).toMatch(
      /^INSTALLATION FAILED: create: failed to create: Secret "sh\.helm\.release\.v1\.web\.v1" is invalid: data: Too long: may not be more than 1048576 bytes .*recordChart: slim/u,
    );
    expect(bench.requests.filter((one) => one.method !== "GET")).toEqual([]);
    await good(install("web", "large", { recordChart: "slim" }));
  });
});
