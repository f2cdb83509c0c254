import type { JournalEntry, Lease, OperationStore } from "../../functions/operations/operation-store.ts";
import { createListeners } from "./listeners.ts";

interface Journal {
  readonly release: string;
  readonly entries: JournalEntry[];
}

/** Journals and leases of one process: for tests and one-shot commands. */
export function createMemoryOperations(options: {
  readonly now: () => number;
  readonly newToken: () => string;
}): OperationStore {
  const leases = new Map<string, Lease>();
  const journals = new Map<string, Journal>();
  const listeners = createListeners();
  const live = (release: string): Lease | undefined => {
    const lease = leases.get(release);
    return lease !== undefined && lease.expires > options.now() ? lease : undefined;
  };
  const holds = (lease: Lease): boolean => live(lease.release)?.token === lease.token;
  const entriesOf = (operation: string): readonly JournalEntry[] => journals.get(operation)?.entries ?? [];
  const isOpen = (journal: Journal): boolean => journal.entries.at(-1)?.entry["terminal"] !== true;
  return {
    acquire: async (release, operation, ttl) => {
      const by = live(release);
      if (by !== undefined) return { kind: "held", by };
      const lease = { release, operation, token: options.newToken(), expires: options.now() + ttl };
      leases.set(release, lease);
      return { kind: "acquired", lease };
    },
    renew: async (lease, ttl) => {
      if (!holds(lease)) return undefined;
      const renewed = { ...lease, expires: options.now() + ttl };
      leases.set(lease.release, renewed);
      return renewed;
    },
    release: async (lease) => {
      if (leases.get(lease.release)?.token === lease.token) leases.delete(lease.release);
    },
    holder: async (release) => live(release),
    append: async (lease, after, entries) => {
      const journal = journals.get(lease.operation) ?? { release: lease.release, entries: [] };
      if (!holds(lease) || journal.entries.length !== after) return false;
      const time = options.now();
      for (const entry of entries) {
        journal.entries.push({ sequence: journal.entries.length + 1, time, entry: structuredClone(entry) });
      }
      journals.set(lease.operation, journal);
      listeners.notify(lease.operation);
      return true;
    },
    read: async (operation, after, limit) => entriesOf(operation).slice(after, after + limit),
    changed: async (operation, after, signal) => {
      if (signal.aborted || entriesOf(operation).length > after) return;
      await listeners.wait(operation, signal);
    },
    unfinished: async (release) =>
      [...journals]
        .filter(([, journal]) => isOpen(journal) && (release === undefined || journal.release === release))
        .map(([operation, journal]) => ({ release: journal.release, operation })),
    prune: async (before) => {
      let removed = 0;
      for (const [operation, journal] of journals) {
        if (isOpen(journal) || (journal.entries.at(-1)?.time ?? 0) >= before) continue;
        journals.delete(operation);
        removed++;
      }
      return removed;
    },
  };
}
