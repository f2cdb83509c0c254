import { GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import type { Chart, Dependency, Metadata } from "./chart.ts";
import { isCompatible } from "./compatible.ts";
import { coalesceValues, mergeTables, mergeValues } from "./coalesce.ts";
import { copyMap, tableAt, valueAt } from "./values.ts";
import type { OnWarning } from "./warning.ts";

/**
 * Helm's `ProcessDependencies`: a chart whose sub-charts are those that conditions and tags leave, under their aliases, and whose values
 * carry what `import-values` asks for. `chart` itself is not written. Throws `ChartError` `type-mismatch`.
 *
 * `scalar` gives the scalar that a value stands for, where values carry more than themselves.
 *
 * Helm compatibility: aliases of one chart share the metadata of its sub-charts, so what one alias disables below is gone for the next.
 */
export function processDependencies(
  chart: Chart,
  values: GoMap,
  onWarning?: OnWarning,
  scalar: Scalar = (value) => value,
): Chart {
  const root = createNode(chart);
  enable(root, values, "", { onWarning, scalar });
  importAll(root, onWarning);
  return freeze(root);
}

type Scalar = (value: GoValue) => GoValue;

/** How conditions and tags are read. */
interface Reading {
  readonly onWarning: OnWarning | undefined;
  readonly scalar: Scalar;
}

/** A sub-chart entry while it is processed. */
interface Entry {
  readonly from: Dependency;
  name: string;
  enabled: boolean;
  imports: Dependency["importValues"];
}

interface NodeMetadata {
  readonly from: Metadata;
  readonly name: string;
  entries: Entry[] | undefined;
}

/** A chart while it is processed. Metadata is shared between copies as Helm shares it. */
interface Node {
  readonly chart: Chart;
  readonly metadata: NodeMetadata;
  readonly name: string;
  values: GoMap;
  dependencies: Node[];
}

function createNode(chart: Chart): Node {
  const { metadata } = chart;
  return {
    chart,
    name: metadata.name,
    metadata: { from: metadata, name: metadata.name, entries: metadata.dependencies?.map(createEntry) },
    values: chart.values,
    dependencies: chart.dependencies.map(createNode),
  };
}

function createEntry(from: Dependency): Entry {
  return { from, name: from.name, enabled: from.enabled ?? false, imports: from.importValues };
}

function enable(node: Node, values: GoMap, path: string, reading: Reading): void {
  const { entries } = node.metadata;
  if (entries === undefined) return;
  node.dependencies = selectDependencies(node, entries);
  for (const entry of entries) entry.enabled = true;
  const coalesced = coalesceValues(node, values, reading.onWarning);
  applyTags(entries, coalesced, reading);
  applyConditions(entries, coalesced, path, reading);
  const removed = new Set(entries.filter((entry) => !entry.enabled).map((entry) => entry.name));
  const kept = node.dependencies.filter((dependency) => !removed.has(dependency.name));
  for (const dependency of kept) enable(dependency, coalesced, `${path}${dependency.name}.`, reading);
  const left = entries.filter((entry) => !removed.has(entry.name));
  node.metadata.entries = left.length === 0 ? undefined : left;
  node.dependencies = kept;
}

/** Unlisted sub-charts first, then for each entry the first sub-chart that fits, as a copy under its alias. */
function selectDependencies(node: Node, entries: readonly Entry[]): Node[] {
  const selected = node.dependencies.filter((dependency) => !entries.some((entry) => fits(entry, dependency)));
  for (const entry of entries) {
    const match = node.dependencies.find((dependency) => fits(entry, dependency));
    const alias = entry.from.alias ?? "";
    if (match !== undefined) selected.push(copyNode(match, alias === "" ? match.name : alias));
    if (alias !== "") entry.name = alias;
  }
  return selected;
}

function copyNode(node: Node, name: string): Node {
  return {
    ...node,
    name,
    metadata: { ...node.metadata, name, entries: node.metadata.entries?.map((entry) => ({ ...entry })) },
    dependencies: node.dependencies.map((dependency) => ({ ...dependency })),
  };
}

/** True when the entry names the chart and its range allows the chart's version; a range or version that does not parse never fits. */
function fits(entry: Entry, node: Node): boolean {
  return node.name === entry.name && isCompatible(entry.from.version ?? "", node.metadata.from.version);
}

function applyTags(entries: readonly Entry[], values: GoMap, { onWarning, scalar }: Reading): void {
  const tags = values.entries.get("tags");
  if (!(tags instanceof GoMap)) return;
  for (const entry of entries) {
    const states = new Set<boolean>();
    for (const tag of entry.from.tags ?? []) {
      if (!tags.entries.has(tag)) continue;
      const state = scalar(tags.entries.get(tag));
      if (typeof state === "boolean") states.add(state);
      else warnNonBool(["tag", tag], entry, onWarning);
    }
    entry.enabled = states.has(true) || !states.has(false);
  }
}

function applyConditions(entries: readonly Entry[], values: GoMap, path: string, { onWarning, scalar }: Reading): void {
  for (const entry of entries) {
    for (const condition of (entry.from.condition ?? "").trim().split(",")) {
      if (condition === "") continue;
      const value = scalar(valueAt(values, path + condition));
      if (value === undefined) continue;
      if (typeof value === "boolean") {
        entry.enabled = value;
        break;
      }
      warnNonBool(["path", condition], entry, onWarning);
    }
  }
}

function warnNonBool(what: readonly [string, string], entry: Entry, onWarning: OnWarning | undefined): void {
  onWarning?.({ level: "WARN", message: "returned non-bool value", attributes: [what, ["chart", entry.name]] });
}

function importAll(node: Node, onWarning: OnWarning | undefined): void {
  for (const dependency of node.dependencies) importAll(dependency, onWarning);
  const { entries } = node.metadata;
  if (entries === undefined) return;
  const values = mergeValues(node, new GoMap(), onWarning);
  let imported = new GoMap();
  for (const entry of entries) {
    for (const source of importsOf(entry)) {
      const found = tableAt(values, `${entry.name}.${source.child}`);
      if ("table" in found) imported = mergeTables(imported, nested(source.parent, found.table), onWarning);
      else warnMissing(source, entry, found.missing, onWarning);
    }
    entry.imports = entry.imports?.map((item) => (typeof item === "string" ? exported(item) : item));
  }
  node.values = mergeTables(copyMap(values), imported, onWarning);
}

interface Import {
  readonly child: string;
  readonly parent: string;
  readonly short: boolean;
}

function importsOf(entry: Entry): readonly Import[] {
  return (entry.imports ?? []).map((item) =>
    typeof item === "string" ? { ...exported(item), short: true } : { ...item, short: false },
  );
}

function exported(name: string): { readonly child: string; readonly parent: string } {
  return { child: `exports.${name}`, parent: "." };
}

function warnMissing(source: Import, entry: Entry, missing: string, onWarning: OnWarning | undefined): void {
  const error = ["error", `"${missing}" is not a table`] as const;
  onWarning?.(
    source.short
      ? { level: "WARN", message: "ImportValues missing table", attributes: [error] }
      : { level: "WARN", message: "ImportValues missing table from chart", attributes: [["chart", entry.name], error] },
  );
}

/** `table` under a dotted path; `.` is the table itself. */
function nested(path: string, table: GoMap): GoMap {
  if (path === ".") return table;
  return path.split(".").reduceRight((inner, key) => new GoMap(new Map([[key, inner]])), table);
}

function freeze(node: Node): Chart {
  const { from, name, entries } = node.metadata;
  const { dependencies: _, ...metadata } = from;
  return {
    ...node.chart,
    metadata:
      entries === undefined ? { ...metadata, name } : { ...metadata, name, dependencies: entries.map(freezeEntry) },
    values: node.values,
    dependencies: node.dependencies.map(freeze),
  };
}

function freezeEntry(entry: Entry): Dependency {
  const { importValues: _, ...from } = entry.from;
  const dependency = { ...from, name: entry.name, enabled: entry.enabled };
  return entry.imports === undefined ? dependency : { ...dependency, importValues: entry.imports };
}
