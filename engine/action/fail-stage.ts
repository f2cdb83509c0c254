import { EngineError } from "../errors.ts";
import { addressOf, deleteObject } from "../kube/client.ts";
import { isKubeError } from "../kube/error.ts";
import { newestSuccessful } from "../release/history.ts";
import { listRecordHeads, readRecord } from "../release/storage.ts";
import type { Release } from "../release/release.ts";
import { goOn } from "./apply-stage.ts";
import { beginOperation } from "./begin.ts";
import { eventObject } from "./event-object.ts";
import { failedDescription, failureOf, isTransient } from "./failure.ts";
import { gatherFront } from "./gather.ts";
import { waitOf } from "./options.ts";
import { failed } from "./outcome.ts";
import { configBehind } from "./reuse-values.ts";
import { releaseWith, rewrite, supersede, updateOurRecord } from "./record.ts";
import type { ActionRequest, InstallRequest, RollbackRequest, UninstallRequest, UpgradeRequest } from "./request.ts";
import type { Failure, Operation, Stage } from "./state.ts";
import { endTest } from "./test-stage.ts";
import { keep, keepPart, more, planOf, requestOf, type StageResult, type Step } from "./step.ts";

/** Records the failure, then cleans up or undoes, as the request says. */
export async function failStage(step: Step, operation: Operation): Promise<StageResult> {
  const failure = failureOfOperation(operation);
  const request = await requestOf(step, operation);
  if (operation.purpose?.kind === "plan")
    return failed(operation, failure, "There is nothing to undo: a plan writes nothing.");
  if (operation.mode === "uninstall") return failUninstall(operation, request, failure);
  if (operation.mode === "test") return endTest(step, operation);
  const known = await findOurRecord(step, operation);
  if (known === undefined) return failed(operation, failure, "There is nothing to undo: nothing was written.");
  if (await isLeftPending(step, operation, request)) return failed(known, failure, undoText(known, request));
  const undoing = isUndone(operation, request);
  if (operation.mode === "install" && undoing) return more({ ...known, stage: { kind: "undo" } });
  const description = descriptionOf(operation, failure, request.name);
  const release = await releaseWith(step, known, { status: "failed", description });
  const recorded = await recordFailure(step, known, release);
  logFailure(step, operation, failure, release);
  step.emit({
    type: "phase",
    phase: "failed",
    message: `${request.name} revision ${release.version} is recorded as failed`,
  });
  if (isCleaned(operation, request)) return more({ ...recorded, stage: { kind: "cleanup", position: 0 } });
  if (undoing) return more({ ...recorded, stage: { kind: "undo" } });
  return failed(recorded, shown(operation, request, failure), undoText(recorded, request), release);
}

/** Helm compatibility: a rollback's failing hook, and revisions that cannot be built, leave the record pending. */
async function isLeftPending(step: Step, operation: Operation, request: ActionRequest): Promise<boolean> {
  if (request.action !== "rollback" || request.conflicts !== "helm") return false;
  return operation.failedAt === "hooks" || (await planOf(step, operation)).unbuilt !== undefined;
}

/** Deletes what this operation made, where asked for; `position` counts what was made. */
export async function cleanupStage(
  step: Step,
  operation: Operation,
  stage: Extract<Stage, { kind: "cleanup" }>,
): Promise<StageResult> {
  const failure = failureOfOperation(operation);
  const request = await requestOf(step, operation);
  const plan = await planOf(step, operation);
  const made = plan.objects.filter((one) => one.write === "create");
  const end = Math.min(made.length, stage.position + step.meter.left());
  const { results, failure: stop } = await gatherFront(made.slice(stage.position, end), async (planned) => {
    try {
      await deleteObject(step.session, planned.mapping, addressOf(planned.object), { propagation: "Background" });
      const object = eventObject(planned.object);
      step.emit({ type: "resource", object, result: "deleted", message: "cleaned up after the failure" });
      return undefined;
    } catch (error) {
      if (!isKubeError(error) || error.code === "budget" || isTransient(error)) throw error;
      return error.message;
    }
  });
  const texts = results.filter((text) => text !== undefined);
  if (stop !== undefined) {
    const problem = results.findIndex((text) => text !== undefined);
    const gone = problem < 0 ? results.length : problem;
    return goOn(operation, { ...stage, position: stage.position + gone }, stop);
  }
  if (texts.length > 0) {
    const rest = `unable to cleanup resources: ${texts.join(", ")}`;
    const upgrade =
      operation.mode === "upgrade" ? `original upgrade error: ${failure.message}` : "original rollback error";
    const message = `an error occurred while cleaning up resources. ${upgrade}: ${rest}`;
    return failed(operation, { ...failure, code: "undo-failed", message }, undoText(operation, request));
  }
  if (end < made.length) return keep({ ...operation, stage: { kind: "cleanup", position: end } });
  if (isUndone(operation, request)) return more({ ...operation, stage: { kind: "undo" } });
  return failed(operation, shown(operation, request, failure), undoText(operation, request));
}

