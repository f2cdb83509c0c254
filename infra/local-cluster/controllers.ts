import type { JsonObject } from "../../engine/errors.ts";
import { jsonEqual } from "../../engine/object/equal.ts";
import { integerAt, memberAt, objectAt, stringAt } from "../../engine/object/json.ts";
import { timeText, type Cluster } from "./exchange.ts";
import { recordUpdate } from "./managed.ts";
import { settledStatus } from "./readiness.ts";
import { findResource, types } from "./resources.ts";

/** The simulation of controllers: some time after a write, the status says what a working cluster would. */
export interface Controllers {
  readonly stop: () => void;
}

/** Kinds that other requests depend on become what they are at once. */
const immediate: readonly string[] = ["CustomResourceDefinition", "Service", "PersistentVolumeClaim", "APIService"];

/** Watches the store from now on, and settles what an earlier process left unsettled. */
export function startControllers(cluster: Cluster, readyAfter: number): Controllers {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const settle = (key: string): void => {
    timers.delete(key);
    const object = cluster.store.get(key);
    const next = object === undefined ? undefined : settled(cluster, key, object);
    if (next === undefined) return;
    cluster.store.put(key, next);
    const ttl = isFinished(next) ? integerAt(next, "spec", "ttlSecondsAfterFinished") : undefined;
    if (ttl !== undefined)
      timers.set(
        key,
        setTimeout(() => cluster.store.remove(key), ttl * 1000),
      );
  };
  const plan = (key: string, object: JsonObject): void => {
    if (settled(cluster, key, object) === undefined) return;
    clearTimeout(timers.get(key));
    if (immediate.includes(stringAt(object, "kind") ?? "")) settle(key);
    else
      timers.set(
        key,
        setTimeout(() => settle(key), readyAfter),
      );
  };
  const forget = cluster.store.listen((change) => {
    if (change.type === "DELETED") clearTimeout(timers.get(change.key));
    else plan(change.key, change.object);
  });
  for (const object of cluster.store.list("")) {
    const key = cluster.store.keyOf(object);
    if (key !== undefined) plan(key, object);
  }
  return {
    stop: () => {
      forget();
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** A Job that is over: its time to live begins. */
function isFinished(object: JsonObject): boolean {
  const conditions = memberAt(object, "status", "conditions");
  if (stringAt(object, "kind") !== "Job" || !Array.isArray(conditions)) return false;
  return conditions.some((condition) => ["Complete", "Failed"].includes(stringAt(condition, "type") ?? ""));
}

/** The object with the status that it will have, or undefined when it has it already. Times alone make no change. */
function settled(cluster: Cluster, key: string, object: JsonObject): JsonObject | undefined {
  const now = timeText(cluster.now());
  const before = objectAt(object, "status");
  const status = settledStatus(object, now);
  if (status === undefined) return undefined;
  const merged = { ...before, ...status };
  if (jsonEqual(withoutTimes(before ?? {}), withoutTimes(merged))) return undefined;
  const [group = "", plural = ""] = key.split("/");
  const apiVersion = stringAt(object, "apiVersion") ?? "";
  const resource = findResource(cluster.store, group, apiVersion.split("/").at(-1) ?? "", plural);
  if (resource === undefined) return undefined;
  const manager = { name: "local-controllers", operation: "Update", apiVersion, subresource: "status" } as const;
  return recordUpdate({ types, type: resource.type, manager, time: now, ignored: ["spec"] }, object, {
    ...object,
    status: merged,
  });
}

function withoutTimes(status: JsonObject): JsonObject {
  const conditions = memberAt(status, "conditions");
  const bare = Array.isArray(conditions)
    ? conditions.map((condition) => ({ ...objectAt(condition), lastTransitionTime: "" }))
    : [];
  return { ...status, conditions: bare, startTime: "", completionTime: "" };
}
