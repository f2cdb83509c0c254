import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runTool } from "../../support/run-tool.ts";
import { runTemplate } from "../../support/vectors.ts";

const cwd = mkdtempSync(join(tmpdir(), "slipway-analysis-"));
const FILES = {
  "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\nicon: https://example.com/i.png\n",
  "web/values.yaml": "size: 1\nimage: {tag: a}\n",
  "web/templates/a.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {size: '{{ .Values.size }}', tag: {{ .Values.image.tag }}}\n",
  "bad/Chart.yaml": "apiVersion: v2\nname: bad\nversion: 1.0.0\nicon: https://example.com/i.png\n",
  "bad/values.yaml": "{}\n",
  "bad/templates/a.yaml": 'x: {{ required "give a" .Values.a }}\n',
  "bad/templates/b.yaml": "x: {{ .Values.b.c }}\n",
  "v.yaml": "image: {tag: v}\n",
};

beforeAll(() => {
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const tool = (...argv: readonly string[]): ReturnType<typeof runTool> => runTool(argv, { cwd, env: { HOME: cwd } });

describe("slipway template", () => {
  it("tells where each value comes from with --explain-values, instead of manifests", async () => {
    const { code, stdout, stderr } = await runTemplate(
      [
        "r",
        "web",
        "-f",
        "v.yaml",
        "--set",
        "x=1",
        "--set",
        "y=2",
        "--set-string",
        "image.old=null",
        "--explain-values",
      ],
      cwd,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(
      "image.tag: values file v.yaml\nimage.old: --set-string #1\nx: --set #1\ny: --set #2\nsize: defaults of web\n",
    );
  });

  it("warns of values that nothing reads with --unread, and prints what it prints without", async () => {
    const argv = ["r", "web", "--set", "sise=1,image.tga=x"];
    const plain = await runTemplate(argv, cwd);
    const { code, stdout, stderr } = await runTemplate([...argv, "--unread"], cwd);
    expect({ code, stdout }).toEqual({ code: 0, stdout: plain.stdout });
    expect(plain.stderr).toBe("");
    expect(stderr).toBe(
      'level=WARN msg="value sise is read by nothing in the chart; did you mean size?"\n' +
        'level=WARN msg="value image.tga is read by nothing in the chart; did you mean image.tag?"\n',
    );
  });

  it("tells every failing template with --all-errors, the first as helm does", async () => {
    const plain = await runTemplate(["r", "bad"], cwd);
    const { code, stderr } = await runTemplate(["r", "bad", "--all-errors"], cwd);
    expect(code).toBe(1);
    const [first = "", hint = ""] = plain.stderr.split("\n\n");
    expect(stderr).toBe(
      `${first}\nbad/templates/b.yaml:1:13\n 1 | x: {{ .Values.b.c }}\n   |              ^\n\n` +
        "execution error at (bad/templates/a.yaml:1:6): give a\n" +
        'bad/templates/a.yaml:1:6\n 1 | x: {{ required "give a" .Values.a }}\n   |       ^\n\n' +
        hint,
    );
  });
});

describe("slipway lint", () => {
  it("finds values that nothing reads with --unread, which --strict fails for", async () => {
    const ended = await tool("lint", "web", "--unread", "--set", "sise=1");
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout).toContain(
      "[WARNING] values: value sise is read by nothing in the chart; did you mean size?\n",
    );
    expect((await tool("lint", "web", "--unread", "--strict", "--set", "sise=1")).code).toBe(1);
    expect((await tool("lint", "web", "--strict", "--set", "sise=1")).code).toBe(0);
  });

  it("finds every failing template with --all-errors", async () => {
    writeFileSync(join(cwd, "bad/templates/d.yaml"), "x: {{ .Values.d.e }}\n");
    const errors = ({ stdout }: { readonly stdout: string }): number => stdout.split("[ERROR] templates/:").length - 1;
    expect(errors(await tool("lint", "bad"))).toBe(1);
    expect(errors(await tool("lint", "bad", "--all-errors"))).toBe(2);
    rmSync(join(cwd, "bad/templates/d.yaml"));
  });
});
