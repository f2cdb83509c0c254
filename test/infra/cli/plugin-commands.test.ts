import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildPlugin } from "../../../infra/build-plugins.ts";
import { digestOf } from "../../support/plugin.ts";
import { type PushedPlugin, pushPlugin } from "../../support/push-plugin.ts";
import { openRegistry } from "../../support/registry.ts";
import { serveRegistry } from "../../support/registry-server.ts";
import { runTool } from "../../support/run-tool.ts";
import { i32, wasm } from "../../support/wasm.ts";

const work = mkdtempSync(join(tmpdir(), "slipway-plugin-commands-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function plugin(name: string, type: string, runtime: string, module?: Uint8Array, config = "{}"): void {
  const folder = join(work, "plugins", name);
  mkdirSync(folder, { recursive: true });
  const yaml = `apiVersion: v1\nname: ${name}\nversion: 1.2.0\ntype: ${type}\nruntime: ${runtime}\nconfig: ${config}\n`;
  writeFileSync(join(folder, "plugin.yaml"), yaml);
  if (module !== undefined) writeFileSync(join(folder, "plugin.wasm"), module);
}

beforeAll(async () => {
  plugin("slugs", "function/v1", "extism/v1", await buildPlugin("template"), "{functions: ['slug(string) string']}");
  plugin("labels", "postrenderer/v1", "extism/v1", await buildPlugin("labels"));
  plugin("program", "cli/v1", "subprocess");
  plugin("asking", "postrenderer/v1", "extism/v1", wasm({ imports: ["http_request"], code: () => i32(0) }));
  plugin("command", "cli/v1", "extism/v1", await buildPlugin("labels"));
  plugin("wrong", "postrenderer/v1", "extism/v1", wasm({ parameters: 1, code: () => i32(0) }));
  plugin("broken", "postrenderer/v1", "extism/v1");
  writeFileSync(join(work, "slug.json"), JSON.stringify({ name: "slug", args: ["A B"] }));
  writeFileSync(join(work, "other.json"), JSON.stringify({ manifests: "kind: A\nmetadata: {name: a}\n" }));
}, 60_000);

const run = (...argv: readonly string[]) =>
  runTool(["plugin", ...argv], { cwd: work, env: { HOME: work, HELM_PLUGINS: join(work, "plugins") } });

describe("slipway plugin list", () => {
  it("tells the installed plugins and which of them run; what cannot be loaded is logged", async () => {
    const { code, stdout, stderr } = await run("list");
    const folder = (name: string): string => join(work, "plugins", name);
    expect([code, stdout.split("\n").map((line) => line.split(/ {2,}/))]).toEqual([
      0,
      [
        ["NAME", "VERSION", "TYPE", "APIVERSION", "RUNS", "FOLDER"],
        ["asking", "1.2.0", "postrenderer/v1", "v1", "with a grant", folder("asking")],
        ["command", "1.2.0", "cli/v1", "v1", "no: type", folder("command")],
        ["labels", "1.2.0", "postrenderer/v1", "v1", "yes", folder("labels")],
        ["program", "1.2.0", "cli/v1", "v1", "no: a program", folder("program")],
        ["slugs", "1.2.0", "function/v1", "v1", "yes", folder("slugs")],
        ["wrong", "1.2.0", "postrenderer/v1", "v1", "no: wrong-abi", folder("wrong")],
        [""],
      ],
    ]);
    expect(stderr).toMatch(/^level=WARN msg="failed to load plugin \(ignoring\)" plugin_yaml=.*broken/);
  });
});

describe("slipway plugin", () => {
  it.each([
    ["install", 'slipway has no command "plugin install": helm plugin install does it'],
    ["verify", 'slipway has no command "plugin verify": helm plugin verify does it'],
    ["nonsense", 'slipway has no command "plugin nonsense"; it has plugin inspect, list and test'],
  ])("fails for what it cannot do: %s", async (name, problem) => {
    expect(await run(name, "x")).toMatchObject({ code: 1, stdout: "", stderr: `Error: ${problem}\n` });
  });

  it("prints its help alone", async () => {
    expect(await run()).toMatchObject({ code: 0, stdout: expect.stringContaining("slipway plugin inspect|list|test") });
  });

  it.each(["inspect", "test"])("%s names itself, as helm has no such command", async (name) => {
    const { code, stderr } = await run(name);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`Error: "slipway plugin ${name}" requires 1 argument`)]);
    expect(stderr).not.toContain("helm");
  });

  it.each(["inspect", "test"])("%s --help names no command that helm has not", async (name) => {
    const { code, stdout } = await run(name, "--help");
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining(`\n  slipway plugin ${name} NAME|FOLDER|FILE.wasm|oci://`),
    ]);
    expect(stdout).toContain('"helm --help"');
    expect(stdout).not.toContain("helm plugin");
  });

  it("inspects and tests an installed plugin by its name", async () => {
    expect((await run("inspect", "command")).stdout).toMatch(
      /RUNS WITHOUT A GRANT: no: Slipway calls no cli\/v1 plugins\n$/,
    );
    expect((await run("test", "slugs", "--input", "slug.json")).stdout).toBe('{"value":"a-b"}\n');
  });
});

