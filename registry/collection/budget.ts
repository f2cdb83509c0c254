import type { ObjectStore } from "../content/object-store.ts";

/** A store whose calls are counted. */
export interface Budget {
  readonly store: ObjectStore;
  /** True while a piece of work of `calls` calls still fits. */
  readonly allows: (calls: number) => boolean;
  /** Counts calls that were made elsewhere. */
  readonly spend: (calls: number) => void;
}

/** Counts the calls of a store against `calls`. */
export function createBudget(inner: ObjectStore, calls: number): Budget {
  let left = calls;
  const counted =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Result) =>
    (...args: Args): Result => {
      left--;
      return call(...args);
    };
  const { keys } = inner;
  return {
    allows: (wanted) => left >= wanted,
    spend: (made) => {
      left -= made;
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
