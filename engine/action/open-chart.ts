import { ArchiveError } from "../archive/index.ts";
import { ChartError } from "../chart/chart-error.ts";
import { type CrdFile, crdFiles } from "../chart/crds.ts";
import type { Chart } from "../chart/chart.ts";
import { EngineError, type JsonObject } from "../errors.ts";
import { decodeGoJson } from "../encoding/lossless.ts";
import type { GoMap } from "../go/value.ts";
import type { ResourceMapping } from "../kube/mapping.ts";
import type { PlannedCrd } from "../plan/plan.ts";
import { type BuiltObject, buildObjects } from "./build.ts";
import { mappingsOf } from "./crd.ts";
import { ActionError } from "./errors.ts";
import { FORCE_WITHOUT_APPLY } from "./apply-method.ts";
import { plainly } from "./plan-objects.ts";
import type { ChartOptions } from "./request.ts";
import type { Step } from "./step.ts";

/** The chart of a request. Throws `ActionError` `not-found` when the registry no longer has it, `invalid-chart` when it is none. */
export async function openChart(step: Step, request: ChartOptions): Promise<Chart> {
  const chart = await step.deps.charts.open(request.chart, step.deps.signal).catch(refuseChart);
  if (chart !== undefined) return chart;
  throw new ActionError(
    "not-found",
    `the chart ${request.chart.reference} (${request.chart.digest}) is gone from the registry`,
  );
}

function refuseChart(error: unknown): never {
  if (!(error instanceof ArchiveError) && !(error instanceof ChartError)) throw error;
  throw new ActionError("invalid-chart", error.message, { cause: error.code, ...error.detail }, { cause: error });
}

/** The values of a request as templates see them. Throws `ActionError` `invalid-request` for JSON that is no Go-kinded map. */
export function valuesOfRequest(values: JsonObject): GoMap {
  try {
    return decodeGoJson(values);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new ActionError("invalid-request", `the values cannot be read: ${error.message}`);
  }
}

/** The CRDs that an install applies, and how their kinds will be reached. */
export interface ComingCrds {
  readonly crds: readonly PlannedCrd[];
  readonly mappings: readonly ResourceMapping[];
}

/** Reads the chart's `crds/`. Throws `ActionError` `render-failed` with Helm's text. */
export function comingCrds(
  chart: Chart,
  how: { readonly serverSide: boolean; readonly force: boolean },
  mappingFor: (gvk: {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }) => ResourceMapping | undefined,
): ComingCrds {
  const files = crdFiles(chart);
  const [first] = files;
  if (first !== undefined && how.force && !how.serverSide) {
    const text = `failed to install CRD ${first.file.name}: invalid client create option(s): ${FORCE_WITHOUT_APPLY}`;
    throw new ActionError("invalid-request", text);
  }
  const crds = files.map((file) => ({ name: file.file.name, objects: builtCrd(file, mappingFor) }));
  const planned = crds.map(({ name, objects }) => ({ name, objects: objects.map((one) => plainly(one, how)) }));
  return { crds: planned, mappings: crds.flatMap(({ objects }) => objects.flatMap((one) => mappingsOf(one.object))) };
}

function builtCrd(file: CrdFile, mappingFor: Parameters<typeof comingCrds>[2]): readonly BuiltObject[] {
  const { name } = file.file;
  try {
    const objects = buildObjects(new TextDecoder().decode(file.file.data), { mappingFor, namespace: "default" });
    if (objects.length === 0) throw new ActionError("render-failed", "resources are empty");
    return objects;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new ActionError("render-failed", `failed to install CRD ${name}: ${error.message}`, error.detail);
  }
}
