import { upstreamKey } from "../content/keys.ts";
import type { ObjectStore } from "../content/object-store.ts";
import { readJson, writeJson } from "../content/record.ts";

/** What is fetched, and by whom. */
export interface Lease {
  readonly project: string;
  readonly key: string;
  /** Random: one for each fetch. */
  readonly holder: string;
}

/** Tells replicas apart that want the same from an upstream. Two holders at once cost a second fetch, nothing else. */
export interface Leases {
  /** True when `lease` holds its key now, for so many milliseconds. A holder renews by taking again. */
  readonly take: (lease: Lease, milliseconds: number) => Promise<boolean>;
  /** Waits for the holder to end, as long as is sensible; `turn` counts the waits before. */
  readonly wait: (lease: Lease, turn: number) => Promise<void>;
  readonly drop: (lease: Lease) => Promise<void>;
}

const FIRST_WAIT_MS = 25;
const LONGEST_WAIT_MS = 500;

/** What leases in a store need. */
export interface StoreLeaseDeps {
  readonly store: ObjectStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Leases as objects of the store that the replicas share; who waits looks again and again. */
export function createStoreLeases({ store, now, sleep }: StoreLeaseDeps): Leases {
  return {
    take: async (lease, milliseconds) => {
      const key = keyOf(lease);
      const value = { until: now() + milliseconds, holder: lease.holder };
      if ((await writeJson(store, key, value, { kind: "absent" })).kind === "stored") return true;
      const held = await readJson(store, key);
      if (held === undefined) return false;
      const { until, holder } = held.value;
      if (holder !== lease.holder && typeof until === "number" && until > now()) return false;
      return (await writeJson(store, key, value, { kind: "etag", etag: held.etag })).kind === "stored";
    },
    wait: async (_lease, turn) => await sleep(Math.min(FIRST_WAIT_MS * 2 ** turn, LONGEST_WAIT_MS)),
    drop: async (lease) => {
      const key = keyOf(lease);
      const held = await readJson(store, key);
      if (held?.value["holder"] === lease.holder) await store.delete(key, held.etag);
    },
  };
}

function keyOf({ project, key }: Lease): string {
  return upstreamKey(project, "lease", key);
}
