import { decodeYamlJson } from "../../engine/encoding/index.ts";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { asObject } from "../../engine/oci/descriptor.ts";
import { type IndexChart, MAX_CHART, MAX_CHARTS, MAX_ENTRY, MAX_VERSIONS } from "./index-chart.ts";
import { type IndexEntry, parseIndexEntry } from "./index-entry.ts";

/** A chart of which entries are gathered. */
export interface OpenChart {
  readonly name: string;
  readonly entries: IndexEntry[];
}

/**
 * Gathers the lines of one chart's entries and decodes each entry when it is whole; or those of a member of another style (`web: [...]`),
 * which is decoded as one.
 */
export interface ChartCollector {
  /** A line of an entry; `starts` a new one. Lines beyond the budget are dropped, and the entry with them. */
  readonly add: (line: string, starts: boolean) => void;
  /** Ends what is under way, if anything, and begins another, if any: a chart, or a member by its first line. */
  readonly turn: (next: OpenChart | string | undefined) => readonly IndexChart[];
  /** True for a line that ends the value of a member of another style, however little it is indented. */
  readonly goesOn: (line: string, indent: number) => boolean;
  /** True when no chart was read, and some could not be. */
  readonly lostAll: () => boolean;
}

/** A collector of one document. */
export function createCollector(): ChartCollector {
  let chart: OpenChart | "member" | undefined;
  let chartSize = 0;
  let item: string[] = [];
  let itemSize = 0;
  let found = 0;
  let lost = 0;
  const endItem = (): void => {
    const fits = itemSize <= MAX_ENTRY && chartSize + itemSize <= MAX_CHART;
    if (chart !== undefined && chart !== "member" && item.length > 0 && fits) {
      chartSize += itemSize;
      addEntry(chart, item);
    }
    item = [];
    itemSize = 0;
  };
  const endMember = (): readonly IndexChart[] => {
    const value = itemSize <= MAX_CHART ? asObject(decode(item.join("\n"))) : undefined;
    if (value === undefined) lost++;
    item = [];
    itemSize = 0;
    return chartsIn(value ?? {}).filter(({ entries }) => entries.length > 0);
  };
  const end = (): readonly IndexChart[] => {
    if (chart === "member") return endMember();
    endItem();
    return chart === undefined ? [] : [chart];
  };
  const keep = (line: string, limit: number): void => {
    itemSize += line.length + 1;
    if (itemSize <= limit) item.push(line);
  };
  return {
    add: (line, starts) => {
      if (chart === "member") {
        keep(line, MAX_CHART);
        return;
      }
      if (starts) endItem();
      else if (item.length === 0) return;
      keep(line, MAX_ENTRY);
    },
    turn: (next) => {
      const done = end();
      found += done.length;
      chart = typeof next === "string" ? "member" : next;
      chartSize = 0;
      if (typeof next === "string") keep(next, MAX_CHART);
      return done;
    },
    goesOn: (line, indent) => chart === "member" && /^[\]}:,]/.test(line.slice(indent, indent + 1)),
    lostAll: () => lost > 0 && found === 0,
  };
}

function addEntry(chart: OpenChart, lines: readonly string[]): void {
  if (chart.entries.length >= MAX_VERSIONS) return;
  const list = decode(lines.join("\n"));
  if (!Array.isArray(list)) return;
  for (const value of list) {
    const entry = parseIndexEntry(chart.name, value);
    if (entry !== undefined) chart.entries.push(entry);
  }
}

/** The charts of a decoded `entries`, or of a part of it. */
export function chartsIn(entries: JsonObject): readonly IndexChart[] {
  return Object.entries(entries)
    .slice(0, MAX_CHARTS)
    .map(([name, list]) => ({
      name,
      entries: (Array.isArray(list) ? list.slice(0, MAX_VERSIONS) : []).flatMap(
        (value: JsonValue) => parseIndexEntry(name, value) ?? [],
      ),
    }));
}

/** The value, or undefined for what is no YAML: one bad entry costs only itself. */
export function decode(text: string): JsonValue | undefined {
  try {
    return decodeYamlJson(text);
  } catch (error) {
    if (error instanceof Error && error.name === "YamlError") return undefined;
    throw error;
  }
}
