import { objectAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { getNamespace, isTerminating } from "../object/read.ts";
import { conditionsOf } from "./conditions.ts";
import type { Discovery } from "./discovery.ts";
import { isKubeError } from "./error.ts";
import { selectorText } from "./label-selector.ts";
import { listObjects } from "./list.ts";
import { PODS } from "./mapping.ts";
import { readLive, refText, type ListedCollection, type LiveRead, type ObjectRef } from "./read-live.ts";
import type { KubeSession } from "./session.ts";
import { annotatedStatus } from "./status-annotated.ts";
import { computeStatus, type ComputedStatus } from "./status.ts";
import { isPausedDeployment, readinessOf, type ReadinessRule } from "./status-hook.ts";
import { isUnschedulable } from "./status-pod.ts";

/** What to wait for: readiness by a rule, or that nothing is left. */
export type WaitRule = ReadinessRule | "deleted";

/** How far one object is. */
export interface WaitState extends ComputedStatus {
  readonly ref: ObjectRef;
  /** The object as it was read; absent when it was not found or not read. */
  readonly object?: KubeObject;
  /** The object says itself when it is ready. */
  readonly annotated?: boolean;
}

/** One look at everything that is waited for. */
export interface WaitObservation {
  /** In the order of the targets. */
  readonly states: readonly WaitState[];
  /** See {@link isWaitOver}. */
  readonly over: boolean;
  /** Targets that the budget did not reach; their state is `Unknown`. */
  readonly unread: number;
  /** Collections that may be watched until the next look. */
  readonly lists: readonly ListedCollection[];
}

/** What to look at. `now` in milliseconds since 1970. */
export interface WaitPlan {
  readonly discovery: Discovery;
  readonly targets: readonly ObjectRef[];
  readonly rule: WaitRule;
  readonly now: number;
  readonly reads: "auto" | "get";
  /** Objects that say themselves when they are ready are believed: not in strict Helm. */
  readonly annotated?: boolean;
}

/**
 * Looks once at every target, within the session's budget: one step of a wait. Lists where that saves requests. A 403 is thrown, as
 * Helm's watcher ends with it; other failures leave the object `Unknown` until the next look.
 */
export async function observeWait(session: KubeSession, plan: WaitPlan): Promise<WaitObservation> {
  const { reads, remaining, lists } = await readLive(session, {
    discovery: plan.discovery,
    refs: plan.targets,
    want: plan.rule === "deleted" ? "metadata" : "whole",
    reads: plan.reads,
  });
  const states: WaitState[] = [];
  for (const ref of plan.targets) {
    const state = stateOf(plan, ref, reads.get(refText(ref)));
    states.push(plan.rule === "deleted" ? state : await withPods(session, plan, state));
  }
  const over = remaining.length === 0 && isWaitOver(states, plan.rule);
  return { states, over, unread: remaining.length, lists };
}

function stateOf(plan: WaitPlan, ref: ObjectRef, read: LiveRead | undefined): WaitState {
  if (read?.kind === "present") {
    const { object } = read;
    const rule = plan.rule === "deleted" ? "current" : plan.rule;
    const own = plan.annotated === true ? annotatedStatus(object) : undefined;
    if (own !== undefined) return { ref, object, ...own, annotated: true };
    return { ref, object, ...readinessOf(object, rule, plan.now) };
  }
  if (read?.kind === "absent") return { ref, status: "NotFound", message: "Resource not found" };
  if (read?.kind === "error" && isKubeError(read.error, "forbidden", "unauthorized")) throw read.error;
  return { ref, status: "Unknown", message: "" };
}

/** A StatefulSet or ReplicaSet in progress has failed when pods of it have, other than for a while. */
async function withPods(session: KubeSession, plan: WaitPlan, state: WaitState): Promise<WaitState> {
  const { object } = state;
  if (
    object === undefined ||
    state.annotated === true ||
    state.status !== "InProgress" ||
    state.ref.gvk.group !== "apps"
  )
    return state;
  if (object.kind !== "StatefulSet" && object.kind !== "ReplicaSet") return state;
  const pods = await podsOf(session, object);
  const failed = pods.filter((pod) => hasFailed(pod, plan.now)).length;
  return failed === 0 ? state : { ...state, status: "Failed", message: `${failed} pods have failed` };
}

/** The pods that a workload's selector names; none when it has no selector or they may not be read. */
export async function podsOf(session: KubeSession, workload: KubeObject): Promise<readonly KubeObject[]> {
  const selector = selectorText(objectAt(workload, "spec", "selector") ?? {});
  if (selector === undefined || session.budget?.left() === 0) return [];
  try {
    const options = { namespace: getNamespace(workload), labelSelector: selector, maxPages: 1 };
    return (await listObjects(session, PODS, options)).items;
  } catch (error) {
    if (isKubeError(error, "forbidden", "budget", "bad-response")) return [];
    throw error;
  }
}

function hasFailed(pod: KubeObject, now: number): boolean {
  if (isTerminating(pod) || isUnschedulable(conditionsOf(pod) ?? [])) return false;
  return computeStatus(pod, now).status === "Failed";
}

/**
 * True when waiting longer changes nothing, as Helm decides it. For readiness: everything that has not failed is Current. For
 * deletion: everything that is known is gone.
 * Helm compatibility: a failed object does not end the wait while others are on their way.
 */
export function isWaitOver(states: readonly ComputedStatus[], rule: WaitRule): boolean {
  if (rule === "deleted") return states.every(({ status }) => status === "NotFound" || status === "Unknown");
  return states.every(({ status }) => status === "Current" || status === "Failed");
}

/** Workloads whose failure may pass: containers are started again, nodes come, a deadline is passed and pods get ready yet. */
const RECOVERING: ReadonlySet<string> = new Set(["Pod", "StatefulSet", "ReplicaSet", "Deployment", "DaemonSet"]);

/** True when an object has failed for good: a Job that is over, a controller that says it is stalled, an object that says so itself. */
export function hasFailedForGood({ ref, status, annotated }: WaitState): boolean {
  return status === "Failed" && (annotated === true || !RECOVERING.has(ref.gvk.kind));
}

/** Helm's lines for what is not as wanted, in the order of the targets; empty when all is well. */
export function waitProblems(states: readonly WaitState[], rule: WaitRule): readonly string[] {
  const out: string[] = [];
  for (const { ref, status, message } of states) {
    const name = `${ref.gvk.kind}/${ref.namespace}/${ref.name}`;
    if (rule === "deleted") {
      if (status === "NotFound" || status === "Unknown") continue;
      out.push(`resource ${name} still exists. status: ${status}, message: ${message}`);
    } else if (status !== "Current") {
      out.push(`resource ${name} not ready. status: ${status}, message: ${message}`);
    }
  }
  return out;
}

/** The objects that readiness is awaited of: all but paused Deployments. */
export function waitTargets(objects: readonly KubeObject[]): readonly KubeObject[] {
  return objects.filter((object) => !isPausedDeployment(object));
}
