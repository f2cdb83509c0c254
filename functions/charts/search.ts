import type { JsonValue } from "../../engine/errors.ts";
import { asObject } from "../../engine/oci/descriptor.ts";
import type { Charts } from "../../registry/projects/charts.ts";
import { chooseVersion } from "../../registry/projects/choose-version.ts";
import { readableOnly } from "../../registry/projects/readable.ts";
import type { ChartVersion } from "../../registry/projects/source.ts";
import type { ChartItem, ChartPage, ChartSearch } from "./chart-catalog.ts";

type NamedChart = Pick<ChartItem, "project" | "name">;

/** Keywords and maintainers that one item shows. */
const MAX_LISTED = 50;
/** Words of a query. */
const MAX_WORDS = 20;

/** A page of a project's charts; each is looked at by its versions, so a page of names may give fewer items. */
export async function searchProject(charts: Charts, project: string, search: ChartSearch): Promise<ChartPage> {
  const { after, limit, readable } = search;
  const listed = readable === undefined ? charts : readableOnly(charts, readable);
  const page = await listed.listCharts(project, { limit, ...(after === undefined ? {} : { after }) });
  const found = await Promise.all(page.names.map(async (name) => await chosenItem(charts, { project, name }, search)));
  const items = found.filter((item) => item !== undefined).filter((item) => isWanted(item, search));
  return page.next === undefined ? { items } : { items, next: page.next };
}

/** The versions of a chart but those that its publisher wants ignored, newest first. */
export async function listedVersions(charts: Charts, project: string, name: string): Promise<readonly ChartVersion[]> {
  const versions = await charts.listVersions(project, name);
  const metadata = versions.length === 0 ? undefined : await charts.repositoryMetadata(project, name);
  if (metadata === undefined) return versions;
  return versions.filter(({ version, fields }) => {
    const stated = fields["name"];
    return !metadata.ignores(typeof stated === "string" ? stated : name, version);
  });
}

/** Helm's choice of a version; a chart that has pre-releases alone shows its newest one. */
async function chosenItem(charts: Charts, chart: NamedChart, search: ChartSearch): Promise<ChartItem | undefined> {
  const versions = await listedVersions(charts, chart.project, chart.name);
  const { version = "", devel = false } = search;
  const chosen = chooseVersion(versions, version, devel) ?? (version === "" ? versions[0] : undefined);
  return chosen === undefined ? undefined : chartItem(chart, chosen);
}

function isWanted(item: ChartItem, { query = "", deprecated }: ChartSearch): boolean {
  if (deprecated !== undefined && (item.deprecated === true) !== deprecated) return false;
  const { name, description = "", keywords = [], maintainers = [], appVersion = "" } = item;
  const texts = [name, description, ...keywords, ...maintainers, appVersion].map((text) => text.toLowerCase());
  const words = query
    .toLowerCase()
    .split(/\s+/, MAX_WORDS)
    .filter((word) => word !== "");
  return words.every((word) => texts.some((text) => text.includes(word)));
}

/** A version as lists show it. */
export function chartItem(chart: NamedChart, { version, digest, created, fields }: ChartVersion): ChartItem {
  const { appVersion, description, deprecated } = fields;
  const keywords = listIn(fields["keywords"]).filter((word) => typeof word === "string");
  const maintainers = listIn(fields["maintainers"]).flatMap(maintainerName);
  return {
    ...chart,
    version,
    digest: digest ?? "",
    ...(typeof appVersion === "string" && appVersion !== "" ? { appVersion } : {}),
    ...(typeof description === "string" && description !== "" ? { description } : {}),
    ...(deprecated === true ? { deprecated } : {}),
    ...(keywords.length === 0 ? {} : { keywords }),
    ...(maintainers.length === 0 ? {} : { maintainers }),
    ...(created === undefined ? {} : { created }),
  };
}

function listIn(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value.slice(0, MAX_LISTED) : [];
}

function maintainerName(value: JsonValue): readonly string[] {
  const { name, email } = asObject(value) ?? {};
  const shown = typeof name === "string" && name !== "" ? name : email;
  return typeof shown === "string" && shown !== "" ? [shown] : [];
}
