// Runs registry-worker.ts in workerd: says where it listens, and ends when its input does.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestHarness } from "wrangler";

const folder = mkdtempSync(join(tmpdir(), "slipway-bench-worker-"));
Object.assign(process.env, {
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_LOG_PATH: folder,
});
const config = {
  name: "registry",
  main: join(import.meta.dirname, "registry-worker.ts"),
  compatibility_date: "2026-08-15",
  r2_buckets: [{ binding: "CONTENT", bucket_name: "content" }],
};
const harness = createTestHarness({ workers: [{ config }] });
const { url } = await harness.listen();
process.stdout.write(`listening ${url.host}\n`);
for await (const _ of process.stdin);
await harness.close();
rmSync(folder, { recursive: true, force: true });
