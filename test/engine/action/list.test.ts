import { beforeEach, describe, expect, test } from "vitest";
import { listReleases, type ListQuery } from "../../../engine/action/index.ts";
import type { SummaryCache } from "../../../engine/action/read.ts";
import { parseLabelQuery } from "../../../engine/kube/label-query.ts";
import type { ReleaseStatus } from "../../../engine/release/release.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import { type Bench, chartOf, openBench } from "../../support/operation.ts";
import { record as recordRelease, release } from "../../support/release-record.ts";

let bench: Bench;

beforeEach(async () => {
  const local = openReadyCluster();
  bench = openBench(local.transport);
});

interface Row {
  readonly name: string;
  readonly revision?: number;
  readonly status?: ReleaseStatus;
  /** Seconds after a moment. */
  readonly at?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

async function record({ name, revision = 1, status = "deployed", at = 0, labels = {} }: Row): Promise<void> {
  const lastDeployed = new Date(1_700_000_000_000 + at * 1000).toISOString();
  const info = { lastDeployed, description: "", status };
  const chart = await chartOf("web", {});
  await recordRelease(bench.deps.cluster, release({ name, version: revision, info, chart, labels }));
}

async function names(query: Partial<ListQuery>): Promise<readonly string[]> {
  const found = await listReleases(bench.deps, { namespace: "default", ...query });
  return found.map((item) => `${item.name}:${item.revision}`);
}

describe("a list", () => {
  beforeEach(async () => {
    await record({ name: "a", revision: 1, status: "superseded", at: 1 });
    await record({ name: "a", revision: 2, at: 9, labels: { team: "x" } });
    await record({ name: "b", revision: 1, at: 1, labels: { team: "y" } });
    await record({ name: "b", revision: 2, status: "failed", at: 5, labels: { team: "y" } });
    await record({ name: "c", revision: 1, status: "pending-install", at: 5 });
    await record({ name: "u", revision: 1, status: "unknown" });
  });

  test.each<[string, Partial<ListQuery>, readonly string[]]>([
    ["the newest of each, but not what has no known state", {}, ["a:2", "b:2", "c:1"]],
    ["the other way round", { reverse: true }, ["c:1", "b:2", "a:2"]],
    ["by date, then by name", { order: "date" }, ["b:2", "c:1", "a:2"]],
    ["by date the other way round", { order: "date", reverse: true }, ["a:2", "c:1", "b:2"]],
    ["a state of the newest", { states: ["deployed"] }, ["a:2"]],
    ["superseded revisions where nothing else is asked for", { states: ["superseded"] }, ["a:1"]],
    ["never superseded ones beside others", { states: ["superseded", "failed"] }, ["b:2"]],
    ["names that match", { matches: (name) => name > "a" }, ["b:2", "c:1"]],
    ["labels, Helm's own too", { labels: parseLabelQuery("team in (x,y),status!=failed") }, ["a:2"]],
    ["a window", { offset: 1, max: 1 }, ["b:2"]],
    ["nothing behind the end", { offset: 7 }, []],
    ["what the caller may see", { visible: ({ name }) => name !== "a" }, ["b:2", "c:1"]],
  ])("gives %s", async (_, query, wanted) => {
    expect(await names(query)).toEqual(wanted);
  });
});

describe("the requests of a list", () => {
  const gets = (): number => bench.requests.filter((request) => request.method === "GET").length;

  beforeEach(async () => {
    for (let i = 0; i < 30; i++) {
      const name = `r${String(i).padStart(2, "0")}`;
      for (const revision of [1, 2, 3])
        await record({ name, revision, status: revision === 3 ? "deployed" : "superseded" });
    }
    bench.requests.length = 0;
  });

  test("are one for the metadata of all records, and one for each release that is shown", async () => {
    expect(await names({ max: 5 })).toHaveLength(5);
    expect(gets()).toBe(1 + 5);
    const [first] = bench.requests;
    expect(first?.headers?.["accept"]).toContain("as=PartialObjectMetadataList");
  });

  test("are none for records that have not changed since the list before", async () => {
    const kept = new Map<string, Parameters<SummaryCache["set"]>[1]>();
    const summaries: SummaryCache = {
      get: (of) => kept.get(`${of.name}/${of.version}@${of.resourceVersion}`),
      set: (of, summary) => void kept.set(`${of.name}/${of.version}@${of.resourceVersion}`, summary),
    };
    const read = { ...bench.deps, summaries };
    const before = await listReleases(read, { namespace: "default" });
    expect(gets()).toBe(1 + 30);
    await record({ name: "r07", revision: 4 });
    bench.requests.length = 0;
    const after = await listReleases(read, { namespace: "default" });
    expect(gets()).toBe(1 + 1);
    expect(after).toHaveLength(before.length);
    expect(after.find((item) => item.name === "r07")?.revision).toBe(4);
  });
});