/** Turns a failed install into an uninstall, and a failed upgrade into a rollback to what was last good. */
export async function undoStage(step: Step, operation: Operation): Promise<StageResult> {
  const failure = failureOfOperation(operation);
  const request = await requestOf(step, operation);
  if (request.action === "install") {
    step.emit({ type: "phase", phase: "undo", message: "the install failed: uninstalling it" });
    return begin(step, operation, uninstallAfter(request), failure);
  }
  if (request.action !== "upgrade") throw new Error(`a ${request.action} is not undone`);
  const good = newestSuccessful(await listRecordHeads(step.session, request));
  if (good === undefined) {
    const message = `unable to find a previously successful release when attempting to rollback. original upgrade error: ${failure.message}`;
    return failed(operation, { ...failure, code: "undo-failed", message }, undoText(operation, request));
  }
  step.emit({ type: "phase", phase: "undo", message: `the upgrade failed: rolling back to revision ${good.version}` });
  return begin(step, operation, rollbackAfter(request, good.version), failure);
}

async function begin(step: Step, operation: Operation, request: ActionRequest, failure: Failure): Promise<StageResult> {
  const part = await keepPart(step, JSON.stringify(request));
  const cause = { mode: operation.mode, failure };
  return { kind: "keep", operation: beginOperation(operation.action, request.action, part, cause) };
}

function uninstallAfter(request: InstallRequest): UninstallRequest {
  const { name, namespace, noHooks, timeout, conflicts } = request;
  return {
    ...(conflicts === "helm" ? { conflicts } : {}),
    action: "uninstall",
    name,
    namespace,
    noHooks,
    timeout,
    keepHistory: false,
    ignoreNotFound: false,
    cascade: "background",
    wait: waitOf(request),
    dryRun: "none",
    alongside: true,
  };
}

/** Helm compatibility: neither the history limit nor clean-up go along. */
function rollbackAfter(request: UpgradeRequest, revision: number): RollbackRequest {
  const { name, namespace, noHooks, timeout, waitForJobs, conflicts, forceConflicts, forceReplace } = request;
  const { serverSide, recordChart, readinessTimeout } = request;
  return {
    action: "rollback",
    name,
    namespace,
    revision,
    noHooks,
    timeout,
    waitForJobs,
    conflicts,
    forceConflicts,
    forceReplace,
    serverSide,
    ...(readinessTimeout === undefined ? {} : { readinessTimeout }),
    ...(recordChart === undefined ? {} : { recordChart }),
    wait: waitOf(request),
    takeOwnership: false,
    rollbackOnFailure: false,
    dryRun: "none",
    alongside: true,
    cleanupOnFail: false,
    maxHistory: 0,
  };
}

/** Our record's version: known, or found when a step ended between writing it and telling. `undefined`: it was never written. */
async function findOurRecord(step: Step, operation: Operation): Promise<Operation | undefined> {
  if (operation.recordVersion !== "" || operation.draft === undefined) {
    return operation.draft === undefined ? undefined : operation;
  }
  const ours = await releaseWith(step, operation, {});
  const stored = await readRecord(step.session, ours, ours.version);
  if (stored === undefined || stored.release.info.lastDeployed !== ours.info.lastDeployed) return undefined;
  return { ...operation, recordVersion: stored.resourceVersion };
}

