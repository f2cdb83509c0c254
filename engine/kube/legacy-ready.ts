import type { JsonValue } from "../errors.ts";
import { formatApiVersion } from "../object/gvk.ts";
import { integerAt, isJsonArray, listAt, memberAt, stringAt } from "../object/json.ts";
import type { GroupVersionKind, KubeObject } from "../object/object.ts";
import { getName, getNamespace } from "../object/read.ts";
import { conditionsOf } from "./conditions.ts";
import { allowedUnavailable, scaledUp } from "./unavailable.ts";

/** What Helm 3's rules say about one object. */
export type LegacyVerdict =
  | { readonly kind: "ready" }
  /** `reason` is ours: Helm says none. */
  | { readonly kind: "not-ready"; readonly reason: string }
  /** It cannot get ready any more; the text is Helm's. */
  | { readonly kind: "failed"; readonly message: string };

/** What else a rule needs to know about an object. */
export type LegacyNeed = "nothing" | "replica-set" | "pods";

/** An object as it is there, with what its rule needs: the pods of its selector, or the ReplicaSet of its newest template. */
export interface LegacyObject {
  readonly object: KubeObject;
  readonly pods: readonly KubeObject[];
  readonly replicaSet: KubeObject | undefined;
}

type Rule = (of: LegacyObject) => LegacyVerdict;

interface KindRule {
  readonly needs: LegacyNeed;
  readonly rule: Rule;
}

const READY: LegacyVerdict = { kind: "ready" };

function notReady(reason: string): LegacyVerdict {
  return { kind: "not-ready", reason };
}

function status(object: KubeObject, name: string): number {
  return integerAt(object, "status", name) ?? 0;
}

/** Helm compatibility: an object without the field counts as generation 0, observed 0. */
function notObserved(object: KubeObject): LegacyVerdict | undefined {
  const [wanted, seen] = [integerAt(object.metadata, "generation") ?? 0, status(object, "observedGeneration")];
  return wanted === seen ? undefined : notReady(`${object.kind} generation is ${wanted}, observed is ${seen}`);
}

function hasCondition(object: KubeObject, type: string, value: string): boolean {
  return conditionsOf(object)?.some((one) => one.type === type && one.status === value) ?? false;
}

const pod: Rule = ({ object }) =>
  hasCondition(object, "Ready", "True") ? READY : notReady(`pod ${getName(object)} is not Ready`);

const podsReady: Rule = ({ object, pods }) => {
  const late = notObserved(object);
  const waiting = pods.filter((one) => !hasCondition(one, "Ready", "True"));
  return late ?? (waiting.length === 0 ? READY : notReady(`Ready: ${pods.length - waiting.length}/${pods.length}`));
};

const job: Rule = ({ object }) => {
  if (status(object, "failed") > (integerAt(object, "spec", "backoffLimit") ?? 6)) {
    return { kind: "failed", message: `job is failed: ${getNamespace(object)}/${getName(object)}` };
  }
  const [wanted, done] = [integerAt(object, "spec", "completions"), status(object, "succeeded")];
  return wanted !== undefined && done < wanted ? notReady(`Succeeded: ${done}/${wanted}`) : READY;
};

const deployment: Rule = ({ object, replicaSet }) => {
  if (memberAt(object, "spec", "paused") === true) return READY;
  if (replicaSet === undefined) return notReady("its ReplicaSet is not made yet");
  const late = notObserved(replicaSet) ?? notObserved(object);
  if (late !== undefined) return late;
  const replicas = integerAt(object, "spec", "replicas") ?? 1;
  const [wanted, ready] = [replicas - allowedUnavailable(object, replicas), status(replicaSet, "readyReplicas")];
  return ready < wanted ? notReady(`Ready: ${ready}/${wanted}`) : READY;
};

const volumeClaim: Rule = ({ object }) => {
  const phase = stringAt(object, "status", "phase") ?? "";
  return phase === "Bound" ? READY : notReady(`PersistentVolumeClaim is not Bound, its phase is ${phase || "unknown"}`);
};

const service: Rule = ({ object }) => {
  const type = stringAt(object, "spec", "type");
  if (type === "ExternalName") return READY;
  if ((stringAt(object, "spec", "clusterIP") ?? "") === "") return notReady("the Service has no cluster IP");
  if (type !== "LoadBalancer" || listAt(object, "spec", "externalIPs").length > 0) return READY;
  const ingress = memberAt(object, "status", "loadBalancer", "ingress");
  return ingress === undefined || ingress === null ? notReady("the load balancer has no address yet") : READY;
};

const daemonSet: Rule = ({ object }) => {
  const late = notObserved(object);
  if (late !== undefined) return late;
  if (stringAt(object, "spec", "updateStrategy", "type") !== "RollingUpdate") return READY;
  const [updated, desired] = [status(object, "updatedNumberScheduled"), status(object, "desiredNumberScheduled")];
  if (updated !== desired) return notReady(`Updated: ${updated}/${desired}`);
  const allowed = memberAt(object, "spec", "updateStrategy", "rollingUpdate", "maxUnavailable");
  const [wanted, ready] = [desired - (scaledUp(allowed, desired) ?? desired), status(object, "numberReady")];
  return ready < wanted ? notReady(`Ready: ${ready}/${wanted}`) : READY;
};

