import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import type { JournalEntry, Lease } from "../../functions/operations/operation-store.ts";
import { isJsonObject } from "../../engine/object/json.ts";
import { numberOf, type SqlRow, type SqlStorage, textOf } from "./runtime.ts";

/** A lease, or the one that stands in the way. */
export type Taken =
  | { readonly kind: "acquired"; readonly lease: Lease }
  | { readonly kind: "held"; readonly by: Lease };

/** Entries to append in one piece, if the lease is still the holder's and `after` the last sequence. */
export interface Append {
  readonly lease: Lease;
  readonly after: number;
  readonly entries: readonly JsonObject[];
  readonly now: number;
}

const tables = `
CREATE TABLE IF NOT EXISTS lease (id INTEGER PRIMARY KEY CHECK (id = 1), release TEXT, operation TEXT, token TEXT, expires INTEGER);
CREATE TABLE IF NOT EXISTS journal (operation TEXT, sequence INTEGER, time INTEGER, entry TEXT, PRIMARY KEY (operation, sequence));
CREATE TABLE IF NOT EXISTS operation (operation TEXT PRIMARY KEY, created INTEGER, ended INTEGER);
CREATE TABLE IF NOT EXISTS wake (operation TEXT PRIMARY KEY, release TEXT, time INTEGER);
`;

/** Makes the tables of a new object. */
export function openJournal(sql: SqlStorage): void {
  sql.exec(tables);
}

/** The lease that has not expired. */
export function liveLease(sql: SqlStorage, now: number): Lease | undefined {
  const [row] = sql.exec("SELECT * FROM lease WHERE expires > ?", now).toArray();
  return row === undefined ? undefined : toLease(row);
}

/** Takes the lease, or gives the one that stands in the way. */
export function takeLease(
  sql: SqlStorage,
  wish: { readonly release: string; readonly operation: string; readonly ttl: number; readonly now: number },
): Taken {
  const by = liveLease(sql, wish.now);
  if (by !== undefined) return { kind: "held", by };
  const lease = {
    release: wish.release,
    operation: wish.operation,
    token: crypto.randomUUID(),
    expires: wish.now + wish.ttl,
  };
  sql.exec(
    "INSERT OR REPLACE INTO lease VALUES (1, ?, ?, ?, ?)",
    lease.release,
    lease.operation,
    lease.token,
    lease.expires,
  );
  return { kind: "acquired", lease };
}

/** The lease with a later end; undefined when it is another's or over. */
export function extendLease(
  sql: SqlStorage,
  { lease, ttl, now }: { readonly lease: Lease; readonly ttl: number; readonly now: number },
): Lease | undefined {
  if (liveLease(sql, now)?.token !== lease.token) return undefined;
  const expires = now + ttl;
  sql.exec("UPDATE lease SET expires = ?", expires);
  return { ...lease, expires };
}

/** Gives the lease back, if it is still the caller's. */
export function dropLease(sql: SqlStorage, lease: Lease): void {
  sql.exec("DELETE FROM lease WHERE token = ?", lease.token);
}

/** Appends, or does nothing and says so. Must run in a transaction. */
export function appendEntries(sql: SqlStorage, { lease, after, entries, now }: Append): boolean {
  if (liveLease(sql, now)?.token !== lease.token) return false;
  const [row] = sql
    .exec("SELECT coalesce(max(sequence), 0) AS last FROM journal WHERE operation = ?", lease.operation)
    .toArray();
  if (row?.["last"] !== after) return false;
  sql.exec("INSERT OR IGNORE INTO operation VALUES (?, ?, NULL)", lease.operation, now);
  entries.forEach((entry, index) => {
    sql.exec("INSERT INTO journal VALUES (?, ?, ?, ?)", lease.operation, after + index + 1, now, JSON.stringify(entry));
  });
  if (entries.at(-1)?.["terminal"] === true)
    sql.exec("UPDATE operation SET ended = ? WHERE operation = ?", now, lease.operation);
  return true;
}

/** Entries after a sequence, in order. */
export function readEntries(
  sql: SqlStorage,
  { operation, after, limit }: { readonly operation: string; readonly after: number; readonly limit: number },
): readonly JournalEntry[] {
  const query = "SELECT * FROM journal WHERE operation = ? AND sequence > ? ORDER BY sequence LIMIT ?";
  return sql.exec(query, operation, after, limit).toArray().map(toEntry);
}

/** Operations without an end, oldest first. */
export function openOperations(sql: SqlStorage): readonly string[] {
  const rows = sql.exec("SELECT operation FROM operation WHERE ended IS NULL ORDER BY created, operation").toArray();
  return rows.map((row) => textOf(row, "operation"));
}

/** Forgets journals that ended before a time. Must run in a transaction. */
export function pruneJournal(sql: SqlStorage, before: number): { readonly removed: number; readonly left: number } {
  const ended = sql.exec("SELECT operation FROM operation WHERE ended < ?", before).toArray();
  for (const row of ended) {
    const operation = textOf(row, "operation");
    sql.exec("DELETE FROM journal WHERE operation = ?", operation);
    sql.exec("DELETE FROM operation WHERE operation = ?", operation);
  }
  const [row] = sql.exec("SELECT count(*) AS n FROM operation").toArray();
  return { removed: ended.length, left: Number(row?.["n"] ?? 0) };
}

function toLease(row: SqlRow): Lease {
  return {
    release: textOf(row, "release"),
    operation: textOf(row, "operation"),
    token: textOf(row, "token"),
    expires: numberOf(row, "expires"),
  };
}

function toEntry(row: SqlRow): JournalEntry {
  const entry: JsonValue = JSON.parse(textOf(row, "entry"));
  if (!isJsonObject(entry)) throw new Error("journal: an entry is no object");
  return { sequence: numberOf(row, "sequence"), time: numberOf(row, "time"), entry };
}
