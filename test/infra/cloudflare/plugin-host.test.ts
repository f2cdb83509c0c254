import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestHarness } from "wrangler";
import { type PluginErrorCode, type PluginHost, PluginError, type PluginReply } from "../../../engine/plugin/index.ts";
import { guestSource } from "../../../infra/build-guest.mjs";
import { GUEST_SOURCE } from "../../../infra/cloudflare/guest-source.ts";
import { describePluginHost, ECHO } from "../../contracts/plugin-host.ts";
import { admitted, digestOf } from "../../support/plugin.ts";
import { i32, wasm } from "../../support/wasm.ts";
import type { PluginCallMessage } from "./plugin-worker.ts";

for (const name of ["CLOUDFLARE_CF_FETCH_ENABLED", "WRANGLER_SEND_METRICS", "WRANGLER_SEND_ERROR_REPORTS"]) {
  process.env[name] = "false";
}
const root = mkdtempSync(join(tmpdir(), "slipway-plugins-"));
process.env["WRANGLER_LOG_PATH"] = join(root, "logs");

const bundled = wasm({ ...ECHO, padding: 10 });
writeFileSync(join(root, "bundled.wasm"), bundled);
const lending = JSON.stringify(join(import.meta.dirname, "plugin-worker.ts"));
writeFileSync(
  join(root, "main.ts"),
  `import module from "./bundled.wasm";\nimport { createWorker } from ${lending};\n` +
    `export default createWorker(new Map([[${JSON.stringify(digestOf(bundled))}, module]]));\n`,
);
const harness = createTestHarness({
  workers: [
    {
      config: {
        name: "plugins",
        main: join(root, "main.ts"),
        compatibility_date: "2026-08-15",
        rules: [{ type: "CompiledWasm", globs: ["**/*.wasm"] }],
        worker_loaders: [{ binding: "LOADER" }],
      },
    },
  ],
});
beforeAll(async () => void (await harness.listen()), 60_000);
afterAll(async () => {
  await harness.close();
  rmSync(root, { recursive: true, force: true });
});

function hostOf(loader: boolean): PluginHost {
  return {
    call: async ({ plugin: { bytes, ...plugin }, input }) => {
      const message: PluginCallMessage = { plugin, bytes: Buffer.from(bytes).toString("base64"), input, loader };
      const response = await harness.fetch("/", { method: "POST", body: JSON.stringify(message) });
      if (response.status === 200) return (await response.json()) as PluginReply;
      if (response.status !== 422) throw new Error(await response.text());
      const refused = (await response.json()) as { code: PluginErrorCode; message: string; detail: object };
      throw new PluginError(refused.code, refused.message, { ...refused.detail });
    },
  };
}

describePluginHost("workerd's Worker Loader", async () => hostOf(true));

describe("a Worker", () => {
  it("runs a bundled plugin without a loader", async () => {
    expect((await hostOf(false).call({ plugin: admitted(bundled), input: "in" })).output).toBe("in");
  });

  it("names the missing capability where a stored plugin has no loader", async () => {
    const call = hostOf(false).call({ plugin: admitted({ code: () => i32(0) }), input: "" });
    await expect(call).rejects.toMatchObject({ code: "missing-capability", detail: { capability: "worker-loader" } });
  });

  it("runs stored plugins with the guest of these sources", () => {
    expect(GUEST_SOURCE === guestSource(), "run node infra/build-guest.mjs").toBe(true);
  });
});
