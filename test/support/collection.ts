import type { CollectionReport } from "../../registry/collection/collect.ts";
import type { TestRegistry } from "./registry.ts";

/** Slices after which a collection does not end any more. */
const MAX_SLICES = 2000;

/** A whole collection, in slices of so many calls. */
export async function collectOnce(
  registry: Pick<TestRegistry, "collector">,
  { calls = 1_000_000, dryRun = false }: { readonly calls?: number; readonly dryRun?: boolean } = {},
): Promise<CollectionReport> {
  for (let slice = 0; slice < MAX_SLICES; slice++) {
    const report = await registry.collector.advance({ calls, dryRun });
    if (report.state === "done") return report;
    if (report.state === "busy") throw new Error("another process collects");
  }
  throw new Error("the collection does not end");
}

/** A clock that a test moves. */
export interface TestClock {
  readonly now: () => number;
  readonly pass: (milliseconds: number) => void;
}

/** A clock that runs with the world's and can be put forward. */
export function testClock(): TestClock {
  let ahead = 0;
  return { now: () => Date.now() + ahead, pass: (milliseconds) => void (ahead += milliseconds) };
}

export const HOUR = 3_600_000;

/** So many collections, far enough from one another that each may take what the one before condemned. */
export async function collectTimes(
  registry: Pick<TestRegistry, "collector">,
  clock: TestClock,
  times: number,
  options: { readonly calls?: number } = {},
): Promise<readonly CollectionReport[]> {
  const reports: CollectionReport[] = [];
  for (let i = 0; i < times; i++) {
    clock.pass(3 * HOUR);
    reports.push(await collectOnce(registry, options));
  }
  return reports;
}
