import type { RecordStore, StoredRecord } from "../../functions/http/record-store.ts";

/** Records of one process: for tests and one-shot commands. */
export function createMemoryRecords(options: { readonly now: () => number }): RecordStore {
  const records = new Map<string, StoredRecord>();
  let writes = 0;
  const live = (key: string): StoredRecord | undefined => {
    const record = records.get(key);
    if (record?.expires !== undefined && record.expires <= options.now()) {
      records.delete(key);
      return undefined;
    }
    return record;
  };
  return {
    get: async (key) => live(key),
    put: async (key, value, { version, expires }) => {
      if (live(key)?.version !== version) return undefined;
      writes++;
      const copy: StoredRecord = { key, value: structuredClone(value), version: String(writes) };
      records.set(key, expires === undefined ? copy : { ...copy, expires });
      return copy.version;
    },
    delete: async (key) => {
      records.delete(key);
    },
    list: async (prefix, { after = "", limit = 1000 } = {}) => {
      const keys = [...records.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
      const items: StoredRecord[] = [];
      for (const key of keys) {
        const record = live(key);
        if (record === undefined) continue;
        const last = items.at(-1);
        if (items.length === limit && last !== undefined) return { items, next: last.key };
        items.push(record);
      }
      return { items };
    },
  };
}
