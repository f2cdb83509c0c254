import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { levelsOf, type OrderGraph } from "../../../engine/plan/order-graph.ts";

const name = (index: number): string => `n${index}`;

/** A graph without cycles: each node depends on earlier ones of a hidden order, and is listed in another one. */
const acyclic = fc
  .array(fc.array(fc.nat(), { maxLength: 6 }), { minLength: 1, maxLength: 40 })
  .chain((rows) =>
    fc.shuffledSubarray(
      rows.map((picks, at): [string, string[]] => [name(at), at === 0 ? [] : picks.map((pick) => name(pick % at))]),
      { minLength: rows.length },
    ),
  )
  .map((rows): OrderGraph => new Map(rows));

const anyGraph = fc
  .array(fc.array(fc.nat({ max: 11 }), { maxLength: 4 }), { minLength: 1, maxLength: 10 })
  .map((rows): OrderGraph => new Map(rows.map((picks, at) => [name(at), picks.map(name)])));

/** By trying every walk: slow, and right by what a cycle is. */
function hasCycle(graph: OrderGraph): boolean {
  const leads = (from: string, to: string, left: number): boolean =>
    left > 0 && (graph.get(from) ?? []).some((next) => graph.has(next) && (next === to || leads(next, to, left - 1)));
  return [...graph.keys()].some((node) => reaches(graph, node, leads));
}

function reaches(graph: OrderGraph, node: string, leads: (a: string, b: string, left: number) => boolean): boolean {
  return leads(node, node, graph.size);
}

describe("levels of a graph", () => {
  test("have every node once, behind all that comes before it, whatever the order it is listed in", () => {
    fc.assert(
      fc.property(acyclic, fc.func(fc.boolean()), (graph, heavy) => {
        const found = levelsOf(graph, (node) => (heavy(node) ? 1 : 0));
        if (found.kind === "cycle") throw new Error(`no cycle: ${found.cycle.join(" ")}`);
        const level = new Map(found.levels.flatMap((nodes, at) => nodes.map((node) => [node, at] as const)));
        expect(found.levels.flat().sort()).toEqual([...graph.keys()].sort());
        for (const [node, before] of graph) {
          for (const one of before) {
            const [early, late] = [level.get(one) ?? Infinity, level.get(node) ?? -1];
            expect(heavy(one) ? early < late : early <= late).toBe(true);
          }
        }
      }),
    );
  });

  test("are as many as the longest way needs", () => {
    fc.assert(
      fc.property(acyclic, (graph) => {
        const found = levelsOf(graph);
        if (found.kind === "cycle") throw new Error("no cycle");
        const longest = (node: string): number =>
          1 + Math.max(0, ...(graph.get(node) ?? []).map((before) => longest(before)));
        const known = new Map([...graph.keys()].slice(0, 5).map((node) => [node, longest(node)]));
        for (const [node, length] of known) expect(found.levels[length - 1]).toContain(node);
      }),
      { numRuns: 30 },
    );
  });

  test("are not there exactly when there is a cycle, and then that cycle is shown", () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const found = levelsOf(graph);
        expect(found.kind).toBe(hasCycle(graph) ? "cycle" : "ordered");
        if (found.kind === "ordered") return;
        expect(found.cycle.length).toBeGreaterThan(1);
        expect(found.cycle.at(0)).toBe(found.cycle.at(-1));
        expect(new Set(found.cycle).size).toBe(found.cycle.length - 1);
        for (const [at, node] of found.cycle.slice(0, -1).entries())
          expect(graph.get(node)).toContain(found.cycle[at + 1]);
      }),
      { numRuns: 300 },
    );
  });

  test("are found in a chain of 50,000, which no recursion would survive", () => {
    const chain = new Map(Array.from({ length: 50_000 }, (_, at) => [name(at), at === 0 ? [] : [name(at - 1)]]));
    const found = levelsOf(chain);
    expect(found.kind === "ordered" && found.levels.length).toBe(50_000);
    const ring = levelsOf(new Map([...chain, [name(0), [name(49_999)]]]));
    expect(ring.kind === "cycle" && ring.cycle.length).toBe(50_001);
  });
});
