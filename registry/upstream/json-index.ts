import type { JsonValue } from "../../engine/errors.ts";
import { type IndexChart, MAX_CHART, MAX_CHARTS, MAX_ENTRY, MAX_VERSIONS, notIndex } from "./index-chart.ts";
import { type IndexEntry, parseIndexEntry } from "./index-entry.ts";

/** Takes a JSON index piece by piece; memory holds one chart's entries. Throws OciError `UNAVAILABLE` for what is none. */
export interface JsonSplitter {
  /** The charts that ended in this piece. */
  readonly push: (text: string) => readonly IndexChart[];
  readonly end: () => void;
}

const MAX_DEPTH = 500;
/** Text of a member's name. */
const MAX_KEY = 1024;
/** Depths of the document's members, of the charts below `entries`, and of a chart's list. */
const TOP = 1;
const CHARTS = 2;
const LIST = 3;

const [QUOTE, BACKSLASH, COMMA, COLON] = [34, 92, 44, 58];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

/** A splitter. It follows brackets and strings alone; what it hands on is parsed. */
export function createJsonSplitter(): JsonSplitter {
  const taken = createTaker();
  const outline = createOutline(taken);
  let inString = false;
  let escaped = false;
  return {
    push: (text) => {
      taken.turn(text);
      for (let at = 0; at < text.length; at++) {
        const c = text.charCodeAt(at);
        if (inString) {
          if (escaped) escaped = false;
          else if (c === BACKSLASH) escaped = true;
          else if (c === QUOTE) {
            inString = false;
            outline.endString(at);
          }
        } else if (c === QUOTE) {
          inString = true;
          outline.startString(at);
        } else if (c > 32 && (isStructure(c) || outline.isOutside())) outline.structure(c, at);
      }
      return outline.take();
    },
    end: () => {
      if (inString || !outline.isOutside()) throw notIndex("breaks off");
      if (!outline.isIndex()) throw notIndex("is not an index");
    },
  };
}

/** Where in a document its brackets and strings lie. */
interface Outline {
  readonly structure: (c: number, at: number) => void;
  readonly startString: (at: number) => void;
  readonly endString: (at: number) => void;
  /** Before the document or behind it. */
  readonly isOutside: () => boolean;
  /** True once `entries` was seen. */
  readonly isIndex: () => boolean;
  /** The charts that ended since the last call. */
  readonly take: () => readonly IndexChart[];
}

function createOutline(taken: Taker): Outline {
  const closers: number[] = [];
  let key: string | undefined;
  let word: string | undefined;
  let inEntries = false;
  let isIndex = false;
  let ended = false;
  const lists = createLists(taken);

  const isKeyDepth = (): boolean => closers.length === TOP || (inEntries && closers.length === CHARTS);
  const isEntriesValue = (): boolean => closers.length === TOP && key === "entries";
  const open = (closer: number, at: number): void => {
    if (closers.length >= MAX_DEPTH) throw notIndex("is nested too deeply");
    if (isEntriesValue() && closer === CLOSE_LIST) throw notIndex("has a list as its entries");
    inEntries ||= isEntriesValue();
    closers.push(closer);
    if (inEntries && closers.length === LIST && closer === CLOSE_LIST && key !== undefined) lists.open(key, at);
  };
  const close = (closer: number, at: number): void => {
    if (closers.length === LIST) lists.close(at);
    if (closers.pop() !== closer) throw notIndex("is no JSON");
    if (closers.length <= CHARTS) key = undefined;
    if (closers.length < CHARTS) inEntries = false;
    ended = closers.length === 0;
  };
  return {
    structure: (c, at) => {
      if (ended) throw notIndex("goes on behind its end");
      if (closers.length === 0 && c !== OPEN_OBJECT) throw notIndex("is no JSON");
      if (c === OPEN_OBJECT) open(CLOSE_OBJECT, at);
      else if (c === OPEN_LIST) open(CLOSE_LIST, at);
      else if (c === CLOSE_OBJECT || c === CLOSE_LIST) close(c, at);
      else if (c === COMMA && closers.length === LIST) lists.comma(at);
      else if (isKeyDepth()) {
        key = c === COLON ? word : undefined;
        isIndex ||= isEntriesValue();
      }
    },
    startString: (at) => {
      if (closers.length === 0) throw notIndex("is no JSON");
      if (isEntriesValue()) throw notIndex("has a text as its entries");
      if (isKeyDepth()) taken.start(at, MAX_KEY);
    },
    endString: (at) => {
      if (!isKeyDepth()) return;
      const text = taken.end(at + 1);
      const value = text === undefined ? undefined : parse(text);
      word = typeof value === "string" ? value : undefined;
    },
    isOutside: () => closers.length === 0,
    isIndex: () => isIndex,
    take: lists.take,
  };
}

/** The list of a chart, whose elements are taken one by one. */
interface Lists {
  readonly open: (chart: string, at: number) => void;
  readonly comma: (at: number) => void;
  readonly close: (at: number) => void;
  readonly take: () => readonly IndexChart[];
}

function createLists(taken: Taker): Lists {
  let done: IndexChart[] = [];
  let chart: OpenChart | undefined;
  let count = 0;
  const endElement = (at: number): void => {
    const text = chart === undefined ? undefined : taken.end(at);
    if (chart !== undefined && text !== undefined) addEntry(chart, text);
  };
  return {
    open: (name, at) => {
      if (++count > MAX_CHARTS) throw notIndex("has too many charts");
      chart = { name, entries: [], size: 0 };
      taken.start(at + 1, MAX_ENTRY);
    },
    comma: (at) => {
      endElement(at);
      if (chart !== undefined) taken.start(at + 1, MAX_ENTRY);
    },
    close: (at) => {
      endElement(at);
      if (chart !== undefined) done.push({ name: chart.name, entries: chart.entries });
      chart = undefined;
    },
    take: () => {
      const ended = done;
      done = [];
      return ended;
    },
  };
}

function isStructure(c: number): boolean {
  return c === COMMA || c === COLON || c === OPEN_LIST || c === CLOSE_LIST || c === OPEN_OBJECT || c === CLOSE_OBJECT;
}

interface OpenChart {
  readonly name: string;
  readonly entries: IndexEntry[];
  size: number;
}

function addEntry(chart: OpenChart, text: string): void {
  if (text.trim() === "") return;
  if (chart.entries.length >= MAX_VERSIONS || chart.size + text.length > MAX_CHART) return;
  chart.size += text.length;
  const entry = parseIndexEntry(chart.name, parse(text));
  if (entry !== undefined) chart.entries.push(entry);
}

function parse(text: string): JsonValue {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    throw notIndex("is no JSON");
  }
}

/** Takes a stretch of a text that comes in pieces. */
interface Taker {
  /** A new piece: positions count in it. */
  readonly turn: (text: string) => void;
  readonly start: (at: number, limit: number) => void;
  /** The stretch; undefined beyond its limit. */
  readonly end: (at: number) => string | undefined;
}

function createTaker(): Taker {
  let piece = "";
  let parts: string[] = [];
  let size = 0;
  let limit = 0;
  let from: number | undefined;
  const take = (at: number): void => {
    size += at - (from ?? at);
    if (size <= limit) parts.push(piece.slice(from, at));
    else parts = [];
  };
  return {
    turn: (text) => {
      if (from !== undefined) take(piece.length);
      if (from !== undefined) from = 0;
      piece = text;
    },
    start: (at, budget) => {
      parts = [];
      size = 0;
      limit = budget;
      from = at;
    },
    end: (at) => {
      take(at);
      from = undefined;
      return size <= limit ? parts.join("") : undefined;
    },
  };
}
