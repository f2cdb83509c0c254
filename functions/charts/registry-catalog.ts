import type { PinnedChart } from "../../engine/chart/reference.ts";
import { isOciReference, parseOciReference } from "../../engine/oci/reference.ts";
import type { Attachments } from "../../registry/projects/attachments.ts";
import type { ChartContent, ChartQuery, Charts } from "../../registry/projects/charts.ts";
import { splitRepository } from "../../registry/projects/project.ts";
import { ProblemError } from "../http/problem.ts";
import type { ChartCatalog, WantedChart } from "./chart-catalog.ts";
import { chartItem, listedVersions, searchProject } from "./search.ts";

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
      const { project, name } = named;
      const unsigned = chart.unsigned === true ? { unsigned: true } : {};
      return await charts.openChartArchive({ project, name, digest: chart.digest, ...unsigned }, signal);
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
    list: async (project, search) => await searchProject(charts, project, search),
    versions: async (project, name) =>
      (await listedVersions(charts, project, name)).map((version) => chartItem({ project, name }, version)),
    publisher: async (project, name) => await charts.repositoryMetadata(project, name),
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
    ...(wanted.unsigned === true ? { unsigned: true } : {}),
  };
}
