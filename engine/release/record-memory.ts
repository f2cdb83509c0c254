import { createLeastUsed } from "../least-used.ts";
import type { RecordHead } from "./storage.ts";

/** A record as it was read or written last. */
export interface RememberedRecord {
  readonly head: RecordHead;
  /** Its JSON document. */
  readonly document: string;
}

/** Which record. */
export type RecordAddress = Pick<RecordHead, "namespace" | "name" | "version">;

/**
 * Records of one cluster that went through this process lately. What is remembered may have changed there: it counts when a list gives its
 * `uid` and `resourceVersion`, or for a write that carries it.
 */
export interface RecordMemory {
  readonly get: (at: RecordAddress) => RememberedRecord | undefined;
  readonly set: (record: RememberedRecord) => void;
  readonly forget: (at: RecordAddress) => void;
}

/** Characters of all documents: some dozens of releases of usual charts. */
const MAX_LENGTH: number = 8 * 1024 * 1024;
/** One record may not push out all others. */
const MAX_RECORD_LENGTH: number = 1024 * 1024;

/** A memory for all clusters together, the least recently used record of which goes first. */
export function createRecordMemories(): (cluster: string) => RecordMemory {
  const kept = createLeastUsed<string, RememberedRecord>({
    most: MAX_LENGTH,
    sizeOf: ({ document }) => document.length,
  });
  return (cluster) => {
    const keyOf = ({ namespace, name, version }: RecordAddress): string => `${cluster}/${namespace}/${name}/${version}`;
    return {
      get: (at) => kept.get(keyOf(at)),
      set: (record) => {
        const key = keyOf(record.head);
        if (record.document.length > MAX_RECORD_LENGTH) kept.delete(key);
        else kept.set(key, record);
      },
      forget: (at) => kept.delete(keyOf(at)),
    };
  };
}
