import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { loadArchive, loadFiles } from "../../../engine/chart/index.ts";
import type { Chart } from "../../../engine/chart/index.ts";
import { checkNewName, chartFromStarter, scaffoldChart } from "../../../engine/chart/create.ts";
import { expandedFiles } from "../../../engine/chart/expand.ts";
import { legacyLockDigest, lockDigest, lockYaml } from "../../../engine/chart/lock.ts";
import { packageChart } from "../../../engine/chart/package.ts";
import { showChart } from "../../../engine/chart/show.ts";
import { formatTable } from "../../../engine/chart/table.ts";
import { fromUtf8, toUtf8 } from "../../../engine/go/utf8.ts";

const MANIFEST = "name: c\nversion: 1.0.0\napiVersion: v2\n# a comment\nunknown: 1\n";

async function chartOf(files: Readonly<Record<string, string>>, modTime?: string): Promise<Chart> {
  return await loadFiles(
    Object.entries({ "Chart.yaml": MANIFEST, ...files }).map(([name, text]) => ({
      name,
      data: toUtf8(text),
      ...(modTime === undefined ? {} : { modTime }),
    })),
  );
}

function tarNames(data: Uint8Array): readonly string[] {
  const tar = gunzipSync(data);
  const names: string[] = [];
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    names.push(tar.subarray(at, tar.indexOf(0, at)).toString());
    at += 512 + Math.ceil(Number.parseInt(tar.subarray(at + 124, at + 135).toString(), 8) / 512) * 512;
  }
  return names;
}

describe("packageChart", () => {
  it("writes the files in Helm's order", async () => {
    const chart = await chartOf({
      "README.md": "",
      "values.yaml": "",
      "values.schema.json": "{}",
      "templates/b.yaml": "",
      "templates/a.yaml": "",
      "charts/z/Chart.yaml": "name: z\nversion: 1.0.0\napiVersion: v2\n",
      "charts/w/Chart.yaml": "name: w\nversion: 1.0.0\napiVersion: v2\n",
      "Chart.lock": 'dependencies: []\ndigest: x\ngenerated: "2024-01-01T00:00:00Z"\n',
    });
    const { name, data } = packageChart(chart, { now: 0 });
    expect(name).toBe("c-1.0.0.tgz");
    expect(tarNames(data)).toEqual([
      "c/Chart.yaml",
      "c/Chart.lock",
      "c/values.yaml",
      "c/values.schema.json",
      "c/templates/b.yaml",
      "c/templates/a.yaml",
      "c/README.md",
      "c/charts/w/Chart.yaml",
      "c/charts/z/Chart.yaml",
    ]);
  });

  it("gives equal bytes for equal input, and others for another time", async () => {
    const files = { "values.yaml": "a: 1\n" };
    const of = async (time: string): Promise<Uint8Array> => packageChart(await chartOf(files, time), { now: 0 }).data;
    expect(await of("2024-01-01T00:00:00.4Z")).toEqual(await of("2024-01-01T00:00:00Z"));
    expect(await of("2024-01-01T00:00:00.5Z")).not.toEqual(await of("2024-01-01T00:00:00Z"));
  });

  it("one epoch makes all times equal", async () => {
    const options = { now: 0, epoch: 1_700_000_000 };
    const a = packageChart(await chartOf({ "x.txt": "x" }, "2020-01-01T00:00:00Z"), options);
    const b = packageChart(await chartOf({ "x.txt": "x" }, "2021-01-01T00:00:00Z"), options);
    expect(a.data).toEqual(b.data);
  });

  it("is read back as the same chart", async () => {
    const chart = await chartOf({ "templates/a.yaml": "a", "values.yaml": "a: 1\n" });
    const back = await loadArchive(packageChart(chart, { now: 0, version: "2.0.0", appVersion: "7" }).data);
    expect(back.metadata).toEqual({ ...chart.metadata, version: "2.0.0", appVersion: "7" });
    expect(back.templates.map(({ name }) => name)).toEqual(["templates/a.yaml"]);
  });

  it.each([
    [{ version: "x" }, {}, "invalid semantic version"],
    [{}, { "values.schema.json": "{" }, "failed to save: invalid JSON in values.schema.json"],
    [
      {},
      { "Chart.yaml": `${MANIFEST}dependencies: [{name: d}]\n` },
      "found in Chart.yaml, but missing in charts/ directory: d",
    ],
  ])("refuses %j %j", async (options, files, message) => {
    const chart = await chartOf(files);
    expect(() => packageChart(chart, { now: 0, ...options })).toThrow(message);
  });
});

