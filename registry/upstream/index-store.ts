import type { JsonValue } from "../../engine/errors.ts";
import { asObject } from "../../engine/oci/descriptor.ts";
import { formatHex } from "../../engine/oci/digest.ts";
import { parseRepositoryName } from "../../engine/oci/repository-name.ts";
import { objectBytes } from "../content/body.ts";
import { upstreamKey } from "../content/keys.ts";
import type { ObjectStore } from "../content/object-store.ts";
import { eachKey, readJson, writeJson } from "../content/record.ts";
import type { IndexChart } from "./index-chart.ts";
import { type IndexEntry, parseIndexEntry } from "./index-entry.ts";

/** What is known of an upstream's index as a whole. Its charts lie below `generation`. */
export interface IndexHead {
  readonly generation: string;
  /** Milliseconds since 1970 when the upstream last answered. */
  readonly checked: number;
  readonly etag?: string;
  readonly modified?: string;
  readonly charts: readonly string[];
}

const HEAD = "head";
const encoder = new TextEncoder();

/** The last good index of a project; undefined before the first. */
export async function readIndexHead(store: ObjectStore, project: string): Promise<IndexHead | undefined> {
  const value = (await readJson(store, upstreamKey(project, "index", HEAD)))?.value;
  const { generation, checked, charts, etag, modified } = value ?? {};
  if (typeof generation !== "string" || typeof checked !== "number" || !Array.isArray(charts)) return undefined;
  return {
    generation,
    checked,
    charts: charts.filter((name): name is string => typeof name === "string"),
    ...(typeof etag === "string" ? { etag } : {}),
    ...(typeof modified === "string" ? { modified } : {}),
  };
}

/** Makes a head the current one. */
export async function writeIndexHead(store: ObjectStore, project: string, head: IndexHead): Promise<void> {
  await writeJson(store, upstreamKey(project, "index", HEAD), head);
}

/** Where a new index is written before its head names it. */
export interface IndexWriter {
  readonly generation: string;
  readonly add: (chart: IndexChart) => Promise<void>;
  readonly charts: () => readonly string[];
}

/** Writes the charts of a new generation. A chart whose name is no repository name cannot be pulled as OCI and is left out. */
export function createIndexWriter(store: ObjectStore, project: string, random: Uint8Array): IndexWriter {
  const generation = formatHex(random);
  const charts = new Set<string>();
  return {
    generation,
    charts: () => [...charts].sort(),
    add: async (chart) => {
      const repository = parseRepositoryName(`${project}/${chart.name}`);
      if (repository === undefined || chart.name.includes("/") || chart.entries.length === 0) return;
      const before = charts.has(chart.name)
        ? (await readIndexChart(store, project, generation, chart.name)).entries
        : [];
      charts.add(chart.name);
      const bytes = encoder.encode(JSON.stringify([...before, ...chart.entries].map(toItem)));
      await store.put(chartKey(project, generation, chart.name), { kind: "bytes", bytes });
    },
  };
}

function chartKey(project: string, generation: string, chart: string): string {
  return upstreamKey(project, "charts", `${generation}/${chart}`);
}

function toItem(entry: IndexEntry): JsonValue {
  const { fields, urls, digest, created } = entry;
  return {
    ...fields,
    urls,
    ...(digest === undefined ? {} : { digest }),
    ...(created === undefined ? {} : { created }),
  };
}

/** The versions of a chart in a generation; empty when there is no such chart. */
export async function readIndexChart(
  store: ObjectStore,
  project: string,
  generation: string,
  chart: string,
): Promise<{ readonly entries: readonly IndexEntry[]; readonly size: number }> {
  const object = await store.get(chartKey(project, generation, chart));
  if (object === undefined) return { entries: [], size: 0 };
  const list: unknown = JSON.parse(new TextDecoder().decode(await objectBytes(object)));
  if (!Array.isArray(list)) throw new Error("the store holds a malformed index chart");
  return { entries: list.flatMap((item) => parseIndexEntry(chart, asObject(item)) ?? []), size: object.size };
}

/** Deletes the charts of all generations but those named. */
export async function sweepGenerations(store: ObjectStore, project: string, kept: ReadonlySet<string>): Promise<void> {
  const prefix = upstreamKey(project, "charts", "");
  for await (const key of eachKey(store, prefix)) {
    const generation = key.slice(prefix.length, key.indexOf("/", prefix.length));
    if (!kept.has(generation)) await store.delete(key);
  }
}