describe("slipway plugin inspect and test, of a plugin in a registry", async () => {
  const registry = openRegistry();
  const server = await serveRegistry(registry);
  afterAll(server.close);
  const push = async (repository: string, pushed: PushedPlugin): Promise<string> =>
    await pushPlugin(async (path, init) => await fetch(server.origin + path, init), repository, "v1", pushed);
  const module = await buildPlugin("template");
  const yaml = `apiVersion: v1\nname: slugs\nversion: 1.2.0\ntype: function/v1\nruntime: extism/v1\nconfig: {functions: [slug]}\n`;
  const artifact = await push("charts/slugs", { kind: "archive", yaml, bytes: module });
  await push("charts/bare", { kind: "module", bytes: module });
  await registry.pushImage("charts/image", "v1", "no plugin");
  const at = (reference: string): readonly string[] => [`oci://${server.host}/charts/${reference}`, "--plain-http"];

  it.each(["slugs:v1", `slugs@${artifact}`, `slugs:v2@${artifact}`])("takes Helm's artifact: %s", async (reference) => {
    const { code, stdout, stderr } = await run("inspect", ...at(reference));
    expect([code, stderr, stdout]).toEqual([
      0,
      "",
      expect.stringContaining(`ARTIFACT: ${artifact}\nDIGEST: ${digestOf(module)}`),
    ]);
    expect(stdout).toMatch(/^NAME: slugs\nVERSION: 1\.2\.0\nTYPE: function\/v1\n.*RUNS WITHOUT A GRANT: yes/s);
    expect((await run("test", ...at(reference), "--input", "slug.json")).stdout).toBe('{"value":"a-b"}\n');
  });

  it.each([
    ["artifact", artifact],
    ["module", digestOf(module)],
  ])("runs it under the grant for its %s", async (name, digest) => {
    const grants = (granted: string): void =>
      writeFileSync(join(work, `${name}.yaml`), JSON.stringify([{ plugin: "slugs", digest: granted }]));
    const line = ["test", ...at("slugs:v1"), "--input", "slug.json", "--plugin-grants", `${name}.yaml`];
    grants(digest);
    expect(await run(...line)).toMatchObject({ code: 0, stdout: '{"value":"a-b"}\n' });
    grants(`sha256:${"0".repeat(64)}`);
    const { code, stderr } = await run(...line);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`this is ${digestOf(module)} of the artifact ${artifact}`),
    ]);
  });

  it("takes a bare module", async () => {
    expect((await run("inspect", ...at("bare:v1"))).stdout).toMatch(/^NAME: bare\n.*yes, as function\/v1/s);
    expect((await run("test", ...at("bare:v1"), "--input", "slug.json")).stdout).toBe('{"value":"a-b"}\n');
  });

  it.each([
    ["a reference without a version", "slugs", "name a tag or a digest"],
    ["a tag that is not there", "slugs:v9", "charts/slugs:v9 is not there"],
    ["a digest that is not there", `slugs@sha256:${"0".repeat(64)}`, "is not there"],
    ["what is no plugin", "image:v1", "required layer matching pattern image-VERSION.tgz not found in manifest"],
    ["no reference", "Slugs:v1", 'invalid reference: invalid repository "charts/Slugs"'],
  ])("refuses %s", async (_name, reference, problem) => {
    for (const command of ["inspect", "test"]) {
      const message = command === "test" ? ["--input", "slug.json"] : [];
      const { code, stdout, stderr } = await run(command, ...at(reference), ...message);
      expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining(problem)]);
    }
  });
});

describe("slipway plugin test", () => {
  it("prints what a plugin answers", async () => {
    const { code, stdout, stderr } = await run("test", "plugins/slugs", "--input", "slug.json");
    expect([code, stdout]).toEqual([0, '{"value":"a-b"}\n']);
    expect(stderr).toMatch(/^slug\.json: \d+ ms\n$/);
  });

  it("configures it", async () => {
    const line = ["test", "plugins/labels", "--input", "other.json", "--config", "labels={team: blue, tier: web}"];
    expect((await run(...line)).stdout).toContain('team: \\"blue\\"');
  });

  it("goes on behind a failed call, and fails", async () => {
    const { code, stdout, stderr } = await run(
      "test",
      "plugins/labels",
      "--input",
      "slug.json",
      "--input",
      "other.json",
    );
    expect([code, stdout.split("\n").length]).toEqual([1, 2]);
    expect(stderr).toMatch(
      /^slug\.json: guest-error: plugin labels .*: the message of a post-renderer has no manifests\n/,
    );
    expect(stderr).toMatch(/Error: 1 of 2 calls failed\n$/);
  });

  it.each([
    ["no message", ["plugins/slugs"], "name a message with --input FILE"],
    ["a key without a value", ["plugins/slugs", "--input", "slug.json", "--config", "x"], "must be key=value"],
    ["a program", ["plugins/program", "--input", "slug.json"], "Build it as a WASM plugin"],
    ["nothing", ["nowhere", "--input", "slug.json"], "nowhere: no such file or directory"],
  ])("refuses %s", async (_name, argv, problem) => {
    const { code, stderr } = await run("test", ...argv);
    expect([code, stderr]).toEqual([1, expect.stringContaining(problem)]);
  });
});
