import type { Chart, ChartFile, Dependency, Metadata } from "../chart/chart.ts";
import { processDependencies } from "../chart/dependencies.ts";
import { fromUtf8 } from "../go/utf8.ts";
import { GoMap } from "../go/value.ts";
import { isPartial } from "../manifest/sort.ts";
import { templateFiles } from "../render/context.ts";
import { functionSet } from "../render/foreign.ts";
import { renderFunctions } from "../render/functions.ts";
import { parseCached } from "../render/template-cache.ts";
import { TemplateError } from "../template/error.ts";
import { parseTemplate } from "../template/template.ts";
import type { ParsedFile, Template } from "../template/template.ts";
import { SET_NAME } from "../template/tpl.ts";
import { AnalysisLimit, Heap, Made, Place } from "./heap.ts";
import type { Location, Locations } from "./heap.ts";
import { Interpreter } from "./interpreter.ts";
import type { TplTexts } from "./interpreter.ts";
import { PLAIN, UNKNOWN } from "./text.ts";
import { stringsIn } from "./value-paths.ts";

/** Texts with templates in them that are looked at, in values and in files. */
const MAX_TEXTS = 2000;
/** Charts of one tree that are looked at. */
const MAX_CHARTS = 1000;

/** What is read of one value. That there is a node means that a template, a condition or a tag looks at it. */
export interface ReadNode {
  /** Everything below is read, too. */
  readonly whole: boolean;
  readonly children: ReadonlyMap<string, ReadNode>;
  /** What is read of elements under any name: of a range, or of an index that only the running template knows. */
  readonly any: ReadNode | undefined;
}

/** Which values a chart reads. */
export interface ChartReads {
  readonly values: ReadNode;
  /** `FILE:LINE` of each `tpl` whose text cannot be foreseen; all that it may reach counts as read. */
  readonly opaque: readonly string[];
  /** False for a chart that does not parse or is too large: then everything counts as read. */
  readonly isComplete: boolean;
  /** The charts of the tree by their path in the values, the chart itself first, as `[]`. */
  readonly charts: readonly (readonly string[])[];
}

/**
 * Which of its values a chart with all of its sub-charts may read, enabled or not. `values` are the user's: a text in them or in the
 * charts' own may be a template that `tpl` runs. Nothing that a render reads is missing from the answer; more may be in it. Throws
 * nothing for a bad chart.
 */
export function chartReads(chart: Chart, values: GoMap = new GoMap()): ChartReads {
  const whole = withAllDependencies(chart);
  const root = new Place();
  const charts: string[][] = [];
  const heap = new Heap();
  let opaque: readonly string[] = [];
  let isComplete = false;
  try {
    const nodes = whole === undefined ? undefined : createDots(whole, root, heap, charts);
    if (whole !== undefined && nodes !== undefined) {
      const interpreter = interpreterOf(whole, nodes, values, heap);
      isComplete = interpreter !== undefined && interpreter.run(root);
      opaque = [...(interpreter?.opaque ?? [])];
      readByHelm(chart, root, heap);
    }
  } catch (error) {
    if (!(error instanceof AnalysisLimit) && !(error instanceof RangeError)) throw error;
    isComplete = false;
  }
  if (!isComplete) new Heap().escape([root]);
  return { values: root, opaque, isComplete, charts };
}

/** The chart with every dependency enabled, under its alias. */
function withAllDependencies(chart: Chart): Chart | undefined {
  try {
    return processDependencies(unconditional(chart), new GoMap());
  } catch {
    return undefined;
  }
}

function unconditional(chart: Chart): Chart {
  const { dependencies } = chart.metadata;
  const metadata = dependencies === undefined ? {} : { dependencies: dependencies.map(always) };
  return {
    ...chart,
    metadata: { ...chart.metadata, ...metadata },
    dependencies: chart.dependencies.map(unconditional),
  };
}

function always({ condition: _condition, tags: _tags, ...entry }: Dependency): Dependency {
  return entry;
}

/** A chart of the tree and the `.` of its templates. */
interface ChartNode {
  readonly chart: Chart;
  readonly dot: Locations;
}

/** As `render/context.ts` has them: parents before children. `undefined` for too many. */
function createDots(root: Chart, values: Place, heap: Heap, paths: string[][]): readonly ChartNode[] | undefined {
  const nodes: ChartNode[] = [];
  const create = (chart: Chart, own: Place, path: string[]): Made => {
    const dot = new Made();
    const index = nodes.length;
    nodes.push({ chart, dot: new Set([dot]) });
    paths.push(path);
    const subcharts = new Made();
    const fields: readonly (readonly [string, Location])[] = [
      ["Values", own],
      ["Subcharts", subcharts],
      ["Files", { kind: "files", chart: index }],
      ["Chart", hasTemplates(chart.metadata) ? UNKNOWN : PLAIN],
      ["Release", PLAIN],
      ["Capabilities", PLAIN],
      ["Template", PLAIN],
    ];
    for (const [name, location] of fields) heap.put(dot, name, new Set([location]));
    for (const child of chart.dependencies) {
      const { name } = child.metadata;
      if (nodes.length >= MAX_CHARTS) continue;
      heap.put(subcharts, name, new Set([create(child, heap.childOf(own, name), [...path, name])]));
    }
    return dot;
  };
  create(root, values, []);
  return nodes.length >= MAX_CHARTS ? undefined : nodes;
}

