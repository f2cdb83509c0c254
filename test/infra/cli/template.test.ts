import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCsv } from "../../../infra/cli/flags.ts";
import { slogLine } from "../../../infra/cli/slog.ts";
import { runTemplate } from "../../support/vectors.ts";

const CHART = fileURLToPath(new URL("../../vectors/charts/cli-c", import.meta.url));
const NAME = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

/** What the real `helm template` printed on standard error, with exit code 1. */
const REFUSALS: readonly (readonly [readonly string[], string])[] = [
  [[], 'Error: "helm template" requires at least 1 argument\n\nUsage:  helm template [NAME] [CHART] [flags]\n'],
  [["--foo"], "Error: unknown flag: --foo\n"],
  [["a", "b", "c"], "Error: expected at most two arguments, unexpected arguments: c\n"],
  [["r", CHART, "-x"], "Error: unknown shorthand flag: 'x' in -x\n"],
  [["r", CHART, "-zf"], "Error: unknown shorthand flag: 'z' in -zf\n"],
  [["r", CHART, "-=x"], "Error: unknown shorthand flag: '=' in -=x\n"],
  [["r", CHART, "--set"], "Error: flag needs an argument: --set\n"],
  [["r", CHART, "-f"], "Error: flag needs an argument: 'f' in -f\n"],
  [["r", CHART, "--=x"], "Error: bad flag syntax: --=x\n"],
  [["r", CHART, "---x"], "Error: bad flag syntax: ---x\n"],
  [["r", CHART, "--dry-run=foo"], 'Error: invalid dry-run value ("foo"). Must be "none", "server", or "client"\n'],
  [["r", CHART, "--dry-run=none"], 'Error: invalid dry-run value ("none"). Must be "server" or "client"\n'],
  [
    ["r", CHART, "--timeout", "5x"],
    'Error: invalid argument "5x" for "--timeout" flag: time: unknown unit "x" in duration "5x"\n',
  ],
  [
    ["r", CHART, "--include-crds=maybe"],
    'Error: invalid argument "maybe" for "--include-crds" flag: strconv.ParseBool: parsing "maybe": invalid syntax\n',
  ],
  [
    ["r", CHART, "--labels", "a"],
    'Error: invalid argument "a" for "-l, --labels" flag: a must be formatted as key=value\n',
  ],
  [
    ["r", CHART, "--wait=foo"],
    'Error: invalid argument "foo" for "--wait" flag: invalid wait input "foo". Valid inputs are watcher, hookOnly, and legacy\n',
  ],
  [
    ["r", CHART, "--validate", "--dry-run=client"],
    "Flag --validate has been deprecated, use '--dry-run=server' instead\nError: if any flags in the group [validate dry-run] are set none of the others can be; [dry-run validate] were all set\n",
  ],
  [["r", CHART, "--generate-name"], "Error: cannot set --generate-name and also specify a name\n"],
  [["r", CHART, "--name-template", "x"], "Error: cannot set --name-template and also specify a name\n"],
  [["r", "nochart"], "Error: non-absolute URLs should be in form of repo_name/path_to_chart, got: nochart\n"],
  [["r", "./nochart"], 'Error: path "./nochart" not found\n'],
  [["r", "/nochart"], 'Error: path "/nochart" not found\n'],
  [["r", CHART, "-f", "nofile"], "Error: open nofile: no such file or directory\n"],
  [
    ["r", CHART, "--set-file", "a=nofile"],
    "Error: failed parsing --set-file data: open nofile: no such file or directory\n",
  ],
  [["r", CHART, "--set", "a"], 'Error: failed parsing --set data: key "a" has no value\n'],
  [["r", CHART, "--set-json", "a=x"], "Error: failed parsing --set-json data a=x\n"],
  [["r", CHART, "--set-json", "{a"], "Error: failed parsing --set-json data JSON: {a\n"],
  [["r", CHART, "--kube-version", "foo"], "Error: invalid kube version 'foo': could not parse \"foo\" as version\n"],
  [
    ["r", CHART, "--kube-version", "1.19"],
    "Error: chart requires kubeVersion: >=1.20 which is incompatible with Kubernetes v1.19\n\nUse --debug flag to render out invalid YAML\n",
  ],
  [
    ["BadName", CHART],
    `level=ERROR msg="release name check failed" error="release name \\"BadName\\": invalid release name, must match regex ${NAME.replaceAll("\\", "\\\\")} and the length must not be longer than 53"\nError: release name check failed: release name "BadName": invalid release name, must match regex ${NAME} and the length must not be longer than 53\n`,
  ],
];

