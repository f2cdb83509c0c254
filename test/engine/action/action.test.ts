import { beforeEach, describe, expect, test } from "vitest";
import type { WriteTarget } from "../../../engine/action/action.ts";
import { actionFor, getRelease, getStatus, runAction, stopAction } from "../../../engine/action/index.ts";
import type { ActionRequest } from "../../../engine/action/request.ts";
import { EngineError, type JsonObject } from "../../../engine/errors.ts";
import { readRecord, updateRecord } from "../../../engine/release/storage.ts";
import { install, uninstall, upgrade, rollback } from "../../support/operation.ts";
import { type ActionRig, ONE, openRig } from "./action-rig.ts";

let rig: ActionRig;

beforeEach(() => {
  rig = openRig();
});

describe("a refusal before the first write", () => {
  test.each([
    ["a bad name", install("Web", "one"), "invalid-request"],
    ["a chart that is gone", install("web", "nowhere"), "not-found"],
    ["a system label", install("web", "one", { labels: { owner: "me" } }), "invalid-request"],
    ["a rollback of nothing", rollback("web", 1), "not-found"],
    ["replace and force", install("web", "one", { forceReplace: true, forceConflicts: true }), "invalid-request"],
  ])("for %s writes nothing and says so", async (_, request, code) => {
    await rig.use("one", { "templates/a.yaml": ONE });
    const { outcome } = await rig.bench.run(request);
    expect(outcome).toMatchObject({ kind: "failed", code, undo: "There is nothing to undo: nothing was written." });
    expect(rig.counted().writes).toEqual([]);
  });

  test("by access names every object and hook that would be written", async () => {
    class Refused extends EngineError {
      readonly code = "refused";
    }
    const asked: WriteTarget[] = [];
    rig = openRig({
      authorize: async (targets) => {
        asked.push(...targets);
        throw new Refused("not yours");
      },
    });
    const hook = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: hook\n  annotations: {helm.sh/hook: pre-install}\n";
    await rig.use("one", { "templates/a.yaml": ONE, "templates/h.yaml": hook });
    const { outcome } = await rig.bench.run(install("web", "one", { createNamespace: true }));
    expect(outcome).toMatchObject({ code: "refused", message: "INSTALLATION FAILED: not yours" });
    expect(asked.map((one) => `${one.verb} ${one.kind} ${one.name}`)).toEqual([
      "create Namespace default",
      "create Secret hook",
      "create ConfigMap one",
    ]);
    expect(rig.counted().writes).toEqual([]);
  });

  test("of a release that fits no record is told before any object is applied", async () => {
    const noise = Array.from({ length: 1_600_000 }, () =>
      String.fromCharCode(33 + Math.floor(Math.random() * 90)),
    ).join("");
    await rig.use("big", { "templates/a.yaml": ONE, "noise.txt": noise });
    const { outcome } = await rig.bench.run(install("web", "big"));
    expect(outcome).toMatchObject({ code: "record-too-large" });
    expect(rig.counted().writes).toEqual([]);
  });
});

describe("lookup", () => {
  const looking = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  seen: {{ (lookup "v1" "Namespace" "" "default").metadata.name }}\n  none: {{ lookup "v1" "ConfigMap" "default" "nope" | toJson | quote }}\n`;

  test("reads the cluster, and what is absent is empty", async () => {
    await rig.use("look", { "templates/a.yaml": looking });
    await rig.good(install("web", "look"));
    const { release } = await getRelease({ cluster: rig.bench.deps.cluster }, { name: "web", namespace: "default" });
    expect(release.manifest).toContain("seen: default");
    expect(release.manifest).toContain('none: "{}"');
  });

  test("of a list gives its items their kind, as Go's decoder does", async () => {
    const listing = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  kinds: {{ range (lookup "v1" "Namespace" "" "").items }}{{ .kind }}-{{ .metadata.name }} {{ end }}\n`;
    await rig.use("list", { "templates/a.yaml": listing });
    await rig.good(install("web", "list"));
    const { release } = await getRelease({ cluster: rig.bench.deps.cluster }, { name: "web", namespace: "default" });
    expect(release.manifest).toContain("kinds: Namespace-default Namespace-kube-system");
  });

  test("that is refused fails the render with the reason", async () => {
    class Refused extends EngineError {
      readonly code = "refused";
    }
    rig = openRig({ authorizeLookup: async ({ kind }) => Promise.reject(new Refused(`no ${kind} for you`)) });
    await rig.use("look", { "templates/a.yaml": looking });
    const { outcome } = await rig.bench.run(install("web", "look"));
    expect(outcome).toMatchObject({ code: "render-failed" });
    expect(outcome.kind === "failed" && outcome.message).toContain("no Namespace for you");
  });
});

