import { beforeEach, describe, expect, test } from "vitest";
import type { ActionDeps, WriteTarget } from "../../../engine/action/action.ts";
import { actionFor, getHistory, getRelease, getStatus, runAction, stopAction } from "../../../engine/action/index.ts";
import type { ActionRequest } from "../../../engine/action/request.ts";
import { EngineError, type JsonObject } from "../../../engine/errors.ts";
import type { ClusterRequest } from "../../../engine/kube/transport.ts";
import { readRecord, updateRecord } from "../../../engine/release/storage.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import {
  type Bench,
  chartOf,
  type ChartSources,
  type Driven,
  install,
  openBench,
  rollback,
  uninstall,
  upgrade,
} from "../../support/operation.ts";

const MANY: ChartSources = {
  "values.yaml": "first: a\ncount: 200\n",
  "templates/all.yaml":
    "{{- range $i := until (int .Values.count) }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m{{ $i }}\ndata:\n  v: {{ if eq $i 0 }}{{ $.Values.first }}{{ else }}x{{ end }}\n{{- end }}\n",
};
const ONE =
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  v: {{ .Values.v | default "x" | quote }}\n';

/** A watch of what is never ready lasts five seconds. */
const NEVER_READY =
  "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: one, labels: {slipway.local/fate: never}}\nspec:\n  selector: {matchLabels: {a: one}}\n  template: {metadata: {labels: {a: one}}, spec: {containers: [{name: c, image: x}]}}\n";

let bench: Bench;
/** What the cluster answers instead, by request; `undefined` lets it pass. */
let interfere: (request: ClusterRequest) => number | undefined;

beforeEach(() => open({}));

function open(over: Partial<ActionDeps>): void {
  const local = openReadyCluster();
  interfere = () => undefined;
  const transport = {
    send: async (request: ClusterRequest) => {
      const status = interfere(request);
      return status === undefined
        ? local.transport.send(request)
        : { status, headers: new Headers(), body: new Blob(["no"]).stream() };
    },
  };
  bench = openBench(transport, over);
}

async function use(key: string, sources: ChartSources, version?: string): Promise<void> {
  bench.charts.set(key, await chartOf("web", sources, version));
}

async function good(request: ActionRequest): Promise<Driven> {
  const driven = await bench.run(request);
  if (driven.outcome.kind === "failed") throw new Error(JSON.stringify(driven.outcome));
  return driven;
}

function counted(): { readonly reads: number; readonly writes: readonly string[] } {
  const writes = bench.requests.filter((one) => one.method !== "GET").map((one) => one.method);
  return { reads: bench.requests.length - writes.length, writes };
}

async function history(): Promise<readonly string[]> {
  const all = await getHistory({ cluster: bench.deps.cluster }, { name: "web", namespace: "default" });
  return all.map((one) => `${one.revision} ${one.status}: ${one.description}`);
}

