// node --max-old-space-size=128 --expose-gc test/oracles/large-index.ts URL: reads the index of a classic repository through a proxy project
// and prints, as JSON, what that cost above idle.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEgress } from "../../infra/node/egress.ts";
import { createFilesystemStore } from "../../infra/node/filesystem-store.ts";
import { openRegistry } from "../support/registry.ts";
import { FRESHNESS } from "../support/upstream.ts";

const SAMPLE_MS = 5;
const url = process.argv[2] ?? "";
const { host } = new URL(url);
const folder = mkdtempSync(join(tmpdir(), "slipway-large-index-"));
const { egress, close } = openEgress();
const policy = { name: "index", hosts: [host], elsewhere: "listed", plainHttp: true, privateAddresses: true } as const;
const registry = openRegistry({
  store: createFilesystemStore(folder),
  egress,
  projects: [{ kind: "proxy", name: "up", upstream: { kind: "classic", url, policy, freshness: FRESHNESS } }],
});
const used = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
globalThis.gc?.();
const idle = used();
let peak = idle;
const timer = setInterval(() => (peak = Math.max(peak, used())), SAMPLE_MS);
const begun = Date.now();
const response = await registry.ask("GET", "/v2/up/chart-7/tags/list");
const { tags } = (await response.json()) as { tags?: readonly string[] };
clearInterval(timer);
const seconds = (Date.now() - begun) / 1000;
console.log(JSON.stringify({ status: response.status, tags: tags?.length, peak: peak - idle, seconds }));
await close();
rmSync(folder, { recursive: true, force: true });
