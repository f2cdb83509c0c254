import * as z from "zod";
import { withFunctions } from "../../engine/action/functions.ts";
import type { PostRenderStrategy } from "../../engine/action/post-render.ts";
import { packageChart, parseKubeVersion } from "../../engine/chart/index.ts";
import { EngineError } from "../../engine/errors.ts";
import { lintChart, lintSourceOf } from "../../engine/lint/index.ts";
import { checkReleaseName } from "../../engine/release/name.ts";
import { templateOutput } from "../../engine/render/index.ts";
import type { RenderWarning } from "../../engine/render/index.ts";
import { pinAsked } from "../access/asked-plugins.ts";
import { defineRoute, NOTHING, type Route } from "../access/route.ts";
import { listOf } from "../access/token-schema.ts";
import { postRendererList, postRenderStrategy } from "../config/schema.ts";
import { jsonResponse } from "../http/answer.ts";
import { ProblemError } from "../http/problem.ts";
import { composeValues } from "../http/values.ts";
import type { PostRenderers, WantedPostRenderer } from "../releases/post-renderers.ts";
import {
  type AnalysisFlags,
  analysisMembers,
  explainMember,
  originSchema,
  originsMember,
  unreadMember,
  unreadSchema,
  withTemplateErrors,
} from "./analysis.ts";
import {
  type ChartInput,
  chartInputMembers,
  inputChart,
  type InputDeps,
  inputFiles,
  MAX_CHART_BODY,
} from "./chart-input.ts";
import { fetchedValues, type ToolValues, toolValuesMembers } from "./values-input.ts";
import { type CapabilityBody, capabilityMembers, hearingOf, renderChart, type RenderDeps } from "./chart-render.ts";

/** What the chart tools need. */
export interface ToolRouteDeps extends InputDeps, RenderDeps {
  readonly postRenderers: PostRenderers;
}

interface RenderBody extends ChartInput, ToolValues, CapabilityBody, AnalysisFlags {
  readonly explainValues: boolean;
  readonly name: string;
  readonly isUpgrade: boolean;
  readonly includeCrds: boolean;
  readonly noHooks: boolean;
  readonly skipTests: boolean;
  readonly renderSubchartNotes: boolean;
  readonly showOnly: readonly string[];
  readonly postRenderers: readonly WantedPostRenderer[];
  readonly postRenderStrategy: PostRenderStrategy;
}

interface LintBody extends ChartInput, ToolValues, CapabilityBody, AnalysisFlags {
  readonly strict: boolean;
}

interface PackageBody extends ChartInput {
  readonly setVersion?: string | undefined;
  readonly appVersion?: string | undefined;
  readonly sourceDateEpoch?: number | undefined;
}

const flag = z.boolean().default(false);
const MAX_LIST = 1000;
const LATEST_SECOND = 8_640_000_000_000;

const renderBody: z.ZodType<RenderBody> = z.strictObject({
  ...chartInputMembers,
  ...toolValuesMembers,
  ...capabilityMembers,
  ...analysisMembers,
  explainValues: explainMember,
  name: z.string().max(53).default("release-name"),
  isUpgrade: flag,
  includeCrds: flag,
  noHooks: flag,
  skipTests: flag,
  renderSubchartNotes: flag,
  showOnly: z.array(z.string().max(1024)).max(MAX_LIST).default([]),
  postRenderers: postRendererList
    .describe(
      "WASM plugins that the rendered manifests go through, in this order; what is configured for a cluster is not applied",
    )
    .default([]),
  postRenderStrategy,
});

const lintBody: z.ZodType<LintBody> = z.strictObject({
  ...chartInputMembers,
  ...toolValuesMembers,
  ...capabilityMembers,
  ...analysisMembers,
  strict: flag,
});

const packageBody: z.ZodType<PackageBody> = z.strictObject({
  ...chartInputMembers,
  setVersion: z.string().max(256).describe("--version of helm package").optional(),
  appVersion: z.string().max(256).optional(),
  sourceDateEpoch: z.number().int().min(0).max(LATEST_SECOND).describe("Seconds since 1970 for every file").optional(),
});

const warning: z.ZodType = z.object({ level: z.enum(["INFO", "WARN"]), message: z.string() });

/** The chart tools: stateless, without a cluster. */
export function toolRoutes(deps: ToolRouteDeps): readonly Route[] {
  return [renderRoute(deps), lintRoute(deps), packageRoute(deps)];
}

const PROBLEMS = ["chart-not-found", "invalid-chart", "payload-too-large", "upstream-unavailable"] as const;

