import type { SummaryCache } from "../../engine/action/read.ts";
import type { RecordHead } from "../../engine/release/storage.ts";
import type { ReleaseSummary } from "../../engine/release/summary.ts";

/** A fleet of this many releases is listed without reading a record twice; a summary is some hundred bytes. */
const MAX_SUMMARIES = 10_000;

/** Summaries of the clusters' records, the least recently used of which go first. */
export function createSummaryCaches(): (cluster: string) => SummaryCache {
  const kept = new Map<string, ReleaseSummary>();
  return (cluster) => ({
    get: (record) => {
      const key = keyOf(cluster, record);
      const summary = kept.get(key);
      if (summary === undefined) return undefined;
      kept.delete(key);
      kept.set(key, summary);
      return summary;
    },
    set: (record, summary) => {
      kept.set(keyOf(cluster, record), summary);
      for (const key of kept.keys()) {
        if (kept.size <= MAX_SUMMARIES) break;
        kept.delete(key);
      }
    },
  });
}

/** A cluster that is made anew may count from the same version. */
function keyOf(cluster: string, { namespace, name, version, uid, resourceVersion }: RecordHead): string {
  return `${cluster}/${namespace}/${name}/${version}@${uid}@${resourceVersion}`;
}
