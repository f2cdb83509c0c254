import * as z from "zod";
import { type FunctionPlugin, type RunFunction, withFunctions } from "../../engine/action/functions.ts";
import {
  checkDependencies,
  checkInstallable,
  defaultCapabilities,
  parseKubeVersion,
} from "../../engine/chart/index.ts";
import type { Capabilities, Chart } from "../../engine/chart/index.ts";
import { type Hearing, secretsIn, valuesIn } from "../../engine/action/hearing.ts";
import { postRender, type PostRenderJob } from "../../engine/action/post-render.ts";
import type { JsonObject } from "../../engine/errors.ts";
import type { GoMap } from "../../engine/go/value.ts";
import {
  render,
  type PendingResolver,
  type Rendered,
  type RenderInput,
  type RenderWarning,
} from "../../engine/render/index.ts";
import type { Clock } from "../http/clock.ts";
import type { Log } from "../http/log.ts";
import { logHearing } from "../http/plugin-log.ts";

/** What rendering without a cluster needs. */
export interface RenderDeps {
  readonly clock: Clock;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Answers what templates ask: keys, and no more than the operator allows. */
  readonly resolve: PendingResolver;
  /** Template functions beside Helm's. */
  readonly functions: ChartFunctions;
  /** Where lines of plugins go. */
  readonly log: Log;
}

/** Template functions of plugins, for renders without a release. */
export interface ChartFunctions {
  readonly pin: (signal?: AbortSignal) => Promise<readonly FunctionPlugin[]>;
  readonly run: RunFunction;
}

/** What a request says about the cluster that it imagines. */
export interface CapabilityBody {
  readonly kubeVersion?: string | undefined;
  readonly apiVersions: readonly string[];
  readonly skipSchemaValidation: boolean;
  readonly namespace: string;
}

const MAX_LIST = 1000;
const SEED_BYTES = 32;

/** The members of {@link CapabilityBody}, for schemas. */
export const capabilityMembers: { readonly [Member in keyof CapabilityBody]-?: z.ZodType<CapabilityBody[Member]> } = {
  kubeVersion: z.string().max(64).optional(),
  apiVersions: z.array(z.string().max(256)).max(MAX_LIST).default([]),
  skipSchemaValidation: z.boolean().default(false),
  namespace: z.string().max(63).default("default"),
};

/** A chart and how it is to be rendered. */
export interface RenderWish {
  readonly chart: Chart;
  /** The user's values, merged. */
  readonly values: GoMap;
  readonly body: CapabilityBody;
  readonly name: string;
  readonly isUpgrade?: boolean;
  readonly subchartNotes?: boolean;
  readonly postRendering?: Pick<PostRenderJob, "renderers" | "strategy" | "run">;
  readonly signal: AbortSignal;
  readonly onWarning?: (warning: RenderWarning) => void;
}

/** Renders a chart as `helm template` does. Throws what the engine throws. */
export async function renderChart(deps: RenderDeps, wish: RenderWish): Promise<Rendered> {
  const {
    chart,
    values,
    body,
    name,
    isUpgrade = false,
    subchartNotes = false,
    signal,
    onWarning = () => undefined,
  } = wish;
  const plugins = await deps.functions.pin(signal);
  checkInstallable(chart);
  checkDependencies(chart);
  return await render({
    chart,
    values,
    release: { name, namespace: body.namespace, revision: 1, isUpgrade },
    capabilities: capabilitiesOf(body),
    lookup: "off",
    dns: false,
    skipSchemaValidation: body.skipSchemaValidation,
    subchartNotes,
    seed: deps.randomBytes(SEED_BYTES),
    now: deps.clock.now(),
    resolve: withFunctions(deps.resolve, deps.functions.run, plugins, hearingOf(deps, wish, [])),
    functions: plugins.flatMap((plugin) => plugin.functions),
    signal,
    onWarning,
    ...postRendering(deps, wish),
  });
}

function postRendering(deps: RenderDeps, wish: RenderWish): Pick<RenderInput, "postRender"> {
  const { postRendering: job, signal } = wish;
  if (job === undefined || job.renderers.length === 0) return {};
  const hearing = (stream: string) => hearingOf(deps, wish, secretsIn(stream));
  return { postRender: (files) => postRender(files, { ...job, signal, hearing }) };
}

/** What is heard of plugins of a rendering without an operation; nothing is known of objects that cannot be read. */
export function hearingOf(
  { log }: Pick<RenderDeps, "log">,
  { chart, values }: Partial<Pick<RenderWish, "chart">> & Pick<RenderWish, "values">,
  objects: readonly JsonObject[] | undefined,
): Hearing {
  return logHearing(log, () => (objects === undefined ? undefined : { objects, values: valuesIn(values, chart) }));
}

function capabilitiesOf({ kubeVersion, apiVersions }: CapabilityBody): Capabilities {
  return defaultCapabilities({
    apiVersions,
    ...(kubeVersion === undefined ? {} : { kubeVersion: parseKubeVersion(kubeVersion) }),
  });
}
