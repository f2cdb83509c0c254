import { afterAll, beforeAll, expect, test } from "vitest";
import { listReleasePage, listReleases, type ReleaseCursor } from "../../engine/action/index.ts";
import type { ClusterTransport } from "../../engine/kube/transport.ts";
import { openKubeconfig, type OpenCluster } from "../../infra/node/cluster-transport.ts";
import { chartOf } from "../support/operation.ts";
import { record, release } from "../support/release-record.ts";
import { inLanes } from "./lanes.ts";

const RELEASES = 250;
const REVISIONS = 5;
const LANES = 16;
const LIMIT = 50;
/** Heads that one request for metadata brings. */
const HEADS = 500;
const namespace = `list-${Date.now().toString(36)}`;

let cluster: OpenCluster;
let metadata = 0;
let records = 0;
const counting: ClusterTransport = {
  send: async (request) => {
    if (request.query?.some(([name]) => name === "limit") === true) metadata++;
    else records++;
    return await cluster.transport.send(request);
  },
};

beforeAll(async () => {
  cluster = await openKubeconfig({ trust: "operator", path: process.env["KUBECONFIG"] ?? "" });
  const body = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const headers = { "content-type": "application/json" };
  await cluster.transport.send({ method: "POST", path: "/api/v1/namespaces", headers, body });
  const chart = await chartOf("web", {});
  const all = Array.from({ length: RELEASES * REVISIONS }, (_, at) => at);
  await inLanes(all, LANES, async (at) => {
    const version = (at % REVISIONS) + 1;
    const name = `r${Math.floor(at / REVISIONS)}`;
    const info = { description: "", status: version === REVISIONS ? "deployed" : "superseded" } as const;
    await record(cluster.transport, release({ name, namespace, version, info, chart }));
  });
});
afterAll(async () => {
  await cluster.close();
});

test.each(["", namespace])("a fleet's pages ask for the metadata about once in all, of namespace %j", async (of) => {
  metadata = 0;
  records = 0;
  const names: string[] = [];
  const asked: number[] = [];
  let from: ReleaseCursor | undefined;
  do {
    const before = metadata;
    const query = { namespace: of, limit: LIMIT, ...(from === undefined ? {} : { from }) };
    const page = await listReleasePage({ cluster: counting }, query);
    names.push(...page.items.map((one) => one.name));
    asked.push(metadata - before);
    from = page.next;
  } while (from !== undefined);
  const whole = await listReleases({ cluster: counting }, { namespace: of });
  expect(names.toSorted()).toEqual(whole.map((one) => one.name).sort());
  expect(records).toBe(2 * RELEASES);
  expect(asked).toHaveLength(RELEASES / LIMIT);
  expect(Math.max(...asked)).toBeLessThanOrEqual(2);
  const least = Math.ceil((RELEASES * REVISIONS) / HEADS);
  expect(asked.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(least + RELEASES / LIMIT);
  console.log(`requests for metadata by page: ${asked.join(", ")}; before, ${least} for each`);
});
