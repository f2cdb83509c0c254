import { DurableObject } from "cloudflare:workers";
import type { JsonValue } from "../../engine/errors.ts";
import type { RecordStore, StoredRecord } from "../../functions/http/record-store.ts";
import type { Env } from "./env.ts";
import { type DurableObjectState, numberOf, type SqlRow, textOf } from "./runtime.ts";

/** A record to write; `version` undefined: only when there is none. */
export interface RecordWrite {
  readonly key: string;
  readonly value: JsonValue;
  readonly version?: string;
  readonly expires?: number;
  readonly now: number;
}

/** What callers do with the object that keeps the records. */
export interface RecordsStub {
  readonly read: (key: string, now: number) => Promise<StoredRecord | undefined>;
  readonly write: (write: RecordWrite) => Promise<string | undefined>;
  readonly remove: (key: string) => Promise<void>;
  readonly page: (wish: RecordsPage) => ReturnType<RecordStore["list"]>;
}

/** A page of records by key. */
export interface RecordsPage {
  readonly prefix: string;
  readonly after: string;
  readonly limit: number;
  readonly now: number;
}

const tables = `
CREATE TABLE IF NOT EXISTS record (key TEXT PRIMARY KEY, value TEXT NOT NULL, version INTEGER NOT NULL, expires INTEGER) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS record_expires ON record (expires) WHERE expires IS NOT NULL;
CREATE TABLE IF NOT EXISTS counter (id INTEGER PRIMARY KEY CHECK (id = 1), value INTEGER NOT NULL);
`;
/** Expired records removed per write: more than one, so that they never pile up. */
const SWEEP = 4;
const live = "(expires IS NULL OR expires > ?)";

/** Records in the SQLite of one Durable Object: strongly consistent, ordered by its single thread. */
export class RecordsObject extends DurableObject<Env> implements RecordsStub {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(tables);
  }

  async read(key: string, now: number): Promise<StoredRecord | undefined> {
    return this.#find(key, now);
  }

  async write({ key, value, version, expires, now }: RecordWrite): Promise<string | undefined> {
    const { storage } = this.ctx;
    const { sql } = storage;
    return storage.transactionSync(() => {
      if (this.#find(key, now)?.version !== version) return undefined;
      sql.exec(
        "DELETE FROM record WHERE key IN (SELECT key FROM record WHERE expires <= ? ORDER BY expires LIMIT ?)",
        now,
        SWEEP,
      );
      const [row] = sql
        .exec("INSERT INTO counter VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = value + 1 RETURNING value")
        .toArray();
      const written = numberOf(row ?? {}, "value");
      sql.exec(
        "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)",
        key,
        JSON.stringify(value),
        written,
        expires ?? null,
      );
      return String(written);
    });
  }

  async remove(key: string): Promise<void> {
    this.ctx.storage.sql.exec("DELETE FROM record WHERE key = ?", key);
  }

  async page({ prefix, after, limit, now }: RecordsPage): ReturnType<RecordStore["list"]> {
    const query = `SELECT * FROM record WHERE key > ? AND key >= ? AND key < ? AND ${live} ORDER BY key LIMIT ?`;
    const rows = this.ctx.storage.sql.exec(query, after, prefix, `${prefix}\u{10ffff}`, now, limit + 1).toArray();
    const items = rows.slice(0, limit).map(toRecord);
    const last = items.at(-1);
    return rows.length > limit && last !== undefined ? { items, next: last.key } : { items };
  }

  #find(key: string, now: number): StoredRecord | undefined {
    const [row] = this.ctx.storage.sql.exec(`SELECT * FROM record WHERE key = ? AND ${live}`, key, now).toArray();
    return row === undefined ? undefined : toRecord(row);
  }
}

function toRecord(row: SqlRow): StoredRecord {
  const value: JsonValue = JSON.parse(textOf(row, "value"));
  const record = { key: textOf(row, "key"), value, version: String(numberOf(row, "version")) };
  return typeof row["expires"] === "number" ? { ...record, expires: row["expires"] } : record;
}
