import { DatabaseSync } from "node:sqlite";
import { isBusy } from "./sqlite.ts";

/** How long a start waits for another one to finish looking. */
const PATIENCE_MS = 5000;

/** What a process keeps until it releases it, ends or is killed. It must stay reachable: collected, it is released. */
export interface Held {
  readonly release: () => void;
}

/**
 * Takes a place among the servers of a data folder. When there is no other, every lease in `database` belongs to a process that is dead: all
 * are dropped, so that its operations go on at once. Otherwise they stay; those of a dead process end with their time. The file at `path`
 * is empty: it is there for SQLite's locks, which are the same on every system.
 */
export function takeServerPlace(path: string, database: DatabaseSync): Held {
  const place = new DatabaseSync(path, { timeout: 0 });
  try {
    if (tryAlone(place)) {
      database.exec("DELETE FROM lease");
      place.exec("COMMIT");
    }
    place.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}; BEGIN; SELECT count(*) FROM sqlite_schema;`);
  } catch (thrown) {
    place.close();
    throw thrown;
  }
  return { release: () => place.close() };
}

/** Keeps a file to this process. Undefined when another one has it. */
export function keepAlone(path: string): Held | undefined {
  const file = new DatabaseSync(path, { timeout: 0 });
  if (tryAlone(file)) return { release: () => file.close() };
  file.close();
  return undefined;
}

function tryAlone(file: DatabaseSync): boolean {
  try {
    file.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (thrown) {
    if (isBusy(thrown)) return false;
    throw thrown;
  }
}
