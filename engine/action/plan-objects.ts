import { FIELD_MANAGER } from "../kube/client.ts";
import { isKubeError, KubeError } from "../kube/error.ts";
import type { FieldConflict } from "../kube/conflicts.ts";
import { listObjects } from "../kube/list.ts";
import type { Discovery } from "../kube/discovery.ts";
import {
  describeObject,
  ownershipProblem,
  ownershipProblems,
  RESOURCE_POLICY_ANNOTATION,
  withOwnership,
} from "../kube/ownership.ts";
import { type LiveRead, readLive, refOf, refText } from "../kube/read-live.ts";
import { gvkOf, keyOf, keyText, parseApiVersion } from "../object/gvk.ts";
import { stringAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { getAnnotation, getGenerateName, getName, getNamespace } from "../object/read.ts";
import { type ClientDecideInput, type Decided, decide, type DecidePolicy, type WriteMethod } from "../plan/decide.ts";
import { conflictDetail, conflictText } from "../plan/explain.ts";
import type { ManagedObject } from "../plan/managed.ts";
import type { Plan, PlannedObject, PlannedRemoval } from "../plan/plan.ts";
import type { KeptObject } from "../plan/report.ts";
import type { BuiltObject } from "./build.ts";
import { ActionError } from "./errors.ts";
import { isTransient } from "./failure.ts";
import { eventObject } from "./event-object.ts";
import { withGeneratedName } from "./generated-name.ts";
import { meaning } from "./made-anew.ts";
import { plannedDiscovery } from "./planned-discovery.ts";
import { type Alongside, refuseManaged, tellManaged } from "./managed.ts";
import type { Step } from "./step.ts";
import { tellConflicts } from "./tell-conflicts.ts";
import { toldConflicts } from "./told-conflicts.ts";

/** What is compared. */
export interface PlanInput {
  /** What shall be there, in manifest order. */
  readonly targets: readonly BuiltObject[];
  /** What the replaced revision wanted. */
  readonly originals: readonly BuiltObject[];
  readonly owner: { readonly name: string; readonly namespace: string };
  /** `unable to continue with PLACE: `; `undefined` where nothing is checked. */
  readonly adopting: "install" | "update" | undefined;
  readonly takeOwnership: boolean;
  readonly policy: DecidePolicy;
  /** Fields that `helm` wrote client-side become applied ones. */
  readonly migrate: boolean;
  readonly method: WriteMethod;
  readonly discovery: Discovery;
  /**
   * A plan, and what applies one, tells conflicts that must fail and keeps what was there as evidence; anything else is refused by them here, and
   * what was there is let go: of thousands of objects it is most of what an operation holds.
   */
  readonly lenient: boolean;
  readonly alongside: Alongside;
}

/** The objects' part of a plan. */
export type ObjectPlan = Pick<Plan, "objects" | "removals" | "manner"> & { readonly evidence: Evidence };

/** What was there when it was decided. */
export interface Evidence {
  /** As the plan's objects. */
  readonly objects: readonly (Decided & { readonly live: KubeObject | undefined })[];
  /** As the objects of the plan's CRDs, where these were looked at. */
  readonly crds?: readonly (Decided & { readonly live: KubeObject | undefined })[];
  /** As the plan's removals. */
  readonly removed: readonly (KubeObject | undefined)[];
  /** Objects of GitOps tools that stop the operation. */
  readonly managed: readonly ManagedObject[];
  /** What is not among the plan's removals, and stays. */
  readonly kept?: readonly KeptObject[];
}

/** Nothing was looked at. */
export const NO_EVIDENCE: Evidence = { objects: [], removed: [], managed: [] };

/**
 * Reads what is there and decides about every object; what is of a kind that only this operation brings cannot be there. Reads only. Throws `ActionError` `managed-by-gitops`, or `not-owned` or `conflict` with Helm's text, and
 * tells every conflict as an event, whatever was decided.
 */
export async function planObjects(step: Step, input: PlanInput): Promise<ObjectPlan> {
  const isServed = ({ object }: BuiltObject): boolean => input.discovery.mappingFor(gvkOf(object)) !== undefined;
  const targets = input.targets.map(({ object, mapping }) => ({ object: withOwnership(object, input.owner), mapping }));
  const wanted = new Set(targets.map(({ object }) => keyText(keyOf(object))));
  const gone = input.originals.filter(({ object }) => !wanted.has(keyText(keyOf(object))));
  const reads = await readAll(step, [...targets, ...gone].filter(isServed), input.adopting === "install");
  const managed = tellManaged(step, input, [...livesOf([...targets, ...gone], reads), ...objectsOf(input.originals)]);
  if (!input.lenient) refuseManaged(input.owner.name, managed);
  const adopted = checkNew(input, targets, reads);
  const full = input.adopting === "install" && adopted.length > 0 ? await readAll(step, adopted, false) : reads;
  const plain = input.adopting === "install" && adopted.length === 0;
  const made = plain && input.method !== "apply" ? targets.map((one) => nameOne(step, one)) : targets;
  const decided = await decideAll(step, input, made, full, plain);
  if (input.adopting === undefined) tellStrangers(step, input, targets, reads);
  for (const one of decided) tellConflicts(step, one);
  if (!input.lenient) refuseConflicts(decided);
  if (input.policy.rules !== "helm") tellUnread(step, gone, reads);
  const removed = gone.flatMap((one) => removalOf(step, input, one, reads.get(refText(refOf(one.object)))));
  return {
    objects: decided.map((one) => one.planned),
    removals: removed.map((one) => one.removal),
    manner: plain ? "create" : "update",
    evidence: input.lenient
      ? {
          objects: decided.map((one, index) => ({ ...one, live: liveOf(made[index] ?? one.planned, full) })),
          removed: removed.map((one) => one.live),
          managed,
        }
      : { ...NO_EVIDENCE, managed },
  };
}

/** Helm compatibility: only a client-side install can make an object that has no name yet. */
function nameOne(step: Step, { object, mapping }: BuiltObject): BuiltObject {
  return { object: withGeneratedName(step, object), mapping };
}

type Reads = ReadonlyMap<string, LiveRead>;

/** What is there of some objects, named as they are written. */
function livesOf(built: readonly BuiltObject[], reads: Reads): readonly KubeObject[] {
  return built.flatMap(({ object }) => {
    const read = reads.get(refText(refOf(object)));
    return read?.kind === "present" ? [{ ...read.object, apiVersion: object.apiVersion, kind: object.kind }] : [];
  });
}

function objectsOf(built: readonly BuiltObject[]): readonly KubeObject[] {
  return built.map((one) => one.object);
}

/** Objects that are there though the replaced revision did not have them. */
function tellStrangers(step: Step, input: PlanInput, targets: readonly BuiltObject[], reads: Reads): void {
  const known = new Set(input.originals.map(({ object }) => keyText(keyOf(object))));
  for (const { object, mapping } of targets) {
    if (known.has(keyText(keyOf(object))) || reads.get(refText(refOf(object)))?.kind !== "present") continue;
    step.emit({
      type: "warning",
      level: "WARN",
      message: "resource exists on cluster but not in original release, using cluster state as baseline",
      detail: { namespace: getNamespace(object), name: getName(object), kind: mapping.kind },
    });
  }
}

async function readAll(step: Step, objects: readonly BuiltObject[], metadata: boolean): Promise<Reads> {
  const named = objects.filter(({ object }) => getName(object) !== "");
  const result = await readLive(step.session, {
    discovery: plannedDiscovery(named),
    refs: named.map(({ object }) => refOf(object)),
    want: metadata ? "metadata" : "whole",
    reads: "auto",
  });
  if (result.remaining.length > 0)
    throw new KubeError("budget", "the objects of the release take more than one step to read");
  for (const read of result.reads.values()) {
    if (read.kind === "error" && isTransient(read.error)) throw read.error;
  }
  return result.reads;
}

/** Helm's check of objects that the replaced revision did not have. Gives those that are there and may be taken on. */
function checkNew(input: PlanInput, targets: readonly BuiltObject[], reads: Reads): readonly BuiltObject[] {
  const { adopting } = input;
  if (adopting === undefined) return [];
  const known = new Set(input.originals.map(({ object }) => versionedKey(object)));
  const adopted: BuiltObject[] = [];
  for (const target of targets) {
    if (known.has(versionedKey(target.object))) continue;
    const problem = problemOf(input, target, reads);
    const read = reads.get(refText(refOf(target.object)));
    if (problem !== undefined)
      throw new ActionError("not-owned", `unable to continue with ${adopting}: ${problem}`, {
        object: { ...eventObject(target.object) },
        ...(read?.kind === "error" ? { kube: read.error.code } : {}),
      });
    if (read?.kind === "present") adopted.push(target);
  }
  return adopted;
}

function problemOf(input: PlanInput, { object }: BuiltObject, reads: Reads): string | undefined {
  if (getGenerateName(object) !== "") {
    return getName(object) === "" ? undefined : "metadata.name and metadata.generateName cannot both be set";
  }
  const read = reads.get(refText(refOf(object)));
  if (read?.kind === "error")
    return `could not get information about the resource ${describeObject(object)}: ${read.error.message}`;
  if (read?.kind !== "present" || input.takeOwnership) return undefined;
  return ownershipProblem({ ...read.object, kind: object.kind, apiVersion: object.apiVersion }, input.owner);
}

/** Helm compatibility: here, and only here, the version is part of what tells objects apart. */
function versionedKey(object: KubeObject): string {
  return `${object.apiVersion}/${object.kind}/${getNamespace(object)}/${getName(object)}`;
}

async function decideAll(
  step: Step,
  input: PlanInput,
  targets: readonly BuiltObject[],
  reads: Reads,
  plain: boolean,
): Promise<readonly Decided[]> {
  const previous = new Map(input.originals.map(({ object }) => [keyText(keyOf(object)), object]));
  const decideOne = (target: BuiltObject, autoscaled: boolean, told: readonly FieldConflict[] = []): Decided =>
    decide({
      desired: target.object,
      mapping: target.mapping,
      live: liveOf(target, reads),
      previous: previous.get(keyText(keyOf(target.object))),
      // Helm compatibility: what an upgrade adopts keeps its client-side entry beside the applied one; under the other policies it is never in the way.
      migrate: input.migrate || (input.policy.rules !== "helm" && !previous.has(keyText(keyOf(target.object)))),
      autoscaled,
      ...(input.method === "apply" ? {} : { client: clientInput(input, input.method) }),
      policy: plain ? { ...input.policy, force: false } : input.policy,
      told,
    });
  const alone = targets.map((target) => decideOne(target, false));
  const told = await toldConflicts(
    step,
    input.policy,
    alone.map(({ planned }, index) => ({ planned, live: liveOf(targets[index] ?? planned, reads) })),
  );
  const first = targets.map((target, index) => {
    const more = told.get(index);
    const known = alone[index];
    return known === undefined || more !== undefined ? decideOne(target, false, more) : known;
  });
  const doubtful = targets.filter((_, index) => first[index]?.conflicts.some(isReplicas) === true);
  if (doubtful.length === 0) return first;
  const scaled = await autoscaledOf(step, input, doubtful);
  return targets.map((target, index) => {
    const known = first[index];
    return known !== undefined && !scaled.has(keyText(keyOf(target.object)))
      ? known
      : decideOne(target, true, told.get(index));
  });
}

/** Helm compatibility: only an install that takes objects over looks at what there is of kinds that are not built in. */
function clientInput(input: PlanInput, method: ClientDecideInput["method"]): ClientDecideInput {
  const otherwise = input.adopting === undefined ? "live" : "target";
  return { method, otherwise, threeWay: input.adopting === "install" && input.takeOwnership };
}

function liveOf({ object }: BuiltObject, reads: Reads): KubeObject | undefined {
  const read = reads.get(refText(refOf(object)));
  if (read?.kind === "error") {
    throw new ActionError("apply-failed", `could not get information about the resource: ${read.error.message}`, {
      object: { ...eventObject(object) },
      kube: read.error.code,
    });
  }
  return read?.kind === "present" ? read.object : undefined;
}

function isReplicas(one: Decided["conflicts"][number]): boolean {
  return one.decision === "fail" && one.conflict.field === ".spec.replicas";
}

/** Kinds that scale others, as `spec.scaleTargetRef` says. */
export const AUTOSCALERS = [
  { group: "autoscaling", kind: "HorizontalPodAutoscaler" },
  { group: "keda.sh", kind: "ScaledObject" },
] as const;

/** Which of some objects an autoscaler targets: one in the cluster, or one of the release itself. */
export async function autoscaledOf(
  step: Pick<Step, "session">,
  input: Pick<PlanInput, "targets" | "discovery">,
  objects: readonly BuiltObject[],
): Promise<ReadonlySet<string>> {
  const namespaces = [...new Set(objects.map(({ object }) => getNamespace(object)))];
  const scalers = input.targets
    .map((one) => one.object)
    .filter((object) => AUTOSCALERS.some((one) => one.kind === object.kind));
  for (const namespace of namespaces) {
    for (const kind of AUTOSCALERS) scalers.push(...(await listScalers(step, input.discovery, kind, namespace)));
  }
  return new Set(scalers.map(scaleTargetKey));
}

/** What an autoscaler scales, as {@link keyText}. */
export function scaleTargetKey(scaler: KubeObject): string {
  const ref = (member: string): string => stringAt(scaler, "spec", "scaleTargetRef", member) ?? "";
  const kind = ref("kind") === "" ? "Deployment" : ref("kind");
  const group = ref("apiVersion") === "" ? "apps" : parseApiVersion(ref("apiVersion")).group;
  return keyText({ group, kind, namespace: getNamespace(scaler), name: ref("name") });
}

/** Autoscalers of a namespace; none where there is no such kind or it may not be read: then the conflict stands. */
async function listScalers(
  step: Pick<Step, "session">,
  discovery: Discovery,
  kind: { readonly group: string; readonly kind: string },
  namespace: string,
): Promise<readonly KubeObject[]> {
  const mapping = discovery.preferredFor(kind);
  if (mapping === undefined) return [];
  try {
    return (await listObjects(step.session, mapping, { namespace, maxPages: 1 })).items;
  } catch (error) {
    if (isKubeError(error, "forbidden", "not-found", "not-served", "bad-response")) return [];
    throw error;
  }
}

/** Refuses when a conflict must fail: `ActionError` `conflict` with Helm's text. */
export function refuseConflicts(decided: readonly Decided[]): void {
  const texts: string[] = [];
  const conflicts = [];
  for (const { planned, conflicts: own } of decided) {
    const failing = own.filter((one) => one.decision === "fail");
    if (failing.length === 0) continue;
    texts.push(
      conflictText(
        planned.object,
        failing.map((one) => one.conflict),
      ),
    );
    conflicts.push(...failing.map((one) => conflictDetail(planned.object, one)));
  }
  if (texts.length > 0) throw new ActionError("conflict", texts.join(" && "), { conflicts, manager: FIELD_MANAGER });
}

/** What is not deleted because nobody knows what it is. */
function tellUnread(step: Step, gone: readonly BuiltObject[], reads: Reads): void {
  for (const { object } of gone) {
    const read = reads.get(refText(refOf(object)));
    if (read?.kind !== "error" || isNoMatch(read.error)) continue;
    const message = `${describeObject(object)} is no longer wanted, could not be read and is left alone: ${read.error.message}`;
    step.emit({ type: "warning", message });
  }
}

/** Of a kind that is gone there is nothing left. */
function isNoMatch(error: KubeError): boolean {
  return isKubeError(error, "no-match");
}

/**
 * Helm compatibility: what cannot be read is left alone, under the policy `helm` without a word, and only `keep` in the live object, to the letter, keeps it;
 * under that policy alone what another release owns by now is deleted, and what has its name.
 */
function removalOf(
  step: Step,
  { policy, owner }: PlanInput,
  { object, mapping }: BuiltObject,
  read: LiveRead | undefined,
): readonly Removed[] {
  if (read?.kind !== "present") return [];
  const strict = policy.rules === "helm";
  const problems = strict ? [] : ownershipProblems(read.object, owner);
  if (problems.length > 0) {
    tellOthers(step, object, problems);
    return [];
  }
  const kept = getAnnotation(read.object, RESOURCE_POLICY_ANNOTATION) === "keep";
  const { apiVersion, kind } = object;
  const metadata = { name: getName(object), ...(mapping.namespaced ? { namespace: getNamespace(object) } : {}) };
  const meant = strict ? {} : meaning(read.object);
  const write = kept ? "keep" : "delete";
  const removal = { object: { apiVersion, kind, metadata }, mapping, write, ...meant } as const;
  return [{ removal, live: { ...read.object, apiVersion, kind } }];
}

function tellOthers(step: Step, object: KubeObject, problems: readonly string[]): void {
  const text = "is no longer wanted, but not this release's any more, and is left alone";
  step.emit({ type: "warning", message: `${describeObject(object)} ${text}: ${problems.join("; ")}` });
}

interface Removed {
  readonly removal: PlannedRemoval;
  readonly live: KubeObject;
}

/** A planned object that is simply made, e.g. a namespace or a CRD: what is there is not looked at. */
export function plainly(
  built: BuiltObject,
  how: { readonly serverSide: boolean; readonly force: boolean },
): PlannedObject {
  const planned = { ...built, write: "create", yielded: [], force: how.force, migrate: false } as const;
  return how.serverSide ? planned : { ...planned, client: { manner: "create", existing: "skip" } };
}
