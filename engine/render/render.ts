import { ChartError, withPrefix } from "../chart/chart-error.ts";
import type { Chart } from "../chart/chart.ts";
import { checkKubeVersion } from "../chart/checks.ts";
import { coalesceValues, valuesTree } from "../chart/coalesce.ts";
import { crdFiles } from "../chart/crds.ts";
import type { CrdFile } from "../chart/crds.ts";
import { processDependencies } from "../chart/dependencies.ts";
import { validateValues } from "../chart/schema.ts";
import { fromUtf8 } from "../go/utf8.ts";
import { compareBytes } from "../go/value.ts";
import type { GoMap } from "../go/value.ts";
import { ManifestError } from "../manifest/manifest-error.ts";
import { sortManifests } from "../manifest/sort.ts";
import type { SortedManifests } from "../manifest/sort.ts";
import type { Rendered, RenderedCrd, RenderedManifest, RenderInput } from "./input.ts";
import { RenderError } from "./render-error.ts";
import { renderFiles } from "./render-files.ts";

/**
 * Renders a chart as Helm does for install, upgrade and template: dependencies, values, schema, constraint on Kubernetes, templates,
 * documents in order. The order of these is the order in which refusals win. Throws `ChartError` and {@link RenderError}, with Helm's
 * texts, and what `signal` aborts with.
 */
export async function render(input: RenderInput): Promise<Rendered> {
  const { chart, values } = prepare(input);
  checkKubeVersion(chart, input.capabilities.kubeVersion);
  const texts = new Map(await renderFiles(chart, values, input));
  const notes = takeNotes(texts, chart, input.subchartNotes === true);
  const files = input.postRender === undefined ? texts : await input.postRender(texts);
  const { hooks, manifests } = sortTexts(files, input);
  return {
    chart,
    manifests,
    manifest: manifests.map((one) => documentText(one, input.hideSecret === true)).join(""),
    hooks,
    crds: crdFiles(chart).map(renderedCrd),
    notes,
  };
}

function documentText({ path, content, kind, apiVersion }: RenderedManifest, hideSecret: boolean): string {
  const isHidden = hideSecret && kind === "Secret" && apiVersion === "v1";
  const text = isHidden ? "# HIDDEN: The Secret output has been suppressed" : content;
  return `---\n# Source: ${path}\n${text}\n`;
}

/** CRD files are large and seldom read: the text is made when it is asked for. */
function renderedCrd({ path, file }: CrdFile): RenderedCrd {
  return {
    filename: path,
    get content(): string {
      return fromUtf8(file.data);
    },
  };
}

/** A chart with its dependencies processed, and the values that its templates see. */
export interface Prepared {
  readonly chart: Chart;
  readonly values: GoMap;
}

/** The steps before templates run: Helm's `ProcessDependencies` and `ToRenderValues`. Throws `ChartError`. */
export function prepare(
  input: Pick<RenderInput, "chart" | "values" | "skipSchemaValidation" | "onWarning" | "onSchemaCheck">,
): Prepared {
  const chart = withDependencies(input);
  const values = coalesceValues(valuesTree(chart), input.values, input.onWarning);
  if (input.skipSchemaValidation !== true) validateValues(chart, values, input);
  return { chart, values };
}

function withDependencies(input: Pick<RenderInput, "chart" | "values" | "onWarning">): Chart {
  try {
    return processDependencies(input.chart, input.values, input.onWarning);
  } catch (error) {
    if (error instanceof ChartError) throw withPrefix("chart dependencies processing failed", error);
    throw error;
  }
}

const NOTES = "NOTES.txt";

/** Takes the notes out of the rendered files. Of sub-charts only where asked; their order, random in Helm, is by path. */
function takeNotes(texts: Map<string, string>, chart: Chart, withSubcharts: boolean): string {
  const own = `${chart.metadata.name}/templates/${NOTES}`;
  const notes: string[] = [];
  for (const path of [...texts.keys()].filter((name) => name.endsWith(NOTES)).sort(compareBytes)) {
    if (withSubcharts || path === own) notes.push(texts.get(path) ?? "");
    texts.delete(path);
  }
  return notes.reduce((all, note) => (all === "" ? note : `${all}\n${note}`), "");
}

function sortTexts(texts: ReadonlyMap<string, string>, input: RenderInput): SortedManifests {
  try {
    return sortManifests(texts, (events) =>
      input.onWarning?.({ level: "INFO", message: "skipping unknown hooks", attributes: [["hookTypes", events]] }),
    );
  } catch (cause) {
    if (!(cause instanceof ManifestError)) throw cause;
    throw new RenderError("manifest", cause.message, cause.detail, { cause, files: texts });
  }
}
