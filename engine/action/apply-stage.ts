import { addressOf, deleteObject } from "../kube/client.ts";
import { isKubeError } from "../kube/error.ts";
import { getName, getNamespace } from "../object/read.ts";
import { batches } from "../plan/batch.ts";
import type { Plan, PlannedBatch, PlannedObject, PlannedRemoval } from "../plan/plan.ts";
import { KEPT_BY_POLICY } from "../plan/report.ts";
import type { JsonObject, JsonValue } from "../errors.ts";
import { updateProblem } from "./apply-method.ts";
import { applyPlanned } from "./apply-one.ts";
import { isRefusedAnew } from "./made-anew.ts";
import { batchAt, tellBatch } from "./batch-step.ts";
import { eventObject } from "./event-object.ts";
import { failureOf, isTransient } from "./failure.ts";
import { firstHook, NO_FAILURES } from "./flow.ts";
import { gatherFront } from "./gather.ts";
import { policyOf } from "./options.ts";
import type { Failure, Failures, Operation, Stage } from "./state.ts";
import { draftOf, keep, more, planOf, requestOf, type StageResult, type Step } from "./step.ts";

/** Requests that one object may take: an apply, and its repetition after a conflict; with migration two more. */
const COST = 3;
const MIGRATION_COST = 2;
/** Characters of failures that a state keeps: some dozens of Helm's messages. */
const MAX_FAILURES = 16_384;

/** Applies the next objects: one run of a kind at a time, as many as the budget allows. What fails does not stop the others, unless the policy is `helm`. */
export async function applyStage(
  step: Step,
  operation: Operation,
  stage: Extract<Stage, { kind: "apply" }>,
): Promise<StageResult> {
  const plan = await planOf(step, operation);
  const request = await requestOf(step, operation);
  if (request.action === "uninstall" || request.action === "test")
    throw new Error(`a ${request.action} applies nothing`);
  if (plan.unbuilt !== undefined) return more(failedWith(operation, failureOf("render-failed", plan.unbuilt)));
  const { applyMethod } = await draftOf(step, operation);
  const problem = plan.manner === "update" ? updateProblem(request, applyMethod === "ssa") : undefined;
  if (problem !== undefined) return more(failedWith(operation, failureOf("invalid-request", problem)));
  if (stage.position === 0 && plan.objects.length > 0) {
    step.emit({ type: "phase", phase: "apply", message: `applying ${plan.objects.length} object(s)` });
  }
  const batch = batchAt(plan, stage.position);
  if (batch?.from === stage.position) tellBatch(step, plan, batch, "begins");
  const wanted = plan.objects.slice(0, batch?.to);
  const policy = policyOf(request);
  const strict = policy.rules === "helm" && plan.manner === "update";
  let { failures } = stage;
  for (const { from, to } of batches(
    wanted.map((one) => one.object.kind),
    stage.position,
  )) {
    for (let at = from; at < to;) {
      const together = strict ? untilMade(plan.objects, at, to) : to;
      const end = at + affordable(plan.objects.slice(at, together), step.meter.left());
      if (end === at) return keep({ ...operation, stage: { ...stage, position: at, failures } });
      const some = plan.objects.slice(at, end);
      const { results, failure } = await gatherFront(some, (planned) => applyPlanned(step, planned, { policy }));
      const [first] = withFailures(NO_FAILURES, some, results, plan).list;
      if (strict && first !== undefined && some[0]?.write === "create") return more(failedWith(operation, first));
      failures = withFailures(failures, some, results, plan);
      at += results.length;
      if (failure !== undefined) return goOn(operation, { ...stage, position: at, failures }, failure);
    }
  }
  if (failures.list.length > 0)
    return more(failedWith(operation, joined(failures, plan.manner === "create" ? "\n" : " && ")));
  if (batch !== undefined) return keep({ ...operation, stage: waitForBatch(step, plan, batch, stage.began) });
  return more({ ...operation, stage: { kind: "remove", position: 0, failures: NO_FAILURES } });
}

function waitForBatch(step: Step, plan: Plan, batch: PlannedBatch, began: number | undefined): Stage {
  const since = step.deps.now();
  const ordered = { batch: plan.batches?.indexOf(batch) ?? 0, began: began ?? since };
  return { kind: "wait", since, polls: 0, memory: "", done: 0, ordered };
}

/** Deletes what is no longer wanted, in the order of the old manifest. */
export async function removeStage(
  step: Step,
  operation: Operation,
  stage: Extract<Stage, { kind: "remove" }>,
): Promise<StageResult> {
  const plan = await planOf(step, operation);
  if (plan.unbuilt !== undefined) return more(failedWith(operation, failureOf("delete-failed", plan.unbuilt)));
  const batch = operation.mode === "uninstall" ? batchAt(plan, stage.position) : undefined;
  if (batch?.from === stage.position) tellBatch(step, plan, batch, "begins");
  let { failures } = stage;
  for (const { from, to } of batches(
    plan.removals.slice(0, batch?.to).map((one) => one.object.kind),
    stage.position,
  )) {
    for (let at = from; at < to;) {
      const end = Math.min(to, at + step.meter.left());
      if (end === at) return keep({ ...operation, stage: { ...stage, position: at, failures } });
      const done = await gatherFront(plan.removals.slice(at, end), (removal) => removeOne(step, removal, plan));
      for (const failure of done.results) if (failure !== undefined) failures = withFailure(failures, failure);
      at += done.results.length;
      if (done.failure !== undefined) return goOn(operation, { ...stage, position: at, failures }, done.failure);
    }
  }
  if (failures.list.length > 0) return more(failedWith(operation, joined(failures, " && ")));
  const since = step.deps.now();
  if (batch !== undefined) {
    const ordered = { batch: plan.batches?.indexOf(batch) ?? 0, began: stage.began ?? since };
    return keep({ ...operation, stage: { kind: "wait-gone", since, polls: 0, done: 0, ordered } });
  }
  if (operation.mode === "uninstall" && plan.batches !== undefined)
    return more({ ...operation, stage: firstHook("uninstall", "post") });
  if (operation.mode === "uninstall")
    return more({ ...operation, stage: { kind: "wait-gone", since, polls: 0, done: 0 } });
  if (plan.batches !== undefined) return more({ ...operation, stage: firstHook(operation.mode, "post") });
  return more({ ...operation, stage: { kind: "wait", since, polls: 0, memory: "", done: 0 } });
}

