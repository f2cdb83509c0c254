import { quote } from "../go/quote.ts";
import { failDecode } from "./yaml-composer.ts";
import type { Composer } from "./yaml-composer.ts";
import { lineAt } from "./yaml-scanner.ts";

/** A mapping that is being read, with the entry at hand. */
export interface Entries<V, M extends V> {
  readonly map: M;
  key: string | null;
  /** The key is `<<`. */
  merge: boolean;
  /** The value is an alias. */
  aliased: boolean;
  /** What Go had to say before it read the value: a value that cannot be merged is not looked at. */
  before: string | undefined;
  /** Strict decoding only: the key as Go shows it, and the keys so far. */
  shown: string;
  readonly seen: Set<string> | undefined;
}

export function newEntries<V, M extends V>(c: Composer<V, M>): Entries<V, M> {
  const seen = c.strict ? new Set<string>() : undefined;
  return { map: c.shape.newMap(), key: null, merge: false, aliased: false, before: undefined, shown: "", seen };
}

/** Puts the value under the key at hand. `at` is where the value starts. */
export function putEntry<V, M extends V>(c: Composer<V, M>, entries: Entries<V, M>, value: V, at: number): void {
  if (entries.merge) return merge(c, entries, value, at);
  const { key } = entries;
  if (entries.seen !== undefined && isDuplicate(c, entries.seen, entries.shown, at)) return;
  if (key === null) {
    c.convertProblem ??= `unsupported map key of type: %!s(<nil>), key: <nil>, value: ${c.shape.show(value)}`;
    return;
  }
  c.shape.put(entries.map, key, value);
}

function isDuplicate<V, M extends V>(c: Composer<V, M>, seen: Set<string>, shown: string, at: number): boolean {
  if (seen.has(shown)) {
    c.duplicates.push(`line ${lineAt(c.scanner, at) + 1}: key ${shown} already set in map`);
    return true;
  }
  seen.add(shown);
  return false;
}

const WANT_MAP = "yaml: map merge requires map or sequence of maps as the value";

/** `<<`: the keys of a map, or of a list of maps from last to first. Helm compatibility: it overrides keys that stand before it. */
function merge<V, M extends V>(c: Composer<V, M>, entries: Entries<V, M>, value: V, at: number): void {
  const map = c.shape.mapOf(value);
  if (map !== undefined) return mergeMap(c, entries, map, at);
  const items = entries.aliased ? undefined : c.shape.itemsOf(value);
  if (items === undefined) {
    c.decodeProblem = entries.before ?? WANT_MAP;
    return;
  }
  for (const item of items.toReversed()) {
    const itemMap = c.shape.mapOf(item);
    if (itemMap === undefined) return failDecode(c, WANT_MAP);
    mergeMap(c, entries, itemMap, at);
  }
}

function mergeMap<V, M extends V>(c: Composer<V, M>, entries: Entries<V, M>, map: M, at: number): void {
  for (const [key, value] of c.shape.entries(map)) {
    if (entries.seen === undefined || !isDuplicate(c, entries.seen, quote(key), at))
      c.shape.put(entries.map, key, value);
  }
}
