import { DatabaseSync, type SQLOutputValue } from "node:sqlite";

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

/**
 * The one database of a Node server: records, leases and journals. The file is locked for this process alone, so a lease that is found
 * at the start belongs to a process that is dead: all are dropped, and its operations go on at once. Throws when another process has
 * the file. `path` may be `:memory:`.
 */
export function openSqlite(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    database.exec(`BEGIN IMMEDIATE; ${SCHEMA} DELETE FROM lease; COMMIT;`);
  } catch (cause) {
    database.close();
    throw new Error(`open ${path}: it is damaged or in use by another process`, { cause });
  }
  return database;
}

/** `work` in one transaction: all of it is written, or nothing. */
export function transact<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (thrown) {
    database.exec("ROLLBACK");
    throw thrown;
  }
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
