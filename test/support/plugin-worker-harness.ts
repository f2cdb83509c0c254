import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestHarness } from "wrangler";
import { type PluginHost, PluginError, type PluginReply } from "../../engine/plugin/index.ts";
import type { PluginCallMessage } from "../infra/cloudflare/plugin-worker.ts";
import { digestOf } from "./plugin.ts";

/** A plugin host in the real workerd. */
export interface PluginWorker {
  /** With the Worker Loader or without. */
  readonly host: (loader: boolean) => PluginHost;
  readonly listen: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Makes a Worker that lends its plugin host; `bundled` is part of it. */
export function createPluginWorker(bundled: Uint8Array): PluginWorker {
  for (const name of ["CLOUDFLARE_CF_FETCH_ENABLED", "WRANGLER_SEND_METRICS", "WRANGLER_SEND_ERROR_REPORTS"]) {
    process.env[name] = "false";
  }
  const root = mkdtempSync(join(tmpdir(), "slipway-plugins-"));
  process.env["WRANGLER_LOG_PATH"] = join(root, "logs");
  writeFileSync(join(root, "bundled.wasm"), bundled);
  const lending = JSON.stringify(join(import.meta.dirname, "..", "infra", "cloudflare", "plugin-worker.ts"));
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
  const host = (loader: boolean): PluginHost => ({
    call: async ({ plugin: { bytes, ...plugin }, input }) => {
      const message: PluginCallMessage = { plugin, bytes: Buffer.from(bytes).toString("base64"), input, loader };
      const response = await harness.fetch("/", { method: "POST", body: JSON.stringify(message) });
      if (response.status === 200) return (await response.json()) as PluginReply;
      if (response.status !== 422) throw new Error(await response.text());
      const refused = (await response.json()) as Pick<PluginError, "code" | "message" | "logs"> & { detail: object };
      throw new PluginError(refused.code, refused.message, { ...refused.detail }, { logs: refused.logs });
    },
  });
  return {
    host,
    listen: async () => void (await harness.listen()),
    close: async () => {
      await harness.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
