import type { JsonValue } from "../../engine/errors.ts";

/** A small versioned record. `version` is opaque and changes with every write. */
export interface StoredRecord {
  readonly key: string;
  readonly value: JsonValue;
  readonly version: string;
  /** Milliseconds since 1970 after which it is gone. */
  readonly expires?: number;
}

/**
 * Small JSON records (64 KiB at most) for tokens, plans, deliveries, idempotency, audit … Expired records are never returned.
 * One contract suite (test/contracts/record-store.ts) runs against every adapter.
 */
export interface RecordStore {
  readonly get: (key: string) => Promise<StoredRecord | undefined>;
  /** `version` undefined: create only. Gives the new version, or undefined when another writer was first. */
  readonly put: (
    key: string,
    value: JsonValue,
    options: { readonly version?: string; readonly expires?: number },
  ) => Promise<string | undefined>;
  readonly delete: (key: string) => Promise<void>;
  /** By key, in byte order. */
  readonly list: (
    prefix: string,
    options?: { readonly after?: string; readonly limit?: number },
  ) => Promise<{ readonly items: readonly StoredRecord[]; readonly next?: string }>;
}
