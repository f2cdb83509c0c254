import { DurableObject } from "cloudflare:workers";
import type { JournalEntry, Lease } from "../../functions/operations/operation-store.ts";
import {
  appendEntries,
  type Append,
  dropLease,
  openJournal,
  pruneJournal,
  readEntries,
  type Taken,
  takeLease,
  extendLease,
  liveLease,
  openOperations,
} from "./journal.ts";
import { createListeners } from "../memory/listeners.ts";
import type { Env } from "./env.ts";
import { type DurableObjectState, textOf } from "./runtime.ts";
import { wakeOperation } from "./worker-app.ts";

/** An alarm that fires again while the work of the first may still run: later than any lease. */
const REARM_MS = 65_000;

/** What callers do with the object of one release. Times are milliseconds since 1970. */
export interface ReleaseStub {
  readonly acquire: (wish: {
    readonly release: string;
    readonly operation: string;
    readonly ttl: number;
    readonly now: number;
  }) => Promise<Taken>;
  readonly renew: (lease: Lease, ttl: number, now: number) => Promise<Lease | undefined>;
  readonly drop: (lease: Lease) => Promise<void>;
  readonly holder: (now: number) => Promise<Lease | undefined>;
  readonly append: (write: Append) => Promise<boolean>;
  readonly read: (operation: string, after: number, limit: number) => Promise<readonly JournalEntry[]>;
  /** Waits up to `milliseconds` for entries after `after`. */
  readonly waitFor: (operation: string, after: number, milliseconds: number) => Promise<void>;
  readonly unfinished: () => Promise<readonly string[]>;
  /** How many journals were forgotten, and how many are left. */
  readonly prune: (before: number) => Promise<{ readonly removed: number; readonly left: number }>;
  readonly wakeAt: (release: string, operation: string, time: number) => Promise<void>;
}

/** Lease, journals and alarm of one release. The alarm takes its operations on, whatever became of the request that started them. */
export class ReleaseObject extends DurableObject<Env> implements ReleaseStub {
  readonly #listeners = createListeners();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    openJournal(ctx.storage.sql);
  }

  async acquire(wish: Parameters<ReleaseStub["acquire"]>[0]): Promise<Taken> {
    return this.ctx.storage.transactionSync(() => takeLease(this.ctx.storage.sql, wish));
  }

  async renew(lease: Lease, ttl: number, now: number): Promise<Lease | undefined> {
    return extendLease(this.ctx.storage.sql, { lease, ttl, now });
  }

  async drop(lease: Lease): Promise<void> {
    dropLease(this.ctx.storage.sql, lease);
  }

  async holder(now: number): Promise<Lease | undefined> {
    return liveLease(this.ctx.storage.sql, now);
  }

  async append(write: Append): Promise<boolean> {
    const written = this.ctx.storage.transactionSync(() => appendEntries(this.ctx.storage.sql, write));
    if (written) this.#listeners.notify(write.lease.operation);
    return written;
  }

  async read(operation: string, after: number, limit: number): Promise<readonly JournalEntry[]> {
    return readEntries(this.ctx.storage.sql, { operation, after, limit });
  }

  async waitFor(operation: string, after: number, milliseconds: number): Promise<void> {
    if (readEntries(this.ctx.storage.sql, { operation, after, limit: 1 }).length > 0) return;
    const expired = new AbortController();
    const timer = setTimeout(() => expired.abort(), milliseconds);
    await this.#listeners.wait(operation, expired.signal);
    clearTimeout(timer);
  }

  async unfinished(): Promise<readonly string[]> {
    return openOperations(this.ctx.storage.sql);
  }

  async prune(before: number): Promise<{ readonly removed: number; readonly left: number }> {
    return this.ctx.storage.transactionSync(() => pruneJournal(this.ctx.storage.sql, before));
  }

  async wakeAt(release: string, operation: string, time: number): Promise<void> {
    this.ctx.storage.sql.exec("INSERT OR REPLACE INTO wake VALUES (?, ?, ?)", operation, release, time);
    await this.#arm();
  }

  /** Called by the runtime at the earliest wakeup; again later when it threw. */
  async alarm(): Promise<void> {
    const now = Date.now();
    const { sql } = this.ctx.storage;
    const due = sql.exec("SELECT operation, release FROM wake WHERE time <= ? ORDER BY time", now).toArray();
    sql.exec("UPDATE wake SET time = ? WHERE time <= ?", now + REARM_MS, now);
    await this.#arm();
    for (const row of due) {
      const operation = textOf(row, "operation");
      await wakeOperation(this.env, { release: textOf(row, "release"), operation });
      sql.exec("DELETE FROM wake WHERE operation = ? AND time = ?", operation, now + REARM_MS);
    }
    await this.#arm();
  }

  async #arm(): Promise<void> {
    const [row] = this.ctx.storage.sql.exec("SELECT min(time) AS time FROM wake").toArray();
    const time = row?.["time"];
    if (typeof time === "number") await this.ctx.storage.setAlarm(time);
    else await this.ctx.storage.deleteAlarm();
  }
}
