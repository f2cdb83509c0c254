import { EngineError } from "../errors.ts";
import type { Release } from "../release/release.ts";
import { deleteRecord, listRecordHeads } from "../release/storage.ts";
import { failureOf, isTransient, toFailure } from "./failure.ts";
import { gather } from "./gather.ts";
import { failed, succeeded } from "./outcome.ts";
import { type Change, releaseWith, supersede, updateOurRecord } from "./record.ts";
import type { ActionRequest, TestRequest } from "./request.ts";
import { configBehind } from "./reuse-values.ts";
import type { Operation } from "./state.ts";
import { endTest } from "./test-stage.ts";
import { draftOf, keep, more, requestOf, type StageResult, type Step } from "./step.ts";

const UNINSTALL_AGAIN = "What was deleted stays deleted.";
const NOT_RECORDED =
  "The objects are as the new revision wants them, only its record does not say so. Where it says pending, unlock the release; another upgrade or a rollback puts it right.";

/** Records the success: what was deployed is superseded, the new revision deployed. */
export async function finishStage(step: Step, operation: Operation): Promise<StageResult> {
  const request = await requestOf(step, operation);
  if (operation.mode === "uninstall") return finishUninstall(step, operation, request);
  if (request.action === "test") return endTest(step, operation);
  const draft = await draftOf(step, operation);
  if (operation.mode === "upgrade") await trySupersede(step, operation, draft, operation.base, configBehind(request));
  if (operation.mode === "rollback") await supersedeAll(step, operation, draft);
  const description = descriptionOf(operation, request, draft);
  const release = await releaseWith(step, operation, { status: "deployed", description });
  try {
    const recorded = await updateOurRecord(step, operation, release);
    step.emit({ type: "phase", phase: "done", message: `${request.name} revision ${release.version} is deployed` });
    return succeeded(recorded, request, release);
  } catch (error) {
    if (!(error instanceof EngineError) || isTransient(error, operation.retries)) throw error;
    const failure = toFailure(error, "record-failed");
    if (operation.mode !== "install" || failure.code === "record-changed") {
      return failed(operation, failure, NOT_RECORDED, release);
    }
    step.emit({ type: "warning", message: `failed to record the release: ${error.message}` });
    return succeeded(operation, request, release);
  }
}

/** Uninstall without history: the records go, oldest first. As Helm: those that were there when it began. */
export async function purgeStage(step: Step, operation: Operation): Promise<StageResult> {
  const request = await requestOf(step, operation);
  const { problem, left } = await purge(step, operation, request);
  if (left.length > 0) return keep({ ...operation, revisions: left });
  if (problem === undefined) return endUninstall(step, operation, request);
  if (operation.draft === undefined) {
    return failed(
      operation,
      failureOf("record-failed", `uninstall: Failed to purge the release: ${problem}`),
      UNINSTALL_AGAIN,
    );
  }
  const errors = [...operation.errors, `uninstall: Failed to purge the release: ${problem}`];
  return endUninstall(step, { ...operation, errors }, request);
}

/** `left`: what the step's requests are not enough for. */
async function purge(
  step: Step,
  operation: Operation,
  request: ActionRequest,
): Promise<{ readonly problem?: string; readonly left: readonly number[] }> {
  try {
    const all = operation.revisions ?? (await listRecordHeads(step.session, request)).map((one) => one.version);
    const end = operation.revisions === undefined ? all.length : Math.max(1, step.meter.left());
    for (const version of all.slice(0, end)) await deleteRecord(step.session, request, version);
    return { left: all.slice(end) };
  } catch (error) {
    if (!(error instanceof EngineError) || isTransient(error, operation.retries)) throw error;
    return { problem: error.message, left: [] };
  }
}

async function finishUninstall(step: Step, operation: Operation, request: ActionRequest): Promise<StageResult> {
  if (request.action !== "uninstall") throw new Error("no uninstall");
  if (!request.keepHistory) return more({ ...operation, stage: { kind: "purge" } });
  const description = request.description ?? "Uninstallation complete";
  const release = await releaseWith(step, operation, { status: "uninstalled", description });
  const recorded = await tryRecord(step, operation, release);
  await supersedeAll(step, operation, release);
  return endUninstall(step, recorded, request);
}

/** Helm compatibility: a record that cannot be written does not fail an uninstall. */
async function tryRecord(step: Step, operation: Operation, release: Release): Promise<Operation> {
  try {
    return await updateOurRecord(step, operation, release);
  } catch (error) {
    if (!(error instanceof EngineError) || isTransient(error, operation.retries)) throw error;
    step.emit({ type: "warning", message: `uninstall: Failed to store updated release: ${error.message}` });
    return operation;
  }
}

async function endUninstall(step: Step, operation: Operation, request: ActionRequest): Promise<StageResult> {
  const { errors, info } = operation;
  if (errors.length > 0) {
    const text = `uninstallation completed with ${errors.length} error(s): ${errors.join("; ")}`;
    return failed(operation, failureOf("delete-failed", text, { info }), UNINSTALL_AGAIN);
  }
  step.emit({ type: "phase", phase: "done", message: `release "${request.name}" uninstalled` });
  const gone = { name: request.name, namespace: request.namespace, status: "uninstalled" };
  if (operation.draft === undefined) {
    const outcome = {
      kind: "succeeded",
      release: gone,
      undo: "There is nothing to undo: only records were deleted.",
    } as const;
    return { kind: "done", operation, outcome };
  }
  const release = await releaseWith(step, operation, { status: "uninstalled", description: "Uninstallation complete" });
  return succeeded(operation, request, release, info === "" ? {} : { info });
}

async function supersedeAll(step: Step, operation: Operation, ours: Release): Promise<void> {
  const heads = await listRecordHeads(step.session, ours);
  const deployed = heads.filter((head) => head.status === "deployed" && head.version !== ours.version);
  await gather(deployed, (head) => trySupersede(step, operation, ours, head.version));
}

/** Helm compatibility: an old record that cannot be written is only a warning. */
async function trySupersede(
  step: Step,
  operation: Operation,
  key: Release,
  version: number,
  config?: Change["config"],
): Promise<void> {
  try {
    await supersede(step, key, version, config === undefined ? {} : { config });
  } catch (error) {
    if (!(error instanceof EngineError) || isTransient(error, operation.retries)) throw error;
    step.emit({
      type: "warning",
      message: `revision ${version} could not be recorded as superseded: ${error.message}`,
    });
  }
}

function descriptionOf(operation: Operation, request: Exclude<ActionRequest, TestRequest>, draft: Release): string {
  if (operation.mode === "rollback") return draft.info.description;
  if (request.description !== undefined && request.description !== "") return request.description;
  return operation.mode === "install" ? "Install complete" : "Upgrade complete";
}
