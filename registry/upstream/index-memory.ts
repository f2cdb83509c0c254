import type { IndexEntry } from "./index-entry.ts";
import type { IndexHead } from "./index-store.ts";

/** Bytes of charts that one project keeps at hand, as they are stored. */
const MAX_BYTES = 8 * 1024 * 1024;

/** What this process knows of an upstream's index, so that not every pull reads it again. Settled values alone. */
export interface IndexMemory {
  head: IndexHead | undefined;
  readonly chart: (generation: string, name: string) => readonly IndexEntry[] | undefined;
  /** `size`: what it takes, in bytes. A generation replaces the one before. */
  readonly keep: (generation: string, name: string, entries: readonly IndexEntry[], size: number) => void;
}

/** An empty memory; what was not asked for longest is forgotten first. */
export function createIndexMemory(): IndexMemory {
  const charts = new Map<string, { readonly entries: readonly IndexEntry[]; readonly size: number }>();
  let current = "";
  let used = 0;
  return {
    head: undefined,
    chart: (generation, name) => {
      const found = generation === current ? charts.get(name) : undefined;
      if (found === undefined) return undefined;
      charts.delete(name);
      charts.set(name, found);
      return found.entries;
    },
    keep: (generation, name, entries, size) => {
      if (generation !== current) {
        charts.clear();
        used = 0;
        current = generation;
      }
      if (charts.has(name) || size > MAX_BYTES) return;
      charts.set(name, { entries, size });
      used += size;
      for (const [oldest, chart] of charts) {
        if (used <= MAX_BYTES) break;
        charts.delete(oldest);
        used -= chart.size;
      }
    },
  };
}
