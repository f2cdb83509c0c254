/** A piece of template text. `smaller` are texts and trees that may stand in its place while a case is made smaller. */
export interface Tree {
  readonly parts: readonly (string | Tree)[];
  readonly smaller: readonly (string | Tree)[];
}

export function tree(parts: readonly (string | Tree)[], smaller: readonly (string | Tree)[] = []): Tree {
  return { parts, smaller };
}

export function printTree(node: string | Tree): string {
  return typeof node === "string" ? node : node.parts.map(printTree).join("");
}

/** Every tree with one node replaced by something smaller, the greatest cuts first. */
export function* reductions(node: string | Tree): Generator<string | Tree> {
  if (typeof node === "string") return;
  yield* node.smaller;
  for (const [i, part] of node.parts.entries()) {
    for (const smaller of reductions(part)) yield { parts: node.parts.with(i, smaller), smaller: node.smaller };
  }
}
