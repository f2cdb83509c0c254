import { describe, expect, it } from "vitest";
import { pinChart } from "../../../functions/operations/chart-pins.ts";
import { ADMIN_TOKEN, createTestApp, READER_TOKEN, TEAM_TOKEN } from "../harness.ts";

const calls = [
  ["POST", "/v1/registry/collect", { dryRun: true }],
  ["GET", "/v1/registry/usage", undefined],
  ["POST", "/v1/registry/fsck", {}],
  ["GET", "/v1/registry/pins", undefined],
  ["POST", "/v1/registry/pins/release", { cluster: "gone" }],
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

  it("shows for which release a chart is kept, and lets go of a cluster's that is configured no more", async () => {
    const test = await createTestApp();
    const { records, clock } = test.deps;
    const digest = `sha256:${"1".repeat(64)}`;
    for (const cluster of ["local", "gone"]) {
      const chart = { reference: "charts/web:1.0.0", name: "web", version: "1.0.0", digest };
      await pinChart({ records, clock }, { cluster, namespace: "team", name: "web" }, chart);
    }
    const pins = async (query = ""): Promise<unknown> =>
      (await (await test.call("GET", `/v1/registry/pins${query}`)).json()).items;
    const wanted = new Date(clock.now()).toISOString();
    const known = { namespace: "team", release: "web", version: "1.0.0", digest, wanted };
    const [gone, local] = [
      { cluster: "gone", ...known, configured: false },
      { cluster: "local", ...known, configured: true },
    ];
    expect(await pins()).toEqual([gone, local]);
    expect(await pins("?cluster=gone")).toEqual([gone]);
    const first = await (await test.call("GET", "/v1/registry/pins?limit=1")).json();
    expect(await pins(`?after=${encodeURIComponent(first.next)}`)).toEqual([local]);
    const release = async (cluster: string) =>
      await test.call("POST", "/v1/registry/pins/release", { json: { cluster } });
    const refused = await release("local");
    expect([refused.status, (await refused.json()).errors]).toEqual([
      400,
      [
        {
          pointer: "/cluster",
          detail: "cluster local is configured: its pins go when its releases need them no more",
        },
      ],
    ]);
    expect(await (await release("gone")).json()).toEqual({ released: 1 });
    const until = new Date(clock.now() + 7 * 24 * 3_600_000).toISOString();
    expect(await pins("?cluster=gone")).toEqual([{ ...gone, until }]);
    const trail = await (await test.call("GET", "/v1/audit")).json();
    expect(trail.items[0]).toMatchObject({ detail: { what: "release pins", cluster: "gone" } });
  });

  it("goes on when the runtime's timer says so, and is logged", async () => {
    const test = await createTestApp();
    await test.app.collect();
    expect(test.log.some((line) => line["message"] === "registry collected")).toBe(true);
  });
});
