import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runTool } from "../../support/run-tool.ts";

/** A command line, and the line behind `Usage:`. Helm prints `helm` for `slipway`, and one line a sub-command for groups. */
const tools: readonly (readonly [string, string])[] = [
  ["create", "create NAME [flags]"],
  ["lint", "lint PATH [flags]"],
  ["package", "package [CHART_PATH] [...] [flags]"],
  ["verify", "verify PATH [flags]"],
  ["show all", "show all [CHART] [flags]"],
  ["inspect values", "show values [CHART] [flags]"],
  ["dependency list", "dependency list CHART [flags]"],
  ["dep up", "dependency update CHART [flags]"],
  ["dependency build", "dependency build CHART [flags]"],
  ["pull", "pull [chart URL | repo/chartname] [...] [flags]"],
  ["push", "push [chart] [remote] [flags]"],
  ["show", "show all|chart|values|readme|crds CHART [flags]"],
  ["dependency", "dependency list|build|update CHART [flags]"],
];

describe("help of the chart commands", () => {
  it.each(tools.flatMap(([line, usage]) => ["--help", "-h"].map((flag) => [`${line} ${flag}`, usage] as const)))(
    "%s prints its usage and succeeds",
    async (line, usage) => {
      const { code, stdout, stderr } = await runTool(line.split(" "), { cwd: "/" });
      expect([code, stderr, stdout.split("\n", 2)]).toEqual([0, "", ["Usage:", `  slipway ${usage}`]]);
      expect(stdout).toContain("\n  -h, --help\n");
    },
  );

  it.each(["show", "dependency", "show nothing", "dependency nothing"])(
    "%s prints the help of the group",
    async (line) => {
      const { code, stdout } = await runTool(line.split(" "), { cwd: "/" });
      expect([code, stdout.slice(0, 6)]).toEqual([0, "Usage:"]);
    },
  );

  it("tells what helm's flags are called, what ours do, and no deprecated ones", async () => {
    const { stdout } = await runTool(["lint", "--help"], { cwd: "/" });
    expect(stdout).toContain("\n  -f, --values strings\n");
    expect(stdout).toMatch(/\n {6}--unread +warn of values/);
    expect(stdout).toContain('"helm lint --help"');
  });

  it("a flag that the command does not have is told before any help, as helm does", async () => {
    const end = await runTool(["lint", "--help", "--bogus"], { cwd: "/" });
    expect(end).toEqual({ code: 1, stdout: "", stderr: "Error: unknown flag: --bogus\n" });
  });
});

const main = join(import.meta.dirname, "..", "..", "..", "infra", "cli", "main.ts");

describe("help of the command", () => {
  it.each([
    ["help", "slipway: Helm 4 as stateless functions"],
    ["--help", "slipway: Helm 4 as stateless functions"],
    ["help lint", "Usage:\n  slipway lint PATH [flags]\n"],
    ["help dependency list", "Usage:\n  slipway dependency list CHART [flags]\n"],
    ["help install", "Usage:\n  slipway install [NAME] [CHART] [flags]\n"],
    ["status -h", "Usage:\n  slipway status RELEASE_NAME [flags]\n"],
    ["get", "Usage:\n  slipway get all|hooks|"],
    ["get values --help", "Usage:\n  slipway get values RELEASE_NAME [flags]\n"],
    ["help template", "Usage:\n  slipway template [NAME] [CHART] [flags]\n"],
    ["template --force --help", "Usage:\n  slipway template [NAME] [CHART] [flags]\n"],
    ["serve --help", "Usage:\n  slipway serve [--config FILE]"],
    ["token create -h", "Usage:\n  slipway token create [--admin"],
    ["version -h", "Usage:\n  slipway version\n"],
  ])("%s succeeds", (line, start) => {
    const { status, stdout } = spawnSync(process.execPath, [main, ...line.split(" ")], { encoding: "utf8" });
    expect([status, stdout.slice(0, start.length)]).toEqual([0, start]);
  });

  it("a topic that does not exist is told as helm does, with success", () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, "help", "bogus"], { encoding: "utf8" });
    expect([status, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("Unknown help topic [`bogus`]\nslipway: Helm 4");
  });
});
