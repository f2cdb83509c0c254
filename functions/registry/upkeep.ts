import type { CollectionReport, SliceOptions } from "../../registry/collection/collect.ts";
import type { FsckOptions, FsckReport } from "../../registry/collection/fsck.ts";
import type { PrefetchReport } from "../../registry/projects/prefetch.ts";
import type { Usage } from "../../registry/content/usage.ts";
import { describeThrown, type Log } from "../http/log.ts";

/** The registry as whoever looks after it sees it. */
export interface RegistryUpkeep {
  readonly advance: (options: SliceOptions) => Promise<CollectionReport>;
  readonly usage: (project: string) => Promise<Usage>;
  readonly check: (options: FsckOptions) => Promise<FsckReport>;
  /** Pulls what proxies are to have before anybody asks, at most so many versions for each. */
  readonly prefetch: (limit: number) => Promise<readonly ProjectPrefetch[]>;
}

/** What prefetching did for a project. */
export interface ProjectPrefetch extends PrefetchReport {
  readonly project: string;
}

/** How much a runtime collects when its time comes. */
export interface CollectionBudget {
  /** Calls of the store in one slice. */
  readonly calls: number;
  readonly slices: number;
}

/** Collects until it is done, or the budget ends; the next time goes on from there. A failure is logged: the next time tries again. */
export async function collectAll(upkeep: RegistryUpkeep, budget: CollectionBudget, log: Log): Promise<void> {
  try {
    for (let slice = 0; slice < budget.slices; slice++) {
      const { state, counts } = await upkeep.advance({ calls: budget.calls, dryRun: false });
      if (state === "done") log.write("info", "registry collected", { ...counts });
      if (state !== "running") return;
    }
  } catch (thrown) {
    log.write("error", "registry collection", describeThrown(thrown));
  }
}

/** Prefetches for all projects; what fails is logged, and the next time tries again. */
export async function prefetchAll(upkeep: RegistryUpkeep, limit: number, log: Log): Promise<void> {
  try {
    for (const { project, pulled, failed, done } of await upkeep.prefetch(limit)) {
      const level = failed.length === 0 ? "info" : "warn";
      log.write(level, "registry prefetched", { project, pulled, failed: failed.length, done });
    }
  } catch (thrown) {
    log.write("error", "registry prefetch", describeThrown(thrown));
  }
}
