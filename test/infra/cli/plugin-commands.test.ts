import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildPlugin } from "../../../infra/build-plugins.ts";
import { runTool } from "../../support/run-tool.ts";

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
        ["labels", "1.2.0", "postrenderer/v1", "v1", "yes", folder("labels")],
        ["program", "1.2.0", "cli/v1", "v1", "no: a program", folder("program")],
        ["slugs", "1.2.0", "function/v1", "v1", "yes", folder("slugs")],
        [""],
      ],
    ]);
    expect(stderr).toMatch(/^level=WARN msg="failed to load plugin \(ignoring\)" plugin_yaml=.*broken/);
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
