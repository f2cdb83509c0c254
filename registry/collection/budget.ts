import type { ObjectStore } from "../content/object-store.ts";

/** A store whose calls are counted. */
export interface Budget {
  readonly store: ObjectStore;
  /** True while a piece of work of `calls` calls still fits. */
  readonly allows: (calls: number) => boolean;
  /** Counts calls that were made elsewhere. */
  readonly spend: (calls: number) => void;
}

/** Calls after which others get their turn: a local store answers without ever waiting. */
const CALLS_AT_A_STRETCH = 64;

/** Counts the calls of a store against `calls`, and takes a `pause` now and then. */
export function createBudget(inner: ObjectStore, calls: number, pause: () => Promise<void>): Budget {
  let left = calls;
  let made = 0;
  const counted =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      left--;
      if (++made % CALLS_AT_A_STRETCH === 0) await pause();
      return await call(...args);
    };
  const { keys } = inner;
  return {
    allows: (wanted) => left >= wanted,
    spend: (elsewhere) => {
      left -= elsewhere;
    },
    store: {
      ...inner,
      head: counted(inner.head),
      get: counted(inner.get),
      put: counted(inner.put),
      delete: counted(inner.delete),
      list: counted(inner.list),
      abortMultipart: counted(inner.abortMultipart),
      ...(keys === undefined ? {} : { keys: counted(keys) }),
    },
  };
}
