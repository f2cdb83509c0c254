import { asObject } from "../../engine/oci/descriptor.ts";
import { chartsIn, createCollector, decode, type OpenChart } from "./block-charts.ts";
import { type IndexChart, MAX_CHARTS, notIndex } from "./index-chart.ts";
import { readLines, readTexts } from "./index-lines.ts";
import { createJsonSplitter } from "./json-index.ts";

/** YAML that is not in block style is read in one piece up to this size. */
const MAX_WHOLE = 32 * 1024 * 1024;
/** A document in braces of more than this is JSON, and read chart by chart. */
const MAX_BRACES = 4 * 1024 * 1024;
/** Comments and blanks in front of a document that is looked into for its first character. */
const MAX_HEAD = 64 * 1024;

/**
 * Reads an index.yaml (or JSON) chart by chart, so that memory holds one chart's entries. Entries that nobody could pull are dropped.
 * Throws OciError `UNAVAILABLE` for what is no index.
 */
export async function* readIndex(stream: AsyncIterable<Uint8Array>): AsyncGenerator<IndexChart> {
  const texts = readTexts(stream);
  let head = "";
  while (head.length < MAX_HEAD && firstCharacter(head) === undefined) {
    const next = await texts.next();
    if (next.done === true) break;
    head += next.value;
  }
  const start = firstCharacter(head) ?? 0;
  const isBraced = head[start] === "{";
  const whole = resumed(isBraced ? head.slice(start) : head, texts);
  yield* isBraced ? readBraces(whole) : readBlock(whole);
}

/** Where a document's text begins, behind blanks, comments and `---`; undefined for a text that has none yet. */
function firstCharacter(text: string): number | undefined {
  const head = /^(?:\s+|#[^\n]*\n|---(?=\s))*/.exec(text)?.[0].length ?? 0;
  return head < text.length && !/^(?:#|-{1,3}$)/.test(text.slice(head, head + 4)) ? head : undefined;
}

async function* resumed(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}

async function* readBraces(texts: AsyncGenerator<string>): AsyncGenerator<IndexChart> {
  let text = "";
  for await (const more of texts) {
    text += more;
    if (text.length > MAX_WHOLE) throw notIndex("is not in block style and too large");
    if (text.length > MAX_BRACES && /^\{\s*"/.test(text)) {
      yield* readJson(resumed(text, texts));
      return;
    }
  }
  yield* wholeIndex(text);
}

async function* readJson(texts: AsyncIterable<string>): AsyncGenerator<IndexChart> {
  const splitter = createJsonSplitter();
  for await (const text of texts) {
    for (const chart of splitter.push(text)) yield chart;
  }
  splitter.end();
}

async function* readBlock(texts: AsyncIterable<string>): AsyncGenerator<IndexChart> {
  const splitter = createSplitter();
  for await (const lines of readLines(texts)) {
    for (const line of lines) {
      for (const chart of splitter.push(line.endsWith("\r") ? line.slice(0, -1) : line)) yield chart;
    }
  }
  yield* splitter.end();
}

interface Splitter {
  readonly push: (line: string) => readonly IndexChart[];
  readonly end: () => readonly IndexChart[];
}

const NONE: readonly IndexChart[] = [];

/** Where the lines belong: before anything, in another member, in `entries:`, or to one text that is not in block style. */
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

  const keep = (line: string): readonly IndexChart[] => {
    whole.push(line);
    wholeSize += line.length + 1;
    if (wholeSize > MAX_WHOLE) throw notIndex("is not in block style and too large");
    return NONE;
  };
  const topLine = (line: string): readonly IndexChart[] => {
    if (place === "start" && line.startsWith("<")) throw notIndex("is not an index");
    const entries = /^(["']?)entries\1\s*:(?:\s+([^\s#].*))?/.exec(line);
    if ((place === "start" && /^[{["'!&*|>%@`]/.test(line) && entries === null) || entries?.[2] !== undefined) {
      place = "whole";
      return keep(line);
    }
    place = entries === null ? "elsewhere" : "entries";
    if (entries !== null || /^["']?apiVersion["']?\s*:/.test(line)) isIndex = true;
    return collector.turn(undefined);
  };
  const entryLine = (line: string, indent: number): readonly IndexChart[] => {
    const isItem = line[indent] === "-";
    if (chartIndent < 0 && !isItem) chartIndent = indent;
    if (indent === chartIndent && !isItem) {
      if (++charts > MAX_CHARTS) throw notIndex("has too many charts");
      itemIndent = -1;
      return collector.turn(openChart(line) ?? line);
    }
    if (itemIndent < 0 && isItem) itemIndent = indent;
    collector.add(line, isItem && indent === itemIndent);
    return NONE;
  };
  const blockLine = (line: string): readonly IndexChart[] => {
    const indent = indentOf(line);
    if (indent < 0 || collector.goesOn(line, indent)) collector.add(line, false);
    else if (indent > 0) return place === "entries" ? entryLine(line, indent) : NONE;
    else return line.startsWith("---") || line.startsWith("...") ? collector.turn(undefined) : topLine(line);
    return NONE;
  };

  return {
    push: (line) => (place === "whole" ? keep(line) : blockLine(line)),
    end: () => {
      const done = collector.turn(undefined);
      if (place === "whole") return [...done, ...wholeIndex(whole.join("\n"))];
      if (!isIndex) throw notIndex("is not an index");
      if (collector.lostAll()) throw notIndex("has no chart that can be read");
      return done;
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

/** The chart of a line `NAME:`; undefined for a key of another kind, or that brings its value along (`[]`, `&anchor`). */
function openChart(line: string): OpenChart | undefined {
  const key = /^\s*(?:"([^"\\]{1,255})"|'([^']{1,255})'|([^\s"'#:[\]{},&*!|>%@`?][^\s:#]{0,254})):\s*(?:#.*)?$/.exec(
    line,
  );
  const name = key?.[1] ?? key?.[2] ?? key?.[3];
  return name === undefined ? undefined : { name, entries: [] };
}

function wholeIndex(text: string): readonly IndexChart[] {
  const index = asObject(decode(text));
  const entries = asObject(index?.["entries"]);
  if (entries === undefined && index?.["entries"] !== null) throw notIndex("is not an index");
  return chartsIn(entries ?? {});
}
