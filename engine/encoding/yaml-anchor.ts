import { YamlError } from "./yaml-error.ts";
import { enter, failDecode } from "./yaml-composer.ts";
import type { Anchor, Composer } from "./yaml-composer.ts";
import { MAX_DEPTH } from "./yaml-scanner.ts";

const EMPTY_HEIGHT = 0;

/** Names the node that starts here; its value comes with {@link closeAnchor}. */
export function openAnchor<V, M extends V>(c: Composer<V, M>, name: string): Anchor<V> {
  const anchor: Anchor<V> = { value: undefined, key: undefined, count: c.decoded, height: EMPTY_HEIGHT };
  c.anchors.set(name, anchor);
  return anchor;
}

/** The anchored node is read: it may be repeated from now on. `deepest` is what {@link Composer.deepest} was before it. */
export function closeAnchor<V, M extends V>(c: Composer<V, M>, anchor: Anchor<V>, value: V, deepest: number): void {
  anchor.value = value;
  anchor.count = c.decoded - anchor.count;
  anchor.height = c.deepest - c.depth;
  if (deepest > c.deepest) c.deepest = deepest;
}

/** The value that `*name` repeats, as a copy of its own. The caller counted the alias itself. */
export function expandAlias<V, M extends V>(c: Composer<V, M>, name: string): V {
  const anchor = c.anchors.get(name);
  if (anchor === undefined) throw new YamlError("yaml-syntax", `yaml: unknown anchor '${name}' referenced`);
  if (anchor.value === undefined) {
    failDecode(c, `yaml: anchor '${name}' value contains itself`);
    return c.shape.scalar(null);
  }
  c.decoded += anchor.count;
  c.aliased += anchor.count;
  if (isExcessive(c.decoded, c.aliased)) {
    throw new YamlError("yaml-syntax", c.decodeProblem ?? "yaml: document contains excessive aliasing");
  }
  if (anchor.height === EMPTY_HEIGHT) return anchor.value;
  if (c.depth + anchor.height > MAX_DEPTH) {
    throw new YamlError("yaml-syntax", `yaml: exceeded max depth of ${MAX_DEPTH}`);
  }
  return copy(c, anchor.value);
}

/** Go's bound on documents that consist of aliases: 99 % of up to 400,000 nodes, falling to 10 % of 4,000,000. */
const RATIO_LOW = 400_000;
const RATIO_HIGH = 4_000_000;

function isExcessive(decoded: number, aliased: number): boolean {
  if (aliased <= 100 || decoded <= 1000) return false;
  const scale = Math.min(Math.max((decoded - RATIO_LOW) / (RATIO_HIGH - RATIO_LOW), 0), 1);
  return aliased / decoded > 0.99 - 0.89 * scale;
}

function copy<V, M extends V>(c: Composer<V, M>, value: V): V {
  const { shape } = c;
  const map = shape.mapOf(value);
  if (map !== undefined) {
    enter(c);
    const out = shape.newMap();
    for (const [key, item] of shape.entries(map)) shape.put(out, key, copy(c, item));
    c.depth -= 1;
    return out;
  }
  const items = shape.itemsOf(value);
  if (items === undefined) return value;
  enter(c);
  const out = items.map((item) => copy(c, item));
  c.depth -= 1;
  return shape.list(out);
}
