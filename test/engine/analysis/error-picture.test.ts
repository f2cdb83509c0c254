import { describe, expect, it } from "vitest";
import { drawPicture, showFailures } from "../../../engine/analysis/index.ts";
import type { ShownFailure } from "../../../engine/analysis/index.ts";
import { defaultCapabilities } from "../../../engine/chart/index.ts";
import { GoMap } from "../../../engine/go/value.ts";
import { render, RenderError } from "../../../engine/render/index.ts";
import { memoryChart } from "../../support/memory-chart.ts";

/** The drawing of the place of `@` in a text that does not hold it. */
function drawn(text: string): string {
  return drawPicture("f", text.replace("@", ""), text.indexOf("@"));
}

describe("a picture", () => {
  it.each([
    ["stands under the column", "a\nb: @c\n", "f:2:3\n 2 | b: c\n   |    ^\n"],
    ["stands under the first character", "@a", "f:1:0\n 1 | a\n   | ^\n"],
    ["goes to tab stops", "\ta\t@b", "f:1:3\n 1 |     a   b\n   |         ^\n"],
    ["gives wide characters two columns", "日本@x", "f:1:6\n 1 | 日本x\n   |     ^\n"],
    ["gives marks none", "e\u0301@x", "f:1:3\n 1 | e\u0301x\n   |  ^\n"],
    ["shows no control character", "\u001b[31m\u202e@x", "f:1:8\n 1 | \ufffd[31m\ufffdx\n   |       ^\n"],
    ["leaves a carriage return out of sight", "x@y\r\nz", "f:1:1\n 1 | xy\ufffd\n   |  ^\n"],
    ["stands behind the last character", "abc@", "f:1:3\n 1 | abc\n   |    ^\n"],
    ["is wider for long numbers", `${"\n".repeat(99)}@x`, "f:100:0\n 100 | x\n     | ^\n"],
  ])("%s", (_, text, wanted) => {
    expect(drawn(text)).toBe(wanted);
  });

  it.each([0, 10, 59, 60, 61, 100, 101, 5000, 100_000])("of a long line is short, at column %i", (before) => {
    const lines = drawn(`${"x".repeat(before)}@o${"y".repeat(200_000)}`).split("\n");
    const [, line = "", caret = ""] = lines;
    expect(line.length).toBeLessThanOrEqual(105);
    expect(line[caret.indexOf("^")]).toBe("o");
  });
});

async function failuresOf(files: Readonly<Record<string, string>>): Promise<readonly ShownFailure[]> {
  const chart = await memoryChart(files);
  const values = new GoMap();
  try {
    await render({
      chart,
      values,
      release: { name: "r", namespace: "d", revision: 1, isUpgrade: false },
      capabilities: defaultCapabilities(),
      lookup: "off",
      dns: false,
      seed: new Uint8Array(32),
      now: 0,
    });
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    const shown = showFailures(error.failures, { chart, values });
    expect(shown[0]?.message).toBe(error.message);
    return shown;
  }
  return [];
}

describe("the failures of a chart", () => {
  it("are told of all files, in Helm's order, the first as Helm tells it", async () => {
    const shown = await failuresOf({
      "templates/a.yaml": 'x: {{ fail "one" }}',
      "templates/b.yaml": "x: {{ .Values.a.b }}",
      "templates/c.yaml": "x: 1",
    });
    expect(shown.map(({ path }) => path)).toEqual(["web/templates/b.yaml", "web/templates/a.yaml"]);
    expect(shown[1]).toEqual({
      path: "web/templates/a.yaml",
      message: "execution error at (web/templates/a.yaml:1:6): one",
      steps: [{ file: "web/templates/a.yaml", line: 1, column: 6 }],
      picture: 'web/templates/a.yaml:1:6\n 1 | x: {{ fail "one" }}\n   |       ^\n',
    });
  });

  it("are told of all texts that do not parse", async () => {
    const shown = await failuresOf({ "templates/a.yaml": "{{ nope }}", "templates/b.yaml": "a\n{{ if }}" });
    expect(shown.map(({ picture }) => picture)).toEqual([
      "web/templates/b.yaml:2:6\n 2 | {{ if }}\n   |       ^\n",
      "web/templates/a.yaml:1:3\n 1 | {{ nope }}\n   |    ^\n",
    ]);
  });

  it("show the innermost place, and the includes on the way", async () => {
    const [shown] = await failuresOf({
      "templates/a.yaml": '\n{{ include "outer" . }}',
      "templates/_h.tpl":
        '{{ define "outer" }}{{ include "inner" . }}{{ end }}\n{{ define "inner" }}{{ .Values.a.b }}{{ end }}',
    });
    expect(shown?.steps).toEqual([
      { file: "web/templates/a.yaml", line: 2, column: 3 },
      { file: "web/templates/_h.tpl", line: 1, column: 23, template: "outer" },
      { file: "web/templates/_h.tpl", line: 2, column: 30, template: "inner" },
    ]);
    expect(shown?.picture).toBe(
      'web/templates/_h.tpl:2:30\n 2 | {{ define "inner" }}{{ .Values.a.b }}{{ end }}\n   |                               ^\n  included from web/templates/_h.tpl:1\n  included from web/templates/a.yaml:2\n',
    );
  });

  it("show no text that tpl ran: it is a value", async () => {
    const [shown] = await failuresOf({ "templates/a.yaml": '{{ tpl "secret {{ .Values.a.b }}" . }}' });
    expect(shown?.picture).toContain("web/templates/a.yaml:1:3\n");
    expect(shown?.steps.map(({ file }) => file)).toEqual(["web/templates/a.yaml", "gotpl"]);
  });

  it("of a deep recursion have a bounded way", async () => {
    const [shown] = await failuresOf({
      "templates/a.yaml": '{{ define "t" }}{{ include "t" . }}{{ end }}{{ include "t" . }}',
    });
    expect(shown?.steps.length).toBeLessThanOrEqual(20);
  });

  it("are at most a hundred", async () => {
    const many = Array.from({ length: 150 }, (_, i) => [`templates/${i}.yaml`, '{{ fail "x" }}'] as const);
    expect(await failuresOf(Object.fromEntries(many))).toHaveLength(100);
  });
});
