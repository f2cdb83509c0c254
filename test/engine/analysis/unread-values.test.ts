import { describe, expect, it } from "vitest";
import { unreadValues } from "../../../engine/analysis/index.ts";
import { memoryChart, yamlValues } from "../../support/memory-chart.ts";

const files = {
  "templates/t.yaml":
    "{{ .Values.replicaCount }}{{ with .Values.image }}{{ .tag }}{{ end }}{{ range .Values.env }}{{ .name }}{{ end }}{{ toYaml .Values.resources }}{{ if .Values.flag }}x{{ end }}",
};
const parent = {
  "templates/t.yaml": "{{ .Values.a }}",
  "charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n",
  "charts/db/templates/t.yaml": "{{ .Values.size }}{{ .Values.global.zone }}",
  "charts/db/charts/kv/Chart.yaml": "apiVersion: v2\nname: kv\nversion: 1.0.0\n",
  "charts/db/charts/kv/templates/t.yaml": "{{ .Values.global.deep }}",
};

describe("values that nothing reads", () => {
  it.each([
    ["a slip in a name, with the name that was meant", files, "replicaCout: 1", [["replicaCout", "replicaCount"]]],
    ["a slip below", files, "image: {tga: x, tag: y}", [["image.tga", "image.tag"]]],
    ["another case", files, "Image: {tag: x}", [["Image", "image"]]],
    ["a name like none", files, "something: 1", [["something", undefined]]],
    ["one line for all below one name", files, "foo: {a: 1, b: [1, 2]}", [["foo", undefined]]],
    ["an element of a list", files, "env: [{name: a}, {nmae: b}]", [["env[1].nmae", "env[1].name"]]],
    ["a null", files, "imgae: null", [["imgae", "image"]]],
    ["a key with a dot", files, "image: {a.b: 1}", [[String.raw`image.a\.b`, undefined]]],
    ["nothing that is read", files, "replicaCount: 1\nimage: {tag: x}\nenv: [{name: x}]\nresources: {a: {b: 1}}", []],
    ["nothing below a value that is only looked at", files, "flag: {a: 1}", []],
    ["a slip in a sub-chart's", parent, "db: {sise: 1, size: 1}", [["db.sise", "db.size"]]],
    ["no global that a chart below reads", parent, "global: {zone: a, deep: b}", []],
    ["no global of a sub-chart that one below it reads", parent, "db: {global: {deep: b}}", []],
    ["a global that no chart reads", parent, "global: {zona: a}", [["global.zona", undefined]]],
  ] as const)("%s", async (_, chart, values, wanted) => {
    const found = unreadValues(await memoryChart(chart), yamlValues(values));
    expect(found.map(({ path, suggestion }) => [path, suggestion])).toEqual(wanted);
  });

  it("are none where a template may read everything", async () => {
    const chart = await memoryChart({ "templates/t.yaml": '{{ tpl (printf "{{ .Values.%s }}" .Values.k) . }}' });
    expect(unreadValues(chart, yamlValues("x: 1"))).toEqual([]);
  });

  it("are at most a hundred", async () => {
    const chart = await memoryChart(files);
    const many = Array.from({ length: 300 }, (_, i) => `unknown${i}: 1`).join("\n");
    expect(unreadValues(chart, yamlValues(many))).toHaveLength(100);
  });
});
