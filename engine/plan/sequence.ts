import type { JsonValue } from "../errors.ts";
import type { ChartOrder } from "./chart-order.ts";
import { nameList } from "./name-list.ts";
import { OrderError } from "./order-error.ts";
import { levelsOf } from "./order-graph.ts";

/** The group of a resource within its chart (HIP-0025). */
export const RESOURCE_GROUP = "helm.sh/resource-group";
/** The groups that a resource's group waits for (HIP-0025). No valid key in Kubernetes: two slashes. */
export const DEPENDS_ON_GROUPS = "helm.sh/depends-on/resource-groups";

/** A resource to be put in order. */
export interface SequenceItem {
  /** As messages name it. */
  readonly title: string;
  /** The template that it came from, as `# Source:` has it. */
  readonly source: string;
  readonly group?: string;
  readonly dependsOn?: JsonValue;
}

/** Resources of one chart that are applied at once; `group` is empty for those that come last. */
export interface SequencedGroup {
  readonly chart: string;
  readonly group: string;
  /** Positions of the items. */
  readonly items: readonly number[];
}

/** Batches in order: all of one must be ready before the next is begun. */
export interface Sequence {
  readonly batches: readonly (readonly SequencedGroup[])[];
  readonly warnings: readonly string[];
}

/**
 * HIP-0025's order. Subcharts come before their parent's own resources, a subchart behind those siblings that it depends on, each
 * complete; within a chart a group comes behind the groups that it depends on, and last what has no group, what is in an isolated group,
 * and what depends on what the chart has not. Throws `OrderError` `cycle`, `unreadable`.
 */
export function sequenceOf(root: ChartOrder, items: readonly SequenceItem[]): Sequence {
  const charts = chartsOf(root);
  const warnings = charts.flatMap((chart) => chart.warnings);
  for (const chart of charts) checkSubcharts(chart);
  const byChart = membersOf(charts, items);
  const graph = new Map<string, readonly string[]>();
  const nodes = new Map<string, SequencedGroup>();
  const add = (chart: string, group: string, members: readonly number[], before: readonly string[]): void => {
    graph.set(nodeOf(chart, group), before);
    if (members.length > 0) nodes.set(nodeOf(chart, group), { chart, group, items: members });
  };
  for (const { chart, parent } of withParents(root)) {
    const groups = groupsOf(chart.path, byChart.get(chart.path) ?? [], items);
    warnings.push(...groups.warnings);
    const open = [...chart.after.map(endOf), ...(parent === undefined ? [] : [openOf(parent)])];
    const own = [openOf(chart.path), ...chart.subcharts.map((child) => endOf(child.path))];
    graph.set(openOf(chart.path), open);
    graph.set(ownOf(chart.path), own);
    for (const [group, { members, before }] of groups.ordered) {
      add(chart.path, group, members, [ownOf(chart.path), ...before.map((name) => nodeOf(chart.path, name))]);
    }
    const ordered = [...groups.ordered.keys()].map((name) => nodeOf(chart.path, name));
    add(chart.path, "", groups.last, [ownOf(chart.path), ...ordered]);
  }
  const found = levelsOf(graph, (node) => (nodes.has(node) ? 1 : 0));
  if (found.kind === "cycle") throw new Error("a cycle that no chart and no group has");
  const batches = found.levels.map((level) => level.flatMap((node) => nodes.get(node) ?? []));
  return { batches: batches.filter((batch) => batch.length > 0), warnings };
}

/** `resource group "db" of web`, or what of a chart has no place in the order of its groups. */
export function groupTitle({ chart, group }: Pick<SequencedGroup, "chart" | "group">): string {
  return group === "" ? `the rest of ${chart}` : `resource group "${group}" of ${chart}`;
}

/** Node names: `\n` is in no path and no name that could be mistaken. */
const nodeOf = (chart: string, group: string): string => `group\n${chart}\n${group}`;
const endOf = (chart: string): string => nodeOf(chart, "");
const openOf = (chart: string): string => `open\n${chart}`;
const ownOf = (chart: string): string => `own\n${chart}`;

function chartsOf(root: ChartOrder): readonly ChartOrder[] {
  return withParents(root).map((one) => one.chart);
}

