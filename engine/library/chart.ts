import type { Chart as EngineChart, ChartFile, Metadata } from "../chart/chart.ts";
import { loadFiles } from "../chart/load.ts";
import type { ChartWarning } from "../chart/warning.ts";
import { readSource, withoutIgnored } from "./chart-source.ts";
import type { ChartSource } from "./chart-source.ts";
import { held } from "./held.ts";
import { valuesOf } from "./values.ts";
import type { Values } from "./values.ts";

/** A loaded chart. It is never changed, so that it can be rendered any number of times. */
export interface Chart {
  /** Chart.yaml. */
  readonly metadata: Metadata;
  /** The chart's own values.yaml. */
  readonly values: Values;
  /** Every file that was loaded, sub-charts included. */
  readonly files: readonly ChartFile[];
  readonly [held]: EngineChart;
}

/** How a chart is loaded. */
export interface LoadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A loaded chart and what Helm would log about it. */
export interface Loaded {
  readonly chart: Chart;
  readonly warnings: readonly ChartWarning[];
}

/** Loads a chart with its sub-charts. Rejects with `ChartError`, its message being Helm's, and `InputError`. */
export async function loadChart(source: ChartSource, options: LoadOptions = {}): Promise<Loaded> {
  const { signal } = options;
  const { kind, files } = await readSource(source, signal);
  const warnings: ChartWarning[] = [];
  const chart = await loadFiles(kind === "folder" ? withoutIgnored(files) : files, {
    signal,
    onWarning: (warning) => void warnings.push(warning),
  });
  const shown = { metadata: chart.metadata, values: valuesOf(chart.values), files: chart.raw };
  return { chart: { ...shown, [held]: chart }, warnings };
}
