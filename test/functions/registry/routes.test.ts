import { describe, expect, it } from "vitest";
import { ADMIN_TOKEN, createTestApp, READER_TOKEN, TEAM_TOKEN } from "../harness.ts";

const calls = [
  ["POST", "/v1/registry/collect", { dryRun: true }],
  ["GET", "/v1/registry/usage", undefined],
  ["POST", "/v1/registry/fsck", {}],
] as const;

describe("looking after the registry", () => {
  for (const [method, path, json] of calls) {
    const options = json === undefined ? {} : { json };
    it(`${method} ${path} is for who may maintain it alone`, async () => {
      const test = await createTestApp();
      for (const token of [READER_TOKEN, TEAM_TOKEN]) {
        const refused = await test.call(method, path, { ...options, token });
        expect([refused.status, (await refused.json()).code]).toEqual([403, "forbidden"]);
      }
      expect((await test.call(method, path, { ...options, token: "" })).status).toBe(401);
      expect((await test.call(method, path, { ...options, token: ADMIN_TOKEN })).status).toBe(200);
    });
  }

  it("says what was done, and leaves a trace of a collection that changes something", async () => {
    const test = await createTestApp();
    const done = await (await test.call("POST", "/v1/registry/collect", { json: {} })).json();
    expect(done).toMatchObject({ state: "done", epoch: 1, counts: { blobsTaken: 0 } });
    const trail = await (await test.call("GET", "/v1/audit")).json();
    expect(trail.items[0]).toMatchObject({ action: "registry:maintain", target: "registry" });
    expect(await (await test.call("GET", "/v1/registry/usage")).json()).toMatchObject({
      items: [{ project: "charts", bytes: 0 }, { project: "open" }],
    });
  });

  it("goes on when the runtime's timer says so, and is logged", async () => {
    const test = await createTestApp();
    await test.app.collect();
    expect(test.log.some((line) => line["message"] === "registry collected")).toBe(true);
  });
});
