import type { Chart } from "../chart/chart.ts";
import type { GoMap } from "../go/value.ts";
import { chartReads } from "./chart-reads.ts";
import type { ChartReads, ReadNode } from "./chart-reads.ts";
import { nearest } from "./spelling.ts";
import { leavesOf, pathText } from "./value-paths.ts";
import type { PathStep } from "./value-paths.ts";

/** Unread values that are reported. */
const MAX_UNREAD = 100;
/** Values that are looked up. */
const MAX_CHECKED = 20_000;

/** A value of the user's that nothing reads. */
export interface UnreadValue {
  /** As `--set` takes it; of several below one name the name. */
  readonly path: string;
  /** The path that is read and nearest to it by spelling. */
  readonly suggestion?: string;
}

/**
 * The user's values that no template, condition or tag of the chart and its sub-charts reads. Empty where that cannot be told: nothing is
 * reported that may be read.
 */
export function unreadValues(chart: Chart, values: GoMap): readonly UnreadValue[] {
  const reads = chartReads(chart, values);
  const unread = new Map<string, UnreadValue>();
  for (const { path } of leavesOf(values).slice(0, MAX_CHECKED)) {
    if (unread.size >= MAX_UNREAD) break;
    if (path.length === 0) continue;
    const end = unreadEnd(reads, path);
    if (end === undefined) continue;
    const text = pathText(path.slice(0, end));
    if (!unread.has(text)) unread.set(text, { path: text, ...suggestion(reads, path, end) });
  }
  return [...unread.values()];
}

/** The length of the part of a path that nothing reads; `undefined` for a path that is read. */
function unreadEnd(reads: ChartReads, path: readonly PathStep[]): number | undefined {
  let end = 0;
  for (const one of aliases(reads, path)) {
    const length = fallOff(reads.values, one);
    if (length === undefined) return undefined;
    end = Math.max(end, length + path.length - one.length);
  }
  return Math.max(end, 1);
}

/** A global of a chart is one of each chart below, too. */
function aliases({ charts }: ChartReads, path: readonly PathStep[]): readonly (readonly PathStep[])[] {
  const found: (readonly PathStep[])[] = [path];
  for (const owner of charts) {
    if (path[owner.length] !== "global" || !startsWith(path, owner)) continue;
    for (const chart of charts) {
      if (chart.length > owner.length && startsWith(chart, owner)) found.push([...chart, ...path.slice(owner.length)]);
    }
  }
  return found;
}

function startsWith(path: readonly PathStep[], start: readonly PathStep[]): boolean {
  return start.every((step, i) => path[i] === step);
}

/** How many steps of the path it takes to leave what is read; `undefined` if the path stays in it. */
function fallOff(root: ReadNode, path: readonly PathStep[]): number | undefined {
  let nodes: readonly ReadNode[] = [root];
  for (const [i, step] of path.entries()) {
    if (nodes.some((node) => node.whole)) return undefined;
    const next = nodes.flatMap((node) => matching(node, step));
    if (next.length === 0) {
      const isLookedAtAlone = i > 0 && nodes.some((node) => node.children.size === 0 && node.any === undefined);
      return isLookedAtAlone ? undefined : i + 1;
    }
    nodes = next;
  }
  return undefined;
}

function matching(node: ReadNode, step: PathStep): readonly ReadNode[] {
  return [node.children.get(String(step)), node.any].filter((next) => next !== undefined);
}

/** A name that is read beside the unread one, if it is much like it. */
function suggestion(reads: ChartReads, path: readonly PathStep[], end: number): { readonly suggestion?: string } {
  const wrong = path[end - 1];
  if (typeof wrong !== "string") return {};
  let nodes: readonly ReadNode[] = [reads.values];
  for (const step of path.slice(0, end - 1)) nodes = nodes.flatMap((node) => matching(node, step));
  const found = nearest(
    wrong,
    nodes.flatMap((node) => [...node.children.keys()]),
  );
  return found === undefined ? {} : { suggestion: pathText([...path.slice(0, end - 1), found]) };
}
