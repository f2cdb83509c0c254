import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { gzip, writeTar } from "../../../engine/archive/index.ts";
import { buildPlugin, compile } from "../../../infra/build-plugins.ts";
import { buildAssemblyScript } from "../../support/assemblyscript.ts";
import type { Ended } from "../../support/helm.ts";
import { type CommandCluster, openCommandCluster } from "../../support/local-cluster.ts";
import { digestOf } from "../../support/plugin.ts";
import { runRelease } from "../../support/run-release.ts";
import { runTemplateTool, runTool } from "../../support/run-tool.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const work = mkdtempSync(join(tmpdir(), "slipway-cli-plugins-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const POD = `apiVersion: v1
kind: Pod
metadata: { name: {{ .Values.name | default "plain" }} }
spec:
  hostNetwork: {{ .Values.hostNetwork | default false }}
  containers: [{ name: a, image: a }]
`;

function annotated(name: string, annotation: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  annotations:\n    ${annotation}\n`;
}

function chart(name: string, template: string): void {
  mkdirSync(join(work, name, "templates"), { recursive: true });
  writeFileSync(join(work, name, "Chart.yaml"), `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`);
  writeFileSync(join(work, name, "templates", "all.yaml"), template);
}

function installPlugin(name: string, yaml: string, module: Uint8Array): void {
  const folder = join(work, "plugins", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "plugin.yaml"), yaml);
  writeFileSync(join(folder, "plugin.wasm"), module);
}

async function firstParty(name: string): Promise<void> {
  installPlugin(name, "", await buildPlugin(name));
  cpSync(join(root, "infra", "plugins", name, "plugin.yaml"), join(work, "plugins", name, "plugin.yaml"));
}

async function packed(): Promise<string> {
  const file = (name: string, text: string) => ({ name, data: Buffer.from(text), mtime: 0 });
  const files = [
    file("far/Chart.yaml", "apiVersion: v2\nname: far\nversion: 0.1.0\n"),
    file(
      "far/templates/a.yaml",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: far }\ndata: { a: {{ .Values.a }} }\n",
    ),
  ];
  return Buffer.from(await gzip(writeTar(files))).toString("base64");
}

beforeAll(async () => {
  chart("pod", POD);
  chart("hooked", `${annotated("a", "own/a: b")}---\n${annotated("b", "helm.sh/hook: pre-install,pre-upgrade")}`);
  chart("needs", "a: {{ upper .Values.a }}\n");
  chart("slugs", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ slug .Values.title }} }\n");
  await firstParty("policy-baseline");
  await firstParty("template");
  await firstParty("labels");
  await firstParty("patches");
  writeFileSync(join(work, "label.wasm"), await buildAssemblyScript("label"));
  const files = { "box://charts/far.tgz": await packed(), "box://values/far.yaml": btoa("a: fetched\n") };
  const yaml = `apiVersion: v1\nname: box\ntype: getter/v1\nruntime: extism/v1\nversion: 0.1.0\nconfig: {protocols: [box]}\n`;
  installPlugin("box", yaml, await compile("test/data/plugins/file-getter.ts"));
  writeFileSync(join(work, "seen.wasm"), await compile("test/data/plugins/kit-seen.ts"));
  writeFileSync(join(work, "grants.yaml"), JSON.stringify([{ plugin: "box", config: files }]));
  const warns = [{ plugin: "policy-baseline", config: { severity: "warn" } }];
  writeFileSync(join(work, "warn.yaml"), JSON.stringify(warns));
  const labelled = [{ plugin: "labels", config: { labels: "team: blue" } }];
  writeFileSync(join(work, "labels.yaml"), JSON.stringify(labelled));
  const patches = JSON.stringify([{ target: { kind: "Pod" }, patch: "metadata: {labels: {team: red}}" }]);
  writeFileSync(
    join(work, "chain.yaml"),
    JSON.stringify([
      ...labelled,
      { plugin: "patches", config: { patches } },
      { plugin: "label", config: { team: "blue" } },
    ]),
  );
}, 60_000);

let cluster: CommandCluster;
beforeEach(() => void (cluster = openCommandCluster()));
afterEach(() => cluster.close());

async function run(...argv: readonly string[]): Promise<Ended> {
  return await runRelease(argv, {
    cwd: work,
    env: { HOME: work, HELM_PLUGINS: join(work, "plugins") },
    over: cluster.over,
  });
}

async function renderTool(...argv: readonly string[]): Promise<Ended> {
  return await runTemplateTool(argv, { cwd: work, env: { HOME: work, HELM_PLUGINS: join(work, "plugins") } });
}

describe("policies of the command line", () => {
  const bad = ["install", "a", "pod", "--set", "hostNetwork=true", "--policy", "policy-baseline"];

  it("refuse by object and field before anything is written", async () => {
    const { code, stderr } = await run(...bad);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Error: INSTALLATION FAILED: refused by policy; nothing was written:\n- policy-baseline: Pod default\/plain spec\.hostNetwork: /,
    );
    expect((await run("status", "a")).stderr).toBe("Error: release: not found\n");
  });

  it("warn where the grant makes them", async () => {
    const { code, stderr } = await run(...bad, "--plugin-grants", "warn.yaml");
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^level=WARN msg="policy-baseline: Pod default\/plain spec\.hostNetwork: .* policy=policy-baseline /,
    );
  });

  it("admit what is good, refuse its upgrade, and show it in a plan", async () => {
    const policy = ["--policy", "./plugins/policy-baseline"];
    expect((await run("install", "a", "pod", ...policy)).code).toBe(0);
    for (const command of ["upgrade", "plan"]) {
      const { code, stderr } = await run(command, "a", "pod", "--set", "hostNetwork=true", ...policy);
      expect([code, stderr]).toEqual([1, expect.stringContaining("refused by policy; nothing was written")]);
    }
    expect((await run("test", "a", ...policy)).code).toBe(0);
    expect((await run("uninstall", "a", ...policy)).code).toBe(0);
  });

  it.each([
    ["one that is not there", "none", "plugin: {Name:none Type:policy/v1} not found"],
    ["one of another type", "./plugins/template", "plugin template is a function/v1 plugin, and no policy/v1"],
  ])("are refused: %s", async (_name, policy, problem) => {
    const { code, stderr } = await run("install", "a", "pod", "--policy", policy);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`"--policy" flag: ${problem}`)]);
  });
});

describe("post-renderers of the command line", () => {
  const labels = ["--post-renderer", "labels", "--plugin-grants", "labels.yaml"];

  it.each([
    ["twice", [...labels, "--post-renderer", "labels"], "labels"],
    ["twice, and the second is not there", [...labels, "--post-renderer", "none"], "none"],
  ])("are refused in helm's words: %s", async (_name, flags, named) => {
    const { code, stderr } = await run("install", "a", "pod", ...flags);
    const problem = "cannot specify --post-renderer flag more than once";
    expect([code, stderr]).toEqual([1, `Error: invalid argument "${named}" for "--post-renderer" flag: ${problem}\n`]);
  });

  it("log before whatever becomes of them", async () => {
    const seen = ["--post-renderer", "./seen.wasm", "--post-renderer-args"];
    const line = 'level=INFO msg="seen 1: Pod" plugin=seen\n';
    const failed = await run("install", "a", "pod", ...seen, "fail");
    expect([failed.code, failed.stderr.slice(0, line.length)]).toEqual([1, line]);
    expect(failed.stderr.slice(line.length)).toMatch(
      /^Error: INSTALLATION FAILED: error while running post render on /,
    );
    expect(await run("install", "a", "pod", ...seen, "x")).toMatchObject({ code: 0, stderr: line });
  });

  it.each([
    ["before", ["--post-renderer", "", ...labels]],
    ["behind", [...labels, "--post-renderer", ""]],
  ])("are one, with an empty name %s it", async (_name, flags) => {
    const { code, stderr } = await run("install", "a", "pod", ...flags);
    expect([code, stderr]).toEqual([0, ""]);
    expect((await run("get", "manifest", "a")).stdout).toContain('team: "blue"');
    expect((await renderTool("a", "pod", ...flags)).stdout).toContain('team: "blue"');
  });
});

describe("chains of post-renderers of the command line", () => {
  it.each([
    ["labels,patches", "team: red"],
    ["./plugins/patches,labels", 'team: "blue"'],
    ["labels,plugins/patches,labels", 'team: "blue"'],
  ])("run in their order: %s", async (chain, label) => {
    const flags = ["--post-renderers", chain, "--plugin-grants", "chain.yaml"];
    expect((await renderTool("a", "pod", ...flags)).stdout).toContain(label);
  });

  it("run with a release, its upgrade and its plan", async () => {
    const flags = ["--plugin-grants", "chain.yaml", "--post-renderers"];
    expect((await run("install", "a", "pod", ...flags, "labels,patches")).code).toBe(0);
    expect((await run("get", "manifest", "a")).stdout).toContain("team: red");
    expect((await run("plan", "a", "pod", ...flags, "patches,labels")).stdout).toContain(
      "metadata.labels.team: red → blue",
    );
    expect((await run("upgrade", "a", "pod", ...flags, "patches,labels")).code).toBe(0);
    expect((await run("get", "manifest", "a")).stdout).toContain('team: "blue"');
  });

  it("may be named one by one", async () => {
    const flags = ["--post-renderers", "labels", "--post-renderers=patches", "--plugin-grants", "chain.yaml"];
    expect((await renderTool("a", "pod", ...flags)).stdout).toContain("team: red");
  });

  const exclusive = (names: string, set: string): string =>
    `if any flags in the group [${names}] are set none of the others can be; [${set}] were all set`;

  it.each([
    [
      "beside helm's flag",
      ["--post-renderers", "labels", "--post-renderer", "labels"],
      exclusive("post-renderer post-renderers", "post-renderer post-renderers"),
    ],
    [
      "with arguments, which are one post-renderer's",
      ["--post-renderers", "labels,patches", "--post-renderer-args", "a"],
      exclusive("post-renderer-args post-renderers", "post-renderer-args post-renderers"),
    ],
    [
      "with one that is not there",
      ["--post-renderers", "labels,none"],
      'invalid argument "none" for "--post-renderers" flag: plugin: {Name:none Type:postrenderer/v1} not found',
    ],
    [
      "with one of another type",
      ["--post-renderers", "labels,./plugins/template"],
      'invalid argument "./plugins/template" for "--post-renderers" flag: plugin template is a function/v1 plugin, and no postrenderer/v1',
    ],
    [
      "with more than may run",
      ["--post-renderers", Array(11).fill("labels").join(",")],
      'invalid argument "labels" for "--post-renderers" flag: 10 post-renderers are allowed',
    ],
  ])("are refused by every command that renders: %s", async (_name, flags, problem) => {
    const refused = { code: 1, stdout: "", stderr: `Error: ${problem}\n` };
    expect(await renderTool("a", "pod", ...flags)).toEqual(refused);
    expect(await run("install", "a", "pod", ...flags)).toEqual(refused);
    await run("install", "a", "pod");
    for (const command of ["upgrade", "plan"]) expect(await run(command, "a", "pod", ...flags)).toEqual(refused);
  });
});

describe("the strategy of post-rendering", () => {
  const LINE = "level=INFO msg=labelling plugin=label\n";

  it.each([
    ["combined", { calls: 1, hooks: true }],
    ["separate", { calls: 2, hooks: true }],
    ["nohooks", { calls: 1, hooks: false }],
    [undefined, { calls: 1, hooks: true }],
  ])("is what the flag says: %s", async (strategy, { calls, hooks }) => {
    const flag = strategy === undefined ? [] : ["--post-render-strategy", strategy];
    const flags = ["--post-renderer", "./label.wasm", "--plugin-grants", "chain.yaml", ...flag];
    const shown = await renderTool("a", "hooked", ...flags);
    expect([shown.code, shown.stderr, teams(shown.stdout)]).toEqual([0, LINE.repeat(calls), hooks ? 2 : 1]);
    expect(await run("install", "a", "hooked", ...flags)).toMatchObject({ code: 0, stderr: LINE.repeat(calls) });
    expect(teams((await run("get", "hooks", "a")).stdout)).toBe(hooks ? 1 : 0);
    expect(teams((await run("get", "manifest", "a")).stdout)).toBe(1);
  });

  it("holds for upgrades", async () => {
    expect((await run("install", "a", "hooked", "--post-renderer", "./label.wasm")).code).toBe(0);
    const flags = ["--post-renderers", "./label.wasm", "--post-render-strategy", "nohooks"];
    expect((await run("upgrade", "a", "hooked", "--plugin-grants", "chain.yaml", ...flags)).code).toBe(0);
    expect(teams((await run("get", "hooks", "a")).stdout)).toBe(0);
    expect(teams((await run("get", "manifest", "a")).stdout)).toBe(1);
  });

  it("is one of three", async () => {
    const flags = ["--post-renderer", "./label.wasm", "--post-render-strategy", "apart"];
    const problem = 'invalid argument "apart" for "--post-render-strategy" flag: must be combined, separate or nohooks';
    const refused = { code: 1, stdout: "", stderr: `Error: ${problem}\n` };
    expect(await renderTool("a", "hooked", ...flags)).toEqual(refused);
    expect(await run("install", "a", "hooked", ...flags)).toEqual(refused);
  });
});

function teams(text: string): number {
  return text.split("team: blue").length - 1;
}

describe("grants of the command line", () => {
  const grants = async (name: string, digest: string): Promise<readonly string[]> => {
    writeFileSync(
      join(work, `${name}.yaml`),
      JSON.stringify([{ plugin: "labels", digest, config: { labels: "team: blue" } }]),
    );
    return ["--post-renderer", "labels", "--plugin-grants", `${name}.yaml`];
  };

  it("hold for the module whose digest they name", async () => {
    const flags = await grants("own", digestOf(await buildPlugin("labels")));
    expect((await renderTool("a", "pod", ...flags)).stdout).toContain('team: "blue"');
  });

  it("do not hold for another one of that name, which is refused", async () => {
    const other = `sha256:${"0".repeat(64)}`;
    const flags = await grants("other", other);
    const { code, stderr } = await run("install", "a", "pod", ...flags);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`it is granted to ${other} alone, and this is sha256:`),
    ]);
  });

  it("have digests in full", async () => {
    const { code, stderr } = await renderTool("a", "pod", ...(await grants("short", "sha256:12")));
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/plugin grants short\.yaml: 0\.digest: must be sha256:… in full/),
    ]);
  });
});

describe("grants of the command line that stand twice", () => {
  it.each([
    ["without a digest", {}],
    ["with one digest", { digest: `sha256:${"1".repeat(64)}` }],
  ])("are refused before anything is looked for: %s", async (_, digest) => {
    writeFileSync(
      join(work, "twice.yaml"),
      JSON.stringify([{ plugin: "x" }, ...[1, 2].map(() => ({ plugin: "labels", ...digest }))]),
    );
    const { code, stderr } = await renderTool("a", "pod", "--post-renderer", "none", "--plugin-grants", "twice.yaml");
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("plugin grants twice.yaml: entries 1 and 2 both grant labels with"),
    ]);
    expect(stderr).not.toContain("not found");
  });
});

describe("template functions of the command line", () => {
  it("are called by charts", async () => {
    const line = ["a", "slugs", "--set", "title=Web Shop 2"];
    expect((await run("install", ...line)).stderr).toContain('function "slug" not defined');
    expect((await run("install", ...line, "--functions", "template")).code).toBe(0);
    expect((await run("get", "manifest", "a")).stdout).toContain("name: web-shop-2");
  });

  it("are called by charts that are linted", async () => {
    const line = ["lint", "slugs", "--set", "title=Web Shop 2"];
    const place = { cwd: work, env: { HOME: work, HELM_PLUGINS: join(work, "plugins") } };
    expect((await runTool(line, place)).stdout).toContain('function "slug" not defined');
    expect(await runTool([...line, "--functions", "template"], place)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("1 chart(s) linted, 0 chart(s) failed"),
    });
    const { code, stderr } = await runTool([...line, "--functions", "none"], place);
    expect([code, stderr]).toEqual([1, expect.stringContaining('"--functions" flag: plugin: {Name:none')]);
  });
});

describe("getters of the command line", () => {
  const line = ["install", "a", "box://charts/far.tgz", "-f", "box://values/far.yaml"];

  it("fetch a chart and values", async () => {
    expect(await run(...line, "--plugin-grants", "grants.yaml")).toMatchObject({ code: 0, stderr: "" });
    expect((await run("get", "manifest", "a")).stdout).toContain("data: { a: fetched }");
  });

  it("fetch a chart and values for template, and values for lint", async () => {
    const place = { cwd: work, env: { HOME: work, HELM_PLUGINS: join(work, "plugins") } };
    const values = ["-f", "box://values/far.yaml", "--plugin-grants", "grants.yaml"];
    const rendered = await runTemplateTool(["box://charts/far.tgz", ...values], place);
    expect(rendered).toMatchObject({ code: 0, stderr: "" });
    expect(rendered.stdout).toContain("data: { a: fetched }");
    const explained = await runTemplateTool(["box://charts/far.tgz", "--explain-values", ...values], place);
    expect(explained.stdout).toContain("box://values/far.yaml");
    expect(await runTool(["lint", "needs", ...values], place)).toMatchObject({ code: 0 });
    expect((await runTool(["lint", "needs"], place)).stdout).toContain("expected string");
    const refused = await runTemplateTool(["nobody://x/y.tgz"], place);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('scheme "nobody" not supported')]);
  });

  it("end with what they say, and are not there for other schemes", async () => {
    expect((await run(...line)).stderr).toContain("plugin error: nothing at box://charts/far.tgz");
    expect((await run("install", "a", "nobody://x/y.tgz")).stderr).toContain('scheme "nobody" not supported');
  });
});
