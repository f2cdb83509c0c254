import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ActionDeps, ActionState } from "../../../engine/action/action.ts";
import type { ActionEvent } from "../../../engine/action/event.ts";
import { actionFor, getHistory } from "../../../engine/action/index.ts";
import type { ActionRequest } from "../../../engine/action/request.ts";
import type { ClusterRequest } from "../../../engine/kube/transport.ts";
import { readRecord } from "../../../engine/release/storage.ts";
import { type LocalCluster, openLocalCluster } from "../../../infra/local-cluster/cluster.ts";
import {
  type Bench,
  chartOf,
  type ChartSources,
  install,
  openBench,
  rollback,
  uninstall,
  upgrade,
} from "../../support/operation.ts";

let local: LocalCluster;
let bench: Bench;
/** What was written, in order: `POST configmaps/a`. */
let writes: string[];

beforeEach(() => {
  local = openLocalCluster({
    now: () => Date.now(),
    randomBytes: (n) => crypto.getRandomValues(new Uint8Array(n)),
    readyAfter: 60,
  });
  writes = [];
  bench = openBench({ send: (request) => (noteWrite(request), local.transport.send(request)) });
});
afterEach(() => local.close());

function noteWrite({ method, path }: ClusterRequest): void {
  const match = /\/(configmaps|deployments)\/([^/?]+)$/.exec(path);
  const name = match?.[2] ?? "";
  if (method !== "GET" && match !== null && (writes.at(-1) ?? "") !== `${method} ${name}`)
    writes.push(`${method} ${name}`);
}

function annotations(group: string, after: string): string {
  const list = after === "" ? "" : `, helm.sh/depends-on/resource-groups: '${after}'`;
  return group === "" ? "{}" : `{helm.sh/resource-group: ${group}${list}}`;
}

const map = (name: string, group = "", after = ""): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, annotations: ${annotations(group, after)}}\ndata: {v: "{{ .Values.v }}"}\n`;
const deployment = (name: string, fate: string, group = "", after = ""): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}, labels: {slipway.local/fate: ${fate}}, annotations: ${annotations(group, after)}}\nspec:\n  selector: {matchLabels: {a: ${name}}}\n  template: {metadata: {labels: {a: ${name}}}, spec: {containers: [{name: c, image: x}]}}\n`;

const sources = (...texts: readonly string[]): ChartSources => ({
  "values.yaml": "v: one\n",
  ...Object.fromEntries(texts.map((text, i) => [`templates/${i}.yaml`, text])),
});

/** `last` has no group; by kinds it would be applied before `db`. */
const WEB = sources(map("last"), map("app", "app", "[db]"), deployment("db", "run", "db"));

async function put(chart: ChartSources, name = "web"): Promise<void> {
  bench.charts.set(name, await chartOf("web", chart));
}

const phases = (events: readonly ActionEvent[]): readonly string[] =>
  events.flatMap((one) => (one.type === "phase" && one.phase === "batch" ? [one.message] : []));
const warnings = (events: readonly ActionEvent[]): readonly string[] =>
  events.flatMap((one) => (one.type === "warning" ? [one.message] : []));
const orderOf = async (revision: number): Promise<readonly string[] | undefined> => {
  const session = { transport: local.transport };
  const stored = await readRecord(session, { name: "web", namespace: "default" }, revision);
  return stored?.release.order?.batches.map((batch) => batch.objects.join(" "));
};

const ORDERED = { wait: "ordered", timeout: 20_000 } as const;
const BATCHES = ["apps/Deployment/default/db", "/ConfigMap/default/app", "/ConfigMap/default/last"];