describe("requests", () => {
  test("an install of 200 objects makes 202 writes, and reads that do not grow with them", async () => {
    await use("many", MANY);
    await good(install("web", "many"));
    const { reads, writes } = counted();
    expect(writes.length).toBe(202);
    expect(reads).toBeLessThanOrEqual(6);
  });

  test("an upgrade that changes one of 200 makes one object write and three record writes", async () => {
    await use("many", MANY);
    await good(install("web", "many"));
    bench.requests.length = 0;
    await good(upgrade("web", "many", { values: { first: "b" } }));
    const { reads, writes } = counted();
    expect(writes).toEqual(["POST", "PATCH", "PUT", "PUT"]);
    expect(reads).toBeLessThanOrEqual(8);
  });

  test("no step sends more than its budget", async () => {
    await use("many", MANY);
    const action = actionFor(install("web", "many"));
    let state = action.start(install("web", "many"));
    for (let steps = 0; steps < 100; steps++) {
      bench.requests.length = 0;
      const step = await action.advance(state, bench.deps, { subrequests: 40, deadline: Date.now() + 20_000 });
      expect(bench.requests.length).toBeLessThanOrEqual(40);
      expect(JSON.stringify(step.state).length).toBeLessThan(64 * 1024);
      state = step.state;
      if (step.next.kind !== "done") continue;
      expect(step.next.outcome.kind).toBe("succeeded");
      return;
    }
    throw new Error("it does not end");
  });

  test("a step whose time is up among many objects is gone on with behind what it did", async () => {
    let clock = Date.now();
    open({ now: () => clock });
    await use("many", MANY);
    await use("one", { "templates/z.yaml": ONE });
    await use("both", { ...MANY, "templates/z.yaml": ONE });
    const timeout = 3_600_000;
    const life = [
      { request: install("web", "many", { timeout }), method: "PATCH", writes: 200, kind: "succeeded" },
      { request: uninstall("web", { timeout }), method: "DELETE", writes: 201, kind: "succeeded" },
      { request: install("web", "one", { timeout }), method: "PATCH", writes: 1, kind: "succeeded" },
      {
        request: upgrade("web", "both", { timeout, cleanupOnFail: true, values: { v: "refused" } }),
        method: "DELETE",
        writes: 200,
        kind: "failed",
      },
    ];
    for (const { request, method, writes, kind } of life) {
      bench.requests.length = 0;
      interfere = ({ path }) => {
        clock += 1000;
        return kind === "failed" && path.endsWith("/one") ? 422 : undefined;
      };
      const { steps, outcome } = await bench.run(request);
      expect(outcome.kind).toBe(kind);
      if (writes > 1) expect(steps).toBeGreaterThan(10);
      expect(bench.requests.filter((one) => one.method === method).length).toBe(writes);
    }
  });

  test("a plan whose time is up among many objects asks about each of them once", async () => {
    let clock = Date.now();
    open({ now: () => clock });
    await use("many", MANY);
    interfere = () => {
      clock += 1000;
      return undefined;
    };
    const { steps, outcome } = await bench.plan(install("web", "many"));
    expect(outcome.kind).toBe("succeeded");
    expect(steps).toBeGreaterThan(10);
    expect(bench.requests.filter((one) => one.method !== "GET").length).toBe(200);
  });

  test("what the cluster serves is asked once when it can be remembered, and again when a kind is missing there", async () => {
    let known: Parameters<NonNullable<ActionDeps["discovery"]>["save"]>[0] | undefined;
    open({ discovery: { load: async () => known, save: async (data) => void (known = data) } });
    await use("one", { "templates/a.yaml": ONE });
    await good(install("web", "one"));
    bench.requests.length = 0;
    await good(upgrade("web", "one"));
    expect(bench.requests.filter((one) => one.path === "/apis").length).toBe(0);
    const foo = "apiVersion: example.com/v1\nkind: Foo\nmetadata:\n  name: x\n";
    await use("foo", { "templates/a.yaml": foo });
    expect((await bench.run(upgrade("web", "foo"))).outcome).toMatchObject({ code: "render-failed" });
    expect(bench.requests.filter((one) => one.path === "/apis").length).toBe(1);
  });

  test("and again when a kind is served no more", async () => {
    let known: Parameters<NonNullable<ActionDeps["discovery"]>["save"]>[0] | undefined;
    open({ discovery: { load: async () => known, save: async (data) => void (known = data) } });
    const crd = {
      "crds/things.yaml":
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things.example.com\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Thing, plural: things, singular: thing, listKind: ThingList}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}\n",
    };
    const thing = { "templates/a.yaml": "apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: x\n" };
    await use("crd", { ...crd, "templates/a.yaml": ONE });
    await use("thing", thing);
    await good(install("web", "crd"));
    await good(upgrade("web", "thing"));
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.com";
    await bench.deps.cluster.send({ method: "DELETE", path });
    expect((await bench.run(upgrade("web", "thing"))).outcome).toMatchObject({
      code: "render-failed",
      message: expect.stringContaining('no matches for kind "Thing" in version "example.com/v1"'),
    });
  });
});

