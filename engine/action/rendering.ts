import type { Capabilities } from "../chart/capabilities.ts";
import type { Chart } from "../chart/chart.ts";
import { EngineError, type JsonObject, type JsonValue } from "../errors.ts";
import type { GoMap } from "../go/value.ts";
import type { Discovery } from "../kube/discovery.ts";
import { isKubeError } from "../kube/error.ts";
import { isJsonObject } from "../object/json.ts";
import { isSecret, type SecretSource } from "../plan/secret-texts.ts";
import type { FunctionSignature } from "../plugin/index.ts";
import type { Rendered, RenderInput } from "../render/input.ts";
import { decodeBase64 } from "../release/base64.ts";
import { render } from "../render/render.ts";
import { unlisted } from "./build.ts";
import { ActionError } from "./errors.ts";
import { createHearing, secretsIn, valuesIn } from "./hearing.ts";
import { resolverFor } from "./lookup.ts";
import type { ChartOptions } from "./request.ts";
import type { PendingAnswer } from "../template/pending.ts";
import { readText } from "./parts.ts";
import { postRender } from "./post-render.ts";
import type { Operation } from "./state.ts";
import type { Step } from "./step.ts";

/** What is rendered. */
export interface RenderJob {
  readonly chart: Chart;
  readonly values: GoMap;
  readonly options: ChartOptions;
  readonly capabilities: Capabilities;
  /** Absent in a client dry run: then nothing is looked up. */
  readonly discovery: Discovery | undefined;
  readonly release: RenderInput["release"];
}

/** Renders a chart for an operation: equal seed, clock and answers give equal bytes. Throws `ActionError` `render-failed`. */
export async function renderChart(step: Step, operation: Operation, job: RenderJob): Promise<Rendered> {
  const seed = decodeBase64(operation.seed);
  if (seed === undefined) throw new Error("the operation has no seed");
  const { options, discovery } = job;
  await rememberAnswers(step, operation);
  const known = knownSecrets(step, job);
  let noMatch = false;
  const onUnserved = (): void => void (noMatch = true);
  try {
    return await render({
      chart: job.chart,
      values: job.values,
      release: job.release,
      capabilities: job.capabilities,
      lookup: discovery === undefined ? "off" : "live",
      dns: options.enableDns,
      skipSchemaValidation: options.skipSchemaValidation,
      subchartNotes: options.subchartNotes,
      hideSecret: options.hideSecret === true,
      seed,
      now: operation.clock ?? operation.now,
      resolve: resolverFor(step, {
        discovery,
        onUnserved,
        plugins: options.functions,
        hearing: createHearing(step, known.source),
        onFound: known.add,
      }),
      functions: functionsOf(step, options),
      ...(step.deps.signal === undefined ? {} : { signal: step.deps.signal }),
      ...postRendering(step, options, known),
      onWarning: ({ level, message, attributes }) =>
        step.emit({ type: "warning", level, message, detail: Object.fromEntries(attributes) }),
    });
  } catch (error) {
    if (!(error instanceof EngineError) || isKubeError(error) || error instanceof ActionError) throw error;
    const detail = { cause: error.code, ...error.detail, ...(noMatch ? { noMatch } : {}) };
    throw new ActionError("render-failed", error.message, detail, { cause: error });
  }
}

/** The template functions of a request's plugins. */
function functionsOf({ deps }: Step, { functions = [] }: ChartOptions): readonly FunctionSignature[] {
  if (functions.length === 0) return [];
  if (deps.runFunction === undefined) throw new ActionError("invalid-request", "plugins cannot be run here");
  return functions.flatMap((plugin) => plugin.functions);
}

/** Nothing for a request without post-renderers. */
function postRendering(step: Step, options: ChartOptions, known: KnownSecrets): Pick<RenderInput, "postRender"> {
  const { deps } = step;
  const { postRenderers: renderers = [], postRenderStrategy: strategy = "combined" } = options;
  if (renderers.length === 0) return {};
  const run = deps.postRender;
  if (run === undefined) throw new ActionError("invalid-request", "post-renderers cannot be run here");
  const hearing = (stream: string) => createHearing(step, () => known.sourceWith(secretsIn(stream)));
  return { postRender: (files) => postRender(files, { renderers, strategy, run, signal: deps.signal, hearing }) };
}

/** What of a rendering is secret: sensitive values, what was looked up, and the Secrets of a stream. */
interface KnownSecrets {
  readonly add: (found: JsonValue) => void;
  readonly source: () => SecretSource;
  /** Nothing is known of a stream that cannot be read. */
  readonly sourceWith: (objects: readonly JsonObject[] | undefined) => SecretSource | undefined;
}

function knownSecrets({ cache: { secrets: found } }: Step, { chart, values }: RenderJob): KnownSecrets {
  const source = (): SecretSource => ({ objects: found, values: valuesIn(values, chart) });
  return {
    add: (looked) => void found.push(...unlisted(looked).filter(isJsonObject).filter(isSecret)),
    source,
    sourceWith: (objects) => (objects === undefined ? undefined : { ...source(), objects: [...found, ...objects] }),
  };
}

/** What the plan that is applied was answered. */
async function rememberAnswers(step: Step, { purpose }: Operation): Promise<void> {
  if (purpose?.kind !== "apply") return;
  const text = await readText(step.deps.parts, purpose.answers, step.deps.signal);
  const answers: readonly (readonly [string, PendingAnswer])[] = JSON.parse(text);
  for (const [key, answer] of answers) step.cache.answers.set(key, answer);
}
