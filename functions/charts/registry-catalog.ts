import type { PinnedChart } from "../../engine/chart/reference.ts";
import { isOciReference, parseOciReference } from "../../engine/oci/reference.ts";
import type { Attachments } from "../../registry/projects/attachments.ts";
import type { ChartContent, ChartQuery, Charts } from "../../registry/projects/charts.ts";
import { splitRepository } from "../../registry/projects/project.ts";
import type { ChartVersion } from "../../registry/projects/source.ts";
import { ProblemError } from "../http/problem.ts";
import type { ChartCatalog, ChartItem, WantedChart } from "./chart-catalog.ts";

/** What a catalog reads, and which hosts in references mean this very registry. */
export interface CatalogDeps {
  readonly charts: Charts;
  readonly attachments: Attachments;
  readonly isOwnHost: (host: string) => boolean;
}

/** The registry's charts by the references that people write. */
export function createCatalog(deps: CatalogDeps): ChartCatalog {
  const { charts, attachments } = deps;
  return {
    projectOf: (reference) => parseReference(deps, reference)?.project,
    resolve: async (wanted, signal) => {
      const named = parseReference(deps, wanted.reference);
      if (named === undefined)
        throw new ProblemError("chart-not-found", `${wanted.reference} is not a chart of this registry`);
      const { reference, name, version, digest } = await charts.resolveChart(queryOf(named, wanted), signal);
      return { reference, name, version, digest };
    },
    openArchive: async (chart, signal) => {
      const named = parseReference(deps, chart.reference) ?? parseBare(chart.reference);
      if (named === undefined) return undefined;
      return await charts.openChartArchive({ project: named.project, name: named.name, digest: chart.digest }, signal);
    },
    openProvenance: async (chart, signal) => {
      const named = parseReference(deps, chart.reference) ?? parseBare(chart.reference);
      if (named === undefined) return undefined;
      const { project, name } = named;
      return await charts.openChartProvenance({ project, name, digest: chart.digest }, signal);
    },
    attachments: {
      subject: async (chart, signal) => await attachments.subject(contentOf(deps, chart), signal),
      list: async (chart, signal) => await attachments.list(contentOf(deps, chart), signal),
      attach: async (chart, added) => await attachments.attach(contentOf(deps, chart), added),
    },
    list: async (project, { query, after, limit }) => {
      const page = await charts.listCharts(project, { limit, ...(after === undefined ? {} : { after }) });
      const named = page.names.filter((name) => query === undefined || name.includes(query));
      const newest = await Promise.all(named.map(async (name) => await newestOf(charts, project, name)));
      const items = newest.filter((item) => item !== undefined);
      return page.next === undefined ? { items } : { items, next: page.next };
    },
    versions: async (project, name) =>
      (await charts.listVersions(project, name)).map((version) => toItem({ project, name }, version)),
  };
}

function contentOf(deps: CatalogDeps, { reference, digest }: PinnedChart): ChartContent {
  const named = parseReference(deps, reference) ?? parseBare(reference);
  if (named === undefined) throw new ProblemError("chart-not-found", `${reference} is not a chart of this registry`);
  return { project: named.project, name: named.name, digest };
}

interface NamedChart {
  readonly project: string;
  readonly name: string;
  readonly version?: string;
  readonly digest?: string;
}

function parseReference({ isOwnHost }: CatalogDeps, text: string): NamedChart | undefined {
  if (!isOciReference(text)) return parseBare(text);
  const { host, repository, tag, digest } = parseOciReference(text);
  const parts = splitRepository(repository);
  if (parts === undefined || !isOwnHost(host)) return undefined;
  return {
    project: parts.project,
    name: parts.path,
    ...(tag === undefined ? {} : { version: tag.replaceAll("_", "+") }),
    ...(digest === undefined ? {} : { digest }),
  };
}

const BARE =
  /^([a-z0-9][-a-z0-9._]*)\/([a-z0-9][-a-z0-9._/]*?)(?::([\w][\w.+-]{0,127}))?(?:@(sha(?:256|512):[0-9a-f]+))?$/;

/** `PROJECT/NAME`, with `:VERSION` or `@DIGEST` as this registry's own answers write it. */
function parseBare(text: string): NamedChart | undefined {
  const [, project, name, version, digest] = BARE.exec(text) ?? [];
  if (project === undefined || name === undefined) return undefined;
  return {
    project,
    name,
    ...(version === undefined ? {} : { version: version.replaceAll("_", "+") }),
    ...(digest === undefined ? {} : { digest }),
  };
}

function queryOf(named: NamedChart, wanted: WantedChart): ChartQuery {
  const version = named.version ?? wanted.version;
  return {
    project: named.project,
    name: named.name,
    ...(version === undefined ? {} : { version }),
    ...(named.digest === undefined ? {} : { digest: named.digest }),
    ...(wanted.devel === true ? { devel: true } : {}),
  };
}

async function newestOf(charts: Charts, project: string, name: string): Promise<ChartItem | undefined> {
  const [newest] = await charts.listVersions(project, name);
  return newest === undefined ? undefined : toItem({ project, name }, newest);
}

function toItem(
  chart: { readonly project: string; readonly name: string },
  { version, digest, fields }: ChartVersion,
): ChartItem {
  const text = (name: string): Readonly<Record<string, string>> => {
    const value = fields[name];
    return typeof value === "string" && value !== "" ? { [name]: value } : {};
  };
  return {
    ...chart,
    version,
    digest: digest ?? "",
    ...text("appVersion"),
    ...text("description"),
    ...(fields["deprecated"] === true ? { deprecated: true } : {}),
  };
}
