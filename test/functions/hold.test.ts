import { beforeEach, describe, expect, it } from "vitest";
import { installedRelease, record } from "../support/release-record.ts";
import { createTestApp, READER_TOKEN, SUCCEEDED, TEAM_TOKEN, type TestApp, WEB } from "./harness.ts";

const HOLD = { reason: "the freeze of December", by: "token:admin", since: "2026-11-21T09:00:00.000Z" };
const CHART = { chart: "charts/web" };

let test: TestApp;

beforeEach(async () => {
  test = await createTestApp();
  await record(test.cluster, installedRelease());
});

async function call(method: string, path: string, json?: unknown, token?: string) {
  const answer = await test.call(method, path, { ...(json === undefined ? {} : { json }), token });
  return { status: answer.status, body: await answer.json() };
}

const hold = () => call("POST", `${WEB}/hold`, { reason: HOLD.reason });

describe("a release on hold", () => {
  it("says who holds it, why and since when, where it is shown and where releases are listed", async () => {
    expect(await hold()).toEqual({
      status: 200,
      body: { cluster: "local", namespace: "default", name: "web", hold: HOLD },
    });
    expect((await call("GET", WEB)).body.hold).toEqual(HOLD);
    const { body } = await call("GET", "/v1/clusters/local/releases");
    expect(body.items).toMatchObject([{ name: "web", hold: HOLD }]);
    expect(test.log).toContainEqual(
      expect.objectContaining({ action: "releases:hold", principal: "token:admin", target: "local/default/web" }),
    );
  });

  it.each([
    ["install", CHART],
    ["upgrade", CHART],
    ["rollback", {}],
    ["uninstall", {}],
    ["test", {}],
    ["unlock", {}],
  ])("refuses %s, with the reason and how the hold ends", async (action, json) => {
    await hold();
    const { status, body } = await call("POST", `${WEB}/${action}`, json);
    expect([status, body.code]).toEqual([409, "release-held"]);
    expect(body.detail).toContain(HOLD.reason);
    expect(body.detail).toContain(`POST ${WEB}/unhold`);
    expect(await test.deps.operations.unfinished()).toEqual([]);
  });

  it("refuses to apply a plan that was made before, and lets plans and dry runs be made", async () => {
    await hold();
    const dry = await call("POST", `${WEB}/upgrade`, { ...CHART, dryRun: "server" });
    await test.settle();
    const planned = await call("POST", `${WEB}/plan`, { action: "upgrade", ...CHART });
    await test.settle();
    expect([dry.status, planned.status]).toEqual([202, 202]);
  });

  it("is changed again once its hold has ended, and stays as it is for other releases", async () => {
    await hold();
    const other = WEB.replace("/web", "/api");
    expect((await call("POST", `${other}/upgrade`, CHART)).status).toBe(202);
    expect(await call("POST", `${WEB}/unhold`)).toEqual({
      status: 200,
      body: { cluster: "local", namespace: "default", name: "web" },
    });
    expect((await call("GET", WEB)).body.hold).toBeUndefined();
    expect((await call("POST", `${WEB}/upgrade`, CHART)).status).toBe(202);
    expect((await call("POST", `${WEB}/unhold`)).status, "there need not be a hold").toBe(200);
    await test.settle();
  });

  it("lets an operation that runs go on to its end", async () => {
    const { body } = await call("POST", `${WEB}/upgrade`, CHART);
    await hold();
    test.behave = () => SUCCEEDED;
    await test.settle();
    expect((await call("GET", `/v1/operations/${body.id}`)).body.status).toBe("succeeded");
  });

  it("takes the newest reason", async () => {
    await hold();
    const again = await call("POST", `${WEB}/hold`, { reason: "the audit" });
    expect(again.body.hold).toEqual({ ...HOLD, reason: "the audit" });
  });

  it.each([
    ["no reason", {}, "invalid-request"],
    ["an empty reason", { reason: " " }, "invalid-request"],
    ["an unknown member", { reason: "x", until: "y" }, "invalid-request"],
  ])("is not made with %s", async (_, json, code) => {
    expect((await call("POST", `${WEB}/hold`, json)).body).toMatchObject({ code });
  });

  it.each([
    ["a reader", READER_TOKEN, WEB, 403],
    ["a team outside its namespace", TEAM_TOKEN, WEB, 403],
  ])("is neither made nor ended by %s", async (_, token, path, status) => {
    expect((await call("POST", `${path}/hold`, { reason: "x" }, token)).status).toBe(status);
    expect((await call("POST", `${path}/unhold`, undefined, token)).status).toBe(status);
  });

  it("exists", async () => {
    const { body } = await call("POST", `${WEB.replace("/web", "/none")}/hold`, { reason: "x" });
    expect(body).toMatchObject({ code: "release-not-found" });
  });
});