const statefulSet: Rule = ({ object }) => {
  const late = notObserved(object);
  if (late !== undefined) return late;
  if (stringAt(object, "spec", "updateStrategy", "type") !== "RollingUpdate") return READY;
  const partition = integerAt(object, "spec", "updateStrategy", "rollingUpdate", "partition") ?? 0;
  const replicas = integerAt(object, "spec", "replicas") ?? 1;
  const [updated, ready] = [status(object, "updatedReplicas"), status(object, "readyReplicas")];
  if (updated < replicas - partition) return notReady(`Updated: ${updated}/${replicas - partition}`);
  if (ready !== replicas) return notReady(`Ready: ${ready}/${replicas}`);
  const [before, after] = [stringAt(object, "status", "currentRevision"), stringAt(object, "status", "updateRevision")];
  return partition === 0 && (before ?? "") !== (after ?? "") ? notReady("the old revision is still there") : READY;
};

/** Helm compatibility: names that are not accepted count as ready. */
const resourceDefinition: Rule = ({ object }) =>
  hasCondition(object, "Established", "True") || hasCondition(object, "NamesAccepted", "False")
    ? READY
    : notReady("the CRD is not established");

/** By the exact version that the manifest is written in: all else is ready as soon as it is made. */
const RULES: ReadonlyMap<string, KindRule> = new Map<string, KindRule>([
  ["v1 Pod", { needs: "nothing", rule: pod }],
  ["batch/v1 Job", { needs: "nothing", rule: job }],
  ["apps/v1 Deployment", { needs: "replica-set", rule: deployment }],
  ["v1 PersistentVolumeClaim", { needs: "nothing", rule: volumeClaim }],
  ["v1 Service", { needs: "nothing", rule: service }],
  ["apps/v1 DaemonSet", { needs: "nothing", rule: daemonSet }],
  ["apiextensions.k8s.io/v1 CustomResourceDefinition", { needs: "nothing", rule: resourceDefinition }],
  ["apiextensions.k8s.io/v1beta1 CustomResourceDefinition", { needs: "nothing", rule: resourceDefinition }],
  ["apps/v1 StatefulSet", { needs: "nothing", rule: statefulSet }],
  ["v1 ReplicationController", { needs: "pods", rule: podsReady }],
  ["apps/v1 ReplicaSet", { needs: "pods", rule: podsReady }],
]);

/** What the rule of a kind needs; `undefined` when the kind is not looked at. `jobs`: Jobs are. */
export function legacyNeed(gvk: GroupVersionKind, jobs: boolean): LegacyNeed | undefined {
  if (gvk.kind === "Job" && !jobs) return undefined;
  return RULES.get(`${formatApiVersion(gvk)} ${gvk.kind}`)?.needs;
}

/** How Helm 3, and `--wait=legacy`, see an object. `gvk` is what the manifest says. */
export function legacyReady(gvk: GroupVersionKind, of: LegacyObject): LegacyVerdict {
  return RULES.get(`${formatApiVersion(gvk)} ${gvk.kind}`)?.rule(of) ?? READY;
}

/** How a hook's object ended under `legacy`, which looks at Jobs and Pods alone; one that was deleted counts as done. */
export function legacyHookEnd(object: KubeObject): LegacyVerdict {
  const name = getName(object);
  if (object.kind === "Pod") {
    const phase = stringAt(object, "status", "phase");
    if (phase === "Failed") return { kind: "failed", message: `pod ${name} failed` };
    return phase === "Succeeded" ? READY : notReady("Pod in progress");
  }
  if (object.kind !== "Job") return READY;
  for (const one of conditionsOf(object) ?? []) {
    if (one.status !== "True") continue;
    if (one.type === "Complete") return READY;
    if (one.type === "Failed") return { kind: "failed", message: `job ${name} failed: ${one.reason}` };
  }
  return notReady("Job in progress");
}

/** The owned ReplicaSet with the Deployment's template, the oldest of several. */
export function newestReplicaSet(of: KubeObject, sets: readonly KubeObject[]): KubeObject | undefined {
  const uid = stringAt(of.metadata, "uid");
  const template = templateText(of);
  return sets
    .filter((set) => isControlledBy(set, uid) && templateText(set) === template)
    .sort((a, b) => (ageKey(a) < ageKey(b) ? -1 : 1))[0];
}

function ageKey(object: KubeObject): string {
  return `${stringAt(object.metadata, "creationTimestamp") ?? ""} ${getName(object)}`;
}

function isControlledBy(object: KubeObject, uid: string | undefined): boolean {
  return listAt(object.metadata, "ownerReferences").some(
    (owner) => memberAt(owner, "controller") === true && stringAt(owner, "uid") === uid,
  );
}

/** A pod template as a text without what is empty, null or the hash label: equal templates have equal texts. */
function templateText(object: KubeObject): string {
  return JSON.stringify(memberAt(object, "spec", "template") ?? {}, (key, value: JsonValue) => {
    if (key === HASH_LABEL || value === null) return undefined;
    if (typeof value !== "object") return value;
    if (isJsonArray(value)) return value.length === 0 ? undefined : value;
    const members = Object.entries(value).filter(([name]) => name !== HASH_LABEL);
    if (members.length === 0) return undefined;
    return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const HASH_LABEL = "pod-template-hash";