function hasTemplates(metadata: Metadata): boolean {
  return JSON.stringify(metadata).includes("{{");
}

/** Every file that prints runs on the dot of its chart. `undefined` for a text that does not parse. */
function interpreterOf(chart: Chart, nodes: readonly ChartNode[], values: GoMap, heap: Heap): Interpreter | undefined {
  const files = [...templateFiles(chart).values()];
  const parsed: ParsedFile[] = [];
  for (const file of files) {
    const one = attempt(() => parseCached(file, functionSet()));
    if (one === undefined) return undefined;
    parsed.push(one);
  }
  const templates = new Map<string, Template[]>();
  for (const file of parsed) addTemplates(templates, file);
  const interpreter = new Interpreter(heap, templates, tplTexts(nodes, values, templates));
  for (const [i, file] of files.entries()) {
    const template = parsed[i]?.main;
    const dot = nodes[file.chart]?.dot;
    if (!isPartial(file.path) && template !== undefined && dot !== undefined) interpreter.enter(template, dot);
  }
  return interpreter;
}

function addTemplates(templates: Map<string, Template[]>, file: ParsedFile): void {
  for (const [name, template] of file.templates) {
    const known = templates.get(name);
    if (known === undefined) templates.set(name, [template]);
    else known.push(template);
  }
}

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

/** The texts that `tpl` may run. A `define` in one is found by its name from then on. */
function tplTexts(nodes: readonly ChartNode[], values: GoMap, templates: Map<string, Template[]>): TplTexts {
  const known = new Map<string, Template | undefined>();
  const parse = (text: string): Template | undefined => {
    if (known.has(text)) return known.get(text);
    const file = attempt(() => parseTemplate(SET_NAME, text, renderFunctions));
    if (file !== undefined) addTemplates(templates, file);
    known.set(text, file?.main);
    return file?.main;
  };
  const parseAll = (texts: readonly string[]): readonly Template[] | undefined => {
    const parsed: Template[] = [];
    for (const text of texts) {
      const template = parse(text);
      if (template !== undefined) parsed.push(template);
      else if (mayReadValues(text)) return undefined;
    }
    return parsed;
  };
  let ofValues: { readonly templates: readonly Template[] | undefined } | undefined;
  return {
    parse,
    ofValues: () => {
      const texts = ofValues === undefined ? templateTexts([values, ...nodes.map(({ chart }) => chart.values)]) : [];
      ofValues ??= { templates: texts === undefined ? undefined : parseAll(texts) };
      return ofValues.templates;
    },
    ofFile: (file) => {
      const texts = fileTexts(nodes[file.chart]?.chart, file.name);
      return texts.length > MAX_TEXTS ? undefined : parseAll(texts);
    },
  };
}

/** Pieces of one template in several values do not parse alone, and yet may make a template together. */
function mayReadValues(text: string): boolean {
  return text.includes("Values");
}

function templateTexts(values: readonly GoMap[]): readonly string[] | undefined {
  const found = new Set<string>();
  for (const map of values) {
    for (const text of stringsIn(map)) {
      if (text.includes("{{")) found.add(text);
      if (found.size > MAX_TEXTS) return undefined;
    }
  }
  return [...found];
}

/** Decoded files of the charts that are still in use. */
const decodedFiles = new WeakMap<ChartFile, string>();

function fileTexts(chart: Chart | undefined, name: string | undefined): readonly string[] {
  const files = (chart?.files ?? []).filter((file) => name === undefined || file.name === name);
  return files.map(textOf).filter((text) => text.includes("{{"));
}

function textOf(file: ChartFile): string {
  const text = decodedFiles.get(file) ?? fromUtf8(file.data);
  decodedFiles.set(file, text);
  return text;
}

/** What Helm itself looks at: conditions, tags, and the tables that `import-values` names. */
function readByHelm(chart: Chart, root: Place, heap: Heap): void {
  const at = (path: readonly string[]): Place => path.reduce((place, key) => heap.childOf(place, key), root);
  const visit = (node: Chart, path: readonly string[]): void => {
    const entries = node.metadata.dependencies ?? [];
    for (const entry of entries) {
      const own = [...path, nameOf(entry)];
      for (const tag of entry.tags ?? []) at(["tags", tag]);
      for (const condition of (entry.condition ?? "").trim().split(",")) {
        if (condition !== "") at([...path, ...condition.split(".")]);
      }
      for (const item of entry.importValues ?? []) {
        heap.escape([at([...own, ...(typeof item === "string" ? `exports.${item}` : item.child).split(".")])]);
      }
    }
    for (const child of node.dependencies) {
      const { name } = child.metadata;
      const names = entries.filter((entry) => entry.name === name).map(nameOf);
      for (const alias of new Set([name, ...names])) visit(child, [...path, alias]);
    }
  };
  visit(chart, []);
}

function nameOf({ name, alias = "" }: Dependency): string {
  return alias === "" ? name : alias;
}
