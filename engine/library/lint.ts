import { parseKubeVersion } from "../chart/kube-version.ts";
import { expandedFiles } from "../chart/expand.ts";
import type { ChartWarning } from "../chart/warning.ts";
import { GoMap } from "../go/value.ts";
import { lintChart as lintSource } from "../lint/lint.ts";
import type { LintMessage } from "../lint/message.ts";
import { lintSourceOf } from "../lint/source.ts";
import { readSource, withoutIgnored } from "./chart-source.ts";
import type { ChartSource } from "./chart-source.ts";
import { held } from "./held.ts";
import type { RenderOptions } from "./render.ts";
import { pendingResolver } from "./resolver.ts";
import { checkedSeed } from "./seed.ts";

/** What a chart is linted with; of the resolver only keys are asked. */
export interface LintOptions extends Pick<
  RenderOptions,
  "values" | "namespace" | "kubeVersion" | "skipSchemaValidation" | "resolver" | "now" | "seed" | "signal"
> {
  /** Linted from its files: a chart that cannot be loaded has findings like any other. */
  readonly source: ChartSource;
  /** What findings call the chart's folder; `.` where absent. */
  readonly folder?: string | undefined;
}

/** The findings in Helm's order, and what Helm would log on the way. */
export interface Linted {
  readonly messages: readonly LintMessage[];
  readonly warnings: readonly ChartWarning[];
}

/** Checks a chart as `helm lint` does: its faults are findings. Rejects with `ChartError` for an archive that holds no chart. */
export async function lintChart(options: LintOptions): Promise<Linted> {
  const { source, folder = ".", values, namespace = "default", kubeVersion, resolver = {}, signal } = options;
  const { kind, files: read } = await readSource(source, signal);
  const files = kind === "archive" ? expandedFiles(read).files : read;
  const all = lintSourceOf(files, folder);
  const load: typeof all.load = async (onWarning) => lintSourceOf(withoutIgnored(files), folder).load(onWarning);
  const warnings: ChartWarning[] = [];
  const messages = await lintSource(
    { ...all, load },
    {
      values: values?.[held] ?? new GoMap(),
      namespace,
      ...(kubeVersion === undefined ? {} : { kubeVersion: parseKubeVersion(kubeVersion) }),
      skipSchemaValidation: options.skipSchemaValidation,
      now: options.now,
      seed: checkedSeed(options.seed),
      resolve: pendingResolver(resolver),
      signal,
      onWarning: (warning) => void warnings.push(warning),
    },
  );
  return { messages, warnings };
}
