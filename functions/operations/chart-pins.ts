import type { PinnedChart } from "../../engine/chart/reference.ts";
import type { Clock } from "../http/clock.ts";
import { isJsonObject, stringAt } from "../http/json.ts";
import { ProblemError } from "../http/problem.ts";
import type { RecordStore, StoredRecord } from "../http/record-store.ts";
import { addressOf, operationId, type ReleaseAddress, releaseKey } from "./operation-id.ts";

const PREFIX = "chart-pins/";
/** A pin that is wanted again is not written more often. */
const FRESH_MS = 3_600_000;
/** How long a pin stays after nothing needs it. */
const FADING_MS = 7 * 24 * 3_600_000;

/** A chart that a release was, is or shall be made of. */
export interface ChartPin {
  readonly address: ReleaseAddress;
  readonly digest: string;
  readonly version: string;
  /** Milliseconds since 1970 when it was last asked for. */
  readonly wanted: number;
}

/** What pins are kept in. */
export interface PinDeps {
  readonly records: RecordStore;
  readonly clock: Clock;
}

/** Pins a chart for a release. Done before an operation or a plan that needs it is recorded. */
export async function pinChart(
  { records, clock }: PinDeps,
  address: ReleaseAddress,
  chart: PinnedChart,
): Promise<void> {
  const key = `${PREFIX}${releaseKey(address)}/${chart.digest.replace(":", "-")}`;
  for (let i = 0; i < MAX_TRIES; i++) {
    const known = await records.get(key);
    const wanted = clock.now();
    const before = known === undefined ? undefined : parsePin(known)?.wanted;
    if (known?.expires === undefined && before !== undefined && wanted - before < FRESH_MS) return;
    const value = { digest: chart.digest, version: chart.version, wanted };
    const put = await records.put(key, value, known === undefined ? {} : { version: known.version });
    if (put !== undefined) return;
  }
  throw new ProblemError("store-unavailable", `the chart of ${releaseKey(address)} could not be pinned; try again`);
}

/** Writers of one pin that may be first. */
const MAX_TRIES = 5;

/** A page of pins, by release, of one cluster where it is named. */
export async function listPins(
  records: RecordStore,
  options: { readonly cluster?: string; readonly after?: string; readonly limit: number },
): Promise<{
  readonly items: readonly { readonly pin: ChartPin; readonly record: StoredRecord }[];
  readonly next?: string;
}> {
  const { cluster, after, limit } = options;
  const prefix = cluster === undefined ? PREFIX : `${PREFIX}${cluster}/`;
  const page = await records.list(prefix, { limit, ...(after === undefined ? {} : { after }) });
  const items = page.items.flatMap((record) => {
    const pin = parsePin(record);
    return pin === undefined ? [] : [{ pin, record }];
  });
  return page.next === undefined ? { items } : { items, next: page.next };
}

/** Lets a pin end that nothing needs. One that is wanted again meanwhile stays. */
export async function fadePin({ records, clock }: PinDeps, record: StoredRecord): Promise<void> {
  if (record.expires !== undefined) return;
  await records.put(record.key, record.value, { version: record.version, expires: clock.now() + FADING_MS });
}

/** Keeps a pin that was to end: something needs it after all. */
export async function keepPin({ records }: PinDeps, record: StoredRecord): Promise<void> {
  if (record.expires !== undefined) await records.put(record.key, record.value, { version: record.version });
}

function parsePin({ key, value }: StoredRecord): ChartPin | undefined {
  const [cluster = "", namespace = "", name = ""] = key.slice(PREFIX.length).split("/");
  const address = addressOf(operationId({ cluster, namespace, name }, NO_NONCE));
  if (address === undefined || !isJsonObject(value)) return undefined;
  const digest = stringAt(value, "digest");
  const version = stringAt(value, "version");
  const { wanted } = value;
  if (digest === undefined || version === undefined || typeof wanted !== "number") return undefined;
  return { address, digest, version, wanted };
}

/** An address is checked as a part of an operation's id. */
const NO_NONCE = "0".repeat(32);
