import { describe, expect, it } from "vitest";
import { installedRelease, record } from "../support/release-record.ts";
import { createTestApp, READER_TOKEN, SUCCEEDED, type TestApp, WEB } from "./harness.ts";

/** A release whose second revision a `helm` that died left pending. */
async function locked(): Promise<TestApp> {
  const test = await createTestApp();
  await record(test.cluster, installedRelease());
  const info = { ...installedRelease().info, status: "pending-upgrade" } as const;
  await record(test.cluster, installedRelease({ version: 2, info }));
  return test;
}

async function status(test: TestApp): Promise<string> {
  return (await (await test.call("GET", WEB)).json()).status;
}

describe("unlocking a release", () => {
  it("marks the pending revision as failed, and writes down who did it", async () => {
    const test = await locked();
    const answer = await test.call("POST", `${WEB}/unlock`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      revision: 2,
      status: "failed",
      description: expect.stringContaining("token:admin"),
    });
    expect(await status(test)).toBe("failed");
    expect(test.log).toContainEqual(
      expect.objectContaining({
        message: "audit",
        action: "releases:unlock",
        principal: "token:admin",
        target: "local/default/web",
      }),
    );
    expect(await (await test.call("POST", `${WEB}/unlock`)).json()).toMatchObject({ code: "release-not-pending" });
  });

  it("lets the next change begin", async () => {
    const test = await locked();
    await test.call("POST", `${WEB}/unlock`, { json: { description: "the runner was killed" } });
    expect((await test.call("POST", `${WEB}/upgrade`, { json: { chart: "charts/web" } })).status).toBe(202);
    await test.settle();
  });

  it.each([
    ["another revision", { revision: 1 }, "release-not-pending"],
    ["an unknown member", { force: true }, "invalid-request"],
  ])("refuses %s", async (_, json, code) => {
    const test = await locked();
    expect(await (await test.call("POST", `${WEB}/unlock`, { json })).json()).toMatchObject({ code });
    expect(await status(test)).toBe("pending-upgrade");
  });

  it("is refused while an operation of ours runs, also between its steps, whatever the time", async () => {
    const test = await locked();
    test.behave = () => ({ events: [], next: { kind: "at", time: test.time.now + 1e9 } });
    const running = await (await test.call("POST", `${WEB}/upgrade`, { json: { chart: "charts/web" } })).json();
    await Promise.all(test.deferred.splice(0));
    test.time.now += 1e8;
    const answer = await test.call("POST", `${WEB}/unlock`);
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ code: "operation-running", operation: running.id });
    expect(await status(test)).toBe("pending-upgrade");
    test.behave = () => SUCCEEDED;
  });

  it("needs its own right, and a release", async () => {
    const test = await locked();
    expect((await test.call("POST", `${WEB}/unlock`, { token: READER_TOKEN })).status).toBe(403);
    const other = await test.call("POST", `${WEB.replace("web", "other")}/unlock`);
    expect(await other.json()).toMatchObject({ code: "release-not-found" });
  });
});
