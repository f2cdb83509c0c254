import { describe, expect, test } from "vitest";
import { gzip, writeTar } from "../../../engine/archive/index.ts";
import { loadArchive, loadFiles, loadPackage } from "../../../engine/chart/index.ts";
import type { Chart, ChartWarning } from "../../../engine/chart/index.ts";
import { encodeJson } from "../../../engine/encoding/index.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const MANIFEST = "apiVersion: v2\nname: c\nversion: 0.1.0\n";

function tgz(files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  return gzip(
    writeTar(Object.entries(files).map(([name, text]) => ({ name, data: encode(text), mtime: 1_600_000_000 }))),
  );
}

function load(files: Readonly<Record<string, string>>): Promise<Chart> {
  return loadFiles(Object.entries(files).map(([name, text]) => ({ name, data: encode(text) })));
}

describe("an archive", () => {
  test("loses its top directory, whatever it is called, and byte order marks", async () => {
    const chart = await loadArchive(
      await tgz({ "x/Chart.yaml": `\uFEFF${MANIFEST}`, "y/templates/a.yaml": "\uFEFFa: 1" }),
    );
    expect(chart.metadata.name).toBe("c");
    expect(chart.modTime).toBe("2020-09-13T12:26:40Z");
    expect(chart.templates.map(({ name, data }) => [name, new TextDecoder().decode(data)])).toEqual([
      ["templates/a.yaml", "a: 1"],
    ]);
  });

  test.each([
    ["c//etc/passwd", "chart illegally contains absolute paths"],
    ["Chart.yaml", 'chart illegally contains content outside the base directory: "Chart.yaml"'],
    ["c/../../x", "chart illegally references parent directory"],
    ["c/..x", "chart illegally references parent directory"],
    ["c/C:/x", "chart contains illegally named files"],
    ["Chart.yaml/x", "chart yaml not in base directory"],
    ["c\\..\\x", "chart illegally references parent directory"],
  ])("with an entry %j is refused", async (name, message) => {
    await expect(loadArchive(await tgz({ [name]: "x" }))).rejects.toThrow(message);
  });

  test("without a chart says so in the words of helm template", async () => {
    await expect(loadPackage("/a.tgz", await tgz({ "c/x": "x" }))).rejects.toThrow(
      "unable to detect chart version, no Chart.yaml found",
    );
    await expect(loadPackage("/v.yaml", encode("a: 1"))).rejects.toThrow(
      "file '/v.yaml' seems to be a YAML file, but expected a gzipped archive",
    );
    await expect(loadPackage("/v.txt", encode("a: 1"))).rejects.toThrow(
      "file '/v.txt' does not appear to be a gzipped archive; got 'application/octet-stream'",
    );
    await expect(loadPackage("/a.tgz", await tgz({ "c/../../x": "x" }))).rejects.toThrow(
      "unable to load chart archive",
    );
    await expect(
      loadPackage("/a.tgz", await tgz({ "c/Chart.yaml": "apiVersion: v3\nname: c\nversion: 1.0.0" })),
    ).rejects.toThrow("invalid chart apiVersion");
  });
});

