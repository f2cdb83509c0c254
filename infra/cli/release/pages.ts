import type { StandingCursor, StandingPage } from "../../../engine/action/index.ts";

/** A release of more objects than this many pages hold is none: a record holds no such manifest. */
const MAX_PAGES = 1000;

/** All pages of an answer. */
export async function readPages<Item>(
  read: (from: { readonly from?: StandingCursor }) => Promise<StandingPage<Item>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let from: { readonly from?: StandingCursor } = {};
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await read(from);
    items.push(...answer.items);
    if (answer.next === undefined) return items;
    from = { from: answer.next };
  }
  throw new Error("the release has more objects than can be");
}
