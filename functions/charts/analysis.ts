import * as z from "zod";
import { showFailures, unreadValues, valueOrigins } from "../../engine/analysis/index.ts";
import type { ShownFailure, UnreadValue, ValueOrigin } from "../../engine/analysis/index.ts";
import type { Chart } from "../../engine/chart/index.ts";
import type { JsonObject } from "../../engine/errors.ts";
import type { GoMap } from "../../engine/go/value.ts";
import { RenderError } from "../../engine/render/index.ts";
import { problemOf } from "../http/engine-problem.ts";
import { ProblemError } from "../http/problem.ts";
import { valueSourcesOf, type ValuesBody } from "../http/values.ts";

/** What a request may ask for beyond what helm answers. */
export interface AnalysisFlags {
  readonly allErrors: boolean;
  readonly unread: boolean;
}

const flag = z.boolean().default(false);

/** The members of {@link AnalysisFlags}, for schemas. */
export const analysisMembers: { readonly [Member in keyof AnalysisFlags]-?: z.ZodType<AnalysisFlags[Member]> } = {
  allErrors: flag.describe("Every template that fails, where helm tells the first alone"),
  unread: flag.describe("Also the values given that nothing in the chart reads, as unreadValues"),
};

/** `explainValues`, for schemas. */
export const explainMember: z.ZodType<boolean> = flag.describe("Also where each value comes from, as origins");

const steps = z.array(
  z.object({ file: z.string(), line: z.number(), column: z.number().optional(), template: z.string().optional() }),
);

/** A value that nothing reads, for schemas. */
export const unreadSchema: z.ZodType = z.object({ path: z.string(), suggestion: z.string().optional() });

/** The origin of a value, for schemas. */
export const originSchema: z.ZodType = z.object({
  path: z.string(),
  source: z.object({
    kind: z.enum(["file", "flag", "chart"]),
    name: z.string().optional(),
    index: z.number().optional(),
    chart: z.string().optional(),
  }),
  sourcePath: z.string().optional(),
  way: z.enum(["parent", "global", "import-values"]).optional(),
  isDeleted: z.literal(true).optional(),
});

/** A template that failed, for schemas. */
export const templateErrorSchema: z.ZodType = z.object({
  path: z.string(),
  message: z.string().describe("Helm's text"),
  steps,
  picture: z.string().describe("The line with a caret under the column").optional(),
});

/** What a chart and its values are analysed with. */
interface Analysed {
  readonly chart: Chart;
  readonly values: GoMap;
}

/** The members of an answer that `unread` adds. */
export function unreadMember(unread: boolean, { chart, values }: Analysed): JsonObject {
  return unread ? { unreadValues: unreadValues(chart, values).map((value: UnreadValue) => ({ ...value })) } : {};
}

/** The members of an answer that `explainValues` adds. */
export function originsMember(explain: boolean, chart: Chart, body: ValuesBody): JsonObject {
  return explain ? { origins: valueOrigins({ chart, ...valueSourcesOf(body) }).map(originJson) } : {};
}

function originJson({ source, ...origin }: ValueOrigin): JsonObject {
  return { ...origin, source: { ...source } };
}

/** The failure of a render with every template that failed. Anything else comes back as it is. */
export function withTemplateErrors(error: unknown, analysed: Analysed): unknown {
  if (!(error instanceof RenderError) || error.failures.length === 0) return error;
  const problem = problemOf(error);
  if (problem === undefined) return error;
  const templateErrors = showFailures(error.failures, analysed).map(failureJson);
  return new ProblemError(problem.code, problem.message, { ...problem.options, templateErrors });
}

function failureJson({ steps: path, ...failure }: ShownFailure): JsonObject {
  return { ...failure, steps: path.map((step) => ({ ...step })) };
}
