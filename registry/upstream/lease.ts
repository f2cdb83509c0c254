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
  readonly drop: (lease: Lease) => Promise<void>;
}

/** Leases as objects of the store that the replicas share. */
export function createStoreLeases(store: ObjectStore, now: () => number): Leases {
  const keyOf = ({ project, key }: Lease): string => upstreamKey(project, "lease", key);
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
    drop: async (lease) => {
      const key = keyOf(lease);
      const held = await readJson(store, key);
      if (held?.value["holder"] === lease.holder) await store.delete(key, held.etag);
    },
  };
}
