import { randomUUID } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { JsonObject } from "../../engine/errors.ts";
import { isJsonObject, parseJson } from "../../functions/http/json.ts";
import type { JournalEntry, Lease, OperationStore } from "../../functions/operations/operation-store.ts";
import { createListeners, type Listeners } from "../memory/listeners.ts";
import { integerOf, type Row, textOf, transact } from "./sqlite.ts";

interface Statements {
  readonly lease: StatementSync;
  readonly take: StatementSync;
  readonly extend: StatementSync;
  readonly drop: StatementSync;
  readonly last: StatementSync;
  readonly insert: StatementSync;
  readonly open: StatementSync;
  readonly end: StatementSync;
  readonly read: StatementSync;
  readonly unfinished: StatementSync;
  readonly pruneJournal: StatementSync;
  readonly prune: StatementSync;
}

/** How soon a reader sees what another process wrote. */
const LOOK_MS = 500;

/** Journals and leases in a database of {@link openSqlite}. `changed` hears this process's writes at once, and looks for those of others. */
export function createSqliteOperations(
  database: DatabaseSync,
  options: { readonly now: () => number },
): OperationStore {
  const statements = prepare(database);
  const listeners = createListeners();
  const live = (release: string): Lease | undefined => {
    const row = statements.lease.get(release, options.now());
    return row === undefined ? undefined : toLease(row);
  };
  return {
    acquire: async (release, operation, ttl) =>
      transact(database, () => {
        const by = live(release);
        if (by !== undefined) return { kind: "held", by } as const;
        const lease = { release, operation, token: randomUUID(), expires: options.now() + ttl };
        statements.take.run(release, operation, lease.token, lease.expires);
        return { kind: "acquired", lease } as const;
      }),
    renew: async (lease, ttl) => {
      const now = options.now();
      const expires = now + ttl;
      const changed = statements.extend.run(expires, lease.release, lease.token, now).changes;
      return changed === 0 ? undefined : { ...lease, expires };
    },
    release: async (lease) => {
      statements.drop.run(lease.release, lease.token);
    },
    holder: async (release) => live(release),
    append: async (lease, after, entries) => {
      const written = transact(database, () => {
        if (live(lease.release)?.token !== lease.token) return false;
        if (integerOf(statements.last.get(lease.operation) ?? {}, "last") !== after) return false;
        write(statements, lease, { after, entries, time: options.now() });
        return true;
      });
      if (written) listeners.notify(lease.operation);
      return written;
    },
    read: async (operation, after, limit) => statements.read.all(operation, after, limit).map(toEntry),
    changed: async (operation, after, signal) => {
      while (!signal.aborted && integerOf(statements.last.get(operation) ?? {}, "last") <= after) {
        await newsOrPause(listeners, operation, signal);
      }
    },
    unfinished: async (release) =>
      statements.unfinished
        .all(release ?? null, release ?? null)
        .map((row) => ({ release: textOf(row, "release"), operation: textOf(row, "operation") })),
    prune: async (before) =>
      transact(database, () => {
        statements.pruneJournal.run(before);
        return Number(statements.prune.run(before).changes);
      }),
  };
}

async function newsOrPause(listeners: Listeners, operation: string, signal: AbortSignal): Promise<void> {
  const pause = new AbortController();
  const end = (): void => pause.abort();
  const timer = setTimeout(end, LOOK_MS);
  signal.addEventListener("abort", end);
  try {
    await listeners.wait(operation, pause.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

function prepare(database: DatabaseSync): Statements {
  return {
    lease: database.prepare("SELECT * FROM lease WHERE release = ? AND expires > ?"),
    take: database.prepare("INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?)"),
    extend: database.prepare("UPDATE lease SET expires = ? WHERE release = ? AND token = ? AND expires > ?"),
    drop: database.prepare("DELETE FROM lease WHERE release = ? AND token = ?"),
    last: database.prepare("SELECT coalesce(max(sequence), 0) AS last FROM journal WHERE operation = ?"),
    insert: database.prepare("INSERT INTO journal VALUES (?, ?, ?, ?)"),
    open: database.prepare("INSERT OR IGNORE INTO operation VALUES (?, ?, NULL, ?)"),
    end: database.prepare("UPDATE operation SET ended = ? WHERE operation = ?"),
    read: database.prepare("SELECT * FROM journal WHERE operation = ? AND sequence > ? ORDER BY sequence LIMIT ?"),
    unfinished: database.prepare(
      "SELECT * FROM operation WHERE ended IS NULL AND (? IS NULL OR release = ?) ORDER BY created, operation",
    ),
    pruneJournal: database.prepare(
      "DELETE FROM journal WHERE operation IN (SELECT operation FROM operation WHERE ended < ?)",
    ),
    prune: database.prepare("DELETE FROM operation WHERE ended < ?"),
  };
}

function write(
  statements: Statements,
  lease: Lease,
  batch: { readonly after: number; readonly entries: readonly JsonObject[]; readonly time: number },
): void {
  statements.open.run(lease.operation, lease.release, batch.time);
  let sequence = batch.after;
  for (const entry of batch.entries) {
    sequence++;
    statements.insert.run(lease.operation, sequence, batch.time, JSON.stringify(entry));
  }
  if (batch.entries.at(-1)?.["terminal"] === true) statements.end.run(batch.time, lease.operation);
}

function toLease(row: Row): Lease {
  return {
    release: textOf(row, "release"),
    operation: textOf(row, "operation"),
    token: textOf(row, "token"),
    expires: integerOf(row, "expires"),
  };
}

function toEntry(row: Row): JournalEntry {
  const entry = parseJson(textOf(row, "entry"));
  if (!isJsonObject(entry)) throw new Error("sqlite: a journal entry is no object");
  return { sequence: integerOf(row, "sequence"), time: integerOf(row, "time"), entry };
}
