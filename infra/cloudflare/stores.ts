import type { RecordStore } from "../../functions/http/record-store.ts";
import { addressOf, releaseKey } from "../../functions/operations/operation-id.ts";
import type { OperationStore, Wakeup } from "../../functions/operations/operation-store.ts";
import type { RecordsStub } from "./records-object.ts";
import type { ReleaseStub } from "./release-object.ts";
import type { DurableObjectNamespace } from "./runtime.ts";

/** Records are kept by one object of this name. */
const RECORDS_NAME = "records";
const PAGE = 1000;
/** Releases that have journals, so that a scan finds them: `journals/RELEASE`. */
const INDEX = "journals/";
/** One wait for news; shorter than the time after which an idle connection between objects may be cut. */
const WAIT_MS = 20_000;

/** The clock of the caller goes with every call. */
export interface StoreOptions {
  readonly now: () => number;
}

/** Records over the object that keeps them. */
export function createDurableRecords(objects: DurableObjectNamespace<RecordsStub>, { now }: StoreOptions): RecordStore {
  const stub = (): RecordsStub => objects.get(objects.idFromName(RECORDS_NAME));
  return {
    get: (key) => stub().read(key, now()),
    put: (key, value, options) => stub().write({ key, value, now: now(), ...options }),
    delete: (key) => stub().remove(key),
    list: (prefix, { after = "", limit = PAGE } = {}) => stub().page({ prefix, after, limit, now: now() }),
  };
}

/** Journals and leases over one object per release; `records` holds the index of releases. */
export function createDurableOperations(
  objects: DurableObjectNamespace<ReleaseStub>,
  options: StoreOptions & { readonly records: RecordStore },
): OperationStore {
  const { now, records } = options;
  const stubOf = (release: string): ReleaseStub => objects.get(objects.idFromName(release));
  const stubOfOperation = (operation: string): ReleaseStub | undefined => {
    const address = addressOf(operation);
    return address === undefined ? undefined : stubOf(releaseKey(address));
  };
  const releases = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    let after: string | undefined;
    do {
      const page = await records.list(INDEX, after === undefined ? {} : { after });
      found.push(...page.items.map(({ key }) => key.slice(INDEX.length)));
      after = page.next;
    } while (after !== undefined);
    return found;
  };
  const openOf = async (
    release: string,
  ): Promise<readonly { readonly release: string; readonly operation: string }[]> =>
    (await stubOf(release).unfinished()).map((operation) => ({ release, operation }));
  return {
    acquire: (release, operation, ttl) => stubOf(release).acquire({ release, operation, ttl, now: now() }),
    renew: (lease, ttl) => stubOf(lease.release).renew(lease, ttl, now()),
    release: (lease) => stubOf(lease.release).drop(lease),
    holder: (release) => stubOf(release).holder(now()),
    append: async (lease, after, entries) => {
      if (after === 0) await records.put(INDEX + lease.release, true, {});
      return await stubOf(lease.release).append({ lease, after, entries, now: now() });
    },
    read: async (operation, after, limit) => (await stubOfOperation(operation)?.read(operation, after, limit)) ?? [],
    changed: async (operation, after, signal) => {
      const stub = stubOfOperation(operation);
      if (stub === undefined || signal.aborted) return;
      const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      await Promise.race([stub.waitFor(operation, after, WAIT_MS), aborted]);
    },
    unfinished: async (release) =>
      release === undefined ? (await Promise.all((await releases()).map(openOf))).flat() : await openOf(release),
    prune: async (before) => {
      let removed = 0;
      for (const release of await releases()) {
        const pruned = await stubOf(release).prune(before);
        removed += pruned.removed;
        if (pruned.left === 0) await records.delete(INDEX + release);
      }
      return removed;
    },
  };
}

/** Wakeups by the alarms of the releases' objects. */
export function createAlarmWakeup(objects: DurableObjectNamespace<ReleaseStub>): Wakeup {
  return {
    at: (release, operation, time) => objects.get(objects.idFromName(release)).wakeAt(release, operation, time),
  };
}
