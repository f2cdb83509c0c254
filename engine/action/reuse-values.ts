import { coalesceValues } from "../chart/coalesce.ts";
import type { Chart } from "../chart/chart.ts";
import { GoMap, type GoValue } from "../go/value.ts";
import type { Release } from "../release/release.ts";
import { valuesOfRequest } from "./open-chart.ts";
import type { ActionRequest, UpgradeRequest } from "./request.ts";

/** What an upgrade renders with and records. */
export interface ReusedValues {
  readonly chart: Chart;
  readonly values: GoMap;
}

/**
 * The values of an upgrade: those given, over those of the release that it replaces as `reuse` says.
 * Helm compatibility: `reuse` replaces the new chart's defaults by everything that the old release was computed from; without values
 * the old ones are taken, with any they are forgotten.
 */
export function reuseValues(
  chart: Chart,
  given: GoMap,
  current: Release,
  reuse: UpgradeRequest["reuse"],
): ReusedValues {
  switch (reuse) {
    case "reset":
      return { chart, values: given };
    case "reuse": {
      const old = { name: current.chart.metadata.name, values: current.chart.values, dependencies: [] };
      const values = coalesceValues(old, current.config);
      return { chart: { ...chart, values }, values: coalesceTables(given, current.config) };
    }
    case "reset-then-reuse":
      return { chart, values: coalesceTables(given, current.config) };
    default: {
      const old = given.entries.size === 0 && current.config.entries.size > 0;
      return { chart, values: old ? current.config : given };
    }
  }
}

/**
 * What becomes of the values that an upgrade reused.
 * Helm compatibility, under the policy `helm`: nulls that were given are written into the old revision's values, which its record then says.
 */
export function configBehind(request: ActionRequest): (config: GoMap) => GoMap {
  return (config) => {
    const reused = request.action === "upgrade" && (request.reuse === "reuse" || request.reuse === "reset-then-reuse");
    if (!reused || request.conflicts !== "helm" || config.type.isNil === true) return config;
    return withNulls(valuesOfRequest(request.values), config);
  };
}

function withNulls(given: GoMap, config: GoMap): GoMap {
  const entries = new Map<string, GoValue>(config.entries);
  for (const [name, value] of given.entries) {
    const own = entries.get(name);
    if (value === null) entries.set(name, null);
    else if (value instanceof GoMap && own instanceof GoMap) entries.set(name, withNulls(value, own));
  }
  return new GoMap(entries, config.type);
}

/** Helm's `CoalesceTables`: `over` wins; its nulls take away what `under` has; tables are merged. Neither is written. */
export function coalesceTables(over: GoMap, under: GoMap): GoMap {
  const entries = new Map<string, GoValue>(over.entries);
  for (const [name, value] of under.entries) {
    const own = entries.get(name);
    if (!entries.has(name)) entries.set(name, value);
    else if (own === null && value !== null) entries.delete(name);
    else if (own instanceof GoMap && value instanceof GoMap) entries.set(name, coalesceTables(own, value));
  }
  return new GoMap(entries, over.type);
}