describe("a refusal before the first write", () => {
  test.each([
    ["a bad name", install("Web", "one"), "invalid-request"],
    ["a chart that is gone", install("web", "nowhere"), "not-found"],
    ["a system label", install("web", "one", { labels: { owner: "me" } }), "invalid-request"],
    ["a rollback of nothing", rollback("web", 1), "not-found"],
    ["replace and force", install("web", "one", { forceReplace: true, forceConflicts: true }), "invalid-request"],
  ])("for %s writes nothing and says so", async (_, request, code) => {
    await use("one", { "templates/a.yaml": ONE });
    const { outcome } = await bench.run(request);
    expect(outcome).toMatchObject({ kind: "failed", code, undo: "There is nothing to undo: nothing was written." });
    expect(counted().writes).toEqual([]);
  });

  test("by access names every object and hook that would be written", async () => {
    class Refused extends EngineError {
      readonly code = "refused";
    }
    const asked: WriteTarget[] = [];
    open({
      authorize: async (targets) => {
        asked.push(...targets);
        throw new Refused("not yours");
      },
    });
    const hook = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: hook\n  annotations: {helm.sh/hook: pre-install}\n";
    await use("one", { "templates/a.yaml": ONE, "templates/h.yaml": hook });
    const { outcome } = await bench.run(install("web", "one", { createNamespace: true }));
    expect(outcome).toMatchObject({ code: "refused", message: "INSTALLATION FAILED: not yours" });
    expect(asked.map((one) => `${one.verb} ${one.kind} ${one.name}`)).toEqual([
      "create Namespace default",
      "create Secret hook",
      "create ConfigMap one",
    ]);
    expect(counted().writes).toEqual([]);
  });

  test("of a release that fits no record is told before any object is applied", async () => {
    const noise = Array.from({ length: 1_600_000 }, () =>
      String.fromCharCode(33 + Math.floor(Math.random() * 90)),
    ).join("");
    await use("big", { "templates/a.yaml": ONE, "noise.txt": noise });
    const { outcome } = await bench.run(install("web", "big"));
    expect(outcome).toMatchObject({ code: "record-too-large" });
    expect(counted().writes).toEqual([]);
  });
});

describe("lookup", () => {
  const looking = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  seen: {{ (lookup "v1" "Namespace" "" "default").metadata.name }}\n  none: {{ lookup "v1" "ConfigMap" "default" "nope" | toJson | quote }}\n`;

  test("reads the cluster, and what is absent is empty", async () => {
    await use("look", { "templates/a.yaml": looking });
    await good(install("web", "look"));
    const { release } = await getRelease({ cluster: bench.deps.cluster }, { name: "web", namespace: "default" });
    expect(release.manifest).toContain("seen: default");
    expect(release.manifest).toContain('none: "{}"');
  });

  test("of a list gives its items their kind, as Go's decoder does", async () => {
    const listing = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  kinds: {{ range (lookup "v1" "Namespace" "" "").items }}{{ .kind }}-{{ .metadata.name }} {{ end }}\n`;
    await use("list", { "templates/a.yaml": listing });
    await good(install("web", "list"));
    const { release } = await getRelease({ cluster: bench.deps.cluster }, { name: "web", namespace: "default" });
    expect(release.manifest).toContain("kinds: Namespace-default Namespace-kube-system");
  });

  test("that is refused fails the render with the reason", async () => {
    class Refused extends EngineError {
      readonly code = "refused";
    }
    open({ authorizeLookup: async ({ kind }) => Promise.reject(new Refused(`no ${kind} for you`)) });
    await use("look", { "templates/a.yaml": looking });
    const { outcome } = await bench.run(install("web", "look"));
    expect(outcome).toMatchObject({ code: "render-failed" });
    expect(outcome.kind === "failed" && outcome.message).toContain("no Namespace for you");
  });
});

describe("a cluster that does not answer", () => {
  test("for a while is asked again, and the operation goes on", async () => {
    await use("one", { "templates/a.yaml": ONE });
    let refusals = 0;
    interfere = (request) => (request.method === "PATCH" && refusals++ < 2 ? 503 : undefined);
    const driven = await good(install("web", "one"));
    expect(driven.events.filter((event) => event.type === "warning").length).toBe(2);
    expect(await history()).toEqual(["1 deployed: Install complete"]);
  });

  test("from the start is unreachable in Helm's words", async () => {
    interfere = () => 503;
    await use("one", { "templates/a.yaml": ONE });
    expect((await bench.run(upgrade("web", "one"))).outcome).toMatchObject({
      code: "unreachable",
      message: "UPGRADE FAILED: kubernetes cluster unreachable: the server is currently unable to handle the request",
    });
  });
});

