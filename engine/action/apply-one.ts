import { applyFailure, isQuotaRace } from "../kube/apply-text.ts";
import { addressOf, applyObject, FIELD_MANAGER, getObject, patchObject } from "../kube/client.ts";
import { conflictsOf, locateConflicts } from "../kube/conflict-cause.ts";
import { isKubeError, type KubeError } from "../kube/error.ts";
import { migrationPatch } from "../kube/migrate.ts";
import { decide, type DecidePolicy } from "../plan/decide.ts";
import { conflictDetail, conflictText } from "../plan/explain.ts";
import type { PlannedObject } from "../plan/plan.ts";
import { type ClientPlanned, isClientSide, tellWritten, writeClientSide } from "./client-write.ts";
import { failureOf, isTransient } from "./failure.ts";
import type { ActionErrorCode } from "./errors.ts";
import { eventObject } from "./event-object.ts";
import type { Failure } from "./state.ts";
import type { Step } from "./step.ts";
import { tellConflicts } from "./tell-conflicts.ts";
import { noteWritten } from "./written-jobs.ts";

/** Tries of a write that met a change of a quota or of managed fields, as Helm makes. */
const TRIES = 5;

/** How an object is written. */
export interface ApplyManner {
  /** Decides again when the server refuses; `helm` takes its word. */
  readonly policy: DecidePolicy;
}

/**
 * Applies one object as planned and tells how it went. A refusal is a failure with Helm's text; when others own fields that were not
 * foreseen, the decision is made once more from what is there now. Throws what may go away by itself, and defects.
 */
export async function applyPlanned(
  step: Step,
  planned: PlannedObject,
  manner: ApplyManner,
): Promise<Failure | undefined> {
  const object = eventObject(planned.object);
  if (planned.write === "unchanged") {
    step.emit({ type: "resource", object, result: "unchanged" });
    return undefined;
  }
  const failure = await tryApply(step, planned, manner);
  if (failure !== undefined) step.emit({ type: "resource", object, result: "failed", message: failure.message });
  return failure;
}

async function tryApply(step: Step, planned: PlannedObject, manner: ApplyManner): Promise<Failure | undefined> {
  if (isClientSide(planned)) return tryClientSide(step, planned);
  try {
    await sendPlanned(step, planned);
    return undefined;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (error.code !== "apply-conflict" || manner.policy.rules === "helm" || planned.force) {
      return refusal(planned, error);
    }
    return decideAgain(step, planned, manner, error);
  }
}

async function tryClientSide(step: Step, planned: ClientPlanned): Promise<Failure | undefined> {
  const written = await writeClientSide(step, planned, isRefusal);
  tellWritten(step, planned, written);
  if ("result" in written) return undefined;
  const detail = { object: { ...eventObject(planned.object) }, kube: written.refusal.code };
  return failureOf("apply-failed", written.text, detail);
}

async function sendPlanned(step: Step, planned: PlannedObject): Promise<void> {
  if (planned.migrate) await migrate(step, planned);
  for (let attempt = 1; ; attempt++) {
    try {
      const written = await applyObject(step.session, planned.mapping, planned.send ?? planned.object, {
        force: planned.force,
      });
      noteWritten(step, written.object);
      const result = written.created ? "created" : "configured";
      step.emit({ type: "resource", object: eventObject(planned.object), result });
      return;
    } catch (error) {
      const again = isKubeError(error) && planned.write === "create" && isQuotaRace(error) && attempt < TRIES;
      if (!again) throw error;
    }
  }
}

/** Turns what `helm` wrote client-side into what it applies, so that the apply owns it. */
async function migrate(step: Step, planned: PlannedObject): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const live = await getObject(step.session, planned.mapping, addressOf(planned.object));
    const body = live === undefined ? undefined : migrationPatch(live, FIELD_MANAGER);
    if (body === undefined) return;
    try {
      await patchObject(step.session, planned.mapping, addressOf(planned.object), {
        type: "json",
        body,
        fieldValidation: "Strict",
      });
      return;
    } catch (error) {
      if (!isKubeError(error, "conflict") || attempt === TRIES) throw error;
    }
  }
}

/** What was decided no longer holds: another manager wrote meanwhile. One more decision, one more try. */
async function decideAgain(
  step: Step,
  planned: PlannedObject,
  manner: ApplyManner,
  error: KubeError,
): Promise<Failure | undefined> {
  const live = await getObject(step.session, planned.mapping, addressOf(planned.object));
  const { policy } = manner;
  const decided = decide({
    desired: planned.object,
    mapping: planned.mapping,
    live,
    migrate: false,
    autoscaled: planned.yielded.includes(".spec.replicas"),
    policy,
    ...(live === undefined ? {} : { told: locateConflicts(error, live, planned.object) }),
  });
  tellConflicts(step, decided);
  const failing = decided.conflicts.filter((one) => one.decision === "fail");
  if (failing.length > 0) {
    const conflicts = failing.map((one) => conflictDetail(planned.object, one));
    const text = conflictText(
      planned.object,
      failing.map((one) => one.conflict),
    );
    return failureOf("conflict", text, { conflicts });
  }
  if (decided.conflicts.length === 0) return refusal(planned, error);
  try {
    await sendPlanned(step, decided.planned);
    return undefined;
  } catch (second) {
    if (!isRefusal(second)) throw second;
    return refusal(planned, second);
  }
}

/** What the server said, in Helm's words. */
function refusal(planned: PlannedObject, error: KubeError): Failure {
  const code: ActionErrorCode = error.code === "apply-conflict" ? "conflict" : "apply-failed";
  const object = { ...eventObject(planned.object) };
  const conflicts = conflictsOf(error).map((one) => ({ object, ...one, decision: "fail" }));
  const detail = { object, kube: error.code, ...(conflicts.length === 0 ? {} : { conflicts }) };
  return failureOf(code, applyFailure(planned.object, error), detail);
}

function isRefusal(error: unknown): error is KubeError {
  return isKubeError(error) && error.code !== "budget" && !isTransient(error);
}
