import { type ChartPin, fadePin, listPins, type PinDeps } from "../operations/chart-pins.ts";

/** A chart that collection leaves alone, and for which release. */
export interface HeldChart extends ChartPin {
  /** False: the cluster is configured no more, so that nobody can tell whether the chart is needed. */
  readonly configured: boolean;
  /** Milliseconds since 1970 when the pin ends; absent while it is needed. */
  readonly until?: number;
}

/** What showing and releasing pins takes. */
export interface HeldChartDeps extends PinDeps {
  /** Names of the clusters of the configuration. */
  readonly configured: readonly string[];
}

/** Which pins are meant. */
export interface HeldPage {
  readonly cluster?: string;
  /** The `next` of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** A page of pins, by cluster and release. */
export async function listHeldCharts(
  deps: HeldChartDeps,
  page: HeldPage,
): Promise<{ readonly items: readonly HeldChart[]; readonly next?: string }> {
  const { items, next } = await listPins(deps.records, page);
  const held = items.map(({ pin, record }) => ({
    ...pin,
    configured: deps.configured.includes(pin.address.cluster),
    ...(record.expires === undefined ? {} : { until: record.expires }),
  }));
  return next === undefined ? { items: held } : { items: held, next };
}

/**
 * Lets a page of a cluster's pins end, as if the cluster had been read and needed none: they go a week later, unless somebody wants the
 * chart again until then.
 */
export async function releasePins(
  deps: PinDeps,
  page: HeldPage & { readonly cluster: string },
): Promise<{ readonly released: number; readonly next?: string }> {
  const { items, next } = await listPins(deps.records, page);
  const needed = items.filter(({ record }) => record.expires === undefined);
  for (const { record } of needed) await fadePin(deps, record);
  return next === undefined ? { released: needed.length } : { released: needed.length, next };
}
