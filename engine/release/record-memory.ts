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
  const kept = new Map<string, RememberedRecord>();
  let length = 0;
  const drop = (key: string): void => {
    length -= kept.get(key)?.document.length ?? 0;
    kept.delete(key);
  };
  return (cluster) => {
    const keyOf = ({ namespace, name, version }: RecordAddress): string => `${cluster}/${namespace}/${name}/${version}`;
    return {
      get: (at) => {
        const key = keyOf(at);
        const record = kept.get(key);
        if (record === undefined) return undefined;
        kept.delete(key);
        kept.set(key, record);
        return record;
      },
      set: (record) => {
        const key = keyOf(record.head);
        drop(key);
        if (record.document.length > MAX_RECORD_LENGTH) return;
        kept.set(key, record);
        length += record.document.length;
        for (const oldest of kept.keys()) {
          if (length <= MAX_LENGTH) break;
          drop(oldest);
        }
      },
      forget: (at) => drop(keyOf(at)),
    };
  };
}
