import type { ObjectStore } from "../../registry/content/object-store.ts";
import { StoreError } from "../../registry/content/store-error.ts";

/** A store that refuses one call. */
export interface FaultyStore {
  readonly store: ObjectStore;
  /** Calls so far. */
  readonly calls: () => number;
  /** Refuses the call of that number, counted from now; undefined: none. */
  readonly failAt: (call: number | undefined, when?: "before" | "after") => void;
}

/** Wraps a store. `after`: the call is made and its answer lost, as when a connection breaks. */
export function faultyStore(inner: ObjectStore): FaultyStore {
  let calls = 0;
  let fault: { readonly call: number; readonly when: "before" | "after" } | undefined;
  const guard =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const mine = calls++;
      const broken = fault?.call === mine ? fault.when : undefined;
      if (broken === "before") throw new StoreError("unavailable", "a planted fault");
      const result = await call(...args);
      if (broken === "after") throw new StoreError("unavailable", "a planted fault");
      return result;
    };
  const { head, get, put, list, beginMultipart, putPart, completeMultipart, abortMultipart, move } = inner;
  return {
    calls: () => calls,
    failAt: (call, when = "before") => {
      calls = 0;
      fault = call === undefined ? undefined : { call, when };
    },
    store: {
      head: guard(head),
      get: guard(get),
      put: guard(put),
      delete: guard(inner.delete),
      list: guard(list),
      beginMultipart: guard(beginMultipart),
      putPart: guard(putPart),
      completeMultipart: guard(completeMultipart),
      abortMultipart: guard(abortMultipart),
      ...(move === undefined ? {} : { move: guard(move) }),
    },
  };
}
