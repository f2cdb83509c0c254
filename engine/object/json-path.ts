import { eq, ge, gt, le, lt, ne } from "../go/compare.ts";
import { GoFailure, GoList, GoMap, sortedKeys } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import type { Bound, PathNode } from "./json-path-parse.ts";

/** Values that one template may touch: `..` multiplies what it walks over. */
const MAX_STEPS = 1_000_000;

interface Run {
  steps: number;
}

/** What each expression of a template came to. */
export type JsonPathResults = readonly (readonly GoValue[])[];

/**
 * What the expressions of a template find in a value, as Kubernetes' JSONPath. Throws {@link GoFailure} for a path that leads nowhere and for
 * one that takes too long.
 *
 * Helm compatibility: keys of maps are walked in order, where Go's is random.
 */
export function findJsonPath(nodes: readonly PathNode[], value: GoValue): JsonPathResults {
  return runNodes({ steps: 0 }, nodes, value);
}

function runNodes(run: Run, nodes: readonly PathNode[], value: GoValue): JsonPathResults {
  const results: (readonly GoValue[])[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    if (node === undefined) break;
    const word = wordOf(node);
    if (word === "end") throw new GoFailure("not in range, nothing to end");
    const found = walk(run, node, [value]);
    if (word !== "range") {
      results.push(found);
      continue;
    }
    const end = rangeEnd(nodes, i);
    const body = nodes.slice(i + 1, end);
    for (const item of found) results.push(...runNodes(run, body, item));
    i = end;
  }
  return results;
}

/** `range` or `end` where an expression begins with it. */
function wordOf(node: PathNode): string | undefined {
  const [first] = node.kind === "list" ? node.nodes : [];
  return first?.kind === "identifier" ? first.name : undefined;
}

function rangeEnd(nodes: readonly PathNode[], start: number): number {
  let depth = 0;
  for (let i = start; i < nodes.length; i++) {
    const node = nodes[i];
    const word = node === undefined ? undefined : wordOf(node);
    if (word === "range") depth++;
    if (word === "end" && --depth === 0) return i;
  }
  return nodes.length;
}

function walk(run: Run, node: PathNode, input: readonly GoValue[]): readonly GoValue[] {
  run.steps += input.length + 1;
  if (run.steps > MAX_STEPS) throw new GoFailure(`the template takes more than ${MAX_STEPS} steps`);
  switch (node.kind) {
    case "list":
      return node.nodes.reduce((values, inner) => walk(run, inner, values), input);
    case "constant":
      return typeof node.value === "string" ? [node.value] : input.map(() => node.value);
    case "field":
      return fields(input, node.name);
    case "wildcard":
      return input.flatMap(children);
    case "recursive":
      return input.flatMap((value) => descend(run, value));
    case "identifier":
      return identifier(node.name, input);
    case "slice":
      return input.flatMap((value) => slice(value, node));
    case "union":
      return node.nodes.flatMap((inner) => walk(run, inner, input));
    default:
      return input.flatMap((value) => filter(run, value, node));
  }
}

function identifier(name: string, input: readonly GoValue[]): readonly GoValue[] {
  if (name !== "range" && name !== "end") throw new GoFailure(`unrecognized identifier ${name}`);
  return input;
}

function fields(input: readonly GoValue[], name: string): readonly GoValue[] {
  if (input.length === 0) return [];
  const found = input.filter((value) => value instanceof GoMap && value.entries.has(name));
  if (found.length === 0) throw new GoFailure(`${name} is not found`);
  return found.map((value) => (value instanceof GoMap ? value.entries.get(name) : undefined));
}

function children(value: GoValue): readonly GoValue[] {
  if (value instanceof GoMap) return sortedKeys(value).map((key) => value.entries.get(key));
  return value instanceof GoList ? value.items : [];
}

function descend(run: Run, value: GoValue): readonly GoValue[] {
  const inner = children(value);
  run.steps += inner.length + 1;
  if (run.steps > MAX_STEPS) throw new GoFailure(`the template takes more than ${MAX_STEPS} steps`);
  return inner.length === 0 ? [] : [value, ...inner.flatMap((child) => descend(run, child))];
}

function slice(value: GoValue, node: Extract<PathNode, { kind: "slice" }>): readonly GoValue[] {
  if (value === null || value === undefined) return [];
  if (!(value instanceof GoList)) throw new GoFailure("the value is not array or slice");
  const { length } = value.items;
  const from = fromEnd(node.from ?? 0, length, false);
  const to = node.to === undefined ? length : fromEnd(node.to, length, node.isDerived);
  if (from === to) return [];
  if (from >= length || from < 0) throw outOf(from, length);
  if (to > length || to < 0) throw outOf(to - 1, length);
  if (from > to) throw new GoFailure(`starting index ${from} is greater than ending index ${to}`);
  const step = stepOf(node.step);
  return value.items.slice(from, to).filter((_, i) => i % step === 0);
}

/** Negative bounds count from the end; so does the end behind the last element. */
function fromEnd(bound: number, length: number, isDerived: boolean): number {
  return bound < 0 || (bound === 0 && isDerived) ? bound + length : bound;
}

function stepOf(step: Bound): number {
  if (step === undefined) return 1;
  if (step <= 0) throw new GoFailure("step must be > 0");
  return step;
}

function outOf(index: number, length: number): GoFailure {
  return new GoFailure(`array index out of bounds: index ${index}, length ${length}`);
}

type Filter = Extract<PathNode, { kind: "filter" }>;

function filter(run: Run, value: GoValue, node: Filter): readonly GoValue[] {
  if (!(value instanceof GoList)) throw new GoFailure("the value is not array or slice and cannot be filtered");
  return value.items.filter((item) => passes(run, item, node));
}

function passes(run: Run, item: GoValue, { left, operator, right }: Filter): boolean {
  if (operator === "exists") {
    const found = attempt(() => walk(run, left, [item]));
    return found !== undefined && found.length > 0;
  }
  const lefts = walk(run, left, [item]);
  if (lefts.length === 0) return false;
  const a = only(lefts);
  const rights = walk(run, right, [item]);
  return rights.length > 0 && compare(operator, a, only(rights));
}

function only(values: readonly GoValue[]): GoValue {
  if (values.length > 1) throw new GoFailure("can only compare one element at a time");
  return values[0];
}

function compare(operator: string, a: GoValue, b: GoValue): boolean {
  switch (operator) {
    case "<":
      return lt(a, b);
    case ">":
      return gt(a, b);
    case "==":
      return eq(a, [b]);
    case "!=":
      return ne(a, b);
    case "<=":
      return le(a, b);
    case ">=":
      return ge(a, b);
    default:
      throw new GoFailure(`unrecognized filter operator ${operator}`);
  }
}

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof GoFailure) return undefined;
    throw error;
  }
}
