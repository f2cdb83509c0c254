import type { ReadNode } from "../../engine/analysis/index.ts";
import { pathText } from "../../engine/analysis/value-paths.ts";
import type { PathStep } from "../../engine/analysis/value-paths.ts";
import { copyMap } from "../../engine/chart/index.ts";
import type { Capabilities, Chart } from "../../engine/chart/index.ts";
import type { JsonValue } from "../../engine/errors.ts";
import { GoFailure, GoList, GoMap } from "../../engine/go/value.ts";
import type { GoValue } from "../../engine/go/value.ts";
import { isPartial } from "../../engine/manifest/sort.ts";
import { createDots, templateFiles } from "../../engine/render/context.ts";
import { renderFunctions } from "../../engine/render/functions.ts";
import { renderOrder } from "../../engine/render/order.ts";
import { prepare } from "../../engine/render/render.ts";
import { Budget } from "../../engine/template/budget.ts";
import { TemplateError } from "../../engine/template/error.ts";
import { executeTemplate } from "../../engine/template/execution.ts";
import type { FunctionTable, GoFunction, PendingRequest } from "../../engine/template/index.ts";
import { createTemplateSet } from "../../engine/template/template-set.ts";
import { parseTemplate } from "../../engine/template/template.ts";

/** What a render read, by the steps of its path; `isListed`: all entries of it were gone through. */
export interface RecordedRead {
  readonly path: readonly string[];
  readonly isListed: boolean;
}

/** The reads of one render, each once. */
class Recorder {
  readonly reads = new Map<string, RecordedRead>();
  isPaused = true;

  note(path: readonly string[], isListed: boolean): void {
    if (this.isPaused) return;
    this.reads.set(JSON.stringify([isListed, path]), { path, isListed });
  }
}

/** A map of values that tells its recorder what is read of it. */
class RecordingMap extends Map<string, GoValue> {
  readonly path: readonly string[];
  readonly recorder: Recorder;

  constructor(path: readonly string[], recorder: Recorder) {
    super();
    this.path = path;
    this.recorder = recorder;
  }

  override get(key: string): GoValue {
    if (super.has(key)) this.recorder.note([...this.path, key], false);
    return super.get(key);
  }

  override has(key: string): boolean {
    if (super.has(key)) this.recorder.note([...this.path, key], false);
    return super.has(key);
  }

  private list(): void {
    for (const key of super.keys()) this.recorder.note([...this.path, key], true);
  }

  override entries(): MapIterator<[string, GoValue]> {
    this.list();
    return super.entries();
  }

  override [Symbol.iterator](): MapIterator<[string, GoValue]> {
    this.list();
    return super[Symbol.iterator]();
  }

  override values(): MapIterator<GoValue> {
    this.list();
    return super.values();
  }

  override keys(): MapIterator<string> {
    this.list();
    return super.keys();
  }

  override forEach(call: (value: GoValue, key: string, map: Map<string, GoValue>) => void): void {
    this.list();
    super.forEach(call);
  }
}

function recording(value: GoValue, path: readonly string[], recorder: Recorder): GoValue {
  if (value instanceof GoList) {
    return new GoList(
      value.items.map((item, i) => recording(item, [...path, String(i)], recorder)),
      value.type,
      value.isNil,
    );
  }
  if (!(value instanceof GoMap)) return value;
  const entries = new RecordingMap(path, recorder);
  for (const [key, item] of value.entries) entries.set(key, recording(item, [...path, key], recorder));
  return new GoMap(entries, value.type);
}

/** Functions that copy values without looking at what they copy, or choose entries by name. */
const COPYING = [
  "merge",
  "mustMerge",
  "mergeOverwrite",
  "mustMergeOverwrite",
  "deepCopy",
  "mustDeepCopy",
  "omit",
  "pick",
];