test.each(REFUSALS)("template %j is refused as by helm", async (argv, stderr) => {
  expect(await runTemplate(argv, "/")).toMatchObject({ code: 1, stdout: "", stderr });
});

describe("a chart directory", () => {
  let root = "";
  const put = (name: string, text: string): void => {
    mkdirSync(`${root}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
    writeFileSync(`${root}/${name}`, text);
  };
  beforeAll(() => {
    root = mkdtempSync(`${tmpdir()}/template-`);
    put("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\ndeprecated: true\n");
    put("c/templates/a.yaml", "kind: A\n---\nkind: B\n");
    put("c/templates/h.yaml", "kind: Job\nmetadata: {annotations: {helm.sh/hook: pre-install}}\n");
    put("c/templates/.skipped.yaml", "never: [");
    put("c/templates/skip.txt", "never: [");
    put("c/.helmignore", "*.txt\n");
    put("shared/linked.yaml", "kind: L\n");
    symlinkSync("../../shared/linked.yaml", `${root}/c/templates/l.yaml`);
  });
  afterAll(() => rmSync(root, { recursive: true }));

  test("is read by Helm's rules: ignored files stay out, links are followed and told", async () => {
    const { code, stdout, stderr } = await runTemplate(["c", "--no-hooks"], root);
    expect({ code, sources: stdout.match(/(?<=Source: ).*/g) }).toEqual({
      code: 0,
      sources: ["c/templates/a.yaml", "c/templates/a.yaml", "c/templates/l.yaml"],
    });
    expect(stderr).toBe(
      `level=INFO msg="found symbolic link in path. Contents of linked file included and used" path=${root}/c/templates/l.yaml resolved=${root}/shared/linked.yaml\nlevel=WARN msg="this chart is deprecated"\n`,
    );
  });

  test("is written below --output-dir, hooks behind what lies there", async () => {
    for (const _ of [1, 2]) {
      const { code, stdout } = await runTemplate(["rel", "c", "--output-dir", "out", "--release-name"], root);
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout:
          "wrote out/rel/c/templates/a.yaml\nwrote out/rel/c/templates/a.yaml\nwrote out/rel/c/templates/l.yaml\nwrote out/rel/c/templates/h.yaml\n\n",
      });
    }
    expect(readdirSync(`${root}/out/rel/c/templates`).toSorted()).toEqual(["a.yaml", "h.yaml", "l.yaml"]);
    expect(readFileSync(`${root}/out/rel/c/templates/a.yaml`, "utf8")).toBe(
      "---\n# Source: c/templates/a.yaml\nkind: A\n\n---\n# Source: c/templates/a.yaml\nkind: B\n\n",
    );
    expect(readFileSync(`${root}/out/rel/c/templates/h.yaml`, "utf8").match(/kind: Job/g)).toHaveLength(2);
  });

  test("takes values from several files in one flag", async () => {
    put("d/Chart.yaml", "apiVersion: v2\nname: d\nversion: 0.1.0\n");
    put("d/templates/a.yaml", "{{ toYaml .Values }}");
    put("x,y.yaml", "a: {b: 1, c: 1}\n");
    put("z.yaml", "a: {c: 2}\n");
    const argv = ["d", "-f", '"x,y.yaml",z.yaml', "--set", "a.d=3", "--set-string", "a.d=4", "--set-literal", "e=1,2"];
    expect((await runTemplate(argv, root)).stdout).toBe(
      '---\n# Source: d/templates/a.yaml\na:\n  b: 1\n  c: 2\n  d: "4"\ne: 1,2\n',
    );
  });
});

test.each([
  ["", []],
  ["a,b", ["a", "b"]],
  ['"a,b",c', ["a,b", "c"]],
  ['"a""b"', ['a"b']],
  ["a,", ["a", ""]],
])("%j is read as the CSV line %j", (line, fields) => {
  expect(readCsv(line)).toEqual({ fields });
});

test("a log line quotes what slog quotes", () => {
  expect(
    slogLine("INFO", "plain", [
      ["a", "b c"],
      ["d", 'e"f'],
      ["g", ""],
      ["h", "x=y"],
      ["i", "\\.é"],
    ]),
  ).toBe('level=INFO msg=plain a="b c" d="e\\"f" g="" h="x=y" i=\\.é\n');
});
