import type { ResourceMapping } from "../kube/mapping.ts";
import type { ListedCollection } from "../kube/read-live.ts";
import { firstChange, MAX_WATCHES, type WatchedCollection, type WatchNews } from "../kube/watch.ts";
import { getName, getNamespace, getResourceVersion } from "../object/read.ts";
import type { KubeObject } from "../object/object.ts";
import { pollDelay } from "./poll.ts";
import type { Step } from "./step.ts";

/** From this pause on between two looks, a watch is cheaper than what it saves. */
const WATCH_FROM_MS = 500;
/** How long one step watches: a stop of the operation is heard between steps. */
const WATCH_SECONDS = 5;
/** What a step keeps to end in time. */
const RESERVE_MS = 4000;
/** Requests that a watch leaves to the rest of the step. */
const RESERVE_REQUESTS = 4;

/** An object that is not yet as wanted, as it was last seen. */
export interface Awaited {
  readonly object: KubeObject;
  readonly mapping: ResourceMapping;
}

/** What to pause between. */
export interface PauseInput {
  /** What may change. One that was not seen at all is missing here, and `complete` is false. */
  readonly awaited: readonly Awaited[];
  readonly complete: boolean;
  readonly lists: readonly ListedCollection[];
  /** The looks already taken. */
  readonly polls: number;
  /** Milliseconds since 1970 after which nobody waits any more. */
  readonly until: number;
  /** False once a watch could not be held. */
  readonly watches: boolean;
}

/** When to look again. */
export interface Pause {
  readonly time: number;
  readonly watches: boolean;
}

/**
 * The time of the next look: at once when something changed while it was watched, else after the poll's pause. Where watching is not
 * possible, or something cannot be watched, that is all there is: nobody looks more often than polling does at first.
 */
export async function pauseForChange(step: Step, input: PauseInput): Promise<Pause> {
  const started = step.deps.now();
  const delay = pollDelay(input.polls);
  const seconds = Math.floor(
    Math.min(WATCH_SECONDS * 1000, step.meter.time() - RESERVE_MS, input.until - started) / 1000,
  );
  const collections = input.watches && input.complete && delay >= WATCH_FROM_MS ? collectionsOf(input) : undefined;
  if (collections === undefined || seconds < 1 || step.meter.left() - collections.length < RESERVE_REQUESTS) {
    return { time: Math.min(started + delay, input.until), watches: input.watches };
  }
  const news = await watch(step, collections, seconds);
  if (news === "broken") return { time: step.deps.now() + delay, watches: false };
  return { time: Math.min(started + (news === "changed" ? pollDelay(0) : delay), input.until), watches: true };
}

/** A stop of the step ends the watch: nothing is known to have changed. */
async function watch(step: Step, collections: readonly WatchedCollection[], seconds: number): Promise<WatchNews> {
  const { stop } = step.meter;
  if (stop === undefined) return await firstChange(step.session, collections, seconds);
  const signals = step.session.signal === undefined ? [stop] : [stop, step.session.signal];
  try {
    return await firstChange({ ...step.session, signal: AbortSignal.any(signals) }, collections, seconds);
  } catch (thrown) {
    if (!stop.aborted) throw thrown;
    return "quiet";
  }
}

/** `undefined` when there is nothing to watch, or more than may be. */
function collectionsOf({ awaited, lists }: PauseInput): readonly WatchedCollection[] | undefined {
  const out: WatchedCollection[] = [];
  const listed = new Map<ListedCollection, Set<string>>();
  for (const { object, mapping } of awaited) {
    const name = getName(object);
    const namespace = mapping.namespaced ? getNamespace(object) : "";
    const list = lists.find((one) => one.namespace === namespace && sameKind(one.mapping, mapping));
    if (list !== undefined) listed.set(list, (listed.get(list) ?? new Set()).add(name));
    else {
      const resourceVersion = getResourceVersion(object);
      if (resourceVersion === undefined) return undefined;
      out.push({ mapping, namespace, resourceVersion, names: new Set([name]) });
    }
  }
  for (const [list, names] of listed) out.push({ ...list, names });
  return out.length === 0 || out.length > MAX_WATCHES ? undefined : out;
}

function sameKind(a: ResourceMapping, b: ResourceMapping): boolean {
  return a.group === b.group && a.version === b.version && a.kind === b.kind;
}
