import { beforeEach, expect, test } from "vitest";
import { runAction } from "../../../engine/action/index.ts";
import { install } from "../../support/operation.ts";
import { type ActionRig, MANY, ONE, openRig } from "./action-rig.ts";

/** A watch of what is never ready lasts five seconds. */
const NEVER_READY =
  "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: one, labels: {slipway.local/fate: never}}\nspec:\n  selector: {matchLabels: {a: one}}\n  template: {metadata: {labels: {a: one}}, spec: {containers: [{name: c, image: x}]}}\n";

let rig: ActionRig;

beforeEach(() => {
  rig = openRig();
});

test("an operation that is stopped within a step sends nothing new, and is recorded as failed with what it made", async () => {
  await rig.use("many", MANY);
  const stopping = new AbortController();
  let patched = 0;
  rig.interfere = ({ method }) => {
    if (method === "PATCH" && ++patched === 20) stopping.abort();
    return undefined;
  };
  const { signal: stop } = stopping;
  const request = install("web", "many");
  const sleep = async (): Promise<void> => undefined;
  const outcome = await runAction({ request, deps: rig.bench.deps, sleep, stop });
  expect(outcome).toMatchObject({ kind: "failed", code: "cancelled", message: /context canceled/ });
  expect(patched).toBeLessThanOrEqual(26);
  expect(await rig.history()).toEqual(['1 failed: Release "web" failed: context canceled']);
});

test("an operation that is stopped before its record is written writes none", async () => {
  await rig.use("one", { "templates/a.yaml": ONE });
  const stop = AbortSignal.abort();
  const outcome = await runAction({
    request: install("web", "one"),
    deps: rig.bench.deps,
    sleep: async () => undefined,
    stop,
  });
  expect(outcome).toMatchObject({ kind: "failed", code: "cancelled" });
  expect(rig.counted().writes).toEqual([]);
});

test("a stop is heard while objects are watched that are not ready", { timeout: 4000 }, async () => {
  await rig.use("one", { "templates/a.yaml": NEVER_READY });
  const stopping = new AbortController();
  rig.interfere = ({ query = [] }) => {
    if (query.some(([name]) => name === "watch")) setTimeout(() => stopping.abort(), 20);
    return undefined;
  };
  const request = install("web", "one", { wait: "watcher" });
  const sleep = async (): Promise<void> => undefined;
  const outcome = await runAction({ request, deps: rig.bench.deps, sleep, stop: stopping.signal });
  expect(outcome).toMatchObject({ kind: "failed", code: "cancelled" });
  expect(stopping.signal.aborted).toBe(true);
});