describe("a failure", () => {
  test("of one object is recorded, and the others are still made", async () => {
    await use("two", { "templates/a.yaml": ONE, "templates/b.yaml": ONE.replace("name: one", "name: two") });
    interfere = (request) => (request.method === "PATCH" && request.path.endsWith("/one") ? 422 : undefined);
    const { outcome, events } = await bench.run(install("web", "two"));
    expect(outcome).toMatchObject({
      code: "apply-failed",
      release: { status: "failed" },
      undo: expect.stringContaining("helm uninstall web"),
    });
    expect(
      events.flatMap((event) => (event.type === "resource" ? [`${event.object.name} ${event.result}`] : [])).sort(),
    ).toEqual(["one failed", "two created"]);
    expect(await history()).toEqual([expect.stringContaining('1 failed: Release "web" failed: ')]);
  });

  test("keeps what the upgrade would have removed", async () => {
    await use("two", { "templates/a.yaml": ONE, "templates/b.yaml": ONE.replace("name: one", "name: two") });
    await use("one", { "values.yaml": "v: new\n", "templates/a.yaml": ONE }, "0.2.0");
    await good(install("web", "two"));
    interfere = (request) => (request.method === "PATCH" ? 422 : undefined);
    await bench.run(upgrade("web", "one"));
    interfere = () => undefined;
    expect(bench.requests.some((one) => one.method === "DELETE")).toBe(false);
    const done = await good(upgrade("web", "one"));
    expect(done.events).toContainEqual(expect.objectContaining({ type: "resource", result: "deleted" }));
  });

  const CANCELLED: readonly (readonly [string, readonly ActionRequest[], ActionRequest, string, readonly string[]])[] =
    [
      [
        "an install is recorded as failed",
        [],
        install("web", "one"),
        "INSTALLATION FAILED: context canceled",
        ['1 failed: Release "web" failed: context canceled'],
      ],
      [
        "an install with rollbackOnFailure is uninstalled",
        [],
        install("web", "one", { rollbackOnFailure: true }),
        "INSTALLATION FAILED: release web failed, and has been uninstalled due to rollback-on-failure being set: context canceled",
        [],
      ],
      [
        "an upgrade is recorded as failed, and nothing is cleaned up",
        [install("web", "one")],
        upgrade("web", "one", { cleanupOnFail: true }),
        "UPGRADE FAILED: context canceled",
        ["1 deployed: Install complete", '2 failed: Upgrade "web" failed: context canceled'],
      ],
      [
        "an upgrade with rollbackOnFailure is rolled back",
        [install("web", "one")],
        upgrade("web", "one", { rollbackOnFailure: true }),
        "UPGRADE FAILED: release web failed, and has been rolled back due to rollback-on-failure being set: context canceled",
        [
          "1 superseded: Install complete",
          '2 failed: Upgrade "web" failed: context canceled',
          "3 deployed: Rollback to 1",
        ],
      ],
    ];
  test.each(CANCELLED)("by its user: %s", async (_, before, request, message, story) => {
    await use("one", { "templates/a.yaml": ONE });
    for (const one of before) await good(one);
    const action = actionFor(request);
    let state = action.start(request);
    const go = async (subrequests: number) => {
      const step = await action.advance(state, bench.deps, { subrequests, deadline: Date.now() + 20_000 });
      state = step.state;
      return step.next;
    };
    while ((await history().catch(() => [])).length === before.length) await go(4);
    state = stopAction(state, { code: "cancelled", message: "context canceled" });
    let next = await go(100);
    for (let i = 0; next.kind !== "done" && i < 20; i++) next = await go(100);
    expect(next).toMatchObject({ kind: "done", outcome: { kind: "failed", message } });
    expect(await history().catch(() => [])).toEqual(story);
  });

  test("because another program wrote the record stops the operation and leaves that record alone", async () => {
    await use("one", { "templates/a.yaml": ONE });
    const request = install("web", "one");
    const driven = await bench.run(request, { onState: meddle });
    expect(driven.outcome).toMatchObject({
      kind: "failed",
      code: "record-changed",
      message: expect.stringContaining("was changed by another process meanwhile"),
    });
    expect(await history()).toEqual(["1 failed: somebody was here"]);
  });

  /** Once our record is there, another program records its own words in it. */
  async function meddle(): Promise<void> {
    const key = { name: "web", namespace: "default" };
    const session = { transport: bench.deps.cluster };
    const stored = await readRecord(session, key, 1);
    if (stored === undefined || stored.release.info.status === "failed") return;
    const info = { ...stored.release.info, status: "failed" as const, description: "somebody was here" };
    await updateRecord(session, { release: { ...stored.release, info }, labels: stored.labels, now: 0 }, undefined);
  }
});

