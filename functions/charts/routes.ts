import * as z from "zod";
import type { JsonObject } from "../../engine/errors.ts";
import { parseConstraint, SemverError } from "../../engine/semver/index.ts";
import { assertAllowed, type Principal } from "../access/principal.ts";
import { readableCharts } from "../access/repository-scope.ts";
import { defineRoute, NOTHING, type Route } from "../access/route.ts";
import { jsonResponse } from "../http/answer.ts";
import { flag } from "../http/flag.ts";
import { MAX_PAGE_SIZE, PAGE_SIZE } from "../http/limits.ts";
import { problemOf } from "../http/engine-problem.ts";
import { ProblemError } from "../http/problem.ts";
import type { ChartCatalog, ChartItem, ChartSearch, PublisherInfo } from "./chart-catalog.ts";

interface ChartQuery {
  readonly q?: string | undefined;
  readonly version?: string | undefined;
  readonly devel?: boolean | undefined;
  readonly deprecated?: boolean | undefined;
  readonly limit: number;
  readonly after?: string | undefined;
}

const constraint = z
  .string()
  .max(256)
  .refine((text) => text === "" || isConstraint(text), { message: "is no version constraint" });

function isConstraint(text: string): boolean {
  try {
    parseConstraint(text);
    return true;
  } catch (error) {
    if (error instanceof SemverError) return false;
    throw error;
  }
}

const chartQuery: z.ZodType<ChartQuery> = z.strictObject({
  q: z
    .string()
    .max(256)
    .describe("Words that are all found in name, description, keywords, maintainers or the application's version")
    .optional(),
  version: constraint
    .describe("A constraint: charts with a version that satisfies it, and the newest such version")
    .optional(),
  devel: flag.describe("Pre-releases count too").optional(),
  deprecated: flag.describe("Only deprecated charts, or only others").optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(PAGE_SIZE),
  after: z.string().max(1024).optional(),
});

const chartItem: z.ZodType = z.object({
  project: z.string(),
  name: z.string(),
  version: z.string(),
  appVersion: z.string().optional(),
  description: z.string().optional(),
  digest: z.string(),
  deprecated: z.boolean().optional(),
  keywords: z.array(z.string()).optional(),
  maintainers: z.array(z.string()).optional(),
  created: z.string().optional(),
});

const chartList = z.object({
  items: z.array(chartItem),
  next: z.string().optional(),
  unavailable: z
    .array(z.string())
    .describe("Projects that could not be asked, or not to their end, because their upstream fails")
    .optional(),
});

const versionList = z.object({
  items: z.array(chartItem),
  next: z.string().optional(),
  repositoryId: z.string().optional(),
  owners: z.array(z.object({ name: z.string(), email: z.string() })).optional(),
});

/** Pages of a project that one answer looks at: a search that finds little goes on with `next`. */
const MAX_PAGES = 20;

export interface ChartRouteDeps {
  readonly catalog: ChartCatalog;
  /** Names of the configured projects. */
  readonly projects: readonly string[];
}

/** The registry's charts, for people and scripts. */
export function chartRoutes(deps: ChartRouteDeps): readonly Route[] {
  return [listRoute(deps), versionsRoute(deps)];
}

function listRoute(deps: ChartRouteDeps): Route {
  return defineRoute({
    id: "listCharts",
    method: "GET",
    path: "/v1/charts",
    tag: "charts",
    access: "open",
    summary: "The newest version of each chart that the caller may read",
    body: NOTHING,
    query: chartQuery,
    answers: { 200: { description: "A page of charts", schema: chartList } },
    problems: ["upstream-unavailable"],
    handle: async ({ principal, query }) => {
      const projects = deps.projects
        .filter((project) => readableCharts(principal.grants, project) !== "none")
        .toSorted();
      return jsonResponse(await listProjects(readableBy(principal, deps.catalog), projects, query));
    },
  });
}

/** What an answer has so far. */
interface Found {
  readonly items: ChartItem[];
  /** Projects whose upstream failed, with its error. */
  readonly failures: Map<string, unknown>;
  pages: number;
}

/**
 * Projects one after the other; `next` is `PROJECT/NAME` of the last item, or of the last chart that was looked at. A project whose upstream
 * fails is named and passed by, unless no project answered.
 */
