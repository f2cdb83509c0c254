/** Requests at once: what a Worker may have open. */
const CONCURRENCY = 6;

/**
 * Runs `each` over all items, at most {@link CONCURRENCY} at a time, and keeps their order. The first failure is thrown, once nothing
 * is on its way any more: the lease may be given back behind it.
 */
export async function gather<Item, Result>(
  items: readonly Item[],
  each: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const work = async (): Promise<void> => {
    while (next < items.length && failure === undefined) {
      const index = next++;
      const item = items[index];
      if (item === undefined) return;
      try {
        results[index] = await each(item, index);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, work));
  if (failure !== undefined) throw failure.error;
  return results;
}