describe("a cluster that does not answer", () => {
  test("for a while is asked again, and the operation goes on", async () => {
    await rig.use("one", { "templates/a.yaml": ONE });
    let refusals = 0;
    rig.interfere = (request) => (request.method === "PATCH" && refusals++ < 2 ? 503 : undefined);
    const driven = await rig.good(install("web", "one"));
    expect(driven.events.filter((event) => event.type === "warning").length).toBe(2);
    expect(await rig.history()).toEqual(["1 deployed: Install complete"]);
  });

  test("from the start is unreachable in Helm's words", async () => {
    rig.interfere = () => 503;
    await rig.use("one", { "templates/a.yaml": ONE });
    expect((await rig.bench.run(upgrade("web", "one"))).outcome).toMatchObject({
      code: "unreachable",
      message: "UPGRADE FAILED: kubernetes cluster unreachable: the server is currently unable to handle the request",
    });
  });
});

describe("a failure", () => {
  test("of one object is recorded, and the others are still made", async () => {
    await rig.use("two", { "templates/a.yaml": ONE, "templates/b.yaml": ONE.replace("name: one", "name: two") });
    rig.interfere = (request) => (request.method === "PATCH" && request.path.endsWith("/one") ? 422 : undefined);
    const { outcome, events } = await rig.bench.run(install("web", "two"));
    expect(outcome).toMatchObject({
      code: "apply-failed",
      release: { status: "failed" },
      undo: expect.stringContaining("helm uninstall web"),
    });
    expect(
      events.flatMap((event) => (event.type === "resource" ? [`${event.object.name} ${event.result}`] : [])).sort(),
    ).toEqual(["one failed", "two created"]);
    expect(await rig.history()).toEqual([expect.stringContaining('1 failed: Release "web" failed: ')]);
  });

  test("keeps what the upgrade would have removed", async () => {
    await rig.use("two", { "templates/a.yaml": ONE, "templates/b.yaml": ONE.replace("name: one", "name: two") });
    await rig.use("one", { "values.yaml": "v: new\n", "templates/a.yaml": ONE }, "0.2.0");
    await rig.good(install("web", "two"));
    rig.interfere = (request) => (request.method === "PATCH" ? 422 : undefined);
    await rig.bench.run(upgrade("web", "one"));
    rig.interfere = () => undefined;
    expect(rig.bench.requests.some((one) => one.method === "DELETE")).toBe(false);
    const done = await rig.good(upgrade("web", "one"));
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
    await rig.use("one", { "templates/a.yaml": ONE });
    for (const one of before) await rig.good(one);
    const action = actionFor(request);
    let state = action.start(request);
    const go = async (subrequests: number) => {
      const step = await action.advance(state, rig.bench.deps, { subrequests, deadline: Date.now() + 20_000 });
      state = step.state;
      return step.next;
    };
    while ((await rig.history().catch(() => [])).length === before.length) await go(4);
    state = stopAction(state, { code: "cancelled", message: "context canceled" });
    let next = await go(100);
    for (let i = 0; next.kind !== "done" && i < 20; i++) next = await go(100);
    expect(next).toMatchObject({ kind: "done", outcome: { kind: "failed", message } });
    expect(await rig.history().catch(() => [])).toEqual(story);
  });

  test("because another program wrote the record stops the operation and leaves that record alone", async () => {
    await rig.use("one", { "templates/a.yaml": ONE });
    const request = install("web", "one");
    const driven = await rig.bench.run(request, { onState: meddle });
    expect(driven.outcome).toMatchObject({
      kind: "failed",
      code: "record-changed",
      message: expect.stringContaining("was changed by another process meanwhile"),
    });
    expect(await rig.history()).toEqual(["1 failed: somebody was here"]);
  });

  /** Once our record is there, another program records its own words in it. */
  async function meddle(): Promise<void> {
    const key = { name: "web", namespace: "default" };
    const session = { transport: rig.bench.deps.cluster };
    const stored = await readRecord(session, key, 1);
    if (stored === undefined || stored.release.info.status === "failed") return;
    const info = { ...stored.release.info, status: "failed" as const, description: "somebody was here" };
    await updateRecord(session, { release: { ...stored.release, info }, labels: stored.labels, now: 0 }, undefined);
  }
});

test("history is pruned to the limit, and the deployed revision stays", async () => {
  await rig.use("one", { "templates/a.yaml": ONE });
  await rig.good(install("web", "one"));
  for (let i = 0; i < 3; i++) await rig.good(upgrade("web", "one", { maxHistory: 2, values: { v: String(i) } }));
  expect(await rig.history()).toEqual(["3 superseded: Upgrade complete", "4 deployed: Upgrade complete"]);
});

