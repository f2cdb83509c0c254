/** Where a guest's clock and randomness come from. */
export interface WorldSource {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds since any moment. */
  readonly elapsed: () => number;
  readonly fillRandom: (target: Uint8Array) => void;
}

/** Bytes that `getRandomValues` gives at once. */
const RANDOM_CHUNK = 65_536;

/** The runtime's own. */
export function systemSource(): WorldSource {
  return {
    now: () => Date.now(),
    elapsed: () => performance.now(),
    fillRandom: (target) => {
      for (let from = 0; from < target.length; from += RANDOM_CHUNK) {
        const size = Math.min(RANDOM_CHUNK, target.length - from);
        target.set(crypto.getRandomValues(new Uint8Array(size)), from);
      }
    },
  };
}

/** 2000-01-01: some libraries refuse a clock that stands at its beginning. */
const EPOCH = 946_684_800_000;
/** A clock that stood still would hold whoever waits by it for ever. */
const TICK = 1;

/** The same in every call: each look at the clock is a millisecond later, and random bytes come from one fixed stream. */
export function pureSource(): WorldSource {
  let ticks = 0;
  let state = 0x9e37_79b9;
  const tick = (): number => (ticks += TICK);
  return {
    now: () => EPOCH + tick(),
    elapsed: tick,
    fillRandom: (target) => {
      for (let at = 0; at < target.length; at++) {
        // xorshift32
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        target[at] = state & 0xff;
      }
    },
  };
}
