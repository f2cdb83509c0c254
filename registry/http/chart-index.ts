import type { JsonObject } from "../../engine/errors.ts";
import type { Charts } from "../projects/charts.ts";
import type { ChartVersion } from "../projects/source.ts";

/** Charts of a project in one index. */
const MAX_CHARTS = 50_000;
const PAGE = 500;
/** Charts whose versions are read at the same time. */
const PARALLEL = 4;

/**
 * The index of a project, in pieces: JSON, which Helm reads faster than YAML and every YAML reader takes. Archives are named relative to
 * the index. A version whose archive's digest is not known yet carries none. `serverInfo` tells ChartMuseum's clients where they upload to.
 */
export async function* writeIndex(charts: Charts, project: string, generated: string): AsyncGenerator<string> {
  yield '{"apiVersion":"v1","entries":{';
  let written = 0;
  for await (const [name, entries] of eachChart(charts, project)) {
    yield `${written++ === 0 ? "" : ","}\n${JSON.stringify(name)}:[${entries.join(",\n")}]`;
  }
  const server = { contextPath: `/helm/${project}` };
  yield `},"generated":${JSON.stringify(generated)},"serverInfo":${JSON.stringify(server)}}\n`;
}

async function* eachChart(charts: Charts, project: string): AsyncGenerator<readonly [string, readonly string[]]> {
  const seen = new Set<string>();
  let after: string | undefined;
  let count = 0;
  do {
    const page = await charts.listCharts(project, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (let i = 0; i < page.names.length; i += PARALLEL) {
      const names = page.names.slice(i, i + PARALLEL);
      const lists = await Promise.all(names.map((name) => charts.listVersions(project, name)));
      for (const [index, path] of names.entries()) {
        const chart = chartName(path, lists[index] ?? []);
        if (chart === undefined || seen.has(chart)) continue;
        seen.add(chart);
        yield [chart, (lists[index] ?? []).map((version) => formatEntry(path, version))];
      }
    }
    count += page.names.length;
    after = page.next;
  } while (after !== undefined && count < MAX_CHARTS);
}

/** The chart's own name: the last part of a nested repository's. Undefined when there is no version. */
function chartName(path: string, versions: readonly ChartVersion[]): string | undefined {
  const stated = versions[0]?.fields["name"];
  if (versions.length === 0) return undefined;
  return typeof stated === "string" ? stated : path.slice(path.lastIndexOf("/") + 1);
}

function formatEntry(path: string, version: ChartVersion): string {
  const entry: JsonObject = {
    ...version.fields,
    urls: [`${path}-${version.version}.tgz`],
    ...(version.created === undefined ? {} : { created: version.created }),
    ...(version.archive === undefined ? {} : { digest: version.archive }),
  };
  return JSON.stringify(entry);
}
