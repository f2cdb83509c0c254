import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { getHistory } from "../../../engine/action/index.ts";
import type { JsonObject } from "../../../engine/errors.ts";
import type { ClusterRequest, ClusterResponse } from "../../../engine/kube/transport.ts";
import type { ConflictRule } from "../../../engine/plan/conflict-rule.ts";
import type { LocalCluster } from "../../../infra/local-cluster/cluster.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import { type Bench, chartOf, install, openBench, upgrade } from "../../support/operation.ts";

// The simulated cluster serves no kind in two versions: what it tells of one manager is told of another version.
const DEPLOYMENT =
  "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  minReadySeconds: {{ .Values.seconds }}\n  revisionHistoryLimit: {{ .Values.limit }}\n  selector: {matchLabels: {a: b}}\n  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: x}]}}\n";
const PATH = "/apis/apps/v1/namespaces/default/deployments/web";

let local: LocalCluster;
let bench: Bench;
/** Called before a request is sent on. */
let before: (request: ClusterRequest) => Promise<void>;

beforeEach(async () => {
  before = async () => undefined;
  local = openReadyCluster();
  bench = openBench({
    send: async (request) => {
      await before(request);
      return inOtherVersion(await local.transport.send(request));
    },
  });
  bench.charts.set(
    "web",
    await chartOf("web", { "values.yaml": "seconds: 1\nlimit: 3\n", "templates/a.yaml": DEPLOYMENT }),
  );
  const { outcome } = await bench.run(install("web", "web"));
  expect(outcome.kind).toBe("succeeded");
  bench.requests.length = 0;
});
afterEach(() => local.close());

async function inOtherVersion(answer: ClusterResponse): Promise<ClusterResponse> {
  const text = await new Response(answer.body).text();
  const told = text
    .replaceAll(/\{[^{}]*"manager":"kubectl-edit"[^{}]*/gu, (entry) => entry.replace('"apps/v1"', '"apps/v1beta2"'))
    .replaceAll(String.raw`"kubectl-edit\" using apps/v1`, String.raw`"kubectl-edit\" using apps/v1beta2`);
  return { ...answer, body: new Blob([told]).stream() };
}

async function edit(limit: number): Promise<void> {
  const answer = await local.transport.send({
    method: "PATCH",
    path: PATH,
    query: [["fieldManager", "kubectl-edit"]],
    headers: { "content-type": "application/merge-patch+json" },
    body: JSON.stringify({ spec: { revisionHistoryLimit: limit } }),
  });
  expect(answer.status).toBe(200);
}

async function spec(): Promise<JsonObject> {
  const answer = await local.transport.send({ method: "GET", path: PATH });
  const { spec: found }: { readonly spec: JsonObject } = JSON.parse(await new Response(answer.body).text());
  return { limit: found["revisionHistoryLimit"] ?? null, seconds: found["minReadySeconds"] ?? null };
}

const revisions = async (): Promise<readonly string[]> =>
  (await getHistory({ cluster: local.transport }, { name: "web", namespace: "default" })).map(
    (one) => `${one.revision} ${one.status}`,
  );
const isDry = (request: ClusterRequest): boolean => request.query?.some(([name]) => name === "dryRun") ?? false;
const rule = (decision: ConflictRule["decision"]): readonly ConflictRule[] => [{ decision }];
const FIELD = { field: ".spec.revisionHistoryLimit", manager: "kubectl-edit" };
const values = { seconds: 2 };

describe("a field of somebody who wrote in another version of the kind", () => {
  beforeEach(() => edit(7));

  test("is refused before anything is written", async () => {
    const { outcome } = await bench.run(upgrade("web", "web", { values }));
    expect(outcome).toMatchObject({
      code: "conflict",
      message: expect.stringContaining('conflict with "kubectl-edit" using apps/v1beta2: .spec.revisionHistoryLimit'),
      detail: { conflicts: [{ ...FIELD, live: 7, wanted: 3, decision: "fail" }] },
    });
    expect(bench.requests.filter((one) => one.method !== "GET" && !isDry(one))).toEqual([]);
    expect(await revisions()).toEqual(["1 deployed"]);
  });

  test.each([
    ["force", { limit: 3, seconds: 2 }],
    ["yield", { limit: 7, seconds: 2 }],
  ] as const)("follows the rule %s, also when it was planned", async (decision, wanted) => {
    const request = upgrade("web", "web", { values, conflicts: rule(decision) });
    const planned = await bench.plan(request);
    expect(planned.report).toMatchObject({ applicable: true, problems: [] });
    expect(planned.report.objects[0]?.conflicts).toMatchObject([{ ...FIELD, decision }]);
    const { outcome } = await bench.apply(planned);
    expect(outcome.kind).toBe("succeeded");
    expect(await spec()).toEqual(wanted);
  });

  test("stops a plan that nobody decided about", async () => {
    const { report } = await bench.plan(upgrade("web", "web", { values }));
    expect(report).toMatchObject({ applicable: false, objects: [{ conflicts: [{ ...FIELD, decision: "fail" }] }] });
  });

  test("under the policy helm is refused by the server alone, behind the record", async () => {
    const { outcome } = await bench.run(upgrade("web", "web", { values, conflicts: "helm" }));
    expect(outcome).toMatchObject({ code: "conflict", release: { revision: 2, status: "failed" } });
    expect(bench.requests.some(isDry)).toBe(false);
  });
});

test.each([
  ["force", "succeeded", { limit: 3, seconds: 2 }],
  ["yield", "succeeded", { limit: 7, seconds: 2 }],
  ["fail", "failed", { limit: 7, seconds: 1 }],
] as const)("one who writes after it was decided meets the rule %s, too", async (decision, kind, wanted) => {
  let edited = false;
  before = async (request) => {
    if (edited || request.method !== "PATCH" || request.path !== PATH || isDry(request)) return;
    edited = true;
    await edit(7);
  };
  const { outcome } = await bench.run(upgrade("web", "web", { values, conflicts: rule(decision) }));
  expect(outcome.kind).toBe(kind);
  if (outcome.kind === "failed")
    expect(outcome.detail).toMatchObject({ conflicts: [{ ...FIELD, live: 7, wanted: 3 }] });
  expect(await spec()).toEqual(wanted);
});

test("what nobody else wrote in another version costs no request", async () => {
  await bench.run(upgrade("web", "web", { values }));
  expect(bench.requests.some(isDry)).toBe(false);
});
