import { OciError } from "../../engine/oci/error.ts";
import { collectionKey, CONDEMNED, condemnedKey } from "./keys.ts";
import type { ObjectStore } from "./object-store.ts";
import { listKeys, readJson, writeJson } from "./record.ts";

/**
 * How a reference is written while collection runs. Collection condemns what it finds unused, and takes it only in the next
 * collection that finds it unused too and whose marking began at least {@link LEAST_GRACE_MS} later. Whoever is about to write a
 * reference (a link, a manifest, a tag) keeps its target first and writes within {@link KEEP_MS}: either collection condemned the
 * target after that, and its next marking sees the reference, or it was condemned before, and keeping it took the mark away.
 */
export interface Keeper {
  /**
   * Keeps collection from the object of `key`, whether it is there or not. Gives the time until which a reference to it may be written.
   * Throws OciError `UNAVAILABLE` while the object is being taken.
   */
  readonly keep: (key: string) => Promise<number>;
  /** True when something may have been taken, so that whatever was seen before `keep` must be looked for again. */
  readonly active: () => boolean;
}

/** How long a kept object is safe without a reference. */
export const KEEP_MS: number = 5 * 60_000;
/** The shortest time between condemning and taking: twice what a reference may need, and as much for a store's call to take effect. */
export const LEAST_GRACE_MS: number = 3 * KEEP_MS;
/** How long the taking of one object may last. */
export const TAKING_MS: number = 3 * 60_000;
/**
 * What was seen of the marks is believed for this long: one that is made meanwhile is made by a collection whose next marking sees the
 * reference, as is one that is made right after.
 */
const BELIEVED_MS = 5000;
/** Marks that one look remembers; where there are more, each key is looked for. */
const MAX_MARKS = 200;
/** "There are too many marks" is believed for this long. */
const MANY_MS = 60_000;
/** Times that collection may win the race for one mark. */
const MAX_TRIES = 5;

/** What a keeper needs. */
export interface KeeperDeps {
  readonly store: ObjectStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What a look at the marks showed. */
interface Seen {
  readonly at: number;
  /** `none`: there never was a collection. `many`: more than are remembered. */
  readonly marks: "none" | "many" | ReadonlySet<string>;
}

/**
 * A keeper over a store. It costs nothing before the first collection; afterwards a listing every few seconds, and a look for each key that
 * is marked or, where many are, for each key.
 */
export function createKeeper({ store, now }: KeeperDeps): Keeper {
  let seen: Seen | undefined;
  const look = async (): Promise<Seen> => {
    const at = now();
    if (seen !== undefined && at >= seen.at && at - seen.at < believed(seen)) return seen;
    const isFirst = seen === undefined || seen.marks === "none";
    const none = isFirst && (await store.head(collectionKey("real", "state"))) === undefined;
    seen = { at, marks: none ? "none" : await readMarks(store) };
    return seen;
  };
  return {
    active: () => seen !== undefined && seen.marks !== "none",
    keep: async (key) => {
      const { at, marks } = await look();
      const mark = condemnedKey(key);
      if (marks === "none" || (marks !== "many" && !marks.has(mark))) return at + KEEP_MS;
      const start = now();
      for (let i = 0; i < MAX_TRIES; i++) if (await unmark(store, mark, now)) return start + KEEP_MS;
      throw beingCollected();
    },
  };
}

function believed({ marks }: Seen): number {
  return marks === "many" ? MANY_MS : BELIEVED_MS;
}

async function readMarks(store: ObjectStore): Promise<Seen["marks"]> {
  const page = await listKeys(store, CONDEMNED, { limit: MAX_MARKS });
  return page.next === undefined ? new Set(page.keys) : "many";
}

/** True when there is no mark (any more). */
async function unmark(store: ObjectStore, mark: string, now: () => number): Promise<boolean> {
  const stored = await readJson(store, mark);
  if (stored === undefined) return true;
  const { until } = stored.value;
  if (typeof until === "number" && now() < until + TAKING_MS) throw beingCollected();
  return await store.delete(mark, stored.etag);
}

/** What a client is told that came between the collection and what it takes. */
export function beingCollected(): OciError {
  return new OciError("UNAVAILABLE", { message: "the content is being collected; send it again", retryAfter: 2 });
}

/** Refuses to go on when a reference would be written too late. `until` is the earliest of what was kept. */
export function assertInTime(now: number, until: number): void {
  if (now > until) throw beingCollected();
}

/** What became of an object that is not in use. `kept`: somebody uses it by now. */
export type Fate = "condemned" | "taken" | "kept";

/** The collection that condemns. */
export interface Condemning extends KeeperDeps {
  readonly epoch: number;
  /** What was condemned by the collection before, and earlier than this, is taken. */
  readonly before: number;
}

/**
 * Condemns the object of `key`, or has it taken when the collection before condemned it, early enough. `take` removes the object; it
 * is called at most once, and not when somebody kept the object meanwhile.
 */
export async function condemnOrTake(by: Condemning, key: string, take: () => Promise<boolean>): Promise<Fate> {
  const { store, now, epoch } = by;
  const mark = condemnedKey(key);
  const stored = await readJson(store, mark);
  if (stored === undefined) {
    await writeJson(store, mark, { epoch, since: now() }, { kind: "absent" });
    return "condemned";
  }
  const { epoch: of, since, until } = stored.value;
  const condition = { kind: "etag", etag: stored.etag } as const;
  const isDue =
    typeof until === "number" ? now() > until : of === epoch - 1 && typeof since === "number" && since <= by.before;
  if (!isDue) {
    if (typeof until === "number" || of === epoch) return "condemned";
    const first = of === epoch - 1 && typeof since === "number" ? since : now();
    const renewed = await writeJson(store, mark, { epoch, since: first }, condition);
    return renewed.kind === "stored" ? "condemned" : "kept";
  }
  const end = now() + TAKING_MS;
  const taking = await writeJson(store, mark, { until: end }, condition);
  if (taking.kind === "conflict" || now() > end - TAKING_MS / 2) return "kept";
  const taken = await take();
  await store.delete(mark, taking.etag);
  return taken ? "taken" : "kept";
}
