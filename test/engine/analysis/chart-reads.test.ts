import { readdirSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chartReads } from "../../../engine/analysis/index.ts";
import type { ChartReads, ReadNode } from "../../../engine/analysis/index.ts";
import { defaultCapabilities } from "../../../engine/chart/index.ts";
import { EngineError } from "../../../engine/errors.ts";
import { memoryChart, yamlValues } from "../../support/memory-chart.ts";
import { isPredicted, recordReads } from "../../support/recorded-reads.ts";
import { parseVectorInput } from "../../support/vector-file.ts";

/** The leaves of what is read: `*` is any name, `!` behind a path that is read whole. */
function pathsOf(node: ReadNode, path = ""): readonly string[] {
  if (node.whole) return [`${path}!`];
  const inner: (readonly [string, ReadNode])[] = [...node.children];
  if (node.any !== undefined) inner.push(["*", node.any]);
  if (inner.length === 0) return [path];
  return inner.flatMap(([key, next]) => pathsOf(next, path === "" ? key : `${path}.${key}`)).sort();
}

async function readsOf(files: Readonly<Record<string, string>>, values = ""): Promise<ChartReads> {
  return chartReads(await memoryChart(files), yamlValues(values));
}

describe("what a template reads", () => {
  it.each([
    ["a field that is printed", "{{ .Values.a.b }}", ["a.b!"]],
    ["a field from the root", "{{ with .Chart }}{{ $.Values.a }}{{ end }}", ["a!"]],
    ["index by names", '{{ (index .Values "a" "b").c }}', ["a.b.c!"]],
    ["a condition", "{{ if .Values.a }}x{{ end }}", ["a"]],
    ["with, and the dot in it", "{{ with .Values.a }}{{ .b }}{{ end }}", ["a.b!"]],
    ["the else of a with", "{{ with .Values.a }}{{ else }}{{ .Values.b }}{{ end }}", ["a", "b!"]],
    ["the elements of a range", "{{ range .Values.l }}{{ .n }}{{ end }}", ["l.*.n!"]],
    ["the variables of a range", "{{ range $k, $v := .Values.l }}{{ $v.n }}{{ end }}", ["l.*.n!"]],
    ["a variable", "{{ $a := .Values.a }}{{ $a.b }}", ["a.b!"]],
    [
      "a variable that is assigned later",
      "{{ $x := 1 }}{{ if .Values.c }}{{ $x = .Values.a }}{{ end }}{{ $x.b }}",
      ["a.b!", "c"],
    ],
    ["a subtree", "{{ toYaml .Values.a }}", ["a!"]],
    ["a default", "{{ .Values.a.b | default .Values.c }}", ["a.b!", "c!"]],
    ["get and hasKey", '{{ if hasKey .Values.a "b" }}{{ get .Values.a "c" }}{{ end }}', ["a.b", "a.c!"]],
    ["dig", '{{ dig "a" "b" .Values.d (.Values.x | merge dict) }}', ["d!", "x.a.b!"]],
    ["pluck", '{{ pluck "a" .Values.x .Values.y | first }}', ["x.a!", "y.a!"]],
    ["pick", '{{ pick .Values.x "a" | toYaml }}', ["x.a!"]],
    ["a merge", "{{ $m := merge (dict) .Values.a .Values.b }}{{ $m.c }}", ["a.c!", "b.c!"]],
    ["what is set", '{{ $d := dict }}{{ $_ := set $d "k" .Values.a }}{{ $d.k.b }}', ["a.b!"]],
    ["what is set into values", '{{ $_ := set .Values.t "k" .Values.a }}{{ .Values.t.k.b }}', ["a.b!", "t.k.b!"]],
    ["a key that only the render knows", "{{ index .Values.m .Release.Name }}", ["m.*!"]],
    ["an include on a part", '{{ define "h" }}{{ .b }}{{ end }}{{ include "h" .Values.a }}', ["a.b!"]],
    [
      "a template on a dict",
      '{{ define "h" }}{{ .v.b }}{{ .c.Values.z }}{{ end }}{{ template "h" (dict "v" .Values.a "c" $) }}',
      ["a.b!", "z!"],
    ],
    [
      "an include by a made name",
      '{{ define "x.h" }}{{ .b }}{{ end }}{{ include (printf "%s.h" "x") .Values.a }}',
      ["a.b!"],
    ],
    [
      "a recursion",
      '{{ define "h" }}{{ .n }}{{ range .c }}{{ include "h" . }}{{ end }}{{ end }}{{ include "h" .Values.t }}',
      expect.arrayContaining(["t.n!", "t.c.*.n!", "t.c.*.c.*.n!"]),
    ],
    ["a literal template", '{{ tpl "{{ .Values.a }}" . }}', ["a!"]],
    ["an unknown function's arguments", "{{ .Values.a | b64enc }}{{ list .Values.b | toJson }}", ["a!", "b!"]],
  ])("sees %s", async (_, text, paths) => {
    expect(pathsOf((await readsOf({ "templates/t.yaml": text })).values)).toEqual(paths);
  });

  it("follows the templates in values that tpl runs", async () => {
    const files = { "templates/t.yaml": "{{ tpl .Values.text . }}", "values.yaml": "text: '{{ .Values.own }}'\n" };
    const reads = await readsOf(files, "other: '{{ .Values.users }}'");
    expect(pathsOf(reads.values)).toEqual(["own!", "text!", "users!"]);
    expect(reads.opaque).toEqual([]);
  });

  it("follows the templates in files", async () => {
    const reads = await readsOf({
      "templates/t.yaml": '{{ tpl (.Files.Get "conf.txt") . }}',
      "conf.txt": "{{ .Values.a }}",
      "other.txt": "{{ .Values.b }}",
    });
    expect(pathsOf(reads.values)).toEqual(["a!"]);
  });

  it("follows the templates in values that stand in a literal template", async () => {
    const text =
      '{{ tpl (cat "{{- with $.Scope -}}" .Values.text "{{- end }}") (merge (dict "Scope" .Values.scope) .) }}';
    const files = { "templates/t.yaml": text, "values.yaml": "text: '{{ .part }}{{ $.Values.own }}'\n" };
    const reads = await readsOf(files);
    expect(reads.opaque).toEqual([]);
    expect(pathsOf(reads.values)).toEqual(["own!", "scope.Values.own!", "scope.part!", "text!"]);
  });

  it("takes everything as read that a text may reach which templates put together", async () => {
    const reads = await readsOf({
      "templates/t.yaml": '{{ $o := "{" }}\n{{ tpl (printf "{{ .Values.%s }}" .Values.k) . }}',
    });
    expect(reads.opaque).toEqual(["web/templates/t.yaml:2"]);
    expect(reads.values.whole).toBe(true);
  });

  it("sees what Helm itself reads: conditions, tags and imports", async () => {
    const reads = await readsOf({
      "Chart.yaml":
        "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: db, version: 1.0.0, alias: store, condition: 'store.on,x.y', tags: [t], import-values: [data]}\n",
      "charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n",
      "charts/db/templates/t.yaml": "{{ .Values.size }}{{ .Values.global.zone }}",
    });
    expect(pathsOf(reads.values)).toEqual([
      "store.exports.data!",
      "store.global.zone!",
      "store.on",
      "store.size!",
      "tags.t",
      "x.y",
    ]);
  });

  it("takes everything as read of a chart that does not parse", async () => {
    const reads = await readsOf({ "templates/t.yaml": "{{ .Values.a" });
    expect({ isComplete: reads.isComplete, whole: reads.values.whole }).toEqual({ isComplete: false, whole: true });
  });
});

