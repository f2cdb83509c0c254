import type { Wakeup } from "../../functions/operations/operation-store.ts";

/** Longest delay that a timer takes; a later wakeup is asked for again by the scan. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Wakeups by timers of this process. `wake` must never throw. */
export interface TimerWakeup extends Wakeup {
  /** Forgets all wakeups; later ones are ignored. */
  readonly stop: () => void;
}

/** A process that starts again finds its operations by the scan, not here. */
export function createTimerWakeup(wake: (release: string, operation: string) => Promise<void>): TimerWakeup {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  let stopped = false;
  return {
    at: async (release, operation, time) => {
      if (stopped) return;
      clearTimeout(timers.get(operation));
      const delay = Math.min(MAX_DELAY_MS, Math.max(0, time - Date.now()));
      const timer = setTimeout(() => {
        timers.delete(operation);
        void wake(release, operation);
      }, delay);
      timers.set(operation, timer);
    },
    stop: () => {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
