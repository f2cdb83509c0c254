import type { HelmVersion } from "../chart/capabilities.ts";
import { checkDependencies, checkInstallable } from "../chart/checks.ts";
import { checkApiVersion } from "../chart/detect.ts";
import { defaultCapabilities, parseKubeVersion } from "../chart/kube-version.ts";
import { GoMap } from "../go/value.ts";
import type { Hook } from "../manifest/hook.ts";
import { checkReleaseName } from "../release/name.ts";
import type { RenderedCrd, RenderedManifest, RenderInput, RenderWarning } from "../render/input.ts";
import { renderFiles } from "../render/render-files.ts";
import { prepare, render } from "../render/render.ts";
import type { Chart } from "./chart.ts";
import { held } from "./held.ts";
import { InputError } from "./input-error.ts";
import { pendingResolver } from "./resolver.ts";
import type { Resolver } from "./resolver.ts";
import { checkedSeed } from "./seed.ts";
import type { Values } from "./values.ts";

/** Everything that a render depends on: equal options and answers give equal bytes. */
export interface RenderOptions {
  readonly chart: Chart;
  /** The user's; the chart's own stand behind them. */
  readonly values?: Values | undefined;
  /** The release's. */
  readonly name: string;
  /** `default` where absent. */
  readonly namespace?: string | undefined;
  /** 1 where absent. */
  readonly revision?: number | undefined;
  readonly isUpgrade?: boolean | undefined;
  /** As `--kube-version`, e.g. `1.34`; Helm's own default where absent. */
  readonly kubeVersion?: string | undefined;
  /** As `--api-versions`: besides the ones that Helm takes for given. */
  readonly apiVersions?: readonly string[] | undefined;
  readonly helmVersion?: HelmVersion | undefined;
  readonly skipSchemaValidation?: boolean | undefined;
  /** Sub-charts' notes, too. */
  readonly subchartNotes?: boolean | undefined;
  readonly resolver?: Resolver | undefined;
  /** Milliseconds since 1970 that `now` and certificates see. */
  readonly now: number;
  /** 32 bytes that all template randomness comes from, but for the keys of {@link Resolver}. */
  readonly seed: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

/** What `helm install` would send, and what Helm would log on the way. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  /** In install order. */
  readonly manifests: readonly RenderedManifest[];
  /** The documents in one text, as a release record stores it. */
  readonly manifest: string;
  readonly hooks: readonly Hook[];
  readonly crds: readonly RenderedCrd[];
  readonly notes: string;
  readonly warnings: readonly RenderWarning[];
}

/**
 * Renders a chart as `helm template` does. Rejects with `ChartError` and `RenderError`, their messages being Helm's, with
 * {@link InputError}, and with what `signal` aborts with.
 */
export async function renderChart(options: RenderOptions): Promise<Release> {
  const { chart, name, namespace = DEFAULT_NAMESPACE } = options;
  const warnings: RenderWarning[] = [];
  checkRenderable(chart);
  if (chart.metadata.deprecated === true) warnings.push(DEPRECATED);
  const problem = checkReleaseName(name);
  if (problem !== undefined) {
    const text = `release name ${JSON.stringify(name)}: ${problem}`;
    throw new InputError("invalid-name", `release name check failed: ${text}`, { name });
  }
  const { manifests, manifest, hooks, crds, notes } = await render(inputOf(options, warnings));
  return { name, namespace, manifests, manifest, hooks, crds, notes, warnings };
}

/** What the templates wrote, file by file. */
export interface RenderedTemplates {
  /** By the template's path from the chart's name on: notes, too, and text that is no YAML. */
  readonly files: ReadonlyMap<string, string>;
  readonly warnings: readonly RenderWarning[];
}

/**
 * Runs the templates and stops there, as Helm's template engine does: nothing is split or sorted, and neither the release's name nor the chart's
 * type is questioned. Rejects as {@link renderChart} does.
 */
export async function renderTemplates(options: RenderOptions): Promise<RenderedTemplates> {
  const warnings: RenderWarning[] = [];
  const input = inputOf(options, warnings);
  const { chart, values } = prepare(input);
  return { files: await renderFiles(chart, values, input), warnings };
}

const DEFAULT_NAMESPACE = "default";
const DEPRECATED: RenderWarning = { level: "WARN", message: "this chart is deprecated", attributes: [] };

function checkRenderable(chart: Chart): void {
  const manifest = chart.files.findLast(({ name }) => name === "Chart.yaml");
  if (manifest !== undefined) checkApiVersion(manifest.data);
  checkInstallable(chart[held]);
  checkDependencies(chart[held]);
}

function inputOf(options: RenderOptions, warnings: RenderWarning[]): RenderInput {
  const { chart, values, name, namespace = DEFAULT_NAMESPACE, revision = 1, isUpgrade = false } = options;
  const { kubeVersion, apiVersions = [], helmVersion, resolver = {}, now, seed, signal } = options;
  const { skipSchemaValidation = false, subchartNotes = false } = options;
  return {
    chart: chart[held],
    values: values?.[held] ?? new GoMap(),
    release: { name, namespace, revision, isUpgrade },
    capabilities: defaultCapabilities({
      ...(kubeVersion === undefined ? {} : { kubeVersion: parseKubeVersion(kubeVersion) }),
      ...(helmVersion === undefined ? {} : { helmVersion }),
      apiVersions,
    }),
    lookup: resolver.lookup === undefined ? "off" : "live",
    dns: resolver.address !== undefined,
    skipSchemaValidation,
    subchartNotes,
    now,
    seed: checkedSeed(seed),
    resolve: pendingResolver(resolver),
    ...(signal === undefined ? {} : { signal }),
    onWarning: (warning) => void warnings.push(warning),
  };
}
