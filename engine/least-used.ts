/** Values in memory by key, as many as fit. */
export interface LeastUsed<Key, Value> {
  /** What is asked for is used. */
  readonly get: (key: Key) => Value | undefined;
  readonly has: (key: Key) => boolean;
  /** Takes the place of an earlier value of the key. One that does not fit at all is not kept. */
  readonly set: (key: Key, value: Value) => void;
  readonly delete: (key: Key) => void;
}

/** How much is kept. */
export interface LeastUsedOptions<Value> {
  /** Of the sizes of all values together. */
  readonly most: number;
  readonly sizeOf: (value: Value) => number;
}

/** Keeps what fits: the value that was not used for longest goes first. */
export function createLeastUsed<Key, Value>({ most, sizeOf }: LeastUsedOptions<Value>): LeastUsed<Key, Value> {
  const kept = new Map<Key, Value>();
  let held = 0;
  const drop = (key: Key): void => {
    const value = kept.get(key);
    if (value !== undefined) held -= sizeOf(value);
    kept.delete(key);
  };
  return {
    get: (key) => {
      const value = kept.get(key);
      if (value === undefined) return undefined;
      kept.delete(key);
      kept.set(key, value);
      return value;
    },
    has: (key) => kept.has(key),
    set: (key, value) => {
      drop(key);
      kept.set(key, value);
      held += sizeOf(value);
      for (const oldest of kept.keys()) {
        if (held <= most) break;
        drop(oldest);
      }
    },
    delete: drop,
  };
}
