import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { registryCommand } from "../../../infra/cli/registry.ts";
import { createFilesystemStore } from "../../../infra/node/filesystem-store.ts";
import { openRegistry, sha256, utf8 } from "../../support/registry.ts";

const data = mkdtempSync(join(tmpdir(), "registry-cli-"));
afterAll(() => rmSync(data, { recursive: true }));
const config = join(data, "slipway.yaml");
writeFileSync(config, "projects: [{kind: hosted, name: charts, quota: 1Ki}]\n");

async function run(...argv: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  let output = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    output += String(text);
    return true;
  });
  try {
    return { code: await registryCommand([...argv, "--data", data, "--config", config]), output };
  } finally {
    write.mockRestore();
  }
}

describe("slipway registry, over a data folder", () => {
  const store = createFilesystemStore(join(data, "objects"));

  it("collects, says what was counted, and checks", async () => {
    await openRegistry({ store }).pushImage("charts/web", "1.0.0", "layer");
    expect((await run("collect", "--dry-run")).output).toContain("dry run: nothing was changed");
    const { code, output } = await run("collect");
    expect(code).toBe(0);
    expect(output).toMatch(/^collection 1\n/);
    expect(output).toMatch(/\n {2}manifests +1\n/);
    expect((await run("usage")).output).toMatch(/^charts\t\d+ of 1024\tcounted 20/);
    expect(await run("fsck")).toEqual({ code: 0, output: "7 objects, 0 faults\n" });
  });

  it("exits with 1 and names what is broken", async () => {
    const digest = sha256(utf8("layer")).slice(7);
    const key = `blobs/sha256/${digest.slice(0, 2)}/${digest}`;
    await store.put(key, { kind: "bytes", bytes: utf8("LAYER") });
    expect(await run("fsck")).toEqual({ code: 1, output: `wrong-bytes\t${key}\n7 objects, 1 faults\n` });
  });

  it("knows no other verb", async () => {
    await expect(registryCommand(["sweep"])).rejects.toThrow("registry collect");
  });
});
