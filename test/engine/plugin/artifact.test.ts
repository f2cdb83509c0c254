import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { writeTar } from "../../../engine/archive/index.ts";
import { readPluginArchive } from "../../../engine/plugin/index.ts";
import { wasm } from "../../support/wasm.ts";

const yaml = (name: string): Uint8Array =>
  Buffer.from(`apiVersion: v1\nname: ${name}\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n`);
const MODULE = wasm({ code: () => [0x41, 0] });
const OTHER = wasm({ code: () => [0x41, 1] });
const BOMB = new Uint8Array(50_000_000);

async function read(files: Readonly<Record<string, Uint8Array>>, pack = (bytes: Uint8Array): Uint8Array => bytes) {
  const tar = writeTar(Object.entries(files).map(([name, data]) => ({ name, data, mtime: 0 })));
  return await readPluginArchive({ name: "file" }, pack(tar));
}

describe("a plugin's archive", () => {
  it.each([
    ["its root", { "plugin.yaml": yaml("root"), "plugin.wasm": MODULE }],
    ["a folder", { "labels/plugin.yaml": yaml("root"), "labels/plugin.wasm": MODULE }],
    ["a folder by a path with a dot", { "./labels/plugin.yaml": yaml("root"), "./labels/plugin.wasm": MODULE }],
    [
      "its root, before examples",
      {
        "plugin.yaml": yaml("root"),
        "plugin.wasm": MODULE,
        "examples/plugin.yaml": yaml("example"),
        "examples/plugin.wasm": OTHER,
      },
    ],
    [
      "the first folder of several",
      {
        "a/plugin.yaml": yaml("root"),
        "a/plugin.wasm": MODULE,
        "b/plugin.yaml": yaml("example"),
        "b/plugin.wasm": OTHER,
      },
    ],
  ])("gives both files of %s", async (_where, files) => {
    for (const pack of [(bytes: Uint8Array) => bytes, (bytes: Uint8Array) => gzipSync(bytes)]) {
      const found = await read(files, pack);
      expect(found.metadata?.name).toBe("root");
      expect(Buffer.from(found.bytes).equals(Buffer.from(MODULE))).toBe(true);
    }
  });

  it.each<[string, Readonly<Record<string, Uint8Array>>, string, string]>([
    ["no plugin.yaml", { "plugin.wasm": MODULE }, "invalid-metadata", "plugin metadata (plugin.yaml) missing"],
    ["one two folders deep", { "a/b/plugin.yaml": yaml("deep") }, "invalid-metadata", "(plugin.yaml) missing"],
    ["its module elsewhere", { "plugin.yaml": yaml("a"), "a/plugin.wasm": MODULE }, "invalid-module", "binary missing"],
    [
      "a module of 50 MB",
      { "plugin.yaml": yaml("a"), "plugin.wasm": BOMB },
      "invalid-module",
      "the module has 50000000 bytes; 16 MiB are allowed",
    ],
  ])("is refused with %s", async (_what, files, code, problem) => {
    await expect(read(files, (bytes) => gzipSync(bytes))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(problem),
    });
  });
});
