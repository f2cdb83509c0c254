import type { Text } from "./text.ts";

/** Steps of one analysis: visited nodes and locations, some 50 nanoseconds each. */
const MAX_STEPS = 20_000_000;
/** Depth of the tree of values: below it a value counts as read whole. Values files have about ten levels. */
const MAX_DEPTH = 24;

/** The analysis of a chart needs more steps than it may take. */
export class AnalysisLimit extends Error {}

/** What an expression may be: any of these. */
export type Locations = Set<Location>;
export type Location = Place | Made | Text | Files;

/** A place in the chart's values, and what templates do with it. That it exists means that something looks at it. */
export class Place {
  readonly kind = "place";
  readonly depth: number;
  readonly parent: Place | undefined;
  /** Everything below is read, too. */
  whole: boolean;
  readonly children: Map<string, Place> = new Map();
  /** A child whose name is known to the running template alone: an element of a range. */
  any: Place | undefined = undefined;
  /** What templates put here with `set`. */
  readonly stored: Locations = new Set();
  /** What templates merged into this one. */
  readonly also: Locations = new Set();
  /** Something is stored here or below. */
  isWritten = false;

  constructor(parent?: Place) {
    this.parent = parent;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
    this.whole = parent?.whole ?? false;
  }
}

/** A map or list that templates make. One per place of the text that makes it. */
export class Made {
  readonly kind = "made";
  readonly fields: Map<string, Locations> = new Map();
  /** List elements, and entries under names that are not known. */
  readonly elements: Locations = new Set();
  readonly also: Locations = new Set();
  /** It went where it cannot be followed: what comes into it is read whole. */
  isEscaped = false;
}

/** `.Files` of a chart, by the index of the chart. */
export interface Files {
  readonly kind: "files";
  readonly chart: number;
}

/** The store of an analysis. It only grows; `isChanged` tells whether another round may find more. */
export class Heap {
  isChanged = false;
  private steps = MAX_STEPS;

  /** Counts work. Throws {@link AnalysisLimit}. */
  spend(count: number): void {
    this.steps -= count;
    if (this.steps < 0) throw new AnalysisLimit("the analysis exceeds its budget of steps");
  }

  /** Adds to a set that is part of the store. */
  grow(set: Locations, more: Iterable<Location>): void {
    for (const location of more) {
      this.spend(1);
      if (set.has(location)) continue;
      set.add(location);
      this.isChanged = true;
    }
  }

  /** What is found under a name, or under any name where it is `undefined`. */
  get(values: Locations, key: string | undefined): Locations {
    const found: Locations = new Set();
    for (const location of this.reachable(values)) {
      this.spend(1);
      if (location.kind === "place") this.readPlace(location, key, found);
      else if (location.kind === "made") readMade(location, key, found);
      else if (location.kind === "text") found.add(location);
    }
    return found;
  }

  /** Everything in the values is read, wherever it ends up. */
  escape(values: Iterable<Location>): void {
    const open = [...values];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      this.spend(1);
      if (next.kind === "place" && !next.whole) {
        next.whole = true;
        this.isChanged = true;
        open.push(...next.children.values(), ...next.stored, ...next.also);
        if (next.any !== undefined) open.push(next.any);
      } else if (next.kind === "made" && !next.isEscaped) {
        next.isEscaped = true;
        this.isChanged = true;
        for (const field of next.fields.values()) open.push(...field);
        open.push(...next.elements, ...next.also);
      }
    }
  }

  /** `set`: the values are found in the targets from now on. */
  store(targets: Locations, key: string | undefined, values: Locations): void {
    let isKept = false;
    for (const target of targets) {
      if (target.kind === "place") {
        const child = key === undefined ? this.anyOf(target) : this.childOf(target, key);
        this.grow(child.stored, values);
        this.write(child);
        if (child.whole) this.escape(values);
        isKept = true;
      } else if (target.kind === "made") {
        this.put(target, key, values);
        isKept = true;
      }
    }
    if (!isKept) this.escape(values);
  }

  /** As {@link store} into a made one. */
  put(target: Made, key: string | undefined, values: Locations): void {
    if (key === undefined) {
      this.grow(target.elements, values);
    } else {
      const known = target.fields.get(key);
      if (known === undefined) target.fields.set(key, new Set());
      this.grow(target.fields.get(key) ?? new Set(), values);
    }
    if (target.isEscaped) this.escape(values);
  }

  /** `merge`: whatever is in the values is found in the targets, too. */
  merge(targets: Locations, values: Locations): void {
    let isKept = false;
    for (const target of targets) {
      if (target.kind !== "place" && target.kind !== "made") continue;
      isKept = true;
      this.grow(
        target.also,
        [...values].filter((value) => value !== target),
      );
      if (target.kind === "place") this.write(target);
      if (target.kind === "place" ? target.whole : target.isEscaped) this.escape(values);
    }
    if (!isKept) this.escape(values);
  }

  /** The child of a name, made if need be. */
  childOf(place: Place, key: string): Place {
    if (place.depth >= MAX_DEPTH) {
      this.escape([place]);
      return place;
    }
    const known = place.children.get(key);
    if (known !== undefined) return known;
    const child = new Place(place);
    place.children.set(key, child);
    this.isChanged = true;
    return child;
  }

  private anyOf(place: Place): Place {
    if (place.depth >= MAX_DEPTH) {
      this.escape([place]);
      return place;
    }
    if (place.any === undefined) {
      place.any = new Place(place);
      this.isChanged = true;
    }
    return place.any;
  }

  private readPlace(place: Place, key: string | undefined, found: Locations): void {
    if (place.whole) {
      found.add(place);
      return;
    }
    const own = key === undefined ? this.anyOf(place) : this.childOf(place, key);
    found.add(own);
    for (const stored of own.stored) found.add(stored);
    if (!place.isWritten) return;
    for (const other of [...place.children.values(), place.any]) {
      const isSame = other === undefined || other === own || (key !== undefined && other !== place.any);
      if (isSame || !other.isWritten) continue;
      found.add(other);
      for (const stored of other.stored) found.add(stored);
    }
  }

  private write(place: Place): void {
    for (let at: Place | undefined = place; at !== undefined && !at.isWritten; at = at.parent) {
      at.isWritten = true;
      this.isChanged = true;
    }
  }

  /** The locations, and all that was merged into them. */
  private reachable(values: Locations): Locations {
    const all: Locations = new Set(values);
    for (const location of all) {
      if (location.kind !== "place" && location.kind !== "made") continue;
      for (const more of location.also) all.add(more);
    }
    return all;
  }
}

function readMade(made: Made, key: string | undefined, found: Locations): void {
  const fields = key === undefined ? made.fields.values() : [made.fields.get(key) ?? []];
  for (const field of fields) for (const location of field) found.add(location);
  for (const location of made.elements) found.add(location);
}
