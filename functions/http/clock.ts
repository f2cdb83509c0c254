/** Time as a port. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Resolves after `milliseconds`, or at once when `signal` aborts; never rejects. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** Unpredictable bytes as a port. */
export type RandomSource = (length: number) => Uint8Array<ArrayBuffer>;
