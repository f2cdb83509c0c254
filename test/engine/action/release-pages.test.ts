import { beforeEach, describe, expect, test } from "vitest";
import {
  listReleasePage,
  listReleases,
  type ReleaseCursor,
  type ReleasePageQuery,
} from "../../../engine/action/index.ts";
import type { ClusterRequest, ClusterResponse, ClusterTransport } from "../../../engine/kube/transport.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import { chartOf } from "../../support/operation.ts";
import { record, release } from "../../support/release-record.ts";

/** Names whose records stand between another one's, in the cluster's order. */
const RELEASES: Readonly<Record<string, readonly number[]>> = {
  "default/a": [2, 9, 10, 11],
  "default/a-b": [1],
  "default/a.b": [1, 2],
  "default/a.v1": [1, 2, 10],
  "default/a.v1.w": [1],
  "default/b": [1, 2, 3],
  "default/c": [7],
  "team/a": [1, 2],
  "team-b/z": [1],
};

let local: ClusterTransport;
/** Records on a page of metadata. */
let pageSize: number;
let lists: number;
let interfere: (request: ClusterRequest) => ClusterResponse | undefined;

const cluster: ClusterTransport = {
  send: async (request) => {
    const isList = request.query?.some(([name]) => name === "limit") === true;
    if (isList) lists++;
    const query = request.query?.map(([name, value]) => [name, name === "limit" ? String(pageSize) : value] as const);
    return interfere(request) ?? (await local.send({ ...request, ...(query === undefined ? {} : { query }) }));
  },
};

beforeEach(async () => {
  ({ transport: local } = openReadyCluster());
  pageSize = 3;
  lists = 0;
  interfere = () => undefined;
  const chart = await chartOf("web", {});
  for (const namespace of ["team", "team-b"]) {
    const body = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    await local.send({
      method: "POST",
      path: "/api/v1/namespaces",
      headers: { "content-type": "application/json" },
      body,
    });
  }
  for (const [key, versions] of Object.entries(RELEASES)) {
    const [namespace = "", name = ""] = key.split("/");
    for (const version of versions) {
      const status = version === versions.at(-1) ? "deployed" : "superseded";
      const info = { lastDeployed: "2026-01-01T00:00:00Z", description: "", status } as const;
      await record(local, release({ name, namespace, version, info, chart }));
    }
  }
});

interface Pages {
  readonly names: readonly string[];
  readonly pages: number;
}

async function walk(query: ReleasePageQuery, between: () => void = () => undefined): Promise<Pages> {
  const names: string[] = [];
  let from: ReleaseCursor | undefined;
  for (let pages = 1; pages < 50; pages++) {
    const page = await listReleasePage({ cluster }, { ...query, ...(from === undefined ? {} : { from }) });
    names.push(...page.items.map((one) => `${one.namespace}/${one.name}:${one.revision}`));
    expect(page.items.length).toBeLessThanOrEqual(query.limit);
    if (page.next === undefined) return { names, pages };
    from = page.next;
    between();
  }
  throw new Error("the list has no end");
}

const NEWEST = Object.entries(RELEASES).map(([key, versions]) => `${key}:${versions.at(-1)}`);

describe("pages of a list", () => {
  test.each([1, 2, 3, 4, 5, 7, 100])("give each release once, whatever stands on one of metadata: %i", async (size) => {
    pageSize = size;
    const orders = new Set<string>();
    for (const limit of [1, 2, 3, 5, 100]) {
      const { names, pages } = await walk({ namespace: "", limit });
      expect(names.toSorted()).toEqual(NEWEST.toSorted());
      expect(pages).toBe(Math.ceil(NEWEST.length / limit));
      orders.add(names.join(" "));
    }
    expect(orders.size).toBe(1);
  });

  test.each<[string, Partial<ReleasePageQuery>]>([
    ["one namespace", { namespace: "default" }],
    ["superseded revisions, which are all listed", { states: ["superseded"] }],
    ["a name", { matches: (name) => name.includes("v1") }],
    ["what the asker may see", { visible: ({ namespace }) => namespace !== "default" }],
    ["nothing", { states: ["failed"] }],
  ])("tell what the list as a whole tells: %s", async (_, filter) => {
    const query = { namespace: "", ...filter };
    const whole = await listReleases({ cluster }, query);
    for (const limit of [1, 2, 100]) {
      const { names } = await walk({ ...query, limit });
      expect(names.toSorted()).toEqual(whole.map((one) => `${one.namespace}/${one.name}:${one.revision}`).sort());
    }
  });

  test("read of the metadata no more than they show, and a page of it twice at most", async () => {
    const records = Object.values(RELEASES).flat().length;
    await listReleasePage({ cluster }, { namespace: "", limit: 1 });
    expect(lists).toBeLessThan(Math.ceil(records / pageSize));
    lists = 0;
    const { pages } = await walk({ namespace: "", limit: 2 });
    expect(lists).toBeLessThanOrEqual(Math.ceil(records / pageSize) + 3 * pages);
  });

  test("go on where they were when the cluster's token is too old", async () => {
    let refusals = 0;
    const gone = (request: ClusterRequest): ClusterResponse | undefined => {
      if (request.query?.some(([name]) => name === "continue") !== true) return undefined;
      refusals++;
      interfere = () => undefined;
      const body = JSON.stringify({ kind: "Status", status: "Failure", reason: "Expired", code: 410, message: "old" });
      return {
        status: 410,
        headers: new Headers({ "content-type": "application/json" }),
        body: new Blob([body]).stream(),
      };
    };
    const { names } = await walk({ namespace: "", limit: 2 }, () => (interfere = gone));
    expect(names.toSorted()).toEqual(NEWEST.toSorted());
    expect(refusals).toBeGreaterThan(1);
  });

  test("do not end at a record that nobody can read", async () => {
    const path = "/api/v1/namespaces/default/secrets/sh.helm.release.v1.b.v3";
    const headers = { "content-type": "application/merge-patch+json" };
    await local.send({ method: "PATCH", path, headers, body: JSON.stringify({ data: { release: "eA==" } }) });
    const { names } = await walk({ namespace: "", limit: 1 });
    expect(names.toSorted()).toEqual(NEWEST.filter((one) => one !== "default/b:3").sort());
  });
});