test("history is pruned to the limit, and the deployed revision stays", async () => {
  await use("one", { "templates/a.yaml": ONE });
  await good(install("web", "one"));
  for (let i = 0; i < 3; i++) await good(upgrade("web", "one", { maxHistory: 2, values: { v: String(i) } }));
  expect(await history()).toEqual(["3 superseded: Upgrade complete", "4 deployed: Upgrade complete"]);
});

test("a name is taken again by replace, and the old revision is superseded", async () => {
  await use("one", { "templates/a.yaml": ONE });
  await good(install("web", "one"));
  await good(uninstall("web", { keepHistory: true }));
  await good(install("web", "one", { replace: true }));
  expect(await history()).toEqual(["1 superseded: superseded by new release", "2 deployed: Install complete"]);
});

test("a name that a failing CRD kept from being taken again can be taken again", async () => {
  await use("one", { "templates/a.yaml": ONE });
  const crd =
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: foos.example.com\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Foo, plural: foos, singular: foo, listKind: FooList}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema: {openAPIV3Schema: {type: object}}\n";
  await use("crd", { "crds/foo.yaml": crd, "templates/a.yaml": ONE });
  await good(install("web", "one"));
  await good(uninstall("web", { keepHistory: true }));
  interfere = (request) => (request.method === "PATCH" && request.path.endsWith("/foos.example.com") ? 422 : undefined);
  const { outcome } = await bench.run(install("web", "crd", { replace: true }));
  expect(outcome).toMatchObject({ kind: "failed", message: expect.stringContaining("failed to install CRD") });
  expect(await history()).toEqual(["1 uninstalled: Uninstallation complete"]);
  interfere = () => undefined;
  await good(install("web", "crd", { replace: true }));
  expect(await history()).toEqual(["1 superseded: superseded by new release", "2 deployed: Install complete"]);
});

test("an upgrade that installs says so and needs no release", async () => {
  await use("one", { "templates/a.yaml": ONE });
  const driven = await good(upgrade("web", "one", { install: true }));
  expect(driven.events).toContainEqual({
    type: "phase",
    phase: "install",
    message: 'Release "web" does not exist. Installing it now.',
  });
  expect(await history()).toEqual(["1 deployed: Install complete"]);
});

test("a dry run writes nothing", async () => {
  await use("one", { "templates/a.yaml": ONE });
  for (const dryRun of ["client", "server"] as const) {
    expect((await good(install("web", "one", { dryRun }))).outcome).toMatchObject({
      release: { description: "Dry run complete", dryRun: true },
    });
  }
  expect(counted().writes).toEqual([]);
});

test("an uninstall keeps what its policy keeps and what is another release's, and says so", async () => {
  const kept = ONE.replace("name: one", "name: kept\n  annotations: {helm.sh/resource-policy: keep}");
  await use("two", { "templates/a.yaml": ONE, "templates/b.yaml": kept });
  await good(install("web", "two"));
  const body: JsonObject = { metadata: { annotations: { "meta.helm.sh/release-name": "other" } } };
  await bench.deps.cluster.send({
    method: "PATCH",
    path: "/api/v1/namespaces/default/configmaps/one",
    headers: { "content-type": "application/merge-patch+json" },
    body: JSON.stringify(body),
  });
  const { outcome } = await good(uninstall("web"));
  expect(outcome).toMatchObject({
    release: {
      info: "These resources were kept due to the resource policy:\n[ConfigMap] kept\n\n1 resource(s) were not deleted because they are not owned by this release:\n[ConfigMap] one\n",
    },
  });
});

test("status shows each object as it is", async () => {
  await use("one", { "templates/a.yaml": ONE });
  await good(install("web", "one"));
  const report = await getStatus(
    { cluster: bench.deps.cluster, now: Date.now() },
    { name: "web", namespace: "default" },
  );
  expect(report.resources).toMatchObject([
    { object: { kind: "ConfigMap", name: "one" }, status: "Current", message: "Resource is always ready" },
  ]);
});

