import type { PinnedChart } from "../../engine/chart/reference.ts";
import type { Attachments } from "../../registry/projects/attachments.ts";
import type { ChartContent, ChartQuery, Charts } from "../../registry/projects/charts.ts";
import { ProblemError } from "../http/problem.ts";
import {
  type OwnReference,
  parseBareReference,
  parseOwnReference,
  placeOfReference,
} from "../../registry/projects/own-reference.ts";
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
    placeOf: (reference) => placeOfReference(reference, deps.isOwnHost),
    resolve: async (wanted, signal) => {
      const named = parseOwnReference(wanted.reference, deps.isOwnHost);
      if (named === undefined)
        throw new ProblemError("chart-not-found", `${wanted.reference} is not a chart of this registry`);
      const { reference, name, version, digest } = await charts.resolveChart(queryOf(named, wanted), signal);
      return { reference, name, version, digest };
    },
    openArchive: async (chart, signal) => {
      const named = anyReference(deps, chart.reference);
      if (named === undefined) return undefined;
      const { project, name } = named;
      const unsigned = chart.unsigned === true ? { unsigned: true } : {};
      return await charts.openChartArchive({ project, name, digest: chart.digest, ...unsigned }, signal);
    },
    openProvenance: async (chart, signal) => {
      const named = anyReference(deps, chart.reference);
      if (named === undefined) return undefined;
      const { project, name } = named;
      return await charts.openChartProvenance({ project, name, digest: chart.digest }, signal);
    },
    attachments: {
      subject: async (chart, signal) => await attachments.subject(contentOf(deps, chart), signal),
      list: async (chart, signal) => await attachments.list(contentOf(deps, chart), signal),
      attach: async (chart, added) => await attachments.attach(contentOf(deps, chart), added),
    },
    origin: async (chart, signal) =>
      await charts.chartOrigin({ ...contentOf(deps, chart), version: chart.version }, signal),
    list: async (project, search) => await searchProject(charts, project, search),
    versions: async (project, name) =>
      (await listedVersions(charts, project, name)).map((version) => chartItem({ project, name }, version)),
    publisher: async (project, name) => await charts.repositoryMetadata(project, name),
  };
}

function contentOf(deps: CatalogDeps, { reference, digest }: PinnedChart): ChartContent {
  const named = anyReference(deps, reference);
  if (named === undefined) throw new ProblemError("chart-not-found", `${reference} is not a chart of this registry`);
  return { project: named.project, name: named.name, digest };
}

function anyReference({ isOwnHost }: CatalogDeps, reference: string): OwnReference | undefined {
  return parseOwnReference(reference, isOwnHost) ?? parseBareReference(reference);
}

function queryOf(named: OwnReference, wanted: WantedChart): ChartQuery {
  // A tag has no `+`.
  const version = named.tag?.replaceAll("_", "+") ?? wanted.version;
  return {
    project: named.project,
    name: named.name,
    ...(version === undefined ? {} : { version }),
    ...(named.digest === undefined ? {} : { digest: named.digest }),
    ...(wanted.devel === true ? { devel: true } : {}),
    ...(wanted.unsigned === true ? { unsigned: true } : {}),
  };
}