describe("an ordered install", () => {
  test("applies one batch after the other, tells each, and records the order", async () => {
    await put(WEB);
    const { outcome, events } = await bench.run(install("web", "web", ORDERED));
    expect(outcome.kind).toBe("succeeded");
    expect(writes).toEqual(["PATCH db", "PATCH app", "PATCH last"]);
    expect(phases(events)).toEqual([
      'batch 1 of 3 begins: resource group "db" of web',
      'batch 1 of 3 is ready: resource group "db" of web',
      'batch 2 of 3 begins: resource group "app" of web',
      'batch 2 of 3 is ready: resource group "app" of web',
      "batch 3 of 3 begins: the rest of web",
      "batch 3 of 3 is ready: the rest of web",
    ]);
    const ready = events.findIndex((one) => one.type === "phase" && one.message.startsWith("batch 1 of 3 is ready"));
    const applied = events.findIndex((one) => one.type === "resource" && one.object.name === "app");
    expect(ready).toBeLessThan(applied);
    expect(await orderOf(1)).toEqual(BATCHES);
  });

  test.each([["watcher"], ["hookOnly"]] as const)(
    "is not had with %s: the annotation goes to the server as it is, in Helm's order",
    async (wait) => {
      await put(WEB);
      const { events } = await bench.run(install("web", "web", { wait, timeout: 20_000 }));
      expect(phases(events)).toEqual([]);
      expect(writes.slice().sort()).toEqual(["PATCH app", "PATCH db", "PATCH last"]);
      expect(writes.indexOf("PATCH last")).toBeLessThan(writes.indexOf("PATCH db"));
      expect(await orderOf(1)).toBeUndefined();
    },
  );

  test("stops at a batch that does not get ready, within that batch's time", async () => {
    await put(sources(map("app", "app", "[db]"), deployment("db", "never", "db")));
    const since = Date.now();
    const { outcome } = await bench.run(
      install("web", "web", { ...ORDERED, timeout: 100_000, readinessTimeout: 1000 }),
    );
    expect(Date.now() - since).toBeLessThan(60_000);
    expect(outcome).toMatchObject({ kind: "failed", code: "wait-failed" });
    expect(outcome.kind === "failed" && outcome.message).toContain('resource group "db" of web: not ready\n');
    expect(writes).toEqual(["PATCH db"]);
  });

  test("is undone in reverse order when it fails and the request says so", async () => {
    await put(sources(map("end", "end", "[app]"), deployment("app", "never", "app", "[db]"), map("db", "db")));
    const { outcome } = await bench.run(
      install("web", "web", { ...ORDERED, readinessTimeout: 700, rollbackOnFailure: true }),
    );
    expect(outcome.kind).toBe("failed");
    expect(writes).toEqual(["PATCH db", "PATCH app", "DELETE app", "DELETE db"]);
  });

  test.each([
    ["groups", "[b]", "[a]", "resource groups of web wait for each other: "],
    ["what cannot be read", "b", "[a]", "must be a list"],
  ])("is refused before anything is written: %s", async (_, a, b, message) => {
    await put(sources(map("a", "a", a), map("b", "b", b)));
    const { outcome } = await bench.run(install("web", "web", ORDERED));
    expect(outcome).toMatchObject({ kind: "failed", code: "invalid-order", message: expect.stringContaining(message) });
    expect(bench.requests.every((one) => one.method === "GET")).toBe(true);
  });

  test.each([
    [0, 20_000],
    [30_000, 20_000],
  ])("takes no readiness timeout of %d ms beside a timeout of %d ms", async (readinessTimeout, timeout) => {
    await put(WEB);
    const { outcome } = await bench.run(install("web", "web", { ...ORDERED, timeout, readinessTimeout }));
    expect(outcome).toMatchObject({ kind: "failed", code: "invalid-request" });
  });

  test("is planned in its order", async () => {
    await put(WEB);
    const { report } = await bench.plan(install("web", "web", ORDERED));
    expect(report.steps).toEqual([
      "record revision 1 as pending-install",
      'begin batch 1 of 3: resource group "db" of web',
      "create Deployment default/db",
      "wait until the batch is ready",
      'begin batch 2 of 3: resource group "app" of web',
      "create ConfigMap default/app",
      "wait until the batch is ready",
      "begin batch 3 of 3: the rest of web",
      "create ConfigMap default/last",
      "wait until the batch is ready",
      "record revision 1 as deployed",
    ]);
  });
});

