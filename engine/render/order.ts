import { compareBytes } from "../go/value.ts";

/**
 * Template paths in the order in which Helm parses and runs them: deepest first, at equal depth the greatest first. The last parsed
 * definition of a name wins, the first failing file is the one reported.
 */
export function renderOrder(paths: Iterable<string>): readonly string[] {
  const keyed = Array.from(paths, (path) => ({ path, depth: depthOf(path) }));
  keyed.sort((a, b) => b.depth - a.depth || compareBytes(b.path, a.path));
  return keyed.map(({ path }) => path);
}

function depthOf(path: string): number {
  let count = 0;
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) count++;
  return count;
}