test("a driver within one process takes an operation to its end, also from a kept state", async () => {
  await use("one", { "templates/a.yaml": ONE });
  const states: JsonObject[] = [];
  const request = install("web", "one");
  const sleep = async (): Promise<void> => undefined;
  const outcome = await runAction({ request, deps: bench.deps, sleep, onState: (state) => void states.push(state) });
  expect(outcome.kind).toBe("succeeded");
  const [first] = states;
  if (first === undefined) throw new Error("no state");
  const again = await runAction({ request, deps: bench.deps, sleep, state: JSON.parse(JSON.stringify(first)) });
  expect(again).toMatchObject({ kind: "succeeded", release: { revision: 1 } });
  expect(await history()).toEqual(["1 deployed: Install complete"]);
});

test("an operation that is stopped within a step sends nothing new, and is recorded as failed with what it made", async () => {
  await use("many", MANY);
  const stopping = new AbortController();
  let patched = 0;
  interfere = ({ method }) => {
    if (method === "PATCH" && ++patched === 20) stopping.abort();
    return undefined;
  };
  const { signal: stop } = stopping;
  const request = install("web", "many");
  const sleep = async (): Promise<void> => undefined;
  const outcome = await runAction({ request, deps: bench.deps, sleep, stop });
  expect(outcome).toMatchObject({ kind: "failed", code: "cancelled", message: /context canceled/ });
  expect(patched).toBeLessThanOrEqual(26);
  expect(await history()).toEqual(['1 failed: Release "web" failed: context canceled']);
});

test("an operation that is stopped before its record is written writes none", async () => {
  await use("one", { "templates/a.yaml": ONE });
  const stop = AbortSignal.abort();
  const outcome = await runAction({
    request: install("web", "one"),
    deps: bench.deps,
    sleep: async () => undefined,
    stop,
  });
  expect(outcome).toMatchObject({ kind: "failed", code: "cancelled" });
  expect(counted().writes).toEqual([]);
});

test("a stop is heard while objects are watched that are not ready", { timeout: 4000 }, async () => {
  await use("one", { "templates/a.yaml": NEVER_READY });
  const stopping = new AbortController();
  interfere = ({ query = [] }) => {
    if (query.some(([name]) => name === "watch")) setTimeout(() => stopping.abort(), 20);
    return undefined;
  };
  const request = install("web", "one", { wait: "watcher" });
  const sleep = async (): Promise<void> => undefined;
  const outcome = await runAction({ request, deps: bench.deps, sleep, stop: stopping.signal });
  expect(outcome).toMatchObject({ kind: "failed", code: "cancelled" });
  expect(stopping.signal.aborted).toBe(true);
});

test("many old revisions go, many objects are cleaned up and awaited, with small steps", async () => {
  await use("one", { "templates/a.yaml": ONE });
  const secret = "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: s{{ $i }}\n";
  await use("secrets", {
    "templates/a.yaml": ONE,
    "templates/s.yaml": `{{- range $i := until 30 }}\n${secret}{{- end }}\n`,
  });
  await good(install("web", "one"));
  for (let i = 0; i < 12; i++) await good(upgrade("web", "one", { maxHistory: 0 }));
  const small = { subrequests: 8 };
  const pruned = await bench.run(upgrade("web", "one", { maxHistory: 2 }), small);
  expect(pruned.outcome.kind).toBe("succeeded");
  expect((await history()).length).toBe(2);
  interfere = (request) => (request.method === "PATCH" && request.path.endsWith("/s29") ? 422 : undefined);
  const cleaned = await bench.run(upgrade("web", "secrets", { cleanupOnFail: true }), small);
  interfere = () => undefined;
  expect(cleaned.outcome).toMatchObject({ kind: "failed", code: "apply-failed" });
  const gone = cleaned.events.filter((event) => event.type === "resource" && event.result === "deleted");
  expect(gone.length).toBe(30);
  const waited = await bench.run(upgrade("web", "secrets", { wait: "watcher", timeout: 20_000 }), small);
  expect(waited.outcome.kind).toBe("succeeded");
  const removed = await bench.run(uninstall("web", { wait: "watcher", timeout: 20_000 }), small);
  expect(removed.outcome.kind).toBe("succeeded");
});
