import { beforeEach, describe, expect, test } from "vitest";
import { getRelease } from "../../../engine/action/index.ts";
import type { Release } from "../../../engine/release/release.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import { type Bench, chartOf, install, openBench, testRelease } from "../../support/operation.ts";

const POD = (name: string, annotations: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n  annotations:\n    helm.sh/hook: test\n${annotations}spec:\n  restartPolicy: Never\n  containers: [{name: c, image: x}]\n`;

let bench: Bench;
let seen: Release | undefined;

beforeEach(async () => {
  const local = openReadyCluster();
  seen = undefined;
  bench = openBench(local.transport, { onRelease: (release) => (seen = release) });
  const sources = {
    "templates/one.yaml": POD("one", ""),
    "templates/two.yaml": POD("two", "    helm.sh/hook-delete-policy: hook-succeeded\n"),
    "templates/three.yaml": POD("three", '    helm.sh/hook-weight: "-1"\n'),
  };
  bench.charts.set("web", await chartOf("web", sources));
  await bench.run(install("web", "web"));
});

async function hooks(): Promise<readonly (readonly [string, string])[]> {
  const { release } = await getRelease(bench.deps, { name: "web", namespace: "default" });
  return release.hooks.map((hook) => [hook.name, hook.lastRun.phase] as const);
}

async function isThere(name: string): Promise<boolean> {
  const answer = await bench.deps.cluster.send({ method: "GET", path: `/api/v1/namespaces/default/pods/${name}` });
  await answer.body?.cancel();
  return answer.status === 200;
}

describe("the tests of a release", () => {
  test("run by weight, are recorded, told, and then tidied up", async () => {
    const { outcome, events } = await bench.run(testRelease("web"));
    expect(outcome).toMatchObject({ kind: "succeeded", release: { revision: 1, status: "deployed" } });
    expect(await hooks()).toEqual([
      ["one", "Succeeded"],
      ["three", "Succeeded"],
      ["two", "Succeeded"],
    ]);
    const order = events.flatMap((event) => (event.type === "hook" && event.phase === "running" ? [event.hook] : []));
    expect(order.map((path) => path.split("/").at(-1))).toEqual(["three.yaml", "one.yaml", "two.yaml"]);
    expect(await Promise.all(["one", "two"].map(isThere))).toEqual([true, false]);
    const told = events.findIndex((event) => event.type === "phase" && event.phase === "tested");
    expect(told).toBeGreaterThan(0);
    expect(seen?.hooks.map((hook) => hook.lastRun.phase)).toEqual(["Succeeded", "Succeeded", "Succeeded"]);
  });

  test.each([
    ["one by its name", { include: ["one"] }, { one: "Succeeded", two: "", three: "" }],
    ["all but one", { exclude: ["one"] }, { one: "", two: "Succeeded", three: "Succeeded" }],
    [
      "none of what is both named and left out",
      { include: ["one"], exclude: ["one"] },
      { one: "", two: "", three: "" },
    ],
  ])("can be %s, and the record puts those that did not run in front", async (_, over, phases) => {
    const { outcome } = await bench.run(testRelease("web", over));
    expect(outcome.kind).toBe("succeeded");
    const found = await hooks();
    expect(Object.fromEntries(found)).toEqual(phases);
    const ran = found.map(([, phase]) => Number(phase !== ""));
    expect(ran).toEqual(ran.toSorted((a, b) => a - b));
  });

  test.each([
    ["gone", "release: not found"],
    ["NO", "releaseTest: Release name is invalid: NO"],
  ])("of a release that is not (%s) are refused in Helm's words", async (name, message) => {
    const { outcome } = await bench.run(testRelease(name));
    expect(outcome).toMatchObject({ kind: "failed", message });
  });
});
