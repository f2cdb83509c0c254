import { GoList, GoMap, GoObject } from "../go/value.ts";
import type { GoStructType, GoValue } from "../go/value.ts";
import type { PathStep } from "./value-paths.ts";

/** Where values come from. */
export type ValueSource =
  | { readonly kind: "file"; readonly name: string }
  /** `index` counts the flags of this name from 1. */
  | { readonly kind: "flag"; readonly name: string; readonly index: number }
  /** The defaults of a chart, by its path in the tree: `parent/charts/child`. */
  | { readonly kind: "chart"; readonly chart: string };

/** A value's source, and where in it the value stands. */
export interface Tag {
  readonly source: ValueSource;
  readonly path: readonly PathStep[];
}

/** What a scalar is while its origin is followed: no table and no null, like the scalar. */
const TAGGED: GoStructType = { name: "tagged", fields: [], methods: new Map() };

class Carrier {
  readonly tag: Tag;
  readonly value: GoValue;
  constructor(tag: Tag, value: GoValue) {
    this.tag = tag;
    this.value = value;
  }
}

/** Hears of a null or an empty container. */
type OnBare = (path: readonly PathStep[], isNull: boolean) => void;

/**
 * A copy in which every scalar carries its tag. Scalars that carry one keep it; empty containers and nulls carry none, because merging looks at
 * them. `onBare` hears of each of these.
 */
function tagged(value: GoValue, source: ValueSource, path: readonly PathStep[] = [], onBare?: OnBare): GoValue {
  if (value instanceof GoMap) {
    if (value.entries.size === 0) onBare?.(path, false);
    const entries = new Map<string, GoValue>();
    for (const [key, item] of value.entries) entries.set(key, tagged(item, source, [...path, key], onBare));
    return new GoMap(entries, value.type);
  }
  if (value instanceof GoList) {
    if (value.items.length === 0) onBare?.(path, false);
    const items = value.items.map((item, i) => tagged(item, source, [...path, i], onBare));
    return new GoList(items, value.type, value.isNil);
  }
  if (value === null || value === undefined) {
    onBare?.(path, true);
    return value;
  }
  return value instanceof GoObject ? value : new GoObject(TAGGED, new Map(), new Carrier({ source, path }, value));
}

/** {@link tagged} of a map. */
export function taggedMap(map: GoMap, source: ValueSource, onBare?: OnBare): GoMap {
  const copy = tagged(map, source, [], onBare);
  return copy instanceof GoMap ? copy : new GoMap();
}

/** The tag that a scalar carries. */
export function tagOf(value: GoValue): Tag | undefined {
  return value instanceof GoObject && value.native instanceof Carrier ? value.native.tag : undefined;
}

/** The scalar behind its tag. */
export function untagged(value: GoValue): GoValue {
  return value instanceof GoObject && value.native instanceof Carrier ? value.native.value : value;
}
