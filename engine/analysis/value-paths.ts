import { GoList, GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";

/** A step of a path: a key of a map, or the index of a list. */
export type PathStep = string | number;

/** A value that is no container, or an empty one, with its path. */
export interface ValueLeaf {
  readonly path: readonly PathStep[];
  readonly value: GoValue;
}

/** Leaves of one tree of values. A values file of a mebibyte has some 50,000. */
const MAX_LEAVES = 200_000;
/** Depth of a tree of values. */
const MAX_DEPTH = 1000;

/** The leaves of a tree of values, in its order; those beyond {@link MAX_LEAVES} are left out. */
export function leavesOf(root: GoValue): readonly ValueLeaf[] {
  const leaves: ValueLeaf[] = [];
  const visit = (value: GoValue, path: readonly PathStep[]): void => {
    if (leaves.length >= MAX_LEAVES) return;
    const inner = path.length >= MAX_DEPTH ? [] : entriesOf(value);
    if (inner.length === 0) leaves.push({ path, value });
    for (const [step, item] of inner) visit(item, [...path, step]);
  };
  visit(root, []);
  return leaves;
}

function entriesOf(value: GoValue): readonly (readonly [PathStep, GoValue])[] {
  if (value instanceof GoMap) return [...value.entries];
  return value instanceof GoList ? [...value.items.entries()] : [];
}

/** Every string of a tree of values, keys as well. */
export function* stringsIn(root: GoValue): Generator<string, void, void> {
  const open: GoValue[] = [root];
  for (let value = open.pop(); open.length > 0 || value !== undefined; value = open.pop()) {
    if (typeof value === "string") yield value;
    for (const [step, item] of entriesOf(value)) {
      if (typeof step === "string") yield step;
      if (item !== undefined) open.push(item);
    }
  }
}

/** A path as `--set` takes it: `a.b[0]`, dots and other marks in a key behind a backslash. */
export function pathText(path: readonly PathStep[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += `${text === "" ? "" : "."}${step.replaceAll(/[\\.,=[\]{}]/g, String.raw`\$&`)}`;
  }
  return text;
}
