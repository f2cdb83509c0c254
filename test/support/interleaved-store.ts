import { setImmediate } from "node:timers/promises";
import type { ObjectStore } from "../../registry/content/object-store.ts";

/** A store whose calls wait until they are chosen. */
export interface InterleavedStore {
  readonly store: ObjectStore;
  readonly now: () => number;
  /** Runs the actors until all are over, one call at a time. */
  readonly run: (actors: readonly (() => Promise<void>)[]) => Promise<void>;
}

/** What decides. */
export interface Interleaving {
  /** A number below `below`. */
  readonly choose: (below: number) => number;
  /** Milliseconds that no call waits longer than, by the clock. */
  readonly patience: number;
  /** Milliseconds of one tick of the clock. */
  readonly tick: number;
  /** Milliseconds since 1970 at first. */
  readonly start: number;
}

interface Call {
  readonly issued: number;
  readonly go: () => void;
}

/** Turns of the event loop without a new call after which every actor is taken to wait for one. */
const QUIET_TURNS = 3;
/** Turns without any call after which an actor is stuck. */
const STUCK_TURNS = 10_000;

/** Wraps a store and a clock. What the actors do between two calls must need neither timers nor other machines. */
export function interleavedStore(open: (now: () => number) => ObjectStore, by: Interleaving): InterleavedStore {
  let time = by.start;
  const waiting: Call[] = [];
  const now = (): number => time;
  const inner = open(now);
  const gate =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      await new Promise<void>((go) => waiting.push({ issued: time, go }));
      return await call(...args);
    };
  const step = (): void => {
    const oldest = Math.min(...waiting.map((call) => call.issued));
    const isTick = by.choose(2) === 0;
    if (isTick && time + by.tick - oldest <= by.patience) {
      time += by.tick;
      return;
    }
    const late = waiting.filter((call) => time + by.tick - call.issued > by.patience);
    const among = isTick ? late : waiting;
    const chosen = among[by.choose(among.length)];
    if (chosen === undefined) return;
    waiting.splice(waiting.indexOf(chosen), 1);
    chosen.go();
  };
  const quiesce = async (): Promise<void> => {
    for (let quiet = 0, calls = waiting.length; quiet < QUIET_TURNS; quiet++) {
      await setImmediate();
      if (waiting.length !== calls) quiet = 0;
      calls = waiting.length;
    }
  };
  return {
    now,
    run: async (actors) => {
      const running = new Set(actors);
      const ends = Promise.all(actors.map(async (actor) => await actor().finally(() => running.delete(actor))));
      const failed = ends.catch(() => undefined);
      for (let stuck = 0; running.size > 0 && stuck < STUCK_TURNS; stuck++) {
        await quiesce();
        if (waiting.length === 0) continue;
        stuck = 0;
        step();
      }
      if (running.size > 0) throw new Error("an actor waits for something that never comes");
      await failed;
      await ends;
    },
    store: {
      ...inner,
      head: gate(inner.head),
      get: gate(inner.get),
      put: gate(inner.put),
      delete: gate(inner.delete),
      list: gate(inner.list),
    },
  };
}