async function listProjects(
  catalog: ChartCatalog,
  projects: readonly string[],
  query: ChartQuery,
): Promise<JsonObject> {
  const { after } = query;
  const from = after?.split("/")[0];
  const found: Found = { items: [], failures: new Map(), pages: 0 };
  const asked = projects.filter((project) => from === undefined || project >= from);
  for (const project of asked) {
    const behind = project === from ? after?.slice(project.length + 1) : undefined;
    try {
      const next = await listProject(catalog, { project, behind, query }, found);
      if (next !== undefined) return { ...shown(found), next };
    } catch (error) {
      if (!isUpstreamFailure(error)) throw error;
      found.failures.set(project, error);
    }
  }
  const [failure] = found.failures.values();
  if (failure !== undefined && found.failures.size === asked.length && found.items.length === 0) throw failure;
  return shown(found);
}

function shown({ items, failures }: Found): JsonObject {
  return { items: items.map(toJson), ...(failures.size === 0 ? {} : { unavailable: [...failures.keys()] }) };
}

interface ProjectWish {
  readonly project: string;
  readonly behind: string | undefined;
  readonly query: ChartQuery;
}

/** Adds a project's charts to what was found; gives `next` where the answer ends with them. */
async function listProject(
  catalog: ChartCatalog,
  { project, behind, query }: ProjectWish,
  found: Found,
): Promise<string | undefined> {
  const { items } = found;
  const search = searchOf(query);
  let after = behind;
  do {
    const start = after === undefined ? {} : { after };
    const page = await catalog.list(project, { ...search, ...start, limit: query.limit - items.length });
    items.push(...page.items);
    after = page.next;
    if (after !== undefined && (items.length >= query.limit || ++found.pages >= MAX_PAGES))
      return `${project}/${after}`;
  } while (after !== undefined);
  const last = items.at(-1);
  return items.length >= query.limit && last !== undefined ? `${last.project}/${last.name}` : undefined;
}

/** True for what a proxy throws when it has nothing to give: its upstream is gone, limits requests or denies access. */
function isUpstreamFailure(error: unknown): boolean {
  const code = problemOf(error)?.code;
  return code === "upstream-unavailable" || code === "rate-limited" || code === "forbidden";
}

function searchOf({ q, version, devel, deprecated }: ChartQuery): Omit<ChartSearch, "after" | "limit"> {
  return {
    ...(q === undefined || q === "" ? {} : { query: q }),
    ...(version === undefined || version === "" ? {} : { version }),
    ...(devel === undefined ? {} : { devel }),
    ...(deprecated === undefined ? {} : { deprecated }),
  };
}

/** The catalog, whose lists show what `principal` may read. */
function readableBy({ grants }: Principal, catalog: ChartCatalog): ChartCatalog {
  return {
    ...catalog,
    list: async (project, search) => {
      const scope = readableCharts(grants, project);
      return scope === "none" ? { items: [] } : await catalog.list(project, { ...search, ...scope });
    },
  };
}

function versionsRoute(deps: ChartRouteDeps): Route {
  return defineRoute({
    id: "listChartVersions",
    method: "GET",
    path: "/v1/charts/{project}/{chart}",
    tag: "charts",
    access: "open",
    summary: "The versions of a chart, newest first",
    body: NOTHING,
    query: NOTHING,
    answers: {
      200: { description: "The versions, and what the publisher says of the repository", schema: versionList },
    },
    problems: ["chart-not-found", "upstream-unavailable"],
    handle: async ({ params, principal }) => {
      const { project = "", chart = "" } = params;
      assertAllowed(principal, "charts:read", { project, repository: chart });
      const known = deps.projects.includes(project);
      const items = known ? await deps.catalog.versions(project, chart) : [];
      if (items.length === 0) throw new ProblemError("chart-not-found", `there is no chart ${project}/${chart}`);
      const publisher = await deps.catalog.publisher?.(project, chart);
      return jsonResponse({ items: items.map(toJson), ...publisherJson(publisher) });
    },
  });
}

function publisherJson(publisher: PublisherInfo | undefined): JsonObject {
  if (publisher === undefined) return {};
  const { repositoryId, owners } = publisher;
  return {
    ...(repositoryId === undefined ? {} : { repositoryId }),
    owners: owners.map(({ name, email }) => ({ name, email })),
  };
}

function toJson(item: ChartItem): JsonObject {
  return { ...item };
}