describe("files", () => {
  const PROBLEMS: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{ "values.yaml": "" }, "Chart.yaml file is missing"],
    [{ "Chart.yaml": "name: c" }, "validation: chart.metadata.version is required"],
    [{ "Chart.yaml": "version: 1.0.0" }, "validation: chart.metadata.name is required"],
    [{ "Chart.yaml": "name: ..\nversion: 1.0.0" }, 'validation: chart.metadata.name ".." is not allowed'],
    [{ "Chart.yaml": "name: a/b\nversion: 1.0.0" }, 'validation: chart.metadata.name "a/b" is invalid'],
    [{ "Chart.yaml": "name: c\nversion: x" }, 'validation: chart.metadata.version "x" is invalid'],
    [
      { "Chart.yaml": "name: c\nversion: 1\ntype: Library" },
      "validation: chart.metadata.type must be application or library",
    ],
    [
      { "Chart.yaml": `${MANIFEST}maintainers: [null]` },
      "validation: maintainers must not contain empty or null nodes",
    ],
    [
      { "Chart.yaml": `${MANIFEST}dependencies: [null]` },
      "validation: dependencies must not contain empty or null nodes",
    ],
    [
      { "Chart.yaml": `${MANIFEST}dependencies: [{name: a, alias: "x y"}]` },
      'validation: dependency "a" has disallowed characters in the alias',
    ],
    [
      { "Chart.yaml": `${MANIFEST}dependencies: [{name: a}, {name: b, alias: a}]` },
      'validation: more than one dependency with name or alias "a"',
    ],
    [
      { "Chart.yaml": "name: [" },
      "cannot load Chart.yaml: error converting YAML to JSON: yaml: line 1: did not find expected node content",
    ],
    [
      { "Chart.yaml": MANIFEST, "values.yaml": "a: 1\n---b: 2\n" },
      "cannot load values.yaml: error reading yaml document: invalid Yaml document separator: b: 2",
    ],
    [
      { "Chart.yaml": MANIFEST, "values.yaml": "- a\n" },
      "cannot load values.yaml: cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}",
    ],
    [
      { "Chart.yaml": MANIFEST, "charts/README.md": "x" },
      "error unpacking subchart README.md in c: Chart.yaml file is missing",
    ],
    [
      { "Chart.yaml": MANIFEST, "charts/x.tgz/y": "x" },
      "error unpacking subchart tar in c: expected x.tgz, got x.tgz/y",
    ],
  ];
  test.each(PROBLEMS)("%j are refused with Helm's text", async (files, message) => {
    await expect(load(files)).rejects.toMatchObject({ name: "ChartError", message });
  });

  test("fall into templates, files, values and sub-charts", async () => {
    const chart = await load({
      "templates/a/b.txt": "t",
      "Chart.yaml": `${MANIFEST}appVersion: 1.10\nkeywords: [1, true]\nNAME: C\n`,
      "values.yaml": "a: {b: 1, c: 2}\n---\na: {b: null}\n",
      "charts/z/Chart.yaml": "name: z\nversion: 1.0.0",
      "charts/_skip/x": "",
      "charts/.skip/x": "",
      "charts/a.prov": "p",
      "crds/x.yaml": "c",
      ".helmignore": "",
    });
    expect(chart.metadata).toMatchObject({ name: "c", appVersion: "1.1", keywords: ["1", "true"] });
    expect(encodeJson(chart.values)).toBe('{"a":{"b":null,"c":2}}');
    expect(chart.files.map(({ name }) => name)).toEqual(["charts/a.prov", "crds/x.yaml", ".helmignore"]);
    expect(chart.templates.map(({ name }) => name)).toEqual(["templates/a/b.txt"]);
    expect(chart.dependencies.map(({ metadata }) => [metadata.name, metadata.apiVersion])).toEqual([["z", "v1"]]);
  });

  test("of the first API keep requirements.yaml and read dependencies from it", async () => {
    const warnings: ChartWarning[] = [];
    const files = (version: string) => [
      { name: "Chart.yaml", data: encode(`apiVersion: ${version}\nname: c\nversion: 1.0.0\n`) },
      { name: "requirements.yaml", data: encode("dependencies: [{name: d, version: 1.x}]\n") },
    ];
    const onWarning = (warning: ChartWarning): void => void warnings.push(warning);
    const first = await loadFiles(files("v1"), { onWarning });
    expect([first.files.length, first.metadata.dependencies, warnings.length]).toEqual([
      1,
      [{ name: "d", version: "1.x" }],
      0,
    ]);
    const second = await loadFiles(files("v2"), { onWarning });
    expect([second.files.length, second.metadata.dependencies?.length, warnings.length]).toEqual([0, 1, 1]);
  });
});
