import { beforeEach, describe, expect, it } from "vitest";
import type { ConflictPolicy } from "../../engine/action/request.ts";
import type { ClusterTransport } from "../../engine/kube/transport.ts";
import { mergePatch } from "../support/merge-patch.ts";
import { createApp } from "../../functions/app.ts";
import { parseConfig } from "../../functions/config/parse.ts";
import { openReadyCluster } from "../support/local-cluster.ts";
import { chartOf, install, openBench } from "../support/operation.ts";
import { ADMIN_TOKEN, CONFIG, createTestApp, SUCCEEDED, WEB } from "./harness.ts";

const COUNT = 40;
const REPLICAS = ".spec.replicas";

let transport: ClusterTransport;
let sent: number;

beforeEach(async () => {
  const local = openReadyCluster();
  transport = {
    send: (request) => {
      sent++;
      return local.transport.send(request);
    },
  };
  const bench = openBench(local.transport);
  const maps = Array.from(
    { length: COUNT },
    (_, i) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c${i}\ndata:\n  color: red\n`,
  );
  const deployment =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata:\n      labels: {app: web}\n    spec:\n      containers:\n      - name: c\n        image: nginx\n";
  bench.charts.set("web", await chartOf("web", { "templates/all.yaml": [...maps, deployment].join("---\n") }));
  await bench.run(install("web", "web"));
  await mergePatch(transport, "/apis/apps/v1/namespaces/default/deployments/web/scale", "kube-controller-manager", {
    spec: { replicas: 7 },
  });
  for (let i = 0; i < COUNT; i++)
    await mergePatch(transport, `/api/v1/namespaces/default/configmaps/c${i}`, "kubectl", { data: { color: "green" } });
});

async function open(config: object = {}, conflicts: ConflictPolicy = "default") {
  const { deps } = await createTestApp();
  const app = createApp({
    ...deps,
    config: parseConfig(JSON.stringify({ ...CONFIG, ...config })),
    clusters: { names: () => ["local"], find: (name) => ({ name, transport, conflicts }) },
  });
  return async (path: string) => {
    sent = 0;
    const headers = { host: "localhost:8080", authorization: `Bearer ${ADMIN_TOKEN}` };
    const answer = await app.fetch(new Request(`http://localhost:8080${path}`, { headers }));
    return { status: answer.status, body: await answer.json() };
  };
}

describe("ownership and drift of a release with many objects", () => {
  it.each(["ownership", "drift"])("%s is told page by page, each within the requests of one answer", async (what) => {
    const get = await open();
    const names: string[] = [];
    let next = "";
    for (let page = 0; page < COUNT; page++) {
      const { status, body } = await get(`${WEB}/${what}${next === "" ? "" : `?after=${next}`}`);
      expect([status, sent <= 40]).toEqual([200, true]);
      names.push(...body.items.map((one: { name: string }) => one.name));
      next = body.next ?? "";
      if (next === "") break;
      expect(next).toMatch(/^1\.\d+$/);
    }
    expect(names).toHaveLength(COUNT + 1);
    expect(new Set(names).size).toBe(COUNT + 1);
  });

  it.each([
    ["x", "invalid-request"],
    ["1", "invalid-request"],
    ["7.0", "invalid-request"],
  ])("the cursor %s is refused", async (after, code) => {
    const get = await open();
    expect((await get(`${WEB}/drift?after=${after}`)).body).toMatchObject({ code });
  });

  it.each([
    ["of every release", { ignore: ["/data/color"] }, "none"],
    ["of this release", { clusters: ["local"], namespaces: ["def*"], releases: ["web"], ignore: ["/data"] }, "none"],
    ["of the kind", { kinds: ["ConfigMap"], ignore: ["/data"] }, "none"],
    ["of another release", { releases: ["api-*"], ignore: ["/data"] }, "changed"],
    ["of another cluster", { clusters: ["other"], ignore: ["/data"] }, "changed"],
    ["of another kind", { kinds: ["Secret"], ignore: ["/data"] }, "changed"],
  ])("what the configuration ignores %s is no drift", async (_, rule, expected) => {
    const get = await open({ drift: [rule] });
    expect((await get(`${WEB}/drift`)).body.items[0]).toMatchObject({ kind: "ConfigMap", drift: expected });
  });

  it.each([
    [{ ignore: ["data"] }, "must be a JSON pointer"],
    [{ ignore: [] }, "drift"],
    [{ cluster: "x", ignore: ["/a"] }, "cluster"],
  ])("a configuration with the rule %j is refused", (rule, text) => {
    expect(() => parseConfig(JSON.stringify({ ...CONFIG, drift: [rule] }))).toThrow(text);
  });
});

describe("the status of a release", () => {
  it.each([
    ["default", "yield"],
    [[{ decision: "force" }], "force"],
  ] as const)("tells the fields that others own, and what the policy %j does about them", async (policy, decision) => {
    const get = await open({}, policy);
    const { body } = await get(WEB);
    expect(sent).toBeLessThanOrEqual(40);
    expect(body.status).toBe("deployed");
    expect(body.yielded.slice(-1)).toMatchObject(
      body.yieldedComplete === false ? [{ kind: "ConfigMap" }] : [{ kind: "Deployment", field: REPLICAS, decision }],
    );
  });

  it("is told by its record alone where nobody asks for these fields", async () => {
    const get = await open();
    const { status, body } = await get(`${WEB}?yielded=false`);
    expect([status, body.status, sent]).toEqual([200, "deployed", 2]);
    expect(body).not.toHaveProperty("yielded");
    expect((await get(`${WEB}?yielded=no`)).status).toBe(400);
  });

  it("tells where each object stands, where that is asked for, and shows no content of any", async () => {
    const get = await open();
    const { body } = await get(`${WEB}?yielded=false&resources=true`);
    expect(sent).toBeLessThanOrEqual(40);
    expect(body).not.toHaveProperty("resourcesComplete");
    expect(body.resources).toContainEqual(expect.objectContaining({ kind: "Deployment", status: "Current" }));
    for (const one of body.resources)
      expect(Object.keys(one)).toEqual(["apiVersion", "kind", "namespace", "name", "status", "message"]);
  });

  it("is told of a past revision as it was recorded", async () => {
    const get = await open();
    expect((await get(`${WEB}?revision=1`)).body).not.toHaveProperty("yielded");
  });
});

describe("an operation", () => {
  it("has the decisions about fields of others in its result, each once", async () => {
    const test = await createTestApp();
    const object = { apiVersion: "apps/v1", kind: "Deployment", namespace: "default", name: "web" };
    const told = { object, field: REPLICAS, manager: "kubectl", decision: "yield", reason: "r", message: "m" } as const;
    const event = { type: "conflict", ...told } as const;
    test.behave = () => ({
      ...SUCCEEDED,
      events: [event, { ...event, field: ".spec.paused", decision: "force" }, event],
    });
    const started = await (await test.call("POST", `${WEB}/upgrade`, { json: { chart: "charts/web" } })).json();
    await test.settle();
    const ended = await (await test.call("GET", `/v1/operations/${started.id}`)).json();
    expect(ended.decisions).toEqual([{ ...told, field: ".spec.paused", decision: "force" }, told]);
  });
});
