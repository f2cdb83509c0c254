import { describe, expect, it } from "vitest";
import { valueOrigins } from "../../../engine/analysis/index.ts";
import type { ValueOrigin, ValueSource } from "../../../engine/analysis/index.ts";
import { leavesOf, pathText } from "../../../engine/analysis/value-paths.ts";
import { mergeValueSources } from "../../../engine/chart/index.ts";
import type { ValueSources } from "../../../engine/chart/index.ts";
import { toUtf8 } from "../../../engine/go/utf8.ts";
import { prepare } from "../../../engine/render/index.ts";
import { memoryChart } from "../../support/memory-chart.ts";

const files = {
  "Chart.yaml":
    "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: db, version: 1.0.0, condition: db.enabled, import-values: [data, {child: net, parent: own.net}]}\n- {name: db, version: 1.0.0, alias: cache, tags: [t]}\n- {name: off, version: 1.0.0, condition: off.enabled}\n",
  "values.yaml":
    "replicas: 1\nimage: {tag: a, gone: x}\nlist: [1, 2]\nempty: {}\nnone: []\ndb: {enabled: true, size: 5}\noff: {enabled: false}\nglobal: {zone: b, m: {x: 1}}\n",
  "charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n",
  "charts/db/values.yaml":
    "size: 1\nport: 5\nkeep: {}\nexports: {data: {imported: 77}}\nnet: {ip: x}\nglobal: {zone: c, own: d}\n",
  "charts/off/Chart.yaml": "apiVersion: v2\nname: off\nversion: 1.0.0\n",
  "charts/off/values.yaml": "x: 1\n",
};

const file = (name: string, text: string): { readonly name: string; readonly data: Uint8Array } => ({
  name,
  data: toUtf8(text),
});
const flag = (name: string, index: number): ValueSource => ({ kind: "flag", name, index });
const from = (name: string): ValueSource => ({ kind: "file", name });
const chartOf = (chart: string): ValueSource => ({ kind: "chart", chart });

async function originsOf(sources: ValueSources): Promise<ReadonlyMap<string, Omit<ValueOrigin, "path">>> {
  const chart = await memoryChart(files);
  const origins = valueOrigins({ chart, sources, readFile: () => "read" });
  return new Map(origins.map(({ path, ...origin }) => [path, origin]));
}

describe("where a value comes from", () => {
  const sources: ValueSources = {
    files: [
      file("a.yaml", "image: {tag: f, pull: f}\nlist: [7, 8]\ncache: {size: 2}\n"),
      file("b.yaml", "image: {pull: g}\n"),
    ],
    setJson: ['j={"k":1}', '{"jj":{"x":[]}}'],
    set: ["replicas=3", "list[1]=9,image.gone=null"],
    setString: ["s=1"],
    setFile: ["f=path"],
    setLiteral: ["l=x"],
  };
  it.each<[string, string, Omit<ValueOrigin, "path">]>([
    ["a values file", "image.tag", { source: from("a.yaml") }],
    ["the last of the files", "image.pull", { source: from("b.yaml") }],
    ["a flag", "replicas", { source: flag("set", 1) }],
    ["a flag that changes one element of a file's list", "list[1]", { source: flag("set", 2) }],
    ["a file whose list a flag changed", "list[0]", { source: from("a.yaml") }],
    ["--set-json", "j.k", { source: flag("set-json", 1) }],
    ["--set-json of a whole object", "jj.x", { source: flag("set-json", 2) }],
    ["--set-string", "s", { source: flag("set-string", 1) }],
    ["--set-file", "f", { source: flag("set-file", 1) }],
    ["--set-literal", "l", { source: flag("set-literal", 1) }],
    ["the chart's own defaults", "global.zone", { source: chartOf("web") }],
    ["an empty map", "empty", { source: chartOf("web") }],
    ["an empty list", "none", { source: chartOf("web") }],
    ["a sub-chart's defaults", "db.port", { source: chartOf("web/charts/db"), sourcePath: "port" }],
    ["an empty map of a sub-chart", "db.keep", { source: chartOf("web/charts/db"), sourcePath: "keep" }],
    ["the parent, over its sub-chart", "db.size", { source: chartOf("web"), way: "parent" }],
    ["the parent's global", "db.global.zone", { source: chartOf("web"), sourcePath: "global.zone", way: "global" }],
    [
      "the parent's global in a table",
      "db.global.m.x",
      { source: chartOf("web"), sourcePath: "global.m.x", way: "global" },
    ],
    ["a sub-chart's own global", "db.global.own", { source: chartOf("web/charts/db"), sourcePath: "global.own" }],
    [
      "an import",
      "imported",
      { source: chartOf("web/charts/db"), sourcePath: "exports.data.imported", way: "import-values" },
    ],
    [
      "an import under a path",
      "own.net.ip",
      { source: chartOf("web/charts/db"), sourcePath: "net.ip", way: "import-values" },
    ],
    ["a file, for a sub-chart by its alias", "cache.size", { source: from("a.yaml") }],
    ["an empty map under an alias", "cache.keep", { source: chartOf("web/charts/db"), sourcePath: "keep" }],
    ["defaults under an alias", "cache.port", { source: chartOf("web/charts/db"), sourcePath: "port" }],
    ["a null that takes a default away", "image.gone", { source: flag("set", 2), isDeleted: true }],
  ])("%s", async (_, path, wanted) => {
    expect((await originsOf(sources)).get(path)).toEqual(wanted);
  });

  it("is told of every value that templates see, and of no other", async () => {
    const chart = await memoryChart(files);
    const origins = valueOrigins({ chart, sources, readFile: () => "read" });
    const { values } = prepare({ chart, values: mergeValueSources(sources, () => "read") });
    const seen = leavesOf(values).map(({ path }) => pathText(path));
    const told = origins.filter(({ isDeleted }) => isDeleted !== true).map(({ path }) => path);
    expect(told.sort()).toEqual(seen.sort());
    expect([...told].filter((path) => path.startsWith("off.x"))).toEqual([]);
  });

  it("never holds the value itself", async () => {
    const origins = await originsOf({ set: ["password=hunter2"], files: [file("a.yaml", "token: hunter2\n")] });
    expect(JSON.stringify([...origins])).not.toContain("hunter2");
  });
});

describe("a hostile request", () => {
  it("for the origins of very many values and flags is refused", async () => {
    const many = Array.from({ length: 3000 }, (_, i) => `k${i}: 1`).join("\n");
    const set = Array.from({ length: 1000 }, (_, i) => `f${i}=1`);
    const told = originsOf({ files: [file("a.yaml", many)], set });
    await expect(told).rejects.toMatchObject({ code: "invalid-set" });
  });
});
