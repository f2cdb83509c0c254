import type { JsonObject } from "../../engine/errors.ts";
import { objectAt, stringAt } from "../../engine/object/json.ts";

/** Where objects outlive the process. Calls are made in the order of the writes; `save` with undefined is a deletion. */
export interface ClusterStorage {
  readonly load: () => Iterable<readonly [string, JsonObject]>;
  readonly save: (key: string, object: JsonObject | undefined) => void;
}

/** A change, as a watch tells it. */
export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly key: string;
  readonly revision: number;
  readonly object: JsonObject;
}

/** The objects of a cluster by key (`GROUP/PLURAL/NAMESPACE/NAME`), with one revision counter over all. */
export interface Store {
  readonly get: (key: string) => JsonObject | undefined;
  /** Sets `metadata.resourceVersion` and gives the stored object. */
  readonly put: (key: string, object: JsonObject) => JsonObject;
  readonly remove: (key: string) => JsonObject | undefined;
  /** In key order. */
  readonly list: (prefix: string) => readonly JsonObject[];
  readonly revision: () => number;
  /** The key that an object from this store has. */
  readonly keyOf: (object: JsonObject) => string | undefined;
  /** Changes after a revision, or undefined when they are no longer kept. */
  readonly since: (revision: number) => readonly Change[] | undefined;
  /** Calls `listener` after every change until the returned function is called. */
  readonly listen: (listener: (change: Change) => void) => () => void;
}

/** How many changes a watch may lag behind before it must list again (410, as etcd's compaction does). */
const MAX_HISTORY = 10_000;

/** A store in memory, filled from `storage` and written through to it. */
export function createStore(storage?: ClusterStorage): Store {
  const objects = new Map<string, JsonObject>(storage?.load() ?? []);
  const keys = new Map<string, string>([...objects].map(([key, object]) => [uidOf(object), key]));
  const listeners = new Set<(change: Change) => void>();
  const history: Change[] = [];
  let revision = Math.max(1, ...[...objects.values()].map(revisionOf));
  const tell = (change: Change): void => {
    history.push(change);
    if (history.length > MAX_HISTORY) history.shift();
    for (const listener of listeners) listener(change);
  };
  return {
    get: (key) => objects.get(key),
    put: (key, object) => {
      revision += 1;
      const known = objects.has(key);
      const stored = withRevision(object, revision);
      objects.set(key, stored);
      keys.set(uidOf(stored), key);
      storage?.save(key, stored);
      tell({ type: known ? "MODIFIED" : "ADDED", key, revision, object: stored });
      return stored;
    },
    remove: (key) => {
      const object = objects.get(key);
      if (object === undefined) return undefined;
      revision += 1;
      objects.delete(key);
      keys.delete(uidOf(object));
      storage?.save(key, undefined);
      tell({ type: "DELETED", key, revision, object: withRevision(object, revision) });
      return object;
    },
    list: (prefix) =>
      [...objects]
        .filter(([key]) => key.startsWith(prefix))
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([, object]) => object),
    revision: () => revision,
    keyOf: (object) => keys.get(uidOf(object)),
    since: (from) => {
      const oldest = history[0]?.revision ?? revision + 1;
      return from + 1 < oldest && from < revision ? undefined : history.filter((change) => change.revision > from);
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function withRevision(object: JsonObject, revision: number): JsonObject {
  return { ...object, metadata: { ...objectAt(object, "metadata"), resourceVersion: String(revision) } };
}

function revisionOf(object: JsonObject): number {
  return Number(stringAt(object, "metadata", "resourceVersion") ?? 0) || 0;
}

function uidOf(object: JsonObject): string {
  return stringAt(object, "metadata", "uid") ?? "";
}
