import { DurableObject } from "cloudflare:workers";
import type { Env } from "./env.ts";

/** What callers do with the object that tells who asks a project's upstream. */
export interface FetchesStub {
  /** True when `holder` has the key now, for so many milliseconds. */
  readonly take: (key: string, holder: string, milliseconds: number) => Promise<boolean>;
  readonly drop: (key: string, holder: string) => Promise<void>;
  /** Ends when nobody holds the key, and after {@link LONGEST_WAIT_MS} in any case. */
  readonly wait: (key: string) => Promise<void>;
}

/** Shorter than the time after which an idle connection between objects may be cut. */
const LONGEST_WAIT_MS = 20_000;

interface Held {
  readonly holder: string;
  readonly until: number;
  readonly ended: Promise<void>;
  readonly end: () => void;
}

/**
 * Who fetches what of one project, in memory alone: an object that is started anew has forgotten it, which costs a second fetch and
 * nothing else.
 */
export class FetchesObject extends DurableObject<Env> implements FetchesStub {
  readonly #held = new Map<string, Held>();

  async take(key: string, holder: string, milliseconds: number): Promise<boolean> {
    const now = Date.now();
    const held = this.#held.get(key);
    if (held !== undefined && held.holder !== holder && held.until > now) return false;
    if (held !== undefined && held.holder !== holder) held.end();
    const { promise, resolve } = Promise.withResolvers<void>();
    const mine = held?.holder === holder ? held : { holder, ended: promise, end: resolve };
    this.#held.set(key, { ...mine, until: now + milliseconds });
    return true;
  }

  async drop(key: string, holder: string): Promise<void> {
    const held = this.#held.get(key);
    if (held?.holder !== holder) return;
    this.#held.delete(key);
    held.end();
  }

  async wait(key: string): Promise<void> {
    const held = this.#held.get(key);
    if (held === undefined) return;
    const left = Math.max(0, Math.min(held.until - Date.now(), LONGEST_WAIT_MS));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, left)));
    await Promise.race([held.ended, late]);
    clearTimeout(timer);
  }
}
