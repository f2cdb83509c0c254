import { updateDependencies } from "../../../engine/chart/dependency-update.ts";
import { ChartError, checkDependencies, checkInstallable, loadPackage } from "../../../engine/chart/index.ts";
import type { Chart } from "../../../engine/chart/index.ts";
import { loadDirectory } from "../chart-directory.ts";
import { warner } from "../command.ts";
import { dependencyJob } from "../dependency.ts";
import { readEpoch } from "../epoch.ts";
import type { ParsedFlags } from "../flags.ts";
import { locateChart } from "../locate-chart.ts";
import { slogLine } from "../slog.ts";
import type { ReleaseIo } from "./io.ts";

/** Where the chart lies, fetched where it lies elsewhere. */
export function locate(reference: string, flags: ParsedFlags, io: ReleaseIo): Promise<string> {
  return locateChart(reference, flags, io);
}

/** Loads a chart that an install or upgrade applies, with its dependencies brought up to date where asked for. */
export async function loadReleaseChart(
  path: string,
  flags: ParsedFlags,
  io: ReleaseIo,
  action: "install" | "upgrade",
): Promise<Chart> {
  const chart = await load(path, io);
  if (action === "install") checkInstallable(chart);
  if (action === "install") warnDeprecated(chart, io);
  const complete = (chart.metadata.dependencies ?? []).length === 0 ? chart : await completed(chart, path, flags, io);
  if (action === "upgrade") warnDeprecated(chart, io);
  return complete;
}

function warnDeprecated(chart: Chart, io: ReleaseIo): void {
  if (chart.metadata.deprecated === true) io.stderr(slogLine("WARN", "this chart is deprecated", []));
}

async function completed(chart: Chart, path: string, flags: ParsedFlags, io: ReleaseIo): Promise<Chart> {
  readEpoch(io);
  try {
    checkDependencies(chart);
    return chart;
  } catch (cause) {
    if (!(cause instanceof ChartError)) throw cause;
    if (!flags.isOn("dependency-update")) {
      const advice =
        "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing dependencies";
      throw new ChartError(cause.code, `${advice}: ${cause.message}`, cause.detail, { cause });
    }
  }
  await updateDependencies(dependencyJob(path, flags, io));
  return await load(path, io);
}

async function load(path: string, io: ReleaseIo): Promise<Chart> {
  const { files } = io;
  const onWarning = warner(io);
  if (files.stat(path)?.kind !== "directory") return await loadPackage(path, files.read(path), { onWarning });
  const onLink = (link: string, target: string): void =>
    io.stderr(
      slogLine("INFO", "found symbolic link in path. Contents of linked file included and used", [
        ["path", link],
        ["resolved", target],
      ]),
    );
  return await loadDirectory(files, path, { onWarning, onLink });
}
