/** Requests at once: what a Worker may have open. */
const CONCURRENCY = 6;

/** How far {@link gatherFront} came. */
export interface Gathered<Result> {
  /** Of all items, or of those in front of the first one that failed. */
  readonly results: readonly Result[];
  readonly failure?: { readonly error: unknown };
}

/**
 * Runs `each` over all items, at most {@link CONCURRENCY} at a time, and keeps their order. The first failure is thrown, once nothing
 * is on its way any more: the lease may be given back behind it.
 */
export async function gather<Item, Result>(
  items: readonly Item[],
  each: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const { results, failure } = await gatherFront(items, each);
  if (failure !== undefined) throw failure.error;
  return results;
}

/** As {@link gather}, but what was done in front of a failure is told with it, so that nobody does it again. */
export async function gatherFront<Item, Result>(
  items: readonly Item[],
  each: (item: Item, index: number) => Promise<Result>,
): Promise<Gathered<Result>> {
  const results: Result[] = [];
  let next = 0;
  const failures: { readonly error: unknown; readonly index: number }[] = [];
  const work = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      const item = items[index];
      if (item === undefined) return;
      try {
        results[index] = await each(item, index);
      } catch (error) {
        failures.push({ error, index });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, work));
  const [failure] = failures.sort((a, b) => a.index - b.index);
  return failure === undefined ? { results } : { results: results.slice(0, failure.index), failure };
}