function renderRoute(deps: ToolRouteDeps): Route {
  return defineRoute({
    id: "renderChart",
    method: "POST",
    path: "/v1/render",
    tag: "charts",
    summary: "Renders a chart as helm template does, without a cluster",
    bodyLimit: MAX_CHART_BODY,
    body: renderBody,
    query: NOTHING,
    answers: {
      200: {
        description: "What helm template prints, and the notes",
        schema: z.object({
          output: z.string(),
          notes: z.string(),
          warnings: z.array(warning),
          unreadValues: z.array(unreadSchema).optional(),
          origins: z.array(originSchema).optional(),
        }),
      },
    },
    problems: [...PROBLEMS, "invalid-values", "render-failed"],
    handle: async ({ body, principal, request }) => {
      const problem = checkReleaseName(body.name);
      if (problem !== undefined) throw new ProblemError("invalid-request", `/name: ${problem}`);
      const renderers = await pinAsked(deps.postRenderers, principal, body.postRenderers, request.signal);
      const warnings: RenderWarning[] = [];
      const onWarning = (warned: RenderWarning): void => void warnings.push(warned);
      const chart = await inputChart(await inputFiles(deps, body, principal, request.signal), onWarning);
      const given = await fetchedValues(deps, body, principal, request.signal);
      const values = composeValues(given);
      const rendered = await renderChart(deps, {
        chart,
        values,
        body,
        name: body.name,
        isUpgrade: body.isUpgrade,
        subchartNotes: body.renderSubchartNotes,
        postRendering: { renderers, strategy: body.postRenderStrategy, run: deps.postRenderers.run },
        signal: request.signal,
        onWarning,
      }).catch((error: unknown) => {
        throw body.allErrors ? withTemplateErrors(error, { chart, values }) : error;
      });
      return jsonResponse({
        output: templateOutput(rendered, body),
        notes: rendered.notes,
        warnings: warnings.map(({ level, message }) => ({ level, message })),
        ...unreadMember(body.unread, { chart, values }),
        ...originsMember(body.explainValues, chart, given),
      });
    },
  });
}

const SEED_BYTES = 32;

const finding: z.ZodType = z.object({
  severity: z.enum(["INFO", "WARNING", "ERROR"]),
  path: z.string(),
  text: z.string(),
});

function lintRoute(deps: ToolRouteDeps): Route {
  return defineRoute({
    id: "lintChart",
    method: "POST",
    path: "/v1/lint",
    tag: "charts",
    summary: "Checks a chart as helm lint does",
    bodyLimit: MAX_CHART_BODY,
    body: lintBody,
    query: NOTHING,
    answers: {
      200: {
        description: "The findings in Helm's order; failed is what helm lint exits with",
        schema: z.intersection(
          listOf(finding),
          z.object({ failed: z.boolean(), unreadValues: z.array(unreadSchema).optional() }),
        ),
      },
    },
    problems: [...PROBLEMS, "invalid-values"],
    handle: async ({ body, principal, request }) => {
      const files = await inputFiles(deps, body, principal, request.signal);
      const source = lintSourceOf(files, ".");
      const values = composeValues(await fetchedValues(deps, body, principal, request.signal));
      const plugins = await deps.functions.pin(request.signal);
      const messages = await lintChart(source, {
        values,
        allErrors: body.allErrors,
        namespace: body.namespace,
        skipSchemaValidation: body.skipSchemaValidation,
        seed: deps.randomBytes(SEED_BYTES),
        now: deps.clock.now(),
        resolve: withFunctions(deps.resolve, deps.functions.run, plugins, hearingOf(deps, { values }, [])),
        functions: plugins.flatMap((plugin) => plugin.functions),
        signal: request.signal,
        ...(body.kubeVersion === undefined ? {} : { kubeVersion: parseKubeVersion(body.kubeVersion) }),
      });
      const failed = messages.some(({ severity }) => severity === "ERROR" || (body.strict && severity === "WARNING"));
      const chart = body.unread ? await source.load(undefined).catch(refusal) : undefined;
      const more = chart === undefined ? {} : unreadMember(body.unread, { chart, values });
      return jsonResponse({ items: messages.map((message) => ({ ...message })), failed, ...more });
    },
  });
}

/** A chart that does not load is a finding already. */
function refusal(error: unknown): undefined {
  if (!(error instanceof EngineError)) throw error;
}

function packageRoute(deps: ToolRouteDeps): Route {
  return defineRoute({
    id: "packageChart",
    method: "POST",
    path: "/v1/package",
    tag: "charts",
    summary: "Packages a chart with the bytes of helm package",
    bodyLimit: MAX_CHART_BODY,
    body: packageBody,
    query: NOTHING,
    answers: { 200: { description: "The archive", mediaType: "application/gzip" } },
    problems: PROBLEMS,
    handle: async ({ body, principal, request }) => {
      const chart = await inputChart(await inputFiles(deps, body, principal, request.signal));
      const { name, data } = packageChart(chart, {
        version: body.setVersion,
        appVersion: body.appVersion,
        epoch: body.sourceDateEpoch,
        now: deps.clock.now(),
      });
      return new Response(new Uint8Array(data), {
        headers: {
          "content-type": "application/gzip",
          "content-disposition": `attachment; filename="${name.replaceAll(/[^\w.+-]/g, "_")}"`,
          "cache-control": "no-store",
        },
      });
    },
  });
}