/** Renders a chart on values that note each read. A file that fails has read what it read. */
export function recordReads(chart: Chart, values: GoMap, capabilities: Capabilities): readonly RecordedRead[] {
  const recorder = new Recorder();
  const prepared = prepare({ chart, values, skipSchemaValidation: true });
  const own = recording(prepared.values, [], recorder);
  if (!(own instanceof GoMap)) throw new Error("values are no map");
  const functions = new Map(renderFunctions);
  for (const name of COPYING) {
    const known = functions.get(name);
    if (known !== undefined) functions.set(name, withoutNotes(known, recorder));
  }
  runFiles({ chart: prepared.chart, values: own, capabilities, functions, recorder });
  return [...recorder.reads.values()];
}

function withoutNotes(known: GoFunction, recorder: Recorder): GoFunction {
  return {
    ...known,
    call: (args, context) => {
      recorder.isPaused = true;
      try {
        return known.call(args, context);
      } finally {
        recorder.isPaused = false;
      }
    },
  };
}

/** All that a chart renders, with the texts of its failures: the same for the same values. */
export function outputOf(chart: Chart, values: GoMap, capabilities: Capabilities): string {
  const prepared = prepare({ chart, values, skipSchemaValidation: true });
  const own = copyMap(prepared.values);
  return runFiles({
    chart: prepared.chart,
    values: own,
    capabilities,
    functions: renderFunctions,
    recorder: new Recorder(),
  });
}

/** The values with every scalar at and below these paths changed. */
export function withOther(values: GoMap, paths: readonly string[]): GoMap {
  const change = (value: GoValue, path: readonly PathStep[], isIn: boolean): GoValue => {
    const isOther = isIn || paths.includes(pathText(path));
    if (value instanceof GoMap) {
      const entries = Array.from(value.entries, ([key, item]) => [key, change(item, [...path, key], isOther)] as const);
      return new GoMap(new Map(entries), value.type);
    }
    if (value instanceof GoList) return new GoList(value.items.map((item, i) => change(item, [...path, i], isOther)));
    return isOther ? other(value) : value;
  };
  const changed = change(values, [], false);
  if (!(changed instanceof GoMap)) throw new Error("values are no map");
  return changed;
}

function other(value: GoValue): GoValue {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  return typeof value === "string" ? `${value}-other` : value;
}

interface Run {
  readonly chart: Chart;
  readonly values: GoMap;
  readonly capabilities: Capabilities;
  readonly functions: FunctionTable;
  readonly recorder: Recorder;
}

function runFiles({ chart, values, capabilities, functions, recorder }: Run): string {
  const files = templateFiles(chart);
  const order = renderOrder(files.keys()).flatMap((path) => files.get(path) ?? []);
  const set = createTemplateSet(
    order.map((file) => parseTemplate(file.path, file.text, functions)),
    functions,
  );
  const release = { name: "rel", namespace: "default", revision: 1, isUpgrade: false };
  const dots = createDots(chart, values, { release, capabilities });
  const budget = new Budget();
  let out = "";
  for (const file of order) {
    if (isPartial(file.path)) continue;
    const dot = dots[file.chart];
    const template = new Map([
      ["Name", file.path],
      ["BasePath", file.basePath],
    ]);
    dot?.entries.set("Template", new GoMap(template));
    recorder.isPaused = false;
    try {
      out += executeTemplate(set, file.path, dot, {
        now: 0,
        randomBytes: (length) => new Uint8Array(length).fill(7),
        ask: answer,
        nextOrdinal: () => 0,
        remember: (_key, make) => make(),
        budget,
        lint: false,
        warn: () => {},
      });
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      out += error.message;
    } finally {
      recorder.isPaused = true;
    }
  }
  return out;
}

function answer(request: PendingRequest): JsonValue {
  if (request.kind === "lookup") return {};
  if (request.kind === "dns") return "";
  throw new GoFailure("no answers here");
}

/** True if an analysis foresaw the read. */
export function isPredicted(root: ReadNode, { path }: RecordedRead): boolean {
  let nodes: readonly ReadNode[] = [root];
  for (const step of path) {
    if (nodes.some((node) => node.whole)) return true;
    nodes = nodes.flatMap((node) => [node.children.get(step), node.any].filter((next) => next !== undefined));
  }
  return nodes.length > 0;
}
