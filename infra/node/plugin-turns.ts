/** Who wants a place. */
export interface Turn {
  /** Places go round among owners: one that asks often waits for itself. */
  readonly owner: string;
  readonly signal?: AbortSignal | undefined;
  /** What is thrown where no place came free in time. */
  readonly late: () => Error;
}

/** A number of places, and whose turn it is. */
export interface Turns {
  /** Resolves with what gives the place back. Rejects with the signal's reason, and with `late`. */
  readonly take: (turn: Turn) => Promise<() => void>;
}

/** Which turns there are. */
export interface TurnLimits {
  readonly places: number;
  /** Milliseconds that a turn is waited for. */
  readonly longestWait: number;
}

interface Waiting {
  readonly owner: string;
  readonly go: () => void;
}

/** A free place goes to an owner who holds fewest, and among these to the one who was not served for longest. */
export function createTurns({ places, longestWait }: TurnLimits): Turns {
  const held = new Map<string, number>();
  const queues = new Map<string, Waiting[]>();
  let busy = 0;
  const begin = (owner: string): void => void held.set(owner, (held.get(owner) ?? 0) + 1);
  const giveBack = (owner: string): void => {
    const left = (held.get(owner) ?? 0) - 1;
    if (left > 0) held.set(owner, left);
    else held.delete(owner);
    const next = nextOf(queues, held);
    if (next === undefined) busy -= 1;
    else next.go();
  };
  return {
    take: async (turn) => {
      turn.signal?.throwIfAborted();
      if (busy < places) {
        busy += 1;
        begin(turn.owner);
      } else {
        await waitFor(queues, turn, { longestWait, begin });
      }
      return () => giveBack(turn.owner);
    },
  };
}

function nextOf(queues: Map<string, Waiting[]>, held: ReadonlyMap<string, number>): Waiting | undefined {
  let least: string | undefined;
  for (const owner of queues.keys()) {
    if (least === undefined || (held.get(owner) ?? 0) < (held.get(least) ?? 0)) least = owner;
  }
  const queue = least === undefined ? undefined : queues.get(least);
  const next = queue?.shift();
  if (least === undefined || queue === undefined) return undefined;
  queues.delete(least);
  if (queue.length > 0) queues.set(least, queue);
  return next;
}

interface Wait {
  readonly longestWait: number;
  readonly begin: (owner: string) => void;
}

function waitFor(queues: Map<string, Waiting[]>, { owner, signal, late }: Turn, wait: Wait): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    const waiting: Waiting = {
      owner,
      go: () => {
        stop();
        wait.begin(owner);
        resolve();
      },
    };
    const leave = (reason: unknown): void => {
      stop();
      const left = (queues.get(owner) ?? []).filter((one) => one !== waiting);
      if (left.length === 0) queues.delete(owner);
      else queues.set(owner, left);
      reject(reason);
    };
    const abort = (): void => leave(signal?.reason);
    const timer = setTimeout(() => leave(late()), wait.longestWait);
    signal?.addEventListener("abort", abort, { once: true });
    const queue = queues.get(owner);
    if (queue === undefined) queues.set(owner, [waiting]);
    else queue.push(waiting);
  });
}
