import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { digestOf } from "../../support/plugin.ts";
import { runTool } from "../../support/run-tool.ts";
import { wasm } from "../../support/wasm.ts";

const cwd = mkdtempSync(join(tmpdir(), "slipway-inspect-"));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const plain = wasm({ imports: ["alloc", "wasi:random_get"], code: () => [0x41, 0], memory: [1, 9] });
const calling = wasm({ imports: ["http_request"], code: () => [0x41, 0] });
const YAML = "apiVersion: v1\nname: labels\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n";

function folder(name: string, yaml: string, bytes?: Uint8Array): void {
  mkdirSync(join(cwd, name));
  writeFileSync(join(cwd, name, "plugin.yaml"), yaml);
  if (bytes !== undefined) writeFileSync(join(cwd, name, "plugin.wasm"), bytes);
}

const run = (path: string) => runTool(["plugin", "inspect", path], { cwd });

describe("slipway plugin inspect", () => {
  it("tells of a bare module what it imports, and as what it would run", async () => {
    writeFileSync(join(cwd, "bare.wasm"), plain);
    expect((await run("bare.wasm")).stdout.split("\n")).toEqual([
      "NAME: bare",
      `DIGEST: ${digestOf(plain)}`,
      `BYTES: ${plain.length}`,
      "MEMORY: 1 pages, at most 9",
      "EXPORTS: memory, helm_plugin_main",
      "IMPORTS:",
      "  extism:host/env alloc",
      "  wasi_snapshot_preview1 random_get",
      "RUNS WITHOUT A GRANT: yes, as postrenderer/v1 by helm_plugin_main, 2048 pages, 10 s",
      "",
    ]);
  });

  it("tells of a plugin what it asks for, and why it may not run yet", async () => {
    folder("labels", `${YAML}runtimeConfig: {allowedHosts: [api.example.com]}\n`, calling);
    const { code, stdout } = await run("labels/");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^NAME: labels\nVERSION: 1\.0\.0\nTYPE: postrenderer\/v1\nRUNTIME: extism\/v1\nDIGEST: /);
    expect(stdout).toContain("HOSTS ASKED FOR: api.example.com\n");
    expect(stdout).toMatch(/RUNS WITHOUT A GRANT: no \(not-granted\): .* http_request, and no hosts are granted\n$/);
  });

  it("tells of a program how to go on", async () => {
    folder("program", YAML.replace("extism/v1", "subprocess"));
    expect((await run("program")).stdout).toMatch(/no \(unsupported-runtime\): .* Build it as a WASM plugin/);
  });

  it.each([
    ["nothing", "none.wasm", "none.wasm: no such file or directory"],
    ["a folder without its module", "empty", 'wasm binary missing for extism/v1 plugin: "empty/plugin.wasm"'],
    ["no module", "text.wasm", "no WebAssembly module of version 1"],
  ])("refuses %s", async (_name, path, problem) => {
    if (path === "empty") folder("empty", YAML);
    writeFileSync(join(cwd, "text.wasm"), "text");
    const { code, stderr } = await run(path);
    expect([code, stderr]).toEqual([1, expect.stringContaining(problem)]);
  });
});
