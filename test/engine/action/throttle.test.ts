import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  getHistory,
  getManifest,
  getRelease,
  getValues,
  listReleases,
  runAction,
} from "../../../engine/action/index.ts";
import type { ReadDeps } from "../../../engine/action/read.ts";
import type { ClusterRequest, ClusterResponse } from "../../../engine/kube/transport.ts";
import { type LocalCluster, openLocalCluster } from "../../../infra/local-cluster/cluster.ts";
import { type Bench, chartOf, install, openBench } from "../../support/operation.ts";

let local: LocalCluster;
let bench: Bench;
let now: number;
let slept: number[];
/** What is answered instead. */
let interfere: (request: ClusterRequest) => ClusterResponse | undefined;

beforeEach(() => {
  now = Date.now();
  slept = [];
  interfere = () => undefined;
  const clock = () => now;
  local = openLocalCluster({
    now: clock,
    randomBytes: (n) => crypto.getRandomValues(new Uint8Array(n)),
    readyAfter: 2e9,
  });
  bench = openBench({ send: async (request) => interfere(request) ?? local.transport.send(request) }, { now: clock });
});
afterEach(() => local.close());

const sleep = async (milliseconds: number): Promise<void> => {
  slept.push(milliseconds);
  now += milliseconds;
};

function refused(code: number, reason: string, headers: Readonly<Record<string, string>> = {}): ClusterResponse {
  const status = { kind: "Status", apiVersion: "v1", status: "Failure", reason, code, message: "mishap" };
  const body = new Blob([JSON.stringify(status)]).stream();
  return { status: code, headers: new Headers({ "content-type": "application/json", ...headers }), body };
}

const map = (i: number): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m${i}}\ndata: {a: b}\n`;
const deployment = (name: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}}\nspec:\n  selector: {matchLabels: {a: ${name}}}\n  template: {metadata: {labels: {a: ${name}}}, spec: {containers: [{name: c, image: x}]}}\n`;

async function use(texts: readonly string[]): Promise<void> {
  bench.charts.set("web", await chartOf("web", { "templates/a.yaml": texts.join("---\n") }));
}

const THROTTLED: readonly (readonly [string, number, Readonly<Record<string, string>>])[] = [
  ["429", 429, { "retry-after": "1" }],
  ["503 with Retry-After", 503, { "retry-after": "2" }],
];
for (const [name, code, headers] of THROTTLED) {
  test(`one write in fifty that is answered ${name} is sent again by itself, also with small steps`, async () => {
    await use(Array.from({ length: 300 }, (_, i) => map(i)));
    for (const subrequests of [100_000, 40]) {
      const release = `web-${subrequests}`;
      let writes = 0;
      let refusals = 0;
      interfere = (request) => {
        if (request.method !== "PATCH" || ++writes % 50 !== 0) return undefined;
        refusals++;
        return refused(code, "TooManyRequests", headers);
      };
      const request = install(release, "web", { takeOwnership: true });
      const outcome = await runAction({ request, deps: bench.deps, subrequests, sleep });
      expect(outcome.kind).toBe("succeeded");
      expect(writes).toBe(300 + refusals);
      expect(new Set(slept)).toEqual(new Set([Number(headers["retry-after"]) * 1000]));
    }
  });
}

test("what is always throttled fails after some tries, and no step waits beyond its time", async () => {
  await use([map(0)]);
  let writes = 0;
  interfere = (request) => {
    if (request.method !== "PATCH") return undefined;
    writes++;
    return refused(429, "TooManyRequests", { "retry-after": "1" });
  };
  const outcome = await runAction({ request: install("web", "web"), deps: bench.deps, stepTime: 3500, sleep });
  expect(outcome).toMatchObject({ kind: "failed", message: expect.stringContaining("mishap") });
  expect(writes).toBeLessThanOrEqual(9 * 4);
});

test("a cluster that now and then does not answer ends no long wait", async () => {
  await use(["a", "b", "c", "d", "e"].map(deployment));
  const began = now;
  let looks = 0;
  interfere = (request) => {
    if (request.method !== "GET" || !request.path.endsWith("/deployments")) return undefined;
    if (request.query?.some(([key]) => key === "watch") === true) return refused(405, "MethodNotAllowed");
    return ++looks % 20 === 0 ? refused(503, "ServiceUnavailable") : undefined;
  };
  const timeout = 900_000;
  const request = install("web", "web", { wait: "watcher", timeout });
  const outcome = await runAction({ request, deps: bench.deps, sleep });
  expect(outcome).toMatchObject({ kind: "failed", message: expect.stringContaining("context deadline exceeded") });
  expect(now - began).toBeGreaterThanOrEqual(timeout);
});

describe("questions of a cluster that throttles", () => {
  const key = { name: "web", namespace: "default" };
  const asked: readonly (readonly [string, (deps: ReadDeps) => Promise<unknown>])[] = [
    ["a list", (deps) => listReleases(deps, { namespace: "" })],
    ["a status", (deps) => getRelease(deps, key)],
    ["a history", (deps) => getHistory(deps, key)],
    ["a manifest", (deps) => getManifest(deps, key)],
    ["values", (deps) => getValues(deps, key)],
  ];

  beforeEach(async () => {
    await use([map(0)]);
    await bench.run(install("web", "web"));
  });

  test.each(asked)("wait and ask again: %s", async (_, ask) => {
    let reads = 0;
    interfere = () => (reads++ % 2 === 0 ? refused(429, "TooManyRequests", { "retry-after": "1" }) : undefined);
    const { cluster } = bench.deps;
    await expect(ask({ cluster })).rejects.toThrow("mishap");
    reads = 0;
    await expect(ask({ cluster, sleep })).resolves.toBeDefined();
    expect(new Set(slept)).toEqual(new Set([1000]));
  });

  test("end with the refusal once their patience is over", async () => {
    interfere = () => refused(429, "TooManyRequests", { "retry-after": "2" });
    const began = now;
    const patience = (): number => began + 5000 - now;
    const ask = getRelease({ cluster: bench.deps.cluster, sleep, patience }, key);
    await expect(ask).rejects.toThrow("mishap");
    expect(now - began).toBe(4000);
  });
});
