/** What comes behind what, by names: each node with the nodes that come before it. A name that is no node of the graph does not count. */
export type OrderGraph = ReadonlyMap<string, readonly string[]>;

/** A graph in order, or the way round that makes an order impossible: its first node comes again at the end. */
export type Levels =
  | { readonly kind: "ordered"; readonly levels: readonly (readonly string[])[] }
  | { readonly kind: "cycle"; readonly cycle: readonly string[] };

/**
 * The nodes by the length of the longest way to them; nodes of one level keep the order of the graph. `weight`: what a node adds to the
 * ways through it: 1, or 0 for one that only ties others together. Linear in nodes and edges.
 */
export function levelsOf(graph: OrderGraph, weight: (node: string) => 0 | 1 = () => 1): Levels {
  const before = new Map([...graph].map(([node, names]) => [node, knownOf(graph, names)]));
  const order = sorted(before);
  if (order.length < before.size) return { kind: "cycle", cycle: cycleOf(before, new Set(order)) };
  const level = new Map<string, number>();
  for (const node of order) {
    let at = 0;
    for (const name of before.get(node) ?? []) at = Math.max(at, (level.get(name) ?? 0) + weight(name));
    level.set(node, at);
  }
  const levels: string[][] = [];
  for (const node of graph.keys()) {
    const at = level.get(node) ?? 0;
    while (levels.length <= at) levels.push([]);
    levels[at]?.push(node);
  }
  return { kind: "ordered", levels };
}

function knownOf(graph: OrderGraph, names: readonly string[]): readonly string[] {
  return [...new Set(names)].filter((name) => graph.has(name));
}

/** Kahn's order; nodes on or behind a cycle are missing. */
function sorted(before: OrderGraph): readonly string[] {
  const open = new Map([...before].map(([node, names]) => [node, names.length]));
  const behind = new Map<string, string[]>();
  for (const [node, names] of before) {
    for (const name of names) {
      const list = behind.get(name);
      if (list === undefined) behind.set(name, [node]);
      else list.push(node);
    }
  }
  const order = [...before.keys()].filter((node) => open.get(node) === 0);
  for (let at = 0; at < order.length; at++) {
    for (const node of behind.get(order[at] ?? "") ?? []) {
      const left = (open.get(node) ?? 0) - 1;
      open.set(node, left);
      if (left === 0) order.push(node);
    }
  }
  return order;
}

/** From any node without a place in the order one gets, backwards, to a cycle: each has a predecessor without a place. */
function cycleOf(before: OrderGraph, placed: ReadonlySet<string>): readonly string[] {
  const path: string[] = [];
  const seen = new Map<string, number>();
  let node = [...before.keys()].find((name) => !placed.has(name));
  while (node !== undefined && !seen.has(node)) {
    seen.set(node, path.length);
    path.push(node);
    node = before.get(node)?.find((name) => !placed.has(name));
  }
  if (node === undefined) throw new Error("a node without a place and without a predecessor");
  return [...path.slice(seen.get(node)), node];
}
