import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestHarness } from "wrangler";
import { readVectorFiles } from "../../support/vector-files.ts";
import { suiteNames } from "./suite.ts";
import type { Outcome } from "./suite.ts";

const SUITE_MS = 300_000;

for (const name of ["CLOUDFLARE_CF_FETCH_ENABLED", "WRANGLER_SEND_METRICS", "WRANGLER_SEND_ERROR_REPORTS"]) {
  process.env[name] = "false";
}
const root = mkdtempSync(join(tmpdir(), "slipway-library-"));
process.env["WRANGLER_LOG_PATH"] = join(root, "logs");

const files = readVectorFiles();
const outcomes = new Map<string, Outcome>();
const main = join(import.meta.dirname, "suite-worker.ts");
const harness = createTestHarness({
  workers: [{ config: { name: "library", main, compatibility_date: "2026-08-15" } }],
});

beforeAll(async () => {
  await harness.listen();
  const response = await harness.fetch("/", { method: "POST", body: JSON.stringify(files) });
  for (const outcome of (await response.json()) as readonly Outcome[]) outcomes.set(outcome.name, outcome);
}, SUITE_MS);

afterAll(async () => {
  await harness.close();
  rmSync(root, { recursive: true, force: true });
});

test.each(suiteNames(files))("in workerd %s", (name) => {
  expect(outcomes.get(name)).toEqual({ name });
});
