import type { ChartSource } from "../../engine/action/action.ts";
import type { Chart } from "../../engine/chart/chart.ts";
import type { PinnedChart } from "../../engine/chart/reference.ts";
import type { ChartCatalog } from "./chart-catalog.ts";

/** Loaded charts kept: a deploy opens its chart once per step, a fleet rollout the same one for every release. */
const MAX_CHARTS = 32;
/** Archive bytes of all kept charts; loaded, a chart takes a few times that. */
const MAX_BYTES: number = 16 * 1024 * 1024;

/** Reads an archive. Throws what the engine throws for a bad one. */
export type LoadChart = (archive: Uint8Array) => Promise<Chart>;

/** Pinned charts out of the registry, kept by digest: a digest never means other bytes. */
export function createChartSource(deps: { readonly catalog: ChartCatalog; readonly load: LoadChart }): ChartSource {
  const kept = new Map<string, { readonly chart: Chart; readonly size: number }>();
  let bytes = 0;
  const keep = (digest: string, chart: Chart, size: number): void => {
    kept.set(digest, { chart, size });
    bytes += size;
    for (const [oldest, entry] of kept) {
      if (kept.size <= MAX_CHARTS && bytes <= MAX_BYTES) break;
      kept.delete(oldest);
      bytes -= entry.size;
    }
  };
  return {
    open: async (pinned: PinnedChart, signal?: AbortSignal) => {
      const known = kept.get(pinned.digest);
      if (known !== undefined) return known.chart;
      const archive = await deps.catalog.openArchive(pinned, signal);
      if (archive === undefined) return undefined;
      const chart = await deps.load(archive);
      if (!kept.has(pinned.digest)) keep(pinned.digest, chart, archive.length);
      return chart;
    },
  };
}
