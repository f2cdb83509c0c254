import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { parseConfig } from "../../../functions/config/parse.ts";
import { openClusters } from "../../../infra/node/clusters.ts";

const folder = mkdtempSync(join(tmpdir(), "slipway-clusters-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("a simulated cluster belongs to one process at a time", async () => {
  const parsed = parseConfig("projects: []\n", "test");
  const config = { ...parsed, clusters: [{ name: "local", kind: "embedded", reads: "list" } as const] };
  const first = await openClusters(config, folder);
  await expect(openClusters(config, folder)).rejects.toThrow(/cluster local: it is simulated in .*another process/);
  await first.close();
  const second = await openClusters(config, folder);
  await second.close();
});