/**
 * Keeps how far a stage came before its time was up or the cluster did not answer. Throws what would only fail again: where nothing was done,
 * and whatever does not pass by itself.
 */
export function goOn(
  operation: Operation,
  stage: Extract<Stage, { position: number }>,
  { error }: { readonly error: unknown },
): StageResult {
  const { stage: before } = operation;
  const came = "position" in before && stage.position > before.position;
  if (!came || !(isKubeError(error, "budget") || isTransient(error))) throw error;
  return keep({ ...operation, stage, retries: 0 });
}

/** The operation on its way to being recorded as failed. */
export function failedWith(operation: Operation, failure: Failure): Operation {
  return { ...operation, failure, failedAt: operation.stage.kind, stage: { kind: "fail" } };
}

/**
 * The end of what may be written at once. Helm compatibility: an object that an update cannot make ends it, and nothing behind that object is
 * written, so each object that is to be made is written alone.
 */
function untilMade(objects: readonly PlannedObject[], from: number, to: number): number {
  if (objects[from]?.write === "create") return from + 1;
  const made = objects.findIndex((one, index) => index > from && one.write === "create");
  return made < 0 || made > to ? to : made;
}

/** How many of some objects a budget is sure to cover. */
function affordable(objects: readonly PlannedObject[], budget: number): number {
  let left = budget;
  let count = 0;
  for (const one of objects) {
    left -= one.write === "unchanged" ? 0 : COST + (one.migrate ? MIGRATION_COST : 0);
    if (left < 0) break;
    count++;
  }
  return count;
}

/** Helm compatibility: what an update could not make says so in front. */
function withFailures(
  failures: Failures,
  objects: readonly PlannedObject[],
  results: readonly (Failure | undefined)[],
  plan: Plan,
): Failures {
  return results.reduce((sum: Failures, failure, index) => {
    if (failure === undefined) return sum;
    const made = plan.manner === "update" && objects[index]?.write === "create";
    return withFailure(sum, made ? { ...failure, message: `failed to create resource: ${failure.message}` } : failure);
  }, failures);
}

function withFailure(failures: Failures, failure: Failure): Failures {
  const size = failures.list.reduce((sum, one) => sum + one.message.length, failure.message.length);
  if (size > MAX_FAILURES && failures.list.length > 0) return { ...failures, more: failures.more + 1 };
  return { ...failures, list: [...failures.list, failure] };
}

/** Several failures as one: a conflict when any is. */
function joined(failures: Failures, separator: string): Failure {
  const texts = failures.list.map((one) => one.message);
  if (failures.more > 0) texts.push(`and ${failures.more} more`);
  const worst = failures.list.find((one) => one.code === "conflict") ?? failures.list[0];
  if (worst === undefined) throw new Error("no failure to join");
  const [only] = failures.list;
  const detail = failures.list.length === 1 && only !== undefined ? only.detail : joinedDetail(failures);
  return { code: worst.code, message: texts.join(separator), detail };
}

function joinedDetail(failures: Failures): JsonObject {
  const objects = failures.list.flatMap((one): readonly JsonValue[] =>
    one.detail["object"] === undefined ? [] : [one.detail["object"]],
  );
  const conflicts = failures.list.flatMap((one): readonly JsonValue[] => {
    const own = one.detail["conflicts"];
    return Array.isArray(own) ? own : [];
  });
  return { objects, ...(conflicts.length === 0 ? {} : { conflicts }) };
}

async function removeOne(step: Step, removal: PlannedRemoval, plan: Plan): Promise<Failure | undefined> {
  const object = eventObject(removal.object);
  if (removal.write === "keep") {
    step.emit({ type: "resource", object, result: "kept", message: KEPT_BY_POLICY });
    return undefined;
  }
  try {
    await deleteObject(step.session, removal.mapping, addressOf(removal.object), {
      propagation: plan.propagation ?? "Background",
      ...(removal.uid === undefined ? {} : { uid: removal.uid }),
    });
    step.emit({ type: "resource", object, result: "deleted" });
    return undefined;
  } catch (error) {
    if (!isKubeError(error) || error.code === "budget" || isTransient(error)) throw error;
    if (await isRefusedAnew(step, removal, error)) {
      const message = "it was made anew meanwhile, and is not what the release had";
      step.emit({ type: "resource", object, result: "skipped", message });
      return undefined;
    }
    const of = removal.object;
    const text = `failed to delete resource namespace=${getNamespace(of)}, name=${getName(of)}, kind=${of.kind}: ${error.message}`;
    step.emit({ type: "resource", object, result: "failed", message: text });
    return failureOf("delete-failed", text, { object: { ...object }, kube: error.code });
  }
}