function logFailure(step: Step, operation: Operation, failure: Failure, { name, info }: Release): void {
  if (operation.mode === "upgrade") {
    step.emit({ type: "warning", level: "WARN", message: "upgrade failed", detail: { name, error: failure.message } });
  }
  if (operation.mode === "rollback" && isApplying(operation.failedAt))
    step.emit({ type: "warning", level: "WARN", message: info.description });
}

/** Helm compatibility: the failure that is recorded counts for more than a record that cannot be written. */
async function recordFailure(step: Step, operation: Operation, release: Release): Promise<Operation> {
  try {
    if (operation.mode === "rollback" && isApplying(operation.failedAt)) await supersede(step, release, operation.base);
    else await rewriteBase(step, operation, release);
    return await updateOurRecord(step, operation, release);
  } catch (error) {
    if (!(error instanceof EngineError) || isTransient(error, operation.retries)) throw error;
    step.emit({ type: "warning", message: `the failure could not be recorded: ${error.message}` });
    return operation;
  }
}

/** Helm compatibility, under the policy `helm`: the revision that stays is written again when objects fail, in Helm 4's form. */
async function rewriteBase(step: Step, operation: Operation, ours: Release): Promise<void> {
  const request = await requestOf(step, operation);
  const strict = (request.action === "upgrade" || request.action === "rollback") && request.conflicts === "helm";
  if (!strict || operation.mode === "install" || !(isApplying(operation.failedAt) || operation.failedAt === "wait"))
    return;
  const change = configBehind(request);
  await rewrite(step, ours, operation.base, (release) => ({ ...release, config: change(release.config) }));
}

function isApplying(at: Stage["kind"] | undefined): boolean {
  return at === "apply" || at === "remove";
}

function isUndone(operation: Operation, request: ActionRequest): boolean {
  if (operation.cause !== undefined) return false;
  return (request.action === "install" || request.action === "upgrade") && request.rollbackOnFailure;
}

/**
 * What was made is cleaned up when an upgrade fails behind its first hooks, or a rollback while applying. Helm compatibility: not when it is
 * cancelled, though that is undone.
 */
function isCleaned(operation: Operation, request: ActionRequest): boolean {
  if (request.action !== "upgrade" && request.action !== "rollback") return false;
  if (!request.cleanupOnFail || operation.failure?.code === "cancelled") return false;
  if (request.action === "rollback") return isApplying(operation.failedAt);
  return (
    isApplying(operation.failedAt) ||
    operation.failedAt === "wait" ||
    operation.failure?.detail["event"] === "post-upgrade"
  );
}

function descriptionOf(operation: Operation, failure: Failure, name: string): string {
  if (operation.mode === "rollback" && operation.failedAt !== "wait")
    return `Rollback "${name}" failed: ${failure.message}`;
  return failedDescription(operation.mode, name, failure.message);
}

/** Helm compatibility: a rollback that is not ready in time says which release failed. */
function shown(operation: Operation, request: ActionRequest, failure: Failure): Failure {
  if (operation.mode !== "rollback" || operation.failedAt !== "wait") return failure;
  return { ...failure, message: `release ${request.name} failed: ${failure.message}` };
}

/** Helm compatibility: what could not be deleted is not named in the message. */
function failUninstall(operation: Operation, request: ActionRequest, failure: Failure): StageResult {
  if (!isApplying(operation.failedAt))
    return failed(operation, failure, "What was deleted stays deleted: run the uninstall again.");
  const detail = { ...failure.detail, reason: failure.message };
  const hidden = failureOf("delete-failed", `failed to delete release: ${request.name}`, detail);
  return failed(operation, hidden, "What was deleted stays deleted: run the uninstall again.");
}

function undoText(operation: Operation, request: ActionRequest): string {
  const { name, namespace } = request;
  if (operation.base === 0) return `helm uninstall ${name} --namespace ${namespace} takes away what was made.`;
  return `helm rollback ${name} ${operation.base} --namespace ${namespace} goes back to revision ${operation.base}.`;
}

function failureOfOperation(operation: Operation): Failure {
  return operation.failure ?? failureOf("apply-failed", "the operation failed");
}