describe("a hostile chart ends in a budget, and counts as one that reads everything or what it reads", () => {
  const deep = "{{ if .Values.a }}".repeat(400) + "{{ end }}".repeat(400);
  it.each([
    [
      "templates that include each other in all ways",
      Array.from(
        { length: 60 },
        (_, i) =>
          `{{ define "t${i}" }}${Array.from({ length: 60 }, (__, k) => `{{ include "t${k}" (dict "a" .a "b" (list . .b)) }}`).join("")}{{ end }}`,
      ).join("") + '{{ include "t0" . }}',
    ],
    [
      "a template that wraps its dot without end",
      '{{ define "t" }}{{ include "t" (dict "x" . "y" .x.x.x) }}{{ end }}{{ include "t" . }}',
    ],
    [
      "a template that goes deeper without end",
      '{{ define "t" }}{{ include "t" .x }}{{ end }}{{ include "t" .Values }}',
    ],
    [
      "texts that double",
      `{{ $v0 := "{x" }}${Array.from({ length: 60 }, (_, i) => `{{ $v${i + 1} := print $v${i} $v${i} }}`).join("")}{{ include $v60 . }}`,
    ],
    [
      "very many variables",
      `${Array.from({ length: 20_000 }, (_, i) => `{{ $v${i} := .Values.a }}`).join("")}{{ $v0 }}`,
    ],
    ["deep control structures", deep],
    ["a long pipe", `{{ .Values.a ${"| default .Values.b ".repeat(5000)} }}`],
    [
      "merges in a circle",
      '{{ $a := dict }}{{ $b := dict "a" $a }}{{ $_ := merge $a $b .Values }}{{ $_ := merge $b $a }}{{ range $a }}{{ range . }}{{ .a.b.a.b }}{{ end }}{{ end }}',
    ],
    [
      "a name that any template may have",
      Array.from({ length: 500 }, (_, i) => `{{ define "n${i}" }}{{ include (print .Values.n ${i}) . }}{{ end }}`).join(
        "",
      ) + "{{ include .Values.n . }}",
    ],
  ])("%s", async (_, text) => {
    const reads = await readsOf({ "templates/t.yaml": text });
    expect(typeof reads.isComplete).toBe("boolean");
  });
});

