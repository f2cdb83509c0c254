import type { Chart } from "../chart/chart.ts";
import type { OnWarning } from "../chart/warning.ts";
import type { Findings } from "./message.ts";
import type { LintSource } from "./source.ts";
import { messageOf } from "./template-rules.ts";

/** The rules about dependencies: Chart.yaml and `charts/` name the same charts. */
export async function lintDependencies(
  source: LintSource,
  findings: Findings,
  onWarning: OnWarning | undefined,
): Promise<void> {
  const { check } = findings;
  const chart = await source.load(onWarning).catch(messageOf);
  if (typeof chart === "string") {
    check("ERROR", "", `unable to load chart\n\t${chart}`);
    return;
  }
  const listed = (chart.metadata.dependencies ?? []).map(({ name }) => name);
  const present = chart.dependencies.map(({ metadata }) => metadata.name);
  const { directory } = source;
  check("ERROR", directory, missing("chart metadata is missing these dependencies", present, listed));
  check("ERROR", directory, shadowing(chart));
  check("WARNING", directory, missing("chart directory is missing these dependencies", listed, present));
}

function missing(text: string, wanted: readonly string[], there: readonly string[]): string | undefined {
  const names = wanted.filter((name) => !there.includes(name));
  return names.length === 0 ? undefined : `${text}: ${names.join(",")}`;
}

function shadowing(chart: Chart): string | undefined {
  const keys = (chart.metadata.dependencies ?? []).map(({ name, alias = "" }) => (alias === "" ? name : alias));
  const twice = keys.filter((key, i) => keys.indexOf(key) < i);
  return twice.length === 0 ? undefined : `multiple dependencies with name or alias: ${twice.join(",")}`;
}
