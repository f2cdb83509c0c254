/** Readers of journals that wait for news within one process. */
export interface Listeners {
  readonly notify: (operation: string) => void;
  readonly wait: (operation: string, signal: AbortSignal) => Promise<void>;
}

/** Nobody waits yet. `wait` resolves at the next `notify` of its operation, or when `signal` aborts. */
export function createListeners(): Listeners {
  const waiting = new Map<string, Set<() => void>>();
  return {
    notify: (operation) => {
      for (const wake of waiting.get(operation) ?? []) wake();
    },
    wait: (operation, signal) =>
      new Promise((resolve) => {
        const set = waiting.get(operation) ?? new Set();
        waiting.set(operation, set);
        const wake = (): void => {
          set.delete(wake);
          if (set.size === 0) waiting.delete(operation);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        set.add(wake);
        signal.addEventListener("abort", wake);
      }),
  };
}
