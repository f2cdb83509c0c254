import { EngineError } from "../errors.ts";
import { cleanPath, extension } from "../go/path.ts";
import { quote } from "../go/quote.ts";
import { checkConstraint, parseConstraint, parseVersion, SemverError } from "../semver/index.ts";
import type { Chart, Dependency } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import type { Folder } from "./folder.ts";
import { pathMatch } from "./path-match.ts";
import { formatTable } from "./table.ts";

/** What `helm dependency list` prints for the chart at `path`. `width` is the widest column. */
export async function listDependencies(path: string, width: number, folder: Folder): Promise<string> {
  const chart = await folder.loadChart(path);
  const { dependencies } = chart.metadata;
  const charts = cleanPath(`${path}/charts`);
  if (dependencies === undefined) return `WARNING: no dependencies at ${charts}\n`;
  const rows = [["NAME", "VERSION", "REPOSITORY", "STATUS"]];
  for (const dependency of dependencies) {
    const { name, version = "", repository = "" } = dependency;
    rows.push([name, version, repository, await statusOf(dependency, chart, charts, folder)]);
  }
  return `${formatTable(rows, width)}\n\n${await strangers(charts, dependencies, folder)}`;
}

/** Where a dependency stands, in Helm's words. */
async function statusOf(dependency: Dependency, chart: Chart, charts: string, folder: Folder): Promise<string> {
  let archives: readonly string[];
  try {
    archives = namesIn(charts, folder).filter((name) => pathMatch(`${dependency.name}-*.tgz`, name));
  } catch (error) {
    if (error instanceof ChartError) return "bad pattern";
    throw error;
  }
  const versioned = archives.length > 1 ? archives.filter((name) => isVersioned(name, dependency.name)) : archives;
  const [only, ...others] = versioned;
  if (others.length > 0) return "too many matches";
  if (only !== undefined) return await archiveStatus(`${charts}/${only}`, dependency, folder);
  const unpacked = chart.dependencies.findLast((child) => child.metadata.name === dependency.name);
  if (unpacked === undefined) return "missing";
  return versionProblem(unpacked, dependency) ?? "unpacked";
}

function namesIn(directory: string, folder: Folder): readonly string[] {
  return folder.kind(directory) === "directory" ? folder.names(directory) : [];
}

function isVersioned(archive: string, name: string): boolean {
  const stem = archive.slice(0, -".tgz".length);
  const version = stem.startsWith(`${name}-`) ? stem.slice(name.length + 1) : stem;
  try {
    parseVersion(version, { strict: true });
    return true;
  } catch (error) {
    if (error instanceof SemverError) return false;
    throw error;
  }
}

async function archiveStatus(path: string, dependency: Dependency, folder: Folder): Promise<string> {
  let chart: Chart;
  try {
    chart = await folder.loadChart(path);
  } catch (error) {
    if (error instanceof EngineError) return "corrupt";
    throw error;
  }
  if (chart.metadata.name !== dependency.name) return "misnamed";
  return versionProblem(chart, dependency) ?? "ok";
}

function versionProblem(chart: Chart, { version = "" }: Dependency): string | undefined {
  if (chart.metadata.version === version) return undefined;
  try {
    const constraint = parseConstraint(version);
    return checkConstraint(constraint, parseVersion(chart.metadata.version)) ? undefined : "wrong version";
  } catch (error) {
    if (error instanceof SemverError) return "invalid version";
    throw error;
  }
}

/** Warnings about what lies in `charts/` and is not asked for. */
async function strangers(charts: string, dependencies: readonly Dependency[], folder: Folder): Promise<string> {
  let out = "";
  for (const name of namesIn(charts, folder)) {
    const path = `${charts}/${name}`;
    if (folder.kind(path) !== "directory" && extension(name) !== ".tgz") continue;
    try {
      const { metadata } = await folder.loadChart(path);
      if (dependencies.every((dependency) => dependency.name !== metadata.name)) {
        out += `WARNING: ${quote(path)} is not in Chart.yaml.\n`;
      }
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      out += `WARNING: ${quote(path)} is not a chart.\n`;
    }
  }
  return out;
}
