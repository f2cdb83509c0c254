import { DatabaseSync, type SQLOutputValue, type StatementSync } from "node:sqlite";

/** A row as SQLite gives it. */
export type Row = Record<string, SQLOutputValue>;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS record (
  key TEXT PRIMARY KEY, value TEXT NOT NULL, version INTEGER NOT NULL, expires INTEGER
) WITHOUT ROWID, STRICT;
CREATE INDEX IF NOT EXISTS record_expires ON record (expires) WHERE expires IS NOT NULL;
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS lease (
  release TEXT PRIMARY KEY, operation TEXT NOT NULL, token TEXT NOT NULL, expires INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS journal (
  operation TEXT NOT NULL, sequence INTEGER NOT NULL, time INTEGER NOT NULL, entry TEXT NOT NULL,
  PRIMARY KEY (operation, sequence)
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS operation (
  operation TEXT PRIMARY KEY, release TEXT NOT NULL, ended INTEGER, created INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX IF NOT EXISTS operation_open ON operation (release) WHERE ended IS NULL;
`;

/** How long one process waits for another one's transaction. */
const PATIENCE_MS = 5000;
const PAUSE_MS = 20;

/**
 * The database of a data folder: records, leases and journals. Several processes of one machine may have it open: each writes in
 * transactions that wait for one another. Throws when it is damaged, or a process of an older version keeps it to itself. `path` may be
 * `:memory:`.
 */
export function openSqlite(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: PATIENCE_MS });
  try {
    patiently(() => database.exec("PRAGMA journal_mode = WAL"));
    database.exec("PRAGMA synchronous = NORMAL;");
    transact(database, () => database.exec(SCHEMA));
  } catch (cause) {
    database.close();
    throw new Error(`open ${path}: it is damaged or in use by another process`, { cause });
  }
  return database;
}

/** Two processes that make the same database: SQLite itself waits for no change of the journal's mode. */
function patiently(step: () => void): void {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      step();
      return;
    } catch (thrown) {
      if (!isBusy(thrown) || Date.now() > until) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}

/** SQLITE_BUSY, the low byte of what SQLite tells. */
const BUSY = 5;

/** True when another connection holds what was asked for. */
export function isBusy(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    "errcode" in thrown &&
    typeof thrown.errcode === "number" &&
    (thrown.errcode & 0xff) === BUSY
  );
}

/** Compiled once for each open database: SQLite would read their text anew each time. */
const frames = new WeakMap<DatabaseSync, { readonly begin: StatementSync; readonly commit: StatementSync }>();

/** `work` in one transaction: all of it is written, or nothing. */
export function transact<T>(database: DatabaseSync, work: () => T): T {
  const { begin, commit } = frames.get(database) ?? openFrame(database);
  begin.run();
  try {
    const result = work();
    commit.run();
    return result;
  } catch (thrown) {
    database.exec("ROLLBACK");
    throw thrown;
  }
}

function openFrame(database: DatabaseSync): { readonly begin: StatementSync; readonly commit: StatementSync } {
  const frame = { begin: database.prepare("BEGIN IMMEDIATE"), commit: database.prepare("COMMIT") };
  frames.set(database, frame);
  return frame;
}

/** A text column. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new Error(`sqlite: column ${column} is no text`);
  return value;
}

/** An integer column. */
export function integerOf(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new Error(`sqlite: column ${column} is no integer`);
  return value;
}
