import { createRandom } from "../fuzz/random.ts";
import type { Scene } from "./scenes.ts";

/** Points of each scene that CI takes besides the nasty ones. */
const SAMPLE = 1;

/** Where a death differs from the one before it: behind each write of the cluster, before and behind each one of the journal. */
function isDeath(point: string): boolean {
  return point.startsWith("after ") || point.startsWith("before append ");
}

/** The points at which a scene's process dies: all, or the nasty ones and some that the seed chooses. Throws when one is nowhere. */
export function chosenPoints(
  scene: Scene,
  passed: readonly string[],
  how: { readonly seed: number; readonly isWhole: boolean },
): readonly string[] {
  const points = passed.filter(isDeath);
  if (how.isWhole) return points;
  const nasty = scene.nasty.map((pattern) => {
    const found = points.findLast((point) => pattern.test(point));
    if (found === undefined) throw new Error(`${scene.name}: no point is like ${pattern.source}`);
    return found;
  });
  const random = createRandom(how.seed);
  const rest = points.filter((point) => !nasty.includes(point));
  const drawn = Array.from({ length: Math.min(SAMPLE, rest.length) }, () => rest.splice(random.below(rest.length), 1));
  return [...new Set([...nasty, ...drawn.flat()])];
}