describe("Chart.lock", () => {
  it("has the digest of what is asked for and what was chosen", async () => {
    const requested = [
      { name: "dep1", version: ">=1.0.0 <2", repository: "file://../dep1" },
      {
        name: "dep2",
        version: "^2",
        repository: "file://../dep2",
        condition: "other.enabled",
        tags: ["a"],
        importValues: ["x", { child: "a", parent: "b" }],
        alias: "other",
      },
    ];
    const locked = [
      { name: "dep1", version: "1.2.3", repository: "file://../dep1" },
      { name: "dep2", version: "2.0.0", repository: "file://../dep2" },
    ];
    expect(await lockDigest(requested, locked)).toBe(
      "sha256:f83aef7109971ba42878ccddac320b7c7381ac0fc43c63288527e04ae5ff1f34",
    );
    expect(await legacyLockDigest([])).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it("is written with as many digits of time as it needs", () => {
    expect(
      lockYaml({ generated: "2024-01-01T10:20:30.500000000+02:00", digest: "d", dependencies: [{ name: "a" }] }),
    ).toBe('dependencies:\n- name: a\n  repository: ""\ndigest: d\ngenerated: "2024-01-01T10:20:30.5+02:00"\n');
  });
});

describe("showChart", () => {
  it("joins the parts by lines of dashes", async () => {
    const chart = await chartOf({ "values.yaml": "a: 1\n", "ReadMe.md": "hi", "crds/a.yaml": "kind: x\n" });
    expect(showChart(chart, "all")).toBe(
      "apiVersion: v2\nname: c\nversion: 1.0.0\n\n---\na: 1\n\n---\nhi\n---\nkind: x\n\n",
    );
    expect(showChart(await chartOf({}), "all")).toBe("apiVersion: v2\nname: c\nversion: 1.0.0\n\n");
  });
});

describe("a new chart", () => {
  it("carries its name everywhere", () => {
    const files = scaffoldChart("web");
    expect(files.map(({ name }) => name).slice(0, 3)).toEqual(["Chart.yaml", "values.yaml", ".helmignore"]);
    expect(files.some(({ data }) => fromUtf8(data).includes("<CHARTNAME>"))).toBe(false);
  });

  it.each([
    ["", "chart name must be between 1 and 250 characters"],
    ["a".repeat(251), "chart name must be between 1 and 250 characters"],
    ["a b", 'chart name must match the regular expression "^[a-zA-Z0-9._-]+$"'],
  ])("is not named %j", (name, message) => expect(() => checkNewName(name)).toThrow(message));

  it("may be made from another", async () => {
    const starter = await chartOf({
      "values.yaml": "a: <CHARTNAME>\n",
      "templates/a.yaml": "<CHARTNAME>",
      "b.txt": "<CHARTNAME>",
    });
    const files = chartFromStarter(starter, "web", 0).map(({ name, data }) => [name, fromUtf8(data)]);
    expect(files.slice(1)).toEqual([
      ["values.yaml", "a: web\n"],
      ["templates/a.yaml", "web"],
      ["b.txt", "<CHARTNAME>"],
    ]);
  });
});

describe("expandedFiles", () => {
  it("come in the order of a walk", () => {
    const names = ["b.txt", "a/z", "Chart.yaml", "a.txt"];
    const files = names.map((name) => ({ name, data: toUtf8(name === "Chart.yaml" ? "name: c\n" : "") }));
    expect(expandedFiles(files).files.map(({ name }) => name)).toEqual(["Chart.yaml", "a/z", "a.txt", "b.txt"]);
  });

  it.each([
    ["", "chart name not specified"],
    ["name: ..\n", 'chart name ".." is not allowed'],
    ["name: a/b\n", 'chart name "a/b" must not contain path separators'],
  ])("of %j are refused", (text, message) => {
    expect(() => expandedFiles([{ name: "Chart.yaml", data: toUtf8(text) }])).toThrow(message);
  });
});

describe("formatTable", () => {
  it("fills every cell and cuts long ones", () => {
    expect(
      formatTable(
        [
          ["NAME", "V"],
          ["a-long-name", "日本"],
        ],
        7,
      ),
    ).toBe("NAME   \tV   \na-lo...\t日本");
  });
});
