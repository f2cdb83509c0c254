import { GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { quote } from "../go/quote.ts";
import { sprintf } from "../go/fmt.ts";
import type { Chart } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import { copyMap } from "./values.ts";
import { printed } from "./warning.ts";
import type { OnWarning } from "./warning.ts";

/** What coalescing needs of a chart: a tree of names and default values. */
export interface ValuesTree {
  readonly name: string;
  readonly values: GoMap;
  readonly dependencies: readonly ValuesTree[];
}

/** A loaded chart as {@link coalesceValues} takes it. */
export function valuesTree(chart: Chart): ValuesTree {
  return { name: chart.metadata.name, values: chart.values, dependencies: chart.dependencies.map(valuesTree) };
}

interface Pass {
  /** Merging keeps nulls; coalescing lets them delete. */
  readonly merge: boolean;
  readonly warn: (message: string) => void;
}

/**
 * The values that a chart and its sub-charts see: `values` over the charts' own defaults, globals handed down, nulls deleting defaults.
 * Neither input is written. Throws {@link ChartError} `type-mismatch` where a sub-chart's values are no table.
 */
export function coalesceValues(chart: ValuesTree, values: GoMap, onWarning?: OnWarning): GoMap {
  return coalesce(chart, copyMade(values), "", pass(false, onWarning));
}

/** As {@link coalesceValues}, but nulls are kept: for steps after which values are coalesced again. */
export function mergeValues(chart: ValuesTree, values: GoMap, onWarning?: OnWarning): GoMap {
  return coalesce(chart, copyMade(values), "", pass(true, onWarning));
}

/** Merges `source` into `target`, which wins and is written. Nulls are kept. */
export function mergeTables(target: GoMap, source: GoMap, onWarning?: OnWarning): GoMap {
  return mergeInto(target, source, "", pass(true, onWarning));
}

/** As {@link mergeTables}, but a null in `target` takes the key of `source` away. */
export function coalesceTables(target: GoMap, source: GoMap, onWarning?: OnWarning): GoMap {
  return mergeInto(target, source, "", pass(false, onWarning));
}

/** Helm compatibility: values that are Go's nil map are made one before anything is merged. */
function copyMade(values: GoMap): GoMap {
  const copy = copyMap(values);
  return copy.type.isNil === true ? new GoMap(copy.entries) : copy;
}

function pass(merge: boolean, onWarning: OnWarning | undefined): Pass {
  return { merge, warn: (message) => onWarning?.(printed(message)) };
}

function coalesce(chart: ValuesTree, target: GoMap, prefix: string, how: Pass): GoMap {
  const path = join(prefix, chart.name);
  applyDefaults(chart, target, path, how);
  for (const dependency of chart.dependencies) {
    const table = dependencyTable(target, dependency.name);
    handDownGlobals(table, target, path, how);
    target.entries.set(dependency.name, coalesce(dependency, table, path, how));
  }
  return target;
}

function dependencyTable(target: GoMap, name: string): GoMap {
  if (!target.entries.has(name)) target.entries.set(name, new GoMap());
  const table = target.entries.get(name);
  if (table instanceof GoMap) return table;
  throw new ChartError("type-mismatch", sprintf("type mismatch on %s: %t", [name, table]), { chart: name });
}

function applyDefaults(chart: ValuesTree, target: GoMap, path: string, how: Pass): void {
  for (const [key, value] of copyMap(chart.values).entries) {
    if (target.entries.has(key)) applyDefault(chart, target, key, value, { path, how });
    else if (how.merge) target.entries.set(key, value);
    else if (value !== null && value !== undefined) target.entries.set(key, withoutNulls(value));
  }
}

function applyDefault(
  chart: ValuesTree,
  target: GoMap,
  key: string,
  value: GoValue,
  at: { readonly path: string; readonly how: Pass },
): void {
  const own = target.entries.get(key);
  if (isNil(own) && !at.how.merge) {
    target.entries.delete(key);
    return;
  }
  if (!(own instanceof GoMap)) return;
  if (!(value instanceof GoMap)) {
    if (!isNil(value)) at.how.warn(`warning: skipped value for ${at.path}.${key}: Not a table.`);
    return;
  }
  const merge = at.how.merge || chart.dependencies.some((dependency) => dependency.name === key);
  if (!merge) withoutNulls(value);
  mergeInto(own, value, join(at.path, key), { ...at.how, merge });
}

/** Helm's `coalesceTablesFullKey`. */
function mergeInto(target: GoMap, source: GoMap, prefix: string, how: Pass): GoMap {
  const set = new Set<string>();
  for (const [key, value] of source.entries) if (!isNil(value)) set.add(key);
  for (const [key, value] of target.entries) if (isNil(value)) source.entries.set(key, null);
  for (const [key, value] of source.entries) {
    if (!target.entries.has(key)) {
      target.entries.set(key, value);
      continue;
    }
    const own = target.entries.get(key);
    if (!how.merge && isNil(own) && set.has(key)) target.entries.delete(key);
    else mergeEntry(own, value, join(prefix, key), how);
  }
  return target;
}

function mergeEntry(own: GoValue, value: GoValue, path: string, how: Pass): void {
  if (value instanceof GoMap) {
    if (own instanceof GoMap) mergeInto(own, value, path, how);
    else how.warn(sprintf("warning: cannot overwrite table with non table for %s (%v)", [path, value]));
  } else if (own instanceof GoMap && !isNil(value)) {
    how.warn(sprintf("warning: destination for %s is a table. Ignoring non-table value (%v)", [path, value]));
  }
}

/** Copies the parent's `global` into the child's, the parent winning. */
function handDownGlobals(child: GoMap, parent: GoMap, prefix: string, how: Pass): void {
  const target = globalsOf(child);
  if (target === undefined) {
    how.warn("warning: skipping globals because destination global is not a table.");
    return;
  }
  const source = globalsOf(parent);
  if (source === undefined) {
    how.warn("warning: skipping globals because source global is not a table.");
    return;
  }
  for (const [key, value] of source.entries) handDownGlobal(target, key, value, { prefix, how });
  child.entries.set("global", target);
}

function globalsOf(table: GoMap): GoMap | undefined {
  if (!table.entries.has("global")) return new GoMap();
  const globals = table.entries.get("global");
  return globals instanceof GoMap ? globals : undefined;
}

function handDownGlobal(
  target: GoMap,
  key: string,
  value: GoValue,
  at: { readonly prefix: string; readonly how: Pass },
): void {
  const own = target.entries.get(key);
  if (!(value instanceof GoMap)) {
    if (own instanceof GoMap) at.how.warn(`key ${key} is table. Skipping`);
    else target.entries.set(key, value);
    return;
  }
  const copy = new GoMap(new Map(value.entries), value.type);
  if (!target.entries.has(key)) {
    target.entries.set(key, copy);
  } else if (own instanceof GoMap) {
    mergeInto(copy, own, join(at.prefix, key), { ...at.how, merge: true });
    target.entries.set(key, copy);
  } else {
    at.how.warn(`Conflict: cannot merge map onto non-map for ${quote(key)}. Skipping.`);
  }
}

/** Takes nulls out of a table, and of the tables in it. */
function withoutNulls(value: GoValue): GoValue {
  if (!(value instanceof GoMap)) return value;
  for (const [key, inner] of value.entries) {
    if (isNil(inner)) value.entries.delete(key);
    else if (inner instanceof GoMap) withoutNulls(inner);
  }
  return value;
}

function isNil(value: GoValue): boolean {
  return value === null || value === undefined;
}

function join(prefix: string, key: string): string {
  return prefix === "" ? key : `${prefix}.${key}`;
}
