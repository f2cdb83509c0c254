import { objectAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { getNamespace } from "../object/read.ts";
import { getObject } from "./client.ts";
import { type Discovery, noMatchError } from "./discovery.ts";
import { isKubeError, KubeError } from "./error.ts";
import { selectorText } from "./label-selector.ts";
import { legacyNeed, type LegacyNeed, legacyReady, type LegacyVerdict, newestReplicaSet } from "./legacy-ready.ts";
import { listObjects } from "./list.ts";
import { PODS, resourceName, type ResourceMapping } from "./mapping.ts";
import type { ObjectRef } from "./read-live.ts";
import type { KubeSession } from "./session.ts";

/** What one look of a legacy wait found: nothing, or the first object that is not ready. `at` is its position. */
export type LegacyLook =
  | { readonly kind: "ready" }
  | { readonly kind: "not-ready"; readonly at: number; readonly reason: string; readonly object?: KubeObject }
  /** `retryable`: it ends the wait only when it comes too often. */
  | { readonly kind: "failed"; readonly at: number; readonly message: string; readonly retryable: boolean }
  /** The budget ended before this one. */
  | { readonly kind: "unread"; readonly at: number };

/** What to look at, from the position `from` on. */
export interface LegacyPlan {
  readonly discovery: Discovery;
  readonly targets: readonly ObjectRef[];
  readonly from: number;
  /** Jobs must have ended. */
  readonly jobs: boolean;
}

const REPLICA_SETS: ResourceMapping = {
  group: "apps",
  version: "v1",
  kind: "ReplicaSet",
  plural: "replicasets",
  namespaced: true,
  verbs: ["get", "list", "watch"],
};

/** Looks at the targets in order and stops at the first that is not ready, as Helm 3 did. */
export async function observeLegacy(session: KubeSession, plan: LegacyPlan): Promise<LegacyLook> {
  for (let at = plan.from; at < plan.targets.length; at++) {
    const ref = plan.targets[at];
    const needs = ref === undefined ? undefined : legacyNeed(ref.gvk, plan.jobs);
    if (ref === undefined || needs === undefined) continue;
    const look = await lookAtOne(session, plan.discovery, ref, needs, at);
    if (look.kind !== "ready") return look;
  }
  return { kind: "ready" };
}

async function lookAtOne(
  session: KubeSession,
  discovery: Discovery,
  ref: ObjectRef,
  needs: LegacyNeed,
  at: number,
): Promise<LegacyLook> {
  try {
    const mapping = discovery.mappingFor(ref.gvk);
    if (mapping === undefined) throw noMatchError(ref.gvk);
    const object = await getObject(session, mapping, { namespace: ref.namespace, name: ref.name });
    if (object === undefined)
      return { kind: "failed", at, message: `${resourceName(mapping)} "${ref.name}" not found`, retryable: false };
    const verdict = legacyReady(ref.gvk, { object, ...(await related(session, object, needs)) });
    return lookOf(verdict, object, at);
  } catch (error) {
    if (isKubeError(error, "budget")) return { kind: "unread", at };
    if (!(error instanceof KubeError)) throw error;
    return { kind: "failed", at, message: error.message, retryable: isRetryable(error) };
  }
}

/** Helm compatibility: an error that no API server sent is tried again, that of a failed Job too. */
function lookOf(verdict: LegacyVerdict, object: KubeObject, at: number): LegacyLook {
  switch (verdict.kind) {
    case "ready":
      return verdict;
    case "not-ready":
      return { ...verdict, at, object };
    default:
      return { ...verdict, at, retryable: true };
  }
}

function isRetryable({ status }: KubeError): boolean {
  return status === 0 || status === 429 || (status >= 500 && status !== 501);
}

interface Related {
  readonly pods: readonly KubeObject[];
  readonly replicaSet: KubeObject | undefined;
}

async function related(session: KubeSession, object: KubeObject, needs: LegacyNeed): Promise<Related> {
  if (needs === "nothing") return { pods: [], replicaSet: undefined };
  const selector = objectAt(object, "spec", "selector") ?? {};
  const labelSelector = selectorText(object.kind === "ReplicationController" ? { matchLabels: selector } : selector);
  if (labelSelector === undefined) return { pods: [], replicaSet: undefined };
  const options = { namespace: getNamespace(object), labelSelector };
  if (needs === "pods") return { pods: await listPods(session, options), replicaSet: undefined };
  const sets = (await listObjects(session, REPLICA_SETS, options)).items;
  return { pods: [], replicaSet: newestReplicaSet(object, sets) };
}

async function listPods(
  session: KubeSession,
  options: { readonly namespace: string; readonly labelSelector: string },
): Promise<readonly KubeObject[]> {
  try {
    return (await listObjects(session, PODS, options)).items;
  } catch (error) {
    if (!(error instanceof KubeError) || error.code === "budget") throw error;
    throw new KubeError(error.code, `failed to list pods: ${error.message}`, error, { cause: error });
  }
}
