import type { JsonObject } from "../../engine/errors.ts";
import type { Charts } from "../projects/charts.ts";
import type { ChartVersion } from "../projects/source.ts";

/** Charts of a project in one index. */
const MAX_CHARTS = 50_000;
const PAGE = 500;
/** Charts whose versions are read at the same time. */
const PARALLEL = 4;
const encoder = new TextEncoder();

/** A chart's place in an index, written once as long as its versions do not change. */
export interface IndexPiece {
  readonly epoch: string;
  /** The chart's own name; undefined where the repository has no versions. */
  readonly chart: string | undefined;
  /** When its newest version was made, in milliseconds since 1970; 0 where none says it. */
  readonly newest: number;
  /** The list of its versions. */
  readonly bytes: Uint8Array;
}

/** Pieces by repository name below the project. */
export type IndexPieces = ReadonlyMap<string, IndexPiece>;

/** What an index is written from. */
export interface IndexSource {
  readonly charts: Charts;
  readonly project: string;
}

/**
 * The index of a project, in pieces: JSON, which Helm reads faster than YAML and every YAML reader takes. Each repository stands under its
 * own name, `team/web` for a nested one, which stands under its chart's name too where no other repository has or claims that name: what
 * one may push takes no name away from another. Archives are named relative to the index. A version whose archive's digest is not known yet carries none. `serverInfo` tells ChartMuseum's clients where they upload to.
 * It was generated when its newest version was made: the same charts give the same bytes at any time, on any replica.
 * `before` are the pieces of an earlier index; `keep` is told those that the next one may use.
 */
export async function* writeIndex(
  source: IndexSource,
  before: IndexPieces,
  keep: (name: string, piece: IndexPiece) => void,
): AsyncGenerator<Uint8Array> {
  yield encoder.encode('{"apiVersion":"v1","entries":{');
  const names = await repositoryNames(source);
  const taken = new Set(names);
  /** What stands under its chart's name too; undefined where several would. */
  const claims = new Map<string, Uint8Array | undefined>();
  let separator = "";
  let newest = 0;
  const line = (key: string): Uint8Array => {
    const start = encoder.encode(`${separator}\n${JSON.stringify(key)}:`);
    separator = ",";
    return start;
  };
  for await (const piece of eachPiece(source, names, { before, keep })) {
    const { name, chart, bytes } = piece;
    if (chart === undefined) continue;
    newest = Math.max(newest, piece.newest);
    yield line(name);
    yield bytes;
    if (!taken.has(chart)) claims.set(chart, claims.has(chart) ? undefined : bytes);
  }
  for (const [chart, bytes] of claims) {
    if (bytes === undefined) continue;
    yield line(chart);
    yield bytes;
  }
  const generated = new Date(newest).toISOString();
  const server = { contextPath: `/helm/${source.project}` };
  yield encoder.encode(`},"generated":${JSON.stringify(generated)},"serverInfo":${JSON.stringify(server)}}\n`);
}

/** Names of the project's repositories below it, in order. */
async function repositoryNames({ charts, project }: IndexSource): Promise<readonly string[]> {
  const names: string[] = [];
  let after: string | undefined;
  do {
    const page = await charts.listCharts(project, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    names.push(...page.names);
    after = page.next;
  } while (after !== undefined && names.length < MAX_CHARTS);
  return names;
}

interface Memory {
  readonly before: IndexPieces;
  readonly keep: (name: string, piece: IndexPiece) => void;
}

type NamedPiece = Omit<IndexPiece, "epoch"> & { readonly name: string };

async function* eachPiece(
  source: IndexSource,
  all: readonly string[],
  { before, keep }: Memory,
): AsyncGenerator<NamedPiece> {
  for (let i = 0; i < all.length; i += PARALLEL) {
    const names = all.slice(i, i + PARALLEL);
    const pieces = await Promise.all(names.map((name) => pieceOf(source, name, before.get(name))));
    for (const [index, name] of names.entries()) {
      const piece = pieces[index];
      if (piece === undefined) continue;
      if (piece.epoch !== undefined) keep(name, { ...piece, epoch: piece.epoch });
      yield { ...piece, name };
    }
  }
}

type NewPiece = Omit<IndexPiece, "epoch"> & { readonly epoch: string | undefined };

async function pieceOf(
  { charts, project }: IndexSource,
  name: string,
  before: IndexPiece | undefined,
): Promise<NewPiece> {
  const epoch = await charts.versionsEpoch(project, name);
  if (before !== undefined && before.epoch === epoch) return before;
  const versions = await charts.listVersions(project, name);
  const chart = chartName(name, versions);
  const entries = versions.map((version) => formatEntry(name, version)).join(",\n");
  return { epoch, chart, newest: newestOf(versions), bytes: encoder.encode(`[${entries}]`) };
}

/** The chart's own name: the last part of a nested repository's. Undefined when there is no version. */
function chartName(path: string, versions: readonly ChartVersion[]): string | undefined {
  const stated = versions[0]?.fields["name"];
  if (versions.length === 0) return undefined;
  return typeof stated === "string" ? stated : path.slice(path.lastIndexOf("/") + 1);
}

function newestOf(versions: readonly ChartVersion[]): number {
  return versions.reduce((newest, { created }) => Math.max(newest, timeOf(created) ?? 0), 0);
}

const RFC3339 =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/;

/** The time that a publisher states, in milliseconds since 1970. Helm refuses a whole index for one time that Go cannot read. */
function timeOf(text: string | undefined): number | undefined {
  const [, year, month, day] = RFC3339.exec(text ?? "") ?? [];
  const time = Date.parse(text ?? "");
  if (day === undefined || Number.isNaN(time)) return undefined;
  return new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day)
    ? time
    : undefined;
}

function formatEntry(path: string, version: ChartVersion): string {
  const entry: JsonObject = {
    ...version.fields,
    urls: [`${path}-${version.version}.tgz`],
    ...(timeOf(version.created) === undefined ? {} : { created: version.created }),
    ...(version.archive === undefined ? {} : { digest: version.archive }),
  };
  return JSON.stringify(entry);
}