describe("what follows an ordered install", () => {
  beforeEach(async () => {
    await put(WEB);
    await bench.run(install("web", "web", ORDERED));
    writes.length = 0;
  });

  test("an upgrade in order deletes what is gone once all is ready", async () => {
    await put(sources(map("last"), deployment("db", "run", "db"), map("ui", "ui", "[db]")));
    const { outcome } = await bench.run(upgrade("web", "web", ORDERED));
    expect(outcome.kind).toBe("succeeded");
    expect(writes).toEqual(["PATCH ui", "DELETE app"]);
  });

  test("an upgrade without order records none", async () => {
    await put(sources(map("last"), deployment("db", "run", "db")));
    const { outcome, events } = await bench.run(upgrade("web", "web"));
    expect([outcome.kind, phases(events), await orderOf(2)]).toEqual(["succeeded", [], undefined]);
  });

  test.each([
    ["hookOnly", {}, true],
    ["ordered", {}, true],
    ["watcher", {}, false],
    ["hookOnly", { conflicts: "helm" }, false],
  ] as const)("a rollback with %s %j follows the revision's order: %s", async (wait, over, follows) => {
    const values = { v: "two" };
    await bench.run(upgrade("web", "web", { ...ORDERED, values }));
    writes.length = 0;
    const { outcome, events } = await bench.run(rollback("web", 1, { wait, timeout: 20_000, ...over }));
    expect(outcome.kind).toBe("succeeded");
    expect(phases(events).length > 0).toBe(follows);
    const written = writes.filter((one) => one !== "PATCH db");
    expect(follows ? written : written.sort()).toEqual(["PATCH app", "PATCH last"]);
    expect(await orderOf(3)).toEqual(BATCHES);
  });

  test.each([
    ["hookOnly", ["DELETE last", "DELETE app", "DELETE db"]],
    ["ordered", ["DELETE last", "DELETE app", "DELETE db"]],
    ["watcher", ["DELETE db", "DELETE app", "DELETE last"]],
  ] as const)("an uninstall with %s deletes in the order %j", async (wait, deletions) => {
    const { outcome } = await bench.run(uninstall("web", { wait }));
    expect(outcome.kind).toBe("succeeded");
    if (wait === "watcher") expect(writes.indexOf("DELETE db")).toBeLessThan(writes.indexOf("DELETE last"));
    else expect(writes).toEqual(deletions);
  });

  test("an uninstall in order takes nothing away that something depends on which is still there", async () => {
    await local.transport.send({
      method: "PATCH",
      path: "/api/v1/namespaces/default/configmaps/app",
      query: [],
      headers: { "content-type": "application/merge-patch+json" },
      body: JSON.stringify({ metadata: { finalizers: ["example.com/hold"] } }),
    });
    const { outcome } = await bench.run(uninstall("web", { timeout: 3000 }));
    expect(outcome).toMatchObject({ kind: "failed" });
    expect(outcome.kind === "failed" && outcome.message).toContain('resource group "app" of web: not gone');
    expect(writes).toEqual(["DELETE last", "DELETE app"]);
  });

  test("is planned in reverse", async () => {
    const { report } = await bench.plan(uninstall("web"));
    expect(report.steps).toEqual([
      "record the release as uninstalling",
      "begin batch 1 of 3: the rest of web",
      "delete ConfigMap default/last",
      "wait until the batch is gone",
      'begin batch 2 of 3: resource group "app" of web',
      "delete ConfigMap default/app",
      "wait until the batch is gone",
      'begin batch 3 of 3: resource group "db" of web',
      "delete Deployment default/db",
      "wait until the batch is gone",
      "forget all revisions",
    ]);
  });
});