describe("every path that a render reads is foreseen", () => {
  const folder = new URL("../../vectors/", import.meta.url);
  const capabilities = defaultCapabilities();

  /** Seconds of key stretching each, and what they read is what every function reads: their arguments. */
  const COSTLY = /htpasswd|bcrypt|derivePassword|gen[A-Z]\w+(?:Key|CA|Cert)|AES/i;

  /** The reads that the analysis did not foresee, and how many there were in all. */
  async function missed(
    files: Readonly<Record<string, string>>,
    values: string,
  ): Promise<{ readonly seen: number; readonly missed: readonly string[] }> {
    try {
      const chart = await memoryChart(files);
      const user = yamlValues(values);
      const recorded = recordReads(chart, user, capabilities);
      const { values: root } = chartReads(chart, user);
      return {
        seen: recorded.length,
        missed: recorded.filter((read) => !isPredicted(root, read)).map(({ path }) => path.join(".")),
      };
    } catch (error) {
      if (error instanceof EngineError) return { seen: 0, missed: [] };
      throw error;
    }
  }

  it.each(readdirSync(folder).filter((name) => name.endsWith(".in")))(
    "in the recorded templates of %s",
    async (name) => {
      const wrong: string[] = [];
      for (const vector of parseVectorInput(readFileSync(new URL(name, folder), "utf8"))) {
        if (COSTLY.test(vector.name)) continue;
        const result = await missed(Object.fromEntries(vector.files), vector.values);
        for (const path of result.missed) wrong.push(`${vector.name}: ${path}`);
      }
      expect(wrong).toEqual([]);
    },
  );

  it("the recording sees reads at all", async () => {
    const { seen } = await missed(
      { "templates/t.yaml": "{{ .Values.a.b }}{{ toYaml .Values.c }}" },
      "a: {b: 1}\nc: {d: [{e: 1}]}",
    );
    expect(seen).toBe(7);
  });

  it("in templates made at random", async () => {
    const key = fc.constantFrom("a", "b", "c");
    const variable = fc.constantFrom("$x", "$y");
    const { place } = fc.letrec<{ place: string }>((tie) => ({
      place: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(".", "$", ".Values", "$.Values", ".Values.a", ".Values.b.c"),
        variable,
        fc.tuple(tie("place"), key).map(([p, k]) => `(${p}).${k}`),
        fc.tuple(tie("place"), key).map(([p, k]) => `(index ${p} "${k}")`),
        fc.tuple(tie("place"), key).map(([p, k]) => `(get ${p} "${k}")`),
        fc.tuple(key, tie("place")).map(([k, p]) => `(dict "${k}" ${p})`),
        fc.tuple(tie("place"), tie("place")).map(([p, q]) => `(list ${p} ${q})`),
        fc.tuple(tie("place"), tie("place")).map(([p, q]) => `(merge (dict) ${p} ${q})`),
        fc.tuple(tie("place"), tie("place")).map(([p, q]) => `(merge ${p} ${q})`),
        fc.tuple(tie("place"), key, tie("place")).map(([p, k, q]) => `(set ${p} "${k}" ${q})`),
        fc.tuple(tie("place"), tie("place")).map(([p, q]) => `(${p} | default ${q})`),
        fc.tuple(tie("place"), key).map(([p, k]) => `(pick ${p} "${k}")`),
        fc.tuple(tie("place"), key).map(([p, k]) => `(omit ${p} "${k}")`),
        tie("place").map((p) => `(deepCopy ${p})`),
        tie("place").map((p) => `(fromYaml (toYaml ${p}))`),
        fc.tuple(tie("place"), tie("place")).map(([p, q]) => `(first (append (list ${p}) ${q}))`),
        fc.tuple(tie("place"), tie("place")).map(([p, q]) => `(ternary ${p} ${q} true)`),
      ),
    }));
    const { statement } = fc.letrec<{ statement: string }>((tie) => ({
      statement: fc.oneof(
        { maxDepth: 3 },
        place.map((p) => `{{ ${p} }}`),
        fc.tuple(variable, place).map(([v, p]) => `{{ ${v} = ${p} }}`),
        fc.tuple(place, tie("statement")).map(([p, s]) => `{{ if ${p} }}${s}{{ end }}`),
        fc.tuple(place, tie("statement")).map(([p, s]) => `{{ with ${p} }}${s}{{ end }}`),
        fc.tuple(place, tie("statement")).map(([p, s]) => `{{ range ${p} }}${s}{{ end }}`),
        fc.tuple(variable, place, tie("statement")).map(([v, p, s]) => `{{ range $k, ${v} = ${p} }}${s}{{ end }}`),
        fc.tuple(fc.constantFrom("t", "u"), place).map(([t, p]) => `{{ include "${t}" ${p} }}`),
        fc.tuple(place, place).map(([p, q]) => `{{ tpl (toYaml ${p}) ${q} }}`),
        fc.tuple(tie("statement"), tie("statement")).map(([s, t]) => s + t),
      ),
    }));
    const head = '{{ $x := .Values.a }}{{ $y := .Values.b }}{{ $k := "" }}';
    const values =
      "a: {a: {b: {c: 1}}, b: [{a: 1, c: {b: 2}}], c: '{{ .Values.c.b }}'}\nb: {c: {a: {a: 1}}, a: [1]}\nc: {b: {c: x}, a: '{{ .a.b }}'}";
    await fc.assert(
      fc.asyncProperty(
        fc.array(statement, { minLength: 1, maxLength: 5 }),
        statement,
        statement,
        async (main, t, u) => {
          const failing = main.map((one, i) => [`templates/${i}.yaml`, `${head}${one}`] as const);
          const helpers = `{{ define "t" }}{{ $x := . }}{{ $y := . }}${t}{{ end }}{{ define "u" }}{{ $x := . }}{{ $y := . }}${u}{{ end }}`;
          const result = await missed({ ...Object.fromEntries(failing), "templates/_h.tpl": helpers }, values);
          expect(result.missed).toEqual([]);
        },
      ),
      { numRuns: 15 },
    );
  });
});
