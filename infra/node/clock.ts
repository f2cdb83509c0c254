import type { Clock, RandomSource } from "../../functions/http/clock.ts";

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", finish);
        resolve();
      };
      const timer = setTimeout(finish, milliseconds);
      signal?.addEventListener("abort", finish, { once: true });
    }),
};

/** Bytes of the system's generator. */
export const systemRandom: RandomSource = (length) => crypto.getRandomValues(new Uint8Array(length));