test("a rollback in order to a revision that was not applied in one says so", async () => {
  await put(sources(map("last"), map("db")));
  await bench.run(install("web", "web"));
  await bench.run(upgrade("web", "web", { values: { v: "two" } }));
  const { outcome, events } = await bench.run(rollback("web", 1, ORDERED));
  expect(outcome.kind).toBe("succeeded");
  expect(warnings(events)).toContain("revision 1 was not applied in order: its objects go in Helm's order");
});

test.each([["install"], ["uninstall"]] as const)(
  "an ordered %s goes on from every state that was kept, in the same order",
  async (what) => {
    await put(WEB);
    const first: ActionRequest = install("web", "web", ORDERED);
    if (what === "uninstall") await bench.run(first);
    const request = what === "install" ? first : uninstall("web");
    const states: ActionState[] = [];
    writes.length = 0;
    const { outcome, stateBytes } = await bench.run(request, {
      subrequests: 12,
      twice: true,
      onState: (state) => void states.push(state),
    });
    expect(outcome.kind).toBe("succeeded");
    expect(stateBytes).toBeLessThan(65_536);
    expect(states.length).toBeGreaterThan(5);
    const names = writes.filter((one) => /^(?:PATCH|DELETE)/.test(one)).map((one) => one.split(" ")[1]);
    const order = what === "install" ? ["db", "app", "last"] : ["last", "app", "db"];
    expect([...new Set(names)]).toEqual(order);
    expect(names.map((name) => order.indexOf(name ?? ""))).toEqual(
      names.map((name) => order.indexOf(name ?? "")).sort((a, b) => a - b),
    );
    const history = await getHistory({ cluster: bench.deps.cluster }, { name: "web", namespace: "default" }).catch(
      () => [],
    );
    expect(history.map((one) => one.status)).toEqual(what === "install" ? ["deployed"] : []);
  },
);

describe("a process that dies behind any of its requests", () => {
  /** A death in the middle of a step: what was sent has happened, nobody hears of it. */
  class Death extends Error {}

  const chart = sources(map("last"), map("app", "app", "[db]"), map("db", "db"));
  const order = ["db", "app", "last"];

  /** Drives to the end over one death, and gives the number of requests. */
  async function survive(request: ActionRequest, dieAfter: number): Promise<number> {
    let count = 0;
    const deps: ActionDeps = {
      ...bench.deps,
      cluster: {
        send: async (sent) => {
          const answer = await bench.deps.cluster.send(sent);
          if (++count === dieAfter) throw new Death();
          return answer;
        },
      },
    };
    const action = actionFor(request);
    let state: ActionState = action.start(request);
    for (let step = 0; step < 500; step++) {
      try {
        const budget = { subrequests: 10_000, deadline: Date.now() + 20_000 };
        const advance = await action.advance(JSON.parse(JSON.stringify(state)), deps, budget);
        state = advance.state;
        if (advance.next.kind === "done") {
          expect(advance.next.outcome.kind).toBe("succeeded");
          return count;
        }
        if (advance.next.kind === "at") await new Promise((resolve) => setTimeout(resolve, 1));
      } catch (error) {
        if (!(error instanceof Death)) throw error;
      }
    }
    throw new Error("it does not end");
  }

  test("installs and uninstalls in order all the same", async () => {
    await put(chart);
    const total = await survive(install("web", "web", ORDERED), 0);
    await survive(uninstall("web"), 0);
    for (let dieAfter = 1; dieAfter <= total; dieAfter++) {
      for (const request of [install("web", "web", ORDERED), uninstall("web")]) {
        writes.length = 0;
        await survive(request, dieAfter);
        const first = writes.map((one) => one.split(" ")[1] ?? "").filter((name, at, all) => all.indexOf(name) === at);
        expect([dieAfter, request.action, first]).toEqual([
          dieAfter,
          request.action,
          request.action === "install" ? order : order.toReversed(),
        ]);
      }
    }
    expect(total).toBeGreaterThan(10);
  });
});
