import { createOurRecord, supersedeReplaced } from "./record.ts";
import { deleteRecord } from "../release/storage.ts";
import { EngineError } from "../errors.ts";
import { applyPlanned } from "./apply-one.ts";
import { askFacts } from "./cluster-facts.ts";
import { ActionError } from "./errors.ts";
import { failureOf, isTransient, toFailure } from "./failure.ts";
import { gather } from "./gather.ts";
import { firstHook } from "./flow.ts";
import { failed } from "./outcome.ts";
import { lookAt, problemText } from "./watch-objects.ts";
import { pollDelay } from "./poll.ts";
import type { Failure, Operation, Stage } from "./state.ts";
import { draftOf, keep, later, more, planOf, type StageResult, type Step } from "./step.ts";

const NOTHING = "There is nothing to undo: no object of the release was written.";
/** Helm's own time for CRDs to be taken up. */
const CRD_TIMEOUT = 60_000;
const STRICT = { rules: "helm", force: false } as const;

/** Makes the namespace, where asked for. */
export async function namespaceStage(step: Step, operation: Operation): Promise<StageResult> {
  const { namespace } = await planOf(step, operation);
  if (namespace !== undefined) {
    const failure = await applyPlanned(step, namespace, { policy: STRICT });
    if (failure !== undefined) return failed(operation, failure, NOTHING);
  }
  return more({ ...operation, stage: { kind: "record" } });
}

/** Deletes the revisions that must go before a new one is written. */
export async function pruneStage(step: Step, operation: Operation): Promise<StageResult> {
  const draft = await draftOf(step, operation);
  const some = operation.prune.slice(0, step.meter.left());
  const problems = await gather(some, async (version) => {
    try {
      await deleteRecord(step.session, draft, version);
      return undefined;
    } catch (error) {
      if (!(error instanceof EngineError) || isTransient(error)) throw error;
      return error.message;
    }
  });
  const texts = problems.filter((text) => text !== undefined);
  const [first] = texts;
  const left = operation.prune.slice(some.length);
  if (first === undefined && left.length > 0) return keep({ ...operation, prune: left });
  if (first === undefined) return more({ ...operation, prune: [], stage: { kind: "record" } });
  const text = texts.length === 1 ? first : `encountered ${texts.length} deletion errors. First is: ${first}`;
  return failed(operation, failureOf("record-failed", text), NOTHING);
}

/** Records the new revision as pending: from here on nobody else starts. */
export async function recordStage(step: Step, operation: Operation): Promise<StageResult> {
  const draft = await draftOf(step, operation);
  try {
    const { crds } = await planOf(step, operation);
    if (crds.length === 0) await supersedeLast(step, operation);
    const recorded = await createOurRecord(step, operation);
    step.emit({
      type: "phase",
      phase: "recorded",
      message: `revision ${draft.version} is recorded as ${draft.info.status}`,
    });
    const next: Stage =
      operation.mode === "install" || crds.length > 0
        ? { kind: "crds", position: 0, since: 0, polls: 0 }
        : firstHook(operation.mode, "pre");
    return more({ ...recorded, stage: next });
  } catch (error) {
    if (!(error instanceof EngineError) || isTransient(error, operation.retries)) throw error;
    return failed(operation, toFailure(error, "record-failed"), NOTHING);
  }
}

/** A name that is taken again: only once no CRD can fail any more, so that it can be taken again then. */
async function supersedeLast(step: Step, operation: Operation): Promise<void> {
  if (operation.mode !== "install" || operation.base === 0) return;
  await supersedeReplaced(step, await draftOf(step, operation), operation.base);
}

/** Applies the CRDs of `crds/`, one file after the other, then waits until the API server has taken them up. */
export async function crdStage(
  step: Step,
  operation: Operation,
  stage: Extract<Stage, { kind: "crds" }>,
): Promise<StageResult> {
  const { crds } = await planOf(step, operation);
  const crd = crds[stage.position];
  if (crd !== undefined) {
    if (stage.position === 0 && operation.mode === "upgrade")
      step.emit({ type: "phase", phase: "crds", message: `applying the CRDs of ${crds.length} file(s)` });
    const results = await gather(crd.objects, (planned) => applyPlanned(step, planned, { policy: STRICT }));
    const failures = results.filter((failure) => failure !== undefined);
    const [first] = failures;
    if (first === undefined) {
      return more({ ...operation, stage: { ...stage, position: stage.position + 1, since: step.deps.now() } });
    }
    const text = failures.map((failure) => failure.message).join("\n");
    return giveUp(step, operation, {
      ...first,
      message: `failed to ${operation.mode === "upgrade" ? "upgrade" : "install"} CRD ${crd.name}: ${text}`,
    });
  }
  const next: Operation = { ...operation, stage: firstHook(operation.mode, "pre") };
  if (crds.length === 0) return more(next);
  const objects = crds.flatMap((one) => one.objects);
  const look = await lookAt(step, objects, "current");
  const late = step.deps.now() - stage.since >= CRD_TIMEOUT;
  if (!look.over && !late) {
    return later(
      { ...operation, stage: { ...stage, polls: stage.polls + 1 } },
      step.deps.now() + pollDelay(stage.polls),
    );
  }
  const text = problemText(look, "current", !look.over);
  if (text !== undefined) return giveUp(step, operation, failureOf("wait-failed", text));
  await refreshDiscovery(step);
  try {
    await supersedeLast(step, operation);
  } catch (error) {
    if (!(error instanceof EngineError) || isTransient(error, operation.retries)) throw error;
    return giveUp(step, operation, toFailure(error, "record-failed"));
  }
  return more(next);
}

/** What is remembered of the cluster does not have the new kinds. One that cannot be asked now is asked by whoever misses a kind. */
async function refreshDiscovery(step: Step): Promise<void> {
  if (step.deps.discovery === undefined) return;
  try {
    await askFacts(step);
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
  }
}

/** Helm records nothing when a CRD fails: the record that held the place goes again. */
async function giveUp(step: Step, operation: Operation, failure: Failure): Promise<StageResult> {
  const draft = await draftOf(step, operation);
  await deleteRecord(step.session, draft, draft.version);
  return failed(operation, failure, "No object of the release was written; CRDs that were applied stay.");
}
