import type { Leases } from "../../registry/upstream/lease.ts";
import type { RecordStore } from "../http/record-store.ts";

/** What record leases need. */
export interface RecordLeaseDeps {
  readonly records: RecordStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Leases as records, for runtimes whose object store takes few writes of one key while their records are kept by one writer. */
export function createRecordLeases({ records, now }: RecordLeaseDeps): Leases {
  const keyOf = (lease: { readonly project: string; readonly key: string }): string =>
    `upstream-leases/${lease.project}/${lease.key}`;
  return {
    take: async (lease, milliseconds) => {
      const key = keyOf(lease);
      const held = await records.get(key);
      if (held !== undefined && held.value !== lease.holder) return false;
      const options = { expires: now() + milliseconds, ...(held === undefined ? {} : { version: held.version }) };
      return (await records.put(key, lease.holder, options)) !== undefined;
    },
    drop: async (lease) => {
      const held = await records.get(keyOf(lease));
      if (held?.value === lease.holder) await records.delete(keyOf(lease));
    },
  };
}
