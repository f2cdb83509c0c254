import type { DatabaseSync } from "node:sqlite";
import { parseJson } from "../../functions/http/json.ts";
import type { RecordStore, StoredRecord } from "../../functions/http/record-store.ts";
import { integerOf, type Row, textOf, transact } from "./sqlite.ts";

/** Expired records removed per write: more than one, so that they never pile up; few, so that no write waits. */
const SWEEP = 4;
const PAGE = 1000;

/** Records in a database of {@link openSqlite}. */
export function createSqliteRecords(database: DatabaseSync, options: { readonly now: () => number }): RecordStore {
  const live = "(expires IS NULL OR expires > ?)";
  const select = database.prepare(`SELECT * FROM record WHERE key = ? AND ${live}`);
  const upsert = database.prepare("INSERT OR REPLACE INTO record (key, value, version, expires) VALUES (?, ?, ?, ?)");
  const remove = database.prepare("DELETE FROM record WHERE key = ?");
  const page = database.prepare(
    `SELECT * FROM record WHERE key > ? AND key >= ? AND key < ? AND ${live} ORDER BY key LIMIT ?`,
  );
  const expired = database.prepare("SELECT key FROM record WHERE expires <= ? ORDER BY expires LIMIT ?");
  const next = database.prepare(
    "INSERT INTO counter VALUES ('record', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
  );
  const find = (key: string): StoredRecord | undefined => {
    const row = select.get(key, options.now());
    return row === undefined ? undefined : toRecord(row);
  };
  return {
    get: async (key) => find(key),
    put: async (key, value, { version, expires }) =>
      transact(database, () => {
        if (find(key)?.version !== version) return undefined;
        for (const row of expired.all(options.now(), SWEEP)) remove.run(textOf(row, "key"));
        const written = integerOf(next.get() ?? {}, "value");
        upsert.run(key, JSON.stringify(value), written, expires ?? null);
        return String(written);
      }),
    delete: async (key) => {
      remove.run(key);
    },
    list: async (prefix, { after = "", limit = PAGE } = {}) => {
      const rows = page.all(after, prefix, `${prefix}\u{10ffff}`, options.now(), limit + 1);
      const items = rows.slice(0, limit).map(toRecord);
      const last = items.at(-1);
      return rows.length > limit && last !== undefined ? { items, next: last.key } : { items };
    },
  };
}

function toRecord(row: Row): StoredRecord {
  const record = {
    key: textOf(row, "key"),
    value: parseJson(textOf(row, "value")),
    version: String(integerOf(row, "version")),
  };
  return typeof row["expires"] === "number" ? { ...record, expires: row["expires"] } : record;
}
