import type { LoadOperation } from "./http-load.ts";
import { ACCEPT, ask, type Bodies, makeChart, type MadeChart, pushOperation, tagOperation } from "./registry-charts.ts";

/** What every peer holds before it is asked. */
export interface SeedContent {
  readonly small: readonly MadeChart[];
  readonly large: readonly MadeChart[];
  readonly tagged: MadeChart;
}

const SMALL = 20_000;
const LARGE = 1_000_000;
const TAGS = 1000;
const TAG_PAGE = 100;
/** Charts that one push test has ready; a slow peer comes to the end of its time before. */
const PUSHED = { small: 300, large: 40 };

/** 50 charts of 20 KB, 10 of 1 MB, and one with 1,000 tags. */
export function seedContent(): SeedContent {
  const some = (count: number, of: number, name: string, size: number): MadeChart[] =>
    Array.from({ length: count }, (_, i) => makeChart(`charts/read/${name}-${i % of}`, `0.${i}.0`, size));
  return {
    small: some(50, 10, "small", SMALL),
    large: some(10, 5, "large", LARGE),
    tagged: makeChart("charts/tagged", "1.0.0", 4000),
  };
}

/** The operations that put the content in place. */
export function seedOperations(bodies: Bodies, { small, large, tagged }: SeedContent): readonly LoadOperation[] {
  const tags = Array.from({ length: TAGS - 1 }, (_, i) => tagOperation(bodies, tagged, `1.${i + 1}.0`));
  const charts = [...small, ...large].map((chart) => pushOperation(bodies, chart));
  return [[...pushOperation(bodies, tagged), ...tags.flat()], ...charts];
}

/** A load by name: what is read, again and again. */
export type ReadTest = (content: SeedContent) => readonly LoadOperation[];

const manifest = (method: string, by: (chart: MadeChart) => string): ReadTest => {
  return ({ small }) =>
    small.map((chart) => {
      const bytes = method === "HEAD" ? -1 : chart.manifest.bytes.length;
      return [ask(`${method} /v2/${chart.repository}/manifests/${by(chart)}`, { status: 200, bytes }, [ACCEPT])];
    });
};

const blobs = (charts: readonly MadeChart[]): readonly LoadOperation[] =>
  charts.map(({ repository, archive }) => [
    ask(`GET /v2/${repository}/blobs/${archive.digest}`, { status: 200, bytes: archive.bytes.length }),
  ]);

/** The reading loads. */
export const readTests: Readonly<Record<string, ReadTest>> = {
  "get-tag": manifest("GET", (chart) => chart.tag),
  "get-digest": manifest("GET", (chart) => chart.manifest.digest),
  "head-tag": manifest("HEAD", (chart) => chart.tag),
  "blob-20k": ({ small }) => blobs(small),
  miss: ({ small }) =>
    small.map(({ repository }) => [ask(`GET /v2/${repository}/manifests/9.9.9`, { status: 404 }, [ACCEPT])]),
  "tags-1000": ({ tagged }) => [[ask(`GET /v2/${tagged.repository}/tags/list`, { status: 200 })]],
  "tags-page": ({ tagged }) => [[ask(`GET /v2/${tagged.repository}/tags/list?n=${TAG_PAGE}`, { status: 200 })]],
  "blob-1m": ({ large }) => blobs(large),
};

/** The pushing loads: new charts for each `run`. */
export const pushTests: Readonly<Record<string, (bodies: Bodies, run: string) => readonly LoadOperation[]>> = {
  "push-20k": (bodies, run) => pushes(bodies, `charts/push/s${run}`, PUSHED.small, SMALL),
  "push-1m": (bodies, run) => pushes(bodies, `charts/push/l${run}`, PUSHED.large, LARGE),
};

function pushes(bodies: Bodies, name: string, count: number, size: number): readonly LoadOperation[] {
  return Array.from({ length: count }, (_, i) =>
    pushOperation(bodies, makeChart(`${name}-${i % 20}`, `0.${i}.0`, size)),
  );
}