function withParents(
  chart: ChartOrder,
  parent?: string,
): readonly { readonly chart: ChartOrder; readonly parent: string | undefined }[] {
  return [{ chart, parent }, ...chart.subcharts.flatMap((child) => withParents(child, chart.path))];
}

function checkSubcharts({ path, subcharts }: ChartOrder): void {
  const found = levelsOf(new Map(subcharts.map((child) => [child.path, child.after])));
  if (found.kind === "ordered") return;
  const cycle = found.cycle.map((one) => one.slice(`${path}/charts/`.length));
  throw cycleError("subcharts", path, cycle);
}

function cycleError(what: string, chart: string, cycle: readonly string[]): OrderError {
  const text = `${what} of ${chart} wait for each other: ${cycle.join(" → ")}; take one of these dependencies out`;
  return new OrderError("cycle", text, { chart, cycle });
}

/** The items of each chart: of the deepest one whose path their source lies below. */
function membersOf(charts: readonly ChartOrder[], items: readonly SequenceItem[]): Map<string, number[]> {
  const members = new Map(charts.map((chart) => [chart.path, new Array<number>()]));
  const [root] = charts;
  for (const [index, { source }] of items.entries()) {
    let path = source;
    while (path !== "" && !members.has(path)) path = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    members.get(path === "" ? (root?.path ?? "") : path)?.push(index);
  }
  return members;
}

interface Group {
  readonly members: number[];
  readonly before: Set<string>;
}

interface Groups {
  readonly ordered: ReadonlyMap<string, { readonly members: readonly number[]; readonly before: readonly string[] }>;
  readonly last: readonly number[];
  readonly warnings: readonly string[];
}

function groupsOf(chart: string, members: readonly number[], items: readonly SequenceItem[]): Groups {
  const groups = new Map<string, Group>();
  const last: number[] = [];
  const warnings: string[] = [];
  for (const index of members) {
    const item = items[index];
    if (item === undefined) continue;
    const before = nameList(item.dependsOn, `${item.title}: the annotation ${DEPENDS_ON_GROUPS}`);
    const name = item.group ?? "";
    if (name === "") {
      last.push(index);
      if (before.length > 0) warnings.push(`${item.title} depends on resource groups and is in none: it comes last`);
      continue;
    }
    const group = groups.get(name) ?? { members: [], before: new Set() };
    group.members.push(index);
    for (const one of before) group.before.add(one);
    groups.set(name, group);
  }
  checkGroups(chart, groups);
  const late = lateGroups(chart, groups);
  warnings.push(...late.values());
  const ordered = new Map<string, { readonly members: readonly number[]; readonly before: readonly string[] }>();
  for (const [name, group] of groups) {
    if (late.has(name)) last.push(...group.members);
    else ordered.set(name, { members: group.members, before: [...group.before] });
  }
  return { ordered, last: last.sort((a, b) => a - b), warnings };
}

function checkGroups(chart: string, groups: ReadonlyMap<string, Group>): void {
  const found = levelsOf(new Map([...groups].map(([name, { before }]) => [name, [...before]])));
  if (found.kind === "cycle") throw cycleError("resource groups", chart, found.cycle);
}

/** Groups that come last, and why: isolated ones, ones that depend on what is not there, and ones that depend on such. */
function lateGroups(chart: string, groups: ReadonlyMap<string, Group>): ReadonlyMap<string, string> {
  const late = new Map<string, string>();
  const behind = new Map<string, string[]>();
  for (const [name, { before }] of groups) {
    for (const one of before) {
      const list = behind.get(one);
      if (list === undefined) behind.set(one, [name]);
      else list.push(name);
    }
  }
  const say = (name: string, why: string): void => {
    late.set(name, `${groupTitle({ chart, group: name })} ${why}: it comes last`);
  };
  const open: string[] = [];
  for (const [name, { before }] of groups) {
    const unknown = [...before].find((one) => !groups.has(one));
    if (unknown !== undefined) say(name, `depends on the group "${unknown}", which the chart does not have`);
    else if (before.size === 0 && !behind.has(name)) say(name, "depends on nothing, and nothing depends on it");
    if (unknown !== undefined) open.push(name);
  }
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    for (const name of behind.get(one) ?? []) {
      if (late.has(name)) continue;
      say(name, `depends on the group "${one}", which comes last`);
      open.push(name);
    }
  }
  return late;
}
