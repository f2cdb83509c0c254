import { ActionError } from "../../engine/action/errors.ts";
import { getHistory, sessionOf } from "../../engine/action/read.ts";
import { listRecordHeads } from "../../engine/release/storage.ts";
import type { PinSource } from "../../registry/collection/pins.ts";
import { type ChartPin, fadePin, keepPin, listPins, type PinDeps } from "../operations/chart-pins.ts";
import { type ReleaseAddress, releaseKey } from "../operations/operation-id.ts";
import type { OperationStore } from "../operations/operation-store.ts";
import { type Clusters, askCluster } from "../releases/clusters.ts";

/** What telling needed pins from others takes. */
export interface PinSourceDeps extends PinDeps {
  readonly operations: OperationStore;
  readonly clusters: Clusters;
}

/** A pin is kept for so long in any case: plans, deliveries and operations that are about to begin. */
const YOUNG_MS = 48 * 3_600_000;

/**
 * The charts of kept revisions, of running operations, of plans and held releases. A pin is let go only when its cluster was read and no
 * revision has the chart's version any more: a cluster that cannot be read keeps its pins, and so does a record that cannot be. A cluster
 * that is configured no more keeps them until an operator releases them (`pins.ts`).
 */
export function createPinSource(deps: PinSourceDeps): PinSource {
  return {
    page: async (after, limit) => {
      const page = await listPins(deps.records, { limit, ...(after === undefined ? {} : { after }) });
      const versions = new Map<string, Promise<KeptVersions>>();
      const read = (address: ReleaseAddress): Promise<KeptVersions> => {
        const key = releaseKey(address);
        const known = versions.get(key) ?? keptVersions(deps, address);
        versions.set(key, known);
        return known;
      };
      const configured = deps.clusters.names();
      let orphaned = 0;
      for (const { pin, record } of page.items) {
        if (!configured.includes(pin.address.cluster)) orphaned += record.expires === undefined ? 1 : 0;
        else if (await isNeeded(deps, pin, read)) await keepPin(deps, record);
        else await fadePin(deps, record);
      }
      const digests = page.items.map(({ pin }) => pin.digest);
      return page.next === undefined ? { digests, orphaned } : { digests, orphaned, next: page.next };
    },
  };
}

/** `NAME-VERSION` of every kept revision, or that they could not all be read. */
type KeptVersions = "unknown" | readonly string[];

async function isNeeded(
  deps: PinSourceDeps,
  pin: ChartPin,
  read: (address: ReleaseAddress) => Promise<KeptVersions>,
): Promise<boolean> {
  if (deps.clock.now() - pin.wanted < YOUNG_MS) return true;
  const key = releaseKey(pin.address);
  if ((await deps.operations.holder(key)) !== undefined) return true;
  if ((await deps.operations.unfinished(key)).length > 0) return true;
  const kept = await read(pin.address);
  return kept === "unknown" || kept.some((chart) => chart.endsWith(`-${pin.version}`));
}

async function keptVersions(deps: PinSourceDeps, { cluster, namespace, name }: ReleaseAddress): Promise<KeptVersions> {
  try {
    const reached = askCluster(deps, cluster);
    const heads = await listRecordHeads(sessionOf(reached), { namespace, name });
    const history = heads.length === 0 ? [] : await getHistory(reached, { namespace, name });
    return history.length < heads.length ? "unknown" : history.map(({ chart }) => chart);
  } catch (error) {
    return error instanceof ActionError && error.code === "not-found" ? [] : "unknown";
  }
}
