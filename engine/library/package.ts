import { packageChart as packChart } from "../chart/package.ts";
import type { SavedChart } from "../chart/save.ts";
import type { Chart } from "./chart.ts";
import { held } from "./held.ts";

/** How a chart is packaged. */
export interface PackageOptions {
  readonly chart: Chart;
  /** Instead of the chart's own. */
  readonly version?: string | undefined;
  readonly appVersion?: string | undefined;
  /** Seconds since 1970 that every file gets: `SOURCE_DATE_EPOCH`. */
  readonly sourceDateEpoch?: number | undefined;
  /** Milliseconds since 1970, for files without a time. */
  readonly now: number;
}

/** Makes the archive of a chart with the bytes of `helm package`. Throws `ChartError` with Helm's text. */
export function packageChart(options: PackageOptions): SavedChart {
  const { chart, version, appVersion, sourceDateEpoch: epoch, now } = options;
  return packChart(chart[held], { version, appVersion, epoch, now });
}
