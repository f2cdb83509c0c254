import { upstreamKey } from "../content/keys.ts";
import type { ObjectStore } from "../content/object-store.ts";
import { readJson, writeJson } from "../content/record.ts";
import type { SingleFlight } from "./single-flight.ts";

/** What sharing a fetch needs from outside. */
export interface OnceDeps {
  readonly store: ObjectStore;
  readonly project: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** A fetch that many may want at the same time, here and in other replicas. */
export interface SharedWork<T> {
  /** In the grammar of keys. */
  readonly key: string;
  /** What another replica's fetch left; undefined while there is nothing. */
  readonly done: () => Promise<{ readonly value: T } | undefined>;
  readonly work: () => Promise<T>;
}

/** After this a replica that fetches is taken for dead, or for slow: then another one fetches too, which does no harm. */
const LEASE_MS = 30_000;
const FIRST_WAIT_MS = 25;
const LONGEST_WAIT_MS = 500;

/** Runs the work once: in this process by `flight`, among replicas by a lease in the store. A lost lease costs a second fetch, nothing else. */
export async function once<T>(deps: OnceDeps, flight: SingleFlight<T>, shared: SharedWork<T>): Promise<T> {
  return await flight(shared.key, async () => {
    const key = upstreamKey(deps.project, "lease", shared.key);
    let wait = FIRST_WAIT_MS;
    while (!(await takeLease(deps, key))) {
      await deps.sleep(wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      const found = await shared.done();
      if (found !== undefined) return found.value;
    }
    try {
      return await shared.work();
    } finally {
      await deps.store.delete(key).catch(() => false);
    }
  });
}

async function takeLease({ store, now }: OnceDeps, key: string): Promise<boolean> {
  const lease = { until: now() + LEASE_MS };
  if ((await writeJson(store, key, lease, { kind: "absent" })).kind === "stored") return true;
  const held = await readJson(store, key);
  if (held === undefined) return false;
  const { until } = held.value;
  if (typeof until === "number" && until > now()) return false;
  return (await writeJson(store, key, lease, { kind: "etag", etag: held.etag })).kind === "stored";
}
