import { parseVersion, SemverError } from "../semver/index.ts";
import { checkDependencies } from "./checks.ts";
import type { Chart, ChartFile } from "./chart.ts";
import { ChartError, withPrefix } from "./chart-error.ts";
import { saveChart } from "./save.ts";
import type { SavedChart } from "./save.ts";

/** How a chart is packaged. */
export interface PackageOptions {
  /** Instead of the chart's own; empty is none. */
  readonly version?: string | undefined;
  readonly appVersion?: string | undefined;
  /** Seconds since 1970 that every file gets: `SOURCE_DATE_EPOCH`. */
  readonly epoch?: number | undefined;
  /** Milliseconds since 1970, for files without a time. */
  readonly now: number;
}

/** Makes the archive of a loaded chart as `helm package` does. Throws {@link ChartError} with Helm's text. */
export function packageChart(chart: Chart, options: PackageOptions): SavedChart {
  const { version = "", appVersion = "", epoch } = options;
  const metadata = {
    ...chart.metadata,
    ...(version === "" ? {} : { version }),
    ...(appVersion === "" ? {} : { appVersion }),
  };
  checkVersion(metadata.version);
  const changed = { ...chart, metadata };
  const stamped = epoch === undefined ? changed : stampTimes(changed, epoch);
  checkDependencies(stamped);
  try {
    return saveChart(stamped, options.now);
  } catch (error) {
    throw withPrefix("failed to save", error);
  }
}

function checkVersion(version: string): void {
  try {
    parseVersion(version);
  } catch (cause) {
    if (!(cause instanceof SemverError)) throw cause;
    throw new ChartError("invalid-metadata", cause.message, { version }, { cause });
  }
}

/** The chart and its sub-charts with one time everywhere, in seconds since 1970. */
export function stampTimes(chart: Chart, epoch: number): Chart {
  const modTime = new Date(epoch * 1000).toISOString().replace(".000Z", "Z");
  const stamp = (file: ChartFile): ChartFile => ({ ...file, modTime });
  return {
    ...chart,
    modTime,
    ...(chart.schema === undefined ? {} : { schema: stamp(chart.schema) }),
    ...(chart.lock === undefined ? {} : { lock: { ...chart.lock, generated: modTime } }),
    raw: chart.raw.map(stamp),
    templates: chart.templates.map(stamp),
    files: chart.files.map(stamp),
    dependencies: chart.dependencies.map((child) => stampTimes(child, epoch)),
  };
}
