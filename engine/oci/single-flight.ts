/** Runs one piece of work for everybody in this process who asks for it at the same time. Settled work is forgotten. */
export type SingleFlight<T> = (key: string, work: () => Promise<T>) => Promise<T>;

/**
 * A {@link SingleFlight} of its own. Not `together`: everybody runs alone, as Workers want it, where a request may not wait for another
 * one's promise.
 */
export function createSingleFlight<T>(together: boolean): SingleFlight<T> {
  if (!together) return async (_key, work) => await work();
  const flights = new Map<string, Promise<T>>();
  return async (key, work) => {
    const running = flights.get(key);
    if (running !== undefined) return await running;
    const own = work();
    flights.set(key, own);
    try {
      return await own;
    } finally {
      flights.delete(key);
    }
  };
}
