import { decodeYamlJson } from "../../engine/encoding/index.ts";
import type { JsonValue } from "../../engine/errors.ts";
import { asObject } from "../../engine/oci/descriptor.ts";
import { OciError } from "../../engine/oci/error.ts";
import { type IndexEntry, parseIndexEntry } from "./index-entry.ts";
import { readLines } from "./index-lines.ts";

/** A chart of an index with the versions that can be pulled, in the index's order. */
export interface IndexChart {
  readonly name: string;
  readonly entries: readonly IndexEntry[];
}

/** Text of one entry. */
const MAX_ENTRY = 4 * 1024 * 1024;
/** Versions of one chart. */
const MAX_VERSIONS = 20_000;
/** Text of all versions of one chart: they are in memory together. The largest known has a third of it. */
const MAX_CHART = 24 * 1024 * 1024;
/** Charts in an index. */
const MAX_CHARTS = 50_000;
/** An index that is not in block style (JSON, flow) is read in one piece up to this size. */
const MAX_WHOLE = 32 * 1024 * 1024;

/**
 * Reads an index.yaml (or JSON) chart by chart, so that memory holds one chart's entries. Entries that nobody could pull are dropped.
 * Throws OciError `UNAVAILABLE` for what is no index.
 */
export async function* readIndex(stream: AsyncIterable<Uint8Array>): AsyncGenerator<IndexChart> {
  const splitter = createSplitter();
  for await (const lines of readLines(stream)) {
    for (const line of lines) {
      const chart = splitter.push(line.endsWith("\r") ? line.slice(0, -1) : line);
      if (chart !== undefined) yield chart;
    }
  }
  yield* splitter.end();
}

interface Splitter {
  readonly push: (line: string) => IndexChart | undefined;
  readonly end: () => readonly IndexChart[];
}

interface OpenChart {
  readonly name: string;
  readonly entries: IndexEntry[];
}

/** Gathers the lines of one chart's entries and decodes each entry when it is whole. */
interface ChartCollector {
  /** A line of an entry; `starts` a new one. Lines beyond the budget are dropped, and the entry with them. */
  readonly add: (line: string, starts: boolean) => void;
  /** Ends the chart under way, if any, and begins another, if any. */
  readonly turn: (next: OpenChart | undefined) => IndexChart | undefined;
}

function createCollector(): ChartCollector {
  let chart: OpenChart | undefined;
  let chartSize = 0;
  let item: string[] = [];
  let itemSize = 0;
  const endItem = (): void => {
    if (chart !== undefined && item.length > 0 && itemSize <= MAX_ENTRY && chartSize + itemSize <= MAX_CHART) {
      chartSize += itemSize;
      addEntry(chart, item);
    }
    item = [];
    itemSize = 0;
  };
  return {
    add: (line, starts) => {
      if (starts) endItem();
      else if (item.length === 0) return;
      itemSize += line.length + 1;
      if (itemSize <= MAX_ENTRY) item.push(line);
    },
    turn: (next) => {
      endItem();
      const done = chart;
      chart = next;
      chartSize = 0;
      return done;
    },
  };
}

/** Where the lines belong: before anything, in another member, in `entries:`, or all to one document that is not in block style. */
type Place = "start" | "elsewhere" | "entries" | "whole";

function createSplitter(): Splitter {
  const collector = createCollector();
  const whole: string[] = [];
  let wholeSize = 0;
  let place: Place = "start";
  let chartIndent = -1;
  let itemIndent = -1;
  let charts = 0;
  let isIndex = false;

  const keep = (line: string): void => {
    whole.push(line);
    wholeSize += line.length + 1;
    if (wholeSize > MAX_WHOLE) throw notIndex("the upstream's index is not in block style and too large");
  };
  const topLine = (line: string): IndexChart | undefined => {
    if (place === "start" && /^[{[<"'!&*|>%@`]/.test(line)) {
      if (line.startsWith("<")) throw notIndex("the upstream's index is not an index");
      place = "whole";
      keep(line);
      return undefined;
    }
    place = /^["']?entries["']?:\s*(?:#.*)?$/.test(line) ? "entries" : "elsewhere";
    if (/^["']?(?:entries|apiVersion)["']?:/.test(line)) isIndex = true;
    return collector.turn(undefined);
  };
  const entryLine = (line: string, indent: number): IndexChart | undefined => {
    const isItem = line[indent] === "-";
    if (chartIndent < 0 && !isItem) chartIndent = indent;
    if (indent === chartIndent && !isItem) {
      if (++charts > MAX_CHARTS) throw notIndex("the upstream's index has too many charts");
      itemIndent = -1;
      return collector.turn(openChart(line));
    }
    if (itemIndent < 0 && isItem) itemIndent = indent;
    collector.add(line, isItem && indent === itemIndent);
    return undefined;
  };
  const blockLine = (line: string): IndexChart | undefined => {
    const indent = indentOf(line);
    if (indent < 0) collector.add(line, false);
    else if (indent > 0) return place === "entries" ? entryLine(line, indent) : undefined;
    else return line.startsWith("---") || line.startsWith("...") ? collector.turn(undefined) : topLine(line);
    return undefined;
  };

  return {
    push: (line) => {
      if (place !== "whole") return blockLine(line);
      keep(line);
      return undefined;
    },
    end: () => {
      if (place === "whole") return wholeIndex(whole.join("\n"));
      const done = collector.turn(undefined);
      if (!isIndex) throw notIndex("the upstream's index is not an index");
      return done === undefined ? [] : [done];
    },
  };
}

/** Blanks before the text; -1 for empty lines and comments. */
function indentOf(line: string): number {
  for (let i = 0; i < line.length; i++) {
    const c = line.charCodeAt(i);
    if (c === 32) continue;
    return c === 35 || c === 9 || c === 13 ? -1 : i;
  }
  return -1;
}

/** The chart of a line `NAME:`; undefined for a key that is none or brings its value along (`[]`). */
function openChart(line: string): OpenChart | undefined {
  const key = /^\s*(?:"([^"\\]{1,255})"|'([^']{1,255})'|([^\s"'#:[\]{},&*!|>%@`][^\s:#]{0,254})):\s*(?:#.*)?$/.exec(
    line,
  );
  const name = key?.[1] ?? key?.[2] ?? key?.[3];
  return name === undefined ? undefined : { name, entries: [] };
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

/** The value, or undefined for what is no YAML: one bad entry costs only itself. */
function decode(text: string): JsonValue | undefined {
  try {
    return decodeYamlJson(text);
  } catch (error) {
    if (error instanceof Error && error.name === "YamlError") return undefined;
    throw error;
  }
}

function wholeIndex(text: string): readonly IndexChart[] {
  const entries = asObject(asObject(decode(text))?.["entries"]);
  if (entries === undefined) throw notIndex("the upstream's index is not an index");
  return Object.entries(entries)
    .slice(0, MAX_CHARTS)
    .map(([name, list]) => ({
      name,
      entries: (Array.isArray(list) ? list.slice(0, MAX_VERSIONS) : []).flatMap(
        (value: JsonValue) => parseIndexEntry(name, value) ?? [],
      ),
    }));
}

function notIndex(message: string): OciError {
  return new OciError("UNAVAILABLE", { status: 502, message });
}
