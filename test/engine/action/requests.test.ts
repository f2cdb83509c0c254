import { beforeEach, describe, expect, test } from "vitest";
import type { ActionDeps } from "../../../engine/action/action.ts";
import { actionFor } from "../../../engine/action/index.ts";
import { install, uninstall, upgrade } from "../../support/operation.ts";
import { type ActionRig, MANY, ONE, openRig } from "./action-rig.ts";

let rig: ActionRig;

beforeEach(() => {
  rig = openRig();
});

describe("requests", () => {
  test("an install of 200 objects makes 202 writes, and reads that do not grow with them", async () => {
    await rig.use("many", MANY);
    await rig.good(install("web", "many"));
    const { reads, writes } = rig.counted();
    expect(writes.length).toBe(202);
    expect(reads).toBeLessThanOrEqual(6);
  });

  test("an upgrade that changes one of 200 makes one object write and three record writes", async () => {
    await rig.use("many", MANY);
    await rig.good(install("web", "many"));
    rig.bench.requests.length = 0;
    await rig.good(upgrade("web", "many", { values: { first: "b" } }));
    const { reads, writes } = rig.counted();
    expect(writes).toEqual(["POST", "PATCH", "PUT", "PUT"]);
    expect(reads).toBeLessThanOrEqual(8);
  });

  test("no step sends more than its budget", async () => {
    await rig.use("many", MANY);
    const action = actionFor(install("web", "many"));
    let state = action.start(install("web", "many"));
    for (let steps = 0; steps < 100; steps++) {
      rig.bench.requests.length = 0;
      const step = await action.advance(state, rig.bench.deps, { subrequests: 40, deadline: Date.now() + 20_000 });
      expect(rig.bench.requests.length).toBeLessThanOrEqual(40);
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
    rig = openRig({ now: () => clock });
    await rig.use("many", MANY);
    await rig.use("one", { "templates/z.yaml": ONE });
    await rig.use("both", { ...MANY, "templates/z.yaml": ONE });
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
      rig.bench.requests.length = 0;
      rig.interfere = ({ path }) => {
        clock += 1000;
        return kind === "failed" && path.endsWith("/one") ? 422 : undefined;
      };
      const { steps, outcome } = await rig.bench.run(request);
      expect(outcome.kind).toBe(kind);
      if (writes > 1) expect(steps).toBeGreaterThan(10);
      expect(rig.bench.requests.filter((one) => one.method === method).length).toBe(writes);
    }
  });

  test("a plan whose time is up among many objects asks about each of them once", async () => {
    let clock = Date.now();
    rig = openRig({ now: () => clock });
    await rig.use("many", MANY);
    rig.interfere = () => {
      clock += 1000;
      return undefined;
    };
    const { steps, outcome } = await rig.bench.plan(install("web", "many"));
    expect(outcome.kind).toBe("succeeded");
    expect(steps).toBeGreaterThan(10);
    expect(rig.bench.requests.filter((one) => one.method !== "GET").length).toBe(200);
  });

  test("what the cluster serves is asked once when it can be remembered, and again when a kind is missing there", async () => {
    let known: Parameters<NonNullable<ActionDeps["discovery"]>["save"]>[0] | undefined;
    rig = openRig({ discovery: { load: async () => known, save: async (data) => void (known = data) } });
    await rig.use("one", { "templates/a.yaml": ONE });
    await rig.good(install("web", "one"));
    rig.bench.requests.length = 0;
    await rig.good(upgrade("web", "one"));
    expect(rig.bench.requests.filter((one) => one.path === "/apis").length).toBe(0);
    const foo = "apiVersion: example.com/v1\nkind: Foo\nmetadata:\n  name: x\n";
    await rig.use("foo", { "templates/a.yaml": foo });
    expect((await rig.bench.run(upgrade("web", "foo"))).outcome).toMatchObject({ code: "render-failed" });
    expect(rig.bench.requests.filter((one) => one.path === "/apis").length).toBe(1);
  });

  test("and again when a kind is served no more", async () => {
    let known: Parameters<NonNullable<ActionDeps["discovery"]>["save"]>[0] | undefined;
    rig = openRig({ discovery: { load: async () => known, save: async (data) => void (known = data) } });
    const crd = {
      "crds/things.yaml":
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things.example.com\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Thing, plural: things, singular: thing, listKind: ThingList}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}\n",
    };
    const thing = { "templates/a.yaml": "apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: x\n" };
    await rig.use("crd", { ...crd, "templates/a.yaml": ONE });
    await rig.use("thing", thing);
    await rig.good(install("web", "crd"));
    await rig.good(upgrade("web", "thing"));
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.com";
    await rig.bench.deps.cluster.send({ method: "DELETE", path });
    expect((await rig.bench.run(upgrade("web", "thing"))).outcome).toMatchObject({
      code: "render-failed",
      message: expect.stringContaining('no matches for kind "Thing" in version "example.com/v1"'),
    });
  });
});

test("many old revisions go, many objects are cleaned up and awaited, with small steps", async () => {
  await rig.use("one", { "templates/a.yaml": ONE });
  const secret = "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: s{{ $i }}\n";
  await rig.use("secrets", {
    "templates/a.yaml": ONE,
    "templates/s.yaml": `{{- range $i := until 30 }}\n${secret}{{- end }}\n`,
  });
  await rig.good(install("web", "one"));
  for (let i = 0; i < 12; i++) await rig.good(upgrade("web", "one", { maxHistory: 0 }));
  const small = { subrequests: 8 };
  const pruned = await rig.bench.run(upgrade("web", "one", { maxHistory: 2 }), small);
  expect(pruned.outcome.kind).toBe("succeeded");
  expect((await rig.history()).length).toBe(2);
  rig.interfere = (request) => (request.method === "PATCH" && request.path.endsWith("/s29") ? 422 : undefined);
  const cleaned = await rig.bench.run(upgrade("web", "secrets", { cleanupOnFail: true }), small);
  rig.interfere = () => undefined;
  expect(cleaned.outcome).toMatchObject({ kind: "failed", code: "apply-failed" });
  const gone = cleaned.events.filter((event) => event.type === "resource" && event.result === "deleted");
  expect(gone.length).toBe(30);
  const waited = await rig.bench.run(upgrade("web", "secrets", { wait: "watcher", timeout: 20_000 }), small);
  expect(waited.outcome.kind).toBe("succeeded");
  const removed = await rig.bench.run(uninstall("web", { wait: "watcher", timeout: 20_000 }), small);
  expect(removed.outcome.kind).toBe("succeeded");
});

test("an uninstall reads the history once, and deletes the revisions of then, oldest first, each once, with steps of any size", async () => {
  for (const subrequests of [8, 10_000]) {
    await rig.use("one", { "templates/a.yaml": ONE });
    await rig.good(install("web", "one"));
    for (let i = 0; i < 12; i++) await rig.good(upgrade("web", "one", { maxHistory: 0 }));
    rig.bench.requests.length = 0;
    const { outcome } = await rig.bench.run(uninstall("web"), { subrequests });
    expect(outcome.kind).toBe("succeeded");
    const lists = rig.bench.requests.filter((one) => one.method === "GET" && one.path.endsWith("/secrets"));
    expect(lists.length).toBe(1);
    const deleted = rig.bench.requests.flatMap((one) =>
      one.method === "DELETE" ? (/\.v(\d+)$/.exec(one.path)?.[1] ?? []) : [],
    );
    expect(deleted).toEqual(Array.from({ length: 13 }, (_, index) => String(index + 1)));
  }
});
