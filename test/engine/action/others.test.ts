import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { getHistory } from "../../../engine/action/index.ts";
import type { ActionRequest, ConflictPolicy } from "../../../engine/action/request.ts";
import type { JsonObject } from "../../../engine/errors.ts";
import type { ReleaseStatus } from "../../../engine/release/release.ts";
import { readRecord, updateRecord } from "../../../engine/release/storage.ts";
import type { LocalCluster } from "../../../infra/local-cluster/cluster.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import {
  type Bench,
  chartOf,
  type Driven,
  install,
  openBench,
  rollback,
  uninstall,
  upgrade,
} from "../../support/operation.ts";

let local: LocalCluster;
let bench: Bench;

beforeEach(async () => {
  local = openReadyCluster();
  bench = openBench(local.transport);
  bench.charts.set("two", await chartOf("web", { "templates/a.yaml": map("a"), "templates/b.yaml": map("b") }));
  bench.charts.set("one", await chartOf("web", { "templates/a.yaml": map("a") }, "0.2.0"));
});
afterEach(() => local.close());

const map = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: b}\n`;
const path = (name: string): string => `/api/v1/namespaces/default/configmaps/${name}`;

async function good(request: ActionRequest): Promise<Driven> {
  const driven = await bench.run(request);
  if (driven.outcome.kind === "failed") throw new Error(JSON.stringify(driven.outcome));
  return driven;
}

async function send(method: "PATCH" | "DELETE" | "GET" | "POST", to: string, body?: JsonObject): Promise<number> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": type } };
  return (await local.transport.send({ method, path: to, ...sent })).status;
}

const statuses = async (): Promise<readonly string[]> =>
  (await getHistory({ cluster: local.transport }, { name: "web", namespace: "default" }).catch(() => [])).map(
    (one) => `${one.revision} ${one.status}`,
  );

describe("a revision that another program left pending", () => {
  const leave = async (status: ReleaseStatus): Promise<void> => {
    await good(install("web", "two"));
    await good(upgrade("web", "one"));
    const session = { transport: local.transport };
    const stored = await readRecord(session, { name: "web", namespace: "default" }, 2);
    if (stored === undefined) throw new Error("no record");
    const release = { ...stored.release, info: { ...stored.release.info, status } };
    await updateRecord(session, { release, labels: stored.labels, now: 0 }, undefined);
  };

  const requests: readonly (readonly [string, (conflicts: ConflictPolicy) => ActionRequest])[] = [
    ["a rollback", (conflicts) => rollback("web", 1, { conflicts })],
    ["a rollback that is tried out", (conflicts) => rollback("web", 1, { conflicts, dryRun: "server" })],
    ["an uninstall", (conflicts) => uninstall("web", conflicts === "helm" ? { conflicts } : {})],
    [
      "an uninstall that need find nothing",
      (conflicts) => uninstall("web", { ignoreNotFound: true, ...(conflicts === "helm" ? { conflicts } : {}) }),
    ],
  ];
  for (const status of ["pending-install", "pending-upgrade", "pending-rollback"] as const) {
    test.each(requests)(`as ${status} stops %s before anything is written`, async (_, request) => {
      await leave(status);
      bench.requests.length = 0;
      const { outcome } = await bench.run(request("default"));
      expect(outcome).toMatchObject({
        code: "pending-other",
        message: expect.stringContaining("another operation (install/upgrade/rollback) is in progress"),
        detail: { revision: 2, status, choices: [{ choice: "unlock" }] },
      });
      expect(bench.requests.filter((one) => one.method !== "GET")).toEqual([]);
      expect(await statuses()).toEqual(["1 superseded", `2 ${status}`]);
    });
  }

  test.each(requests)("does not stop %s under the policy helm", async (_, request) => {
    await leave("pending-upgrade");
    await good(request("helm"));
  });

  test("stops no undoing of our own failure", async () => {
    await good(install("web", "one"));
    bench.charts.set(
      "bad",
      await chartOf("web", { "templates/a.yaml": map("a").replace("data:", "immutable: maybe\ndata:") }),
    );
    const undone = await bench.run(install("new", "bad", { rollbackOnFailure: true }));
    expect(undone.outcome).toMatchObject({ kind: "failed", message: expect.stringContaining("has been uninstalled") });
    const back = await bench.run(upgrade("web", "bad", { rollbackOnFailure: true }));
    expect(back.outcome).toMatchObject({ kind: "failed", message: expect.stringContaining("has been rolled back") });
  });
});

describe("an object that the new revision does not want", () => {
  const other = { metadata: { annotations: { "meta.helm.sh/release-name": "other" } } };

  test.each([
    ["an upgrade", [install("web", "two")], upgrade("web", "one")],
    ["a rollback", [install("web", "one"), upgrade("web", "two")], rollback("web", 1)],
  ] as const)(
    "and that another release owns by now is left alone by %s, with a warning",
    async (_, before, request) => {
      for (const one of before) await good(one);
      await send("PATCH", path("b"), other);
      const { events } = await good(request);
      expect(await send("GET", path("b"))).toBe(200);
      expect(events).toContainEqual(
        expect.objectContaining({
          type: "warning",
          message: expect.stringMatching(
            /^ConfigMap "b" in namespace "default" is no longer wanted, but not this release's any more, and is left alone: .*"meta.helm.sh\/release-name" must equal "web": current value is "other"/,
          ),
        }),
      );
    },
  );

  test("is deleted under the policy helm, whoever owns it", async () => {
    await good(install("web", "two"));
    await send("PATCH", path("b"), other);
    await good(upgrade("web", "one", { conflicts: "helm" }));
    expect(await send("GET", path("b"))).toBe(404);
  });

  test.each([
    ["default", 200],
    ["helm", 404],
  ] as const)(
    "and that was made anew after it was decided is, under the policy %s, answered %i afterwards",
    async (conflicts, status) => {
      await good(install("web", "two"));
      let made = false;
      const renew = openBench({
        send: async (request) => {
          if (request.method === "DELETE" && request.path === path("b") && !made) {
            made = true;
            await send("DELETE", path("b"));
            await send("POST", path("b").replace(/\/b$/, ""), {
              apiVersion: "v1",
              kind: "ConfigMap",
              metadata: { name: "b" },
            });
          }
          return local.transport.send(request);
        },
      });
      for (const [key, chart] of bench.charts) renew.charts.set(key, chart);
      const { outcome, events } = await renew.run(upgrade("web", "one", { conflicts }));
      expect(outcome.kind).toBe("succeeded");
      expect(await send("GET", path("b"))).toBe(status);
      const result = conflicts === "helm" ? "deleted" : "skipped";
      expect(events).toContainEqual(
        expect.objectContaining({ type: "resource", result, object: expect.objectContaining({ name: "b" }) }),
      );
    },
  );

  test("of an uninstall is not waited for when it was made anew", async () => {
    await good(install("web", "two"));
    let made = false;
    const renew = openBench({
      send: async (request) => {
        const answer = await local.transport.send(request);
        if (request.method === "DELETE" && request.path === path("b") && !made) {
          made = true;
          await send("POST", path("b").replace(/\/b$/, ""), {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "b" },
          });
        }
        return answer;
      },
    });
    for (const wait of ["watcher", "legacy"] as const) {
      const { outcome } = await renew.run(uninstall("web", { wait, timeout: 20_000 }));
      expect(outcome.kind).toBe("succeeded");
      expect(await send("GET", path("b"))).toBe(200);
      await send("DELETE", path("b"));
      made = false;
      await good(install("web", "two"));
    }
  });
});
