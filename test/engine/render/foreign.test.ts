import { describe, expect, test } from "vitest";
import { defaultCapabilities, loadFiles } from "../../../engine/chart/index.ts";
import type { JsonValue } from "../../../engine/errors.ts";
import { decodeYamlMap } from "../../../engine/encoding/index.ts";
import { parseSignature } from "../../../engine/plugin/index.ts";
import { type ForeignFunction, foreignProblem, render, type RenderInput } from "../../../engine/render/index.ts";

function functionsOf(...texts: readonly string[]): readonly ForeignFunction[] {
  return texts.flatMap((text) => parseSignature(text) ?? []);
}

/** Renders one template, and says what was asked for, pass by pass. */
async function run(template: string, functions: readonly ForeignFunction[], values = "") {
  const passes: string[][] = [];
  const data = (text: string): Uint8Array => new TextEncoder().encode(text);
  const resolve: RenderInput["resolve"] = async (requests) => {
    passes.push(requests.map((one) => (one.kind === "function" ? JSON.stringify([one.name, ...one.args]) : one.kind)));
    return requests.map((one) =>
      one.kind === "function" ? answer(one.name, one.args) : { ok: true, value: { data: { k: "looked" } } },
    );
  };
  const { manifest } = await render({
    chart: await loadFiles([
      { name: "Chart.yaml", data: data("apiVersion: v2\nname: c\nversion: 0.1.0\n") },
      { name: "templates/a.yaml", data: data(template) },
    ]),
    values: decodeYamlMap(values),
    release: { name: "r", namespace: "n", revision: 1, isUpgrade: false },
    capabilities: defaultCapabilities(),
    lookup: "live",
    dns: false,
    seed: new Uint8Array(32),
    now: 0,
    functions,
    resolve,
  });
  return { text: manifest.replace("---\n# Source: c/templates/a.yaml\n", "").trimEnd(), passes };
}

function answer(
  name: string,
  args: readonly JsonValue[],
): { ok: true; value: JsonValue } | { ok: false; error: string } {
  switch (name) {
    case "slug":
      return { ok: true, value: String(args[0]).toLowerCase().replaceAll(" ", "-") };
    case "twice":
      return { ok: true, value: Number(args[0]) * 2 };
    case "words":
      return { ok: true, value: String(args[0]).split(" ") };
    case "box":
      return { ok: true, value: { args: [...args] } };
    default:
      return { ok: false, error: `${name} does not like this` };
  }
}

const ALL = functionsOf(
  "slug(string) string",
  "twice(int) int",
  "words(string) list",
  "box",
  "bad() string",
  "many(...string) any",
);

describe("template functions of plugins", () => {
  test.each([
    ["with an argument", 'a: {{ slug "Web Shop" }}', "a: web-shop"],
    ["behind a pipe", 'a: {{ "Web Shop" | slug | quote }}', 'a: "web-shop"'],
    ["that give an int", 'a: {{ printf "%d %T" (twice 21) (twice 21) }}', "a: 42 int64"],
    ["on whole numbers of values", "a: {{ twice .Values.count }}", "a: 14"],
    ["that give a list", 'a: {{ range words "x y" }}<{{ . }}>{{ end }}', "a: <x><y>"],
    ["that take and give anything", 'a: {{ (box 1 nil (dict "k" true)).args | toJson }}', 'a: [1,null,{"k":true}]'],
    ["in each other", 'a: {{ slug (printf "%d B" (twice 2)) }}', "a: 4-b"],
    ["in an include", '{{ define "x" }}{{ slug . }}{{ end }}a: {{ include "x" "A B" }}', "a: a-b"],
    ["in tpl", 'a: {{ tpl "{{ slug `A B` }}" . }}', "a: a-b"],
  ])("are called %s", async (_, template, text) => {
    expect((await run(template, ALL, "count: 7")).text).toBe(text);
  });

  test("are asked together, each call once, however often templates make it", async () => {
    const template = 'a: |\n{{ range list "A" "B" "C" "A" }}  {{ slug . }} {{ slug . }}\n{{ end }}b: {{ slug "D" }}';
    const { passes } = await run(template, ALL);
    expect(passes).toEqual([['["slug","A"]', '["slug","B"]', '["slug","C"]', '["slug","D"]']]);
  });

  test("give the same text again and again", async () => {
    const template = "a: {{ randAlphaNum 8 }} {{ slug (randAlphaNum 8) }} {{ uuidv4 }}";
    expect((await run(template, ALL)).text).toBe((await run(template, ALL)).text);
  });

  test.each([
    ["what is not there", "a: {{ other 1 }}", /function "other" not defined/],
    ["too few arguments", "a: {{ slug }}", /wrong number of args for slug: want 1 got 0/],
    ["another type, in Go's words", "a: {{ slug 1 }}", /expected string; found 1/],
    ["another type of ours", 'a: {{ twice "x" }}', /error calling twice: argument 1 is no int/],
    ["a fraction for an int", "a: {{ twice 1.5 }}", /error calling twice: argument 1 is no int/],
    ["the function's own refusal", "a: {{ bad }}", /<bad>: error calling bad: bad does not like this/],
    [
      "enormous arguments",
      'a: {{ slug (repeat 1100000 "x") }}',
      /error calling slug: its arguments have 11\d+ characters/,
    ],
    [
      "a call without end",
      "a: {{ range untilStep 0 3000 1 }}{{ twice . }}{{ end }}",
      /more than 2048 different arguments/,
    ],
  ])("refuse %s", async (_, template, problem) => {
    await expect(run(template, ALL)).rejects.toThrow(problem);
  });

  test("are unknown to charts that render without them, also when the text is known already", async () => {
    const template = 'a: {{ slug "Q" }}';
    expect((await run(template, ALL)).text).toBe("a: q");
    await expect(run(template, [])).rejects.toThrow('function "slug" not defined');
    await expect(run(template, functionsOf("slug() string"))).rejects.toThrow("wrong number of args");
  });

  test.each([
    [["upper"], /upper of a plugin has the name of one of Helm's/],
    [["include"], /include of a plugin has the name/],
    [["and"], /and of a plugin has the name/],
    [["range"], /range of a plugin has the name/],
    [["toYaml"], /toYaml of a plugin/],
    [["a", "a() any"], /two plugins have a template function a/],
  ])("do not take names that are taken: %s", async (names, problem) => {
    const functions = functionsOf(...names);
    expect(foreignProblem(functions)).toMatch(problem);
    await expect(run("a: b", functions)).rejects.toMatchObject({ code: "functions" });
  });
});
