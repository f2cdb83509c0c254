import { describe, expect, test } from "vitest";
import type { ActionDeps } from "../../../engine/action/action.ts";
import { ActionError } from "../../../engine/action/errors.ts";
import { withFacts } from "../../../engine/action/facts-retry.ts";
import type { JsonObject } from "../../../engine/errors.ts";
import { KubeError, type KubeErrorCode } from "../../../engine/kube/error.ts";
import type { ClusterRequest } from "../../../engine/kube/transport.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import { type Bench, chartOf, install, openBench, uninstall, upgrade } from "../../support/operation.ts";

type Known = Parameters<NonNullable<ActionDeps["discovery"]>["save"]>[0];

/** A bench on a cluster that remembers what it serves, whose answers can be replaced. */
function open(): Bench & { interfere: (request: ClusterRequest) => string | undefined; readonly asked: () => number } {
  const local = openReadyCluster();
  let known: Known | undefined;
  const send = async (request: ClusterRequest) => {
    const page = opened.interfere(request);
    if (page === undefined) return local.transport.send(request);
    return { status: 404, headers: new Headers(), body: new Blob([page]).stream() };
  };
  const bench = openBench(
    { send },
    { discovery: { load: async () => known, save: async (data) => void (known = data) } },
  );
  const opened = {
    ...bench,
    interfere: (_request: ClusterRequest): string | undefined => undefined,
    asked: () => bench.requests.filter((one) => one.path === "/apis").length,
  };
  return opened;
}

const refusal = (detail: JsonObject): ActionError => new ActionError("apply-failed", "no", detail);
const kube = (code: KubeErrorCode): KubeError => new KubeError(code, "no");

describe("work with what was remembered of a cluster", () => {
  const rows: readonly (readonly [string, unknown, number])[] = [
    ["is done again when a kind is missing there", refusal({ noMatch: true }), 2],
    ["is done again when the cluster no longer serves a kind", refusal({ kube: "not-served" }), 2],
    ["is done again when a list is no longer served", kube("not-served"), 2],
    ["fails when an object is missing", refusal({ kube: "not-found" }), 1],
    ["fails when a list has no such object", kube("not-found"), 1],
    ["fails when the cluster forbids it", refusal({ kube: "forbidden" }), 1],
    ["fails when no kind is missing", refusal({ noMatch: false }), 1],
    ["fails by a text alone", new ActionError("apply-failed", "the server could not find the requested resource"), 1],
    ["fails by a defect", new Error("the server could not find the requested resource"), 1],
  ];
  test.each(rows)("%s", async (_name, error, times) => {
    const bench = open();
    bench.charts.set("web", await chartOf("web", {}));
    await bench.run(install("web", "web"));
    const before = bench.asked();
    const step = { deps: bench.deps, session: { transport: bench.deps.cluster } };
    let count = 0;
    const work = async (): Promise<string> => {
      count++;
      if (count === 1) throw error;
      return "done";
    };
    const result = await withFacts(step, "", work).catch((thrown: unknown) => thrown);
    expect(result).toBe(times === 2 ? "done" : error);
    expect([count, bench.asked() - before]).toEqual([times, times - 1]);
  });

  test("fails at once when it was just asked", async () => {
    const bench = open();
    const { discovery: _remembered, ...deps } = bench.deps;
    const step = { deps, session: { transport: deps.cluster } };
    const error = kube("not-served");
    await expect(withFacts(step, "", () => Promise.reject(error))).rejects.toBe(error);
    expect(bench.asked()).toBe(1);
  });
});

describe("a kind that a cluster serves no more", () => {
  const PAGE = "404 page not found\n";
  const map = (name: string): string => `---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;
  const lookup = `${map("a")}data:\n  v: {{ lookup "v1" "Secret" "default" "x" | toJson | quote }}\n`;
  const rows: readonly (readonly [string, string, string])[] = [
    ["of an object", map("a"), "/configmaps/a"],
    ["of many objects", ["a", "b", "c", "d"].map(map).join(""), "/configmaps"],
    ["of something looked up", lookup, "/secrets/x"],
  ];
  test.each(rows)("is asked for anew: %s", async (_name, manifest, path) => {
    const bench = open();
    bench.charts.set("web", await chartOf("web", { "templates/a.yaml": manifest }));
    await bench.run(install("web", "web"));
    const before = bench.asked();
    bench.interfere = (request) =>
      request.method === "GET" && request.path.endsWith(path) && bench.asked() === before ? PAGE : undefined;
    expect((await bench.run(upgrade("web", "web"))).outcome.kind).toBe("succeeded");
    expect(bench.asked()).toBe(before + 1);
    bench.interfere = () => undefined;
    expect((await bench.run(uninstall("web"))).outcome.kind).toBe("succeeded");
    expect(bench.asked()).toBe(before + 1);
  });
});
