import * as z from "zod";
import { expandedFiles } from "../../engine/chart/expand.ts";
import type { JsonObject } from "../../engine/errors.ts";
import { readArchiveFiles, readmeFile } from "../../engine/chart/index.ts";
import type { PinnedChart } from "../../engine/chart/reference.ts";
import { assertAllowed, type Principal } from "../access/principal.ts";
import { defineRoute, NOTHING, type Route } from "../access/route.ts";
import { attachmentItem, attachmentJson } from "./attachment.ts";
import { jsonResponse } from "../http/answer.ts";
import { ProblemError } from "../http/problem.ts";
import type { ChartCatalog, OriginInfo, WantedChart } from "./chart-catalog.ts";

/** What the parts of charts are read from. */
export interface PartRouteDeps {
  readonly catalog: ChartCatalog;
  /** Names of the configured projects. */
  readonly projects: readonly string[];
}

/** A part of a chart, and how it is served. */
interface Part {
  readonly name: string;
  readonly summary: string;
  readonly mediaType: string;
  /** `undefined` where the chart has none. */
  readonly read: (deps: PartRouteDeps, chart: PinnedChart, signal: AbortSignal) => Promise<Uint8Array | undefined>;
}

const PARTS: readonly Part[] = [
  {
    name: "values",
    summary: "The chart's values.yaml",
    mediaType: "application/yaml",
    read: (deps, chart, signal) => fileOf(deps, chart, signal, (name) => name === "values.yaml"),
  },
  {
    name: "schema",
    summary: "The chart's values.schema.json",
    mediaType: "application/schema+json",
    read: (deps, chart, signal) => fileOf(deps, chart, signal, (name) => name === "values.schema.json"),
  },
  {
    name: "readme",
    summary: "The chart's README",
    mediaType: "text/markdown; charset=utf-8",
    read: (deps, chart, signal) => fileOf(deps, chart, signal, (name) => readmeFile([{ name }]) !== undefined),
  },
  {
    name: "provenance",
    summary: "The provenance file that was pushed with the chart",
    mediaType: "text/plain; charset=utf-8",
    read: async ({ catalog }, chart, signal) => await catalog.openProvenance?.(chart, signal),
  },
];

/** One version of a chart, and its parts. */
export function partRoutes(deps: PartRouteDeps): readonly Route[] {
  return [versionRoute(deps), ...PARTS.map((part) => partRoute(deps, part))];
}

/** The path of one version of a chart. */
export const PATH = "/v1/charts/{project}/{chart}/{version}";

function versionRoute(deps: PartRouteDeps): Route {
  return defineRoute({
    id: "readChartVersion",
    method: "GET",
    path: PATH,
    tag: "charts",
    access: "open",
    summary: "What one version of a chart is known by",
    body: NOTHING,
    query: NOTHING,
    answers: {
      200: {
        description: "The chart, resolved",
        schema: z.object({
          reference: z.string(),
          name: z.string(),
          version: z.string(),
          digest: z.string(),
          attachments: z.array(attachmentItem),
          origin: originSchema.optional(),
        }),
      },
    },
    problems: ["chart-not-found", "upstream-unavailable"],
    handle: async ({ params, principal, request }) => {
      const chart = await pin(deps, params, principal, request.signal);
      const { reference, name, version, digest } = chart;
      const attached = await deps.catalog.attachments.list(chart, request.signal);
      const origin = await deps.catalog.origin?.(chart, request.signal);
      const from = origin === undefined ? {} : { origin: originJson(origin) };
      return jsonResponse({ reference, name, version, digest, attachments: attached.map(attachmentJson), ...from });
    },
  });
}

const originSchema = z
  .object({
    url: z.string(),
    fetched: z.string().describe("RFC 3339"),
    archive: z.string().describe("Digest of the archive"),
    provenance: z.string().describe("Digest of the provenance file that came with it").optional(),
  })
  .describe("Where the archive came from that was pulled through an upstream chart repository");

function originJson({ fetched, ...origin }: OriginInfo): JsonObject {
  return { ...origin, fetched: new Date(fetched).toISOString() };
}

function partRoute(deps: PartRouteDeps, part: Part): Route {
  const { name } = part;
  return defineRoute({
    id: `readChart${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
    method: "GET",
    path: `${PATH}/${name}`,
    tag: "charts",
    access: "open",
    summary: part.summary,
    body: NOTHING,
    query: NOTHING,
    answers: { 200: { description: "The file as it is in the chart", mediaType: part.mediaType } },
    problems: ["chart-not-found", "not-found", "upstream-unavailable"],
    handle: async ({ params, principal, request }) => {
      const chart = await pin(deps, params, principal, request.signal);
      const data = await part.read(deps, chart, request.signal);
      if (data === undefined) throw new ProblemError("not-found", `the chart has no ${name}`);
      return new Response(new Uint8Array(data), {
        headers: {
          "content-type": part.mediaType,
          "content-security-policy": "sandbox",
          "cache-control": "no-store",
        },
      });
    },
  });
}

/** The version of a chart that a path names, for those who may read it. Throws `ProblemError`, and what the catalog throws. */
export async function pin(
  { catalog, projects }: PartRouteDeps,
  params: Readonly<Record<string, string>>,
  principal: Principal,
  signal: AbortSignal,
  options: Pick<WantedChart, "unsigned"> = {},
): Promise<PinnedChart> {
  const { project = "", chart = "", version = "" } = params;
  assertAllowed(principal, "charts:read", { project, repository: chart });
  if (!projects.includes(project)) throw new ProblemError("chart-not-found", `there is no chart ${project}/${chart}`);
  return await catalog.resolve({ reference: `${project}/${chart}`, version, ...options }, signal);
}

async function fileOf(
  { catalog }: PartRouteDeps,
  chart: PinnedChart,
  signal: AbortSignal,
  isWanted: (name: string) => boolean,
): Promise<Uint8Array | undefined> {
  const archive = await catalog.openArchive(chart, signal);
  if (archive === undefined) throw new ProblemError("chart-not-found", `the registry has no archive of ${chart.name}`);
  return expandedFiles(await readArchiveFiles(archive, { signal: signal })).files.find(({ name }) => isWanted(name))
    ?.data;
}
