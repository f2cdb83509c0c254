import type { ObjectHead } from "../content/object-store.ts";
import { listKeys } from "../content/record.ts";
import { DONE, type Progress, type Run } from "./run.ts";

const PAGE = 200;

/** What is walked over. */
export interface Walk {
  readonly prefix: string;
  /** The last key that was worked on; empty at first. */
  readonly cursor: string;
  /** Calls of the store for one of them, at most. */
  readonly calls: number;
}

/** Works on the keys below a prefix, one by one, as long as the budget allows. */
export async function walkKeys(run: Run, walk: Walk, each: (key: string) => Promise<void>): Promise<Progress> {
  const list = async (after: string): Promise<Page<string>> => {
    const { keys, next } = await listKeys(run.store, walk.prefix, { limit: PAGE, ...behind(after) });
    return { items: keys.map((key) => [key, key]), isLast: next === undefined };
  };
  return await walkPages(run, walk, list, each);
}

/** The same over objects with what the store tells of them. */
export async function walkObjects(run: Run, walk: Walk, each: (item: ObjectHead) => Promise<void>): Promise<Progress> {
  const list = async (after: string): Promise<Page<ObjectHead>> => {
    const { items, next } = await run.store.list(walk.prefix, { limit: PAGE, ...behind(after) });
    return { items: items.map((item) => [item.key, item]), isLast: next === undefined };
  };
  return await walkPages(run, walk, list, each);
}

interface Page<Item> {
  readonly items: readonly (readonly [key: string, item: Item])[];
  readonly isLast: boolean;
}

function behind(after: string): { readonly after?: string } {
  return after === "" ? {} : { after };
}

async function walkPages<Item>(
  { budget }: Run,
  { cursor, calls }: Walk,
  list: (after: string) => Promise<Page<Item>>,
  each: (item: Item) => Promise<void>,
): Promise<Progress> {
  let after = cursor;
  while (budget.allows(1 + calls)) {
    const page = await list(after);
    for (const [key, item] of page.items) {
      if (!budget.allows(calls)) return { done: false, cursor: after };
      await each(item);
      after = key;
    }
    if (page.isLast) return DONE;
  }
  return { done: false, cursor: after };
}
