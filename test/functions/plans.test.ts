import { describe, expect, it } from "vitest";
import type { PlanPins } from "../../engine/action/index.ts";
import {
  CANARY,
  CONFIG,
  createTestApp,
  failed,
  READER_TOKEN,
  SUCCEEDED,
  TEAM_TOKEN,
  type TestApp,
  WEB,
} from "./harness.ts";

const PLAN = { action: "upgrade", chart: "charts/web", values: { password: CANARY } };
const PINS: PlanPins = {
  action: "upgrade",
  request: { text: `{"values":"${CANARY}"}` },
  seed: "c2VlZA==",
  clock: 1,
  facts: { text: `{"values":"${CANARY}"}` },
  answers: { text: "[]" },
};

/** An application whose engine plans as told. */
async function planning(facts = `{"values":"${CANARY}"}`): Promise<TestApp> {
  const test = await createTestApp({
    config: {
      ...CONFIG,
      tokens: [
        ...CONFIG.tokens,
        { name: "ci", token: "env:TEAM", grants: [{ allow: ["releases:plan", "charts:read"] }] },
      ].filter((_, i) => i !== 2),
    },
  });
  test.behave = async (deps, state) => {
    if (state["plan"] !== true) return SUCCEEDED;
    const report = { text: JSON.stringify({ mode: "upgrade", objects: [], applicable: true }) };
    const plan = (await deps.plans?.keep({ facts, pins: PINS, report, summary: {} })) ?? "";
    return {
      events: [],
      next: { kind: "done", outcome: { kind: "succeeded", release: { name: "web", plan }, undo: "" } },
    };
  };
  return test;
}

async function planned(test: TestApp, token?: string): Promise<string> {
  const answer = await test.call("POST", `${WEB}/plan`, { json: PLAN, token, headers: { prefer: "wait=10" } });
  expect(answer.status).toBe(200);
  const operation = await answer.json();
  expect(operation).toMatchObject({ action: "plan", request: { planned: "upgrade" } });
  return operation.release.plan;
}

describe("planning", () => {
  it("pins the request as the action's own route does, and answers with the plan's digest", async () => {
    const test = await planning();
    const digest = await planned(test);
    expect(test.requests[0]).toMatchObject({ action: "upgrade", dryRun: "none", chart: { version: "2.0.0" } });
    const plan = await (await test.call("GET", `/v1/plans/${digest}`)).json();
    expect(plan).toMatchObject({
      digest,
      mode: "upgrade",
      cluster: "local",
      principal: "token:admin",
      links: { apply: `/v1/plans/${digest}/apply` },
    });
  });

  it.each([
    [
      { action: "rollback", revision: 1 },
      { revision: 1, dryRun: "none" },
    ],
    [
      { action: "uninstall", keepHistory: true },
      { keepHistory: true, dryRun: "none" },
    ],
  ])("takes %j as the action's own route does", async (json, request) => {
    const test = await planning();
    const answer = await test.call("POST", `${WEB}/plan`, { json, headers: { prefer: "wait=10" } });
    expect(await answer.json()).toMatchObject({ action: "plan", request: { planned: json.action } });
    expect(test.requests).toMatchObject([{ action: json.action, ...request }]);
  });

  it.each([
    [{ chart: "charts/web" }, "/action"],
    [{ action: "test" }, "/action"],
    [{ action: "upgrade", chart: "charts/web", dryRun: "server" }, "/dryRun"],
    [{ action: "upgrade", chart: "charts/web", resetValues: true, reuseValues: true }, "/reuseValues"],
    [{ action: "rollback", chart: "charts/web" }, "/chart"],
  ])("refuses %j", async (json, pointer) => {
    const test = await planning();
    const answer = await test.call("POST", `${WEB}/plan`, { json });
    expect(answer.status).toBe(400);
    expect((await answer.json()).errors[0].pointer).toBe(pointer);
  });

  it("gives equal plans equal digests, other releases' and other facts' others", async () => {
    const test = await planning();
    const [first, again] = [await planned(test), await planned(test)];
    expect(again).toBe(first);
    const other = await planning("{}");
    expect(await planned(other)).not.toBe(first);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
  });

  it("keeps the canary out of every answer, log line, journal and record", async () => {
    const test = await planning();
    const digest = await planned(test);
    const answers = [
      await (await test.call("GET", `/v1/plans/${digest}`)).text(),
      await (await test.call("GET", "/v1/operations")).text(),
      JSON.stringify(
        await test.deps.operations.read((await (await test.call("GET", "/v1/operations")).json()).items[0].id, 0, 100),
      ),
      JSON.stringify(test.log),
      JSON.stringify((await test.deps.records.list("", { limit: 100 })).items),
    ];
    for (const text of answers) expect(text).not.toContain(CANARY);
  });

  it("ends after its lifetime", async () => {
    const test = await planning();
    const digest = await planned(test);
    test.time.now += 3_600_001;
    expect((await test.call("GET", `/v1/plans/${digest}`)).status).toBe(404);
    expect(await (await test.call("POST", `/v1/plans/${digest}/apply`)).json()).toMatchObject({
      code: "plan-not-found",
    });
  });
});

describe("applying a plan", () => {
  it("starts the action with what the plan pinned, once", async () => {
    const test = await planning();
    const digest = await planned(test);
    const states: unknown[] = [];
    test.behave = (_deps, state) => {
      states.push(state["pins"]);
      return SUCCEEDED;
    };
    const first = await (await test.call("POST", `/v1/plans/${digest}/apply`)).json();
    await test.settle();
    const second = await (await test.call("POST", `/v1/plans/${digest}/apply`)).json();
    expect(second).toMatchObject({ id: first.id, action: "upgrade", status: "succeeded", request: { plan: digest } });
    expect(states).toEqual([PINS]);
  });

  it("answers a plan that no longer holds as 409 with what changed", async () => {
    const test = await planning();
    const digest = await planned(test);
    const changes = [{ what: "object", field: ".spec.replicas" }];
    test.behave = () => failed("plan-stale", "the plan no longer holds", { changes });
    const answer = await test.call("POST", `/v1/plans/${digest}/apply`, { headers: { prefer: "wait=10" } });
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ code: "plan-stale", facts: { changes } });
  });

  it("takes the right to the action: who may only plan may see the plan, and who may read may not", async () => {
    const test = await planning();
    const digest = await planned(test, TEAM_TOKEN);
    expect((await test.call("GET", `/v1/plans/${digest}`, { token: TEAM_TOKEN })).status).toBe(200);
    expect((await test.call("POST", `/v1/plans/${digest}/apply`, { token: TEAM_TOKEN })).status).toBe(403);
    expect((await test.call("GET", `/v1/plans/${digest}`, { token: READER_TOKEN })).status).toBe(403);
    expect((await test.call("POST", `/v1/plans/${digest}/apply`, { token: READER_TOKEN })).status).toBe(403);
    expect((await test.call("GET", `/v1/plans/${"0".repeat(64)}`)).status).toBe(404);
  });
});