test("a name is taken again by replace, and the old revision is superseded", async () => {
  await rig.use("one", { "templates/a.yaml": ONE });
  await rig.good(install("web", "one"));
  await rig.good(uninstall("web", { keepHistory: true }));
  await rig.good(install("web", "one", { replace: true }));
  expect(await rig.history()).toEqual(["1 superseded: superseded by new release", "2 deployed: Install complete"]);
});

test("a name that a failing CRD kept from being taken again can be taken again", async () => {
  await rig.use("one", { "templates/a.yaml": ONE });
  const crd =
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: foos.example.com\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Foo, plural: foos, singular: foo, listKind: FooList}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema: {openAPIV3Schema: {type: object}}\n";
  await rig.use("crd", { "crds/foo.yaml": crd, "templates/a.yaml": ONE });
  await rig.good(install("web", "one"));
  await rig.good(uninstall("web", { keepHistory: true }));
  rig.interfere = (request) =>
    request.method === "PATCH" && request.path.endsWith("/foos.example.com") ? 422 : undefined;
  const { outcome } = await rig.bench.run(install("web", "crd", { replace: true }));
  expect(outcome).toMatchObject({ kind: "failed", message: expect.stringContaining("failed to install CRD") });
  expect(await rig.history()).toEqual(["1 uninstalled: Uninstallation complete"]);
  rig.interfere = () => undefined;
  await rig.good(install("web", "crd", { replace: true }));
  expect(await rig.history()).toEqual(["1 superseded: superseded by new release", "2 deployed: Install complete"]);
});

test("an upgrade that installs says so and needs no release", async () => {
  await rig.use("one", { "templates/a.yaml": ONE });
  const driven = await rig.good(upgrade("web", "one", { install: true }));
  expect(driven.events).toContainEqual({
    type: "phase",
    phase: "install",
    message: 'Release "web" does not exist. Installing it now.',
  });
  expect(await rig.history()).toEqual(["1 deployed: Install complete"]);
});

test("a dry run writes nothing", async () => {
  await rig.use("one", { "templates/a.yaml": ONE });
  for (const dryRun of ["client", "server"] as const) {
    expect((await rig.good(install("web", "one", { dryRun }))).outcome).toMatchObject({
      release: { description: "Dry run complete", dryRun: true },
    });
  }
  expect(rig.counted().writes).toEqual([]);
});

test("an uninstall keeps what its policy keeps and what is another release's, and says so", async () => {
  const kept = ONE.replace("name: one", "name: kept\n  annotations: {helm.sh/resource-policy: keep}");
  await rig.use("two", { "templates/a.yaml": ONE, "templates/b.yaml": kept });
  await rig.good(install("web", "two"));
  const body: JsonObject = { metadata: { annotations: { "meta.helm.sh/release-name": "other" } } };
  await rig.bench.deps.cluster.send({
    method: "PATCH",
    path: "/api/v1/namespaces/default/configmaps/one",
    headers: { "content-type": "application/merge-patch+json" },
    body: JSON.stringify(body),
  });
  const { outcome } = await rig.good(uninstall("web"));
  expect(outcome).toMatchObject({
    release: {
      info: "These resources were kept due to the resource policy:\n[ConfigMap] kept\n\n1 resource(s) were not deleted because they are not owned by this release:\n[ConfigMap] one\n",
    },
  });
});

test("status shows each object as it is", async () => {
  await rig.use("one", { "templates/a.yaml": ONE });
  await rig.good(install("web", "one"));
  const report = await getStatus(
    { cluster: rig.bench.deps.cluster, now: Date.now() },
    { name: "web", namespace: "default" },
  );
  expect(report.resources).toMatchObject([
    { object: { kind: "ConfigMap", name: "one" }, status: "Current", message: "Resource is always ready" },
  ]);
});

test("a driver within one process takes an operation to its end, also from a kept state", async () => {
  await rig.use("one", { "templates/a.yaml": ONE });
  const states: JsonObject[] = [];
  const request = install("web", "one");
  const sleep = async (): Promise<void> => undefined;
  const outcome = await runAction({
    request,
    deps: rig.bench.deps,
    sleep,
    onState: (state) => void states.push(state),
  });
  expect(outcome.kind).toBe("succeeded");
  const [first] = states;
  if (first === undefined) throw new Error("no state");
  const again = await runAction({ request, deps: rig.bench.deps, sleep, state: JSON.parse(JSON.stringify(first)) });
  expect(again).toMatchObject({ kind: "succeeded", release: { revision: 1 } });
  expect(await rig.history()).toEqual(["1 deployed: Install complete"]);
});
