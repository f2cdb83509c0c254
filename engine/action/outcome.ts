import type { JsonObject } from "../errors.ts";
import type { Release } from "../release/release.ts";
import { releaseSummary } from "../release/summary.ts";
import type { ActionOutcome } from "./action.ts";
import { printedMessage, undoOf } from "./failure.ts";
import type { ActionRequest } from "./request.ts";
import type { Failure, Operation } from "./state.ts";
import type { StageResult, Step } from "./step.ts";

/** Ends a dry run: nothing was written. */
export async function finishDryRun(
  step: Step,
  operation: Operation,
  draft: Release,
  description?: string,
): Promise<StageResult> {
  const text = description === undefined || description === "" ? "Dry run complete" : description;
  const release: Release = { ...draft, info: { ...draft.info, description: text } };
  step.emit({ type: "phase", phase: "done", message: "dry run: nothing was written" });
  const outcome: ActionOutcome = {
    kind: "succeeded",
    release: { ...releaseSummary(release), dryRun: true },
    undo: "There is nothing to undo: nothing was written.",
  };
  return { kind: "done", operation, outcome, release };
}

/** A success. `more` goes into what is shown of the release. What only undid a failure ends as that failure. */
export function succeeded(
  operation: Operation,
  request: ActionRequest,
  release: Release,
  more: JsonObject = {},
): StageResult {
  const summary = { ...releaseSummary(release), ...more };
  const { cause } = operation;
  if (cause !== undefined) return undone(operation, cause, request, summary);
  const undo = undoOf(request, operation.mode, operation.base);
  return { kind: "done", operation, outcome: { kind: "succeeded", release: summary, undo }, release };
}

/** A failure, in the words that the commands print. When it befell the undoing of another one, both are told. */
export function failed(operation: Operation, failure: Failure, undo: string, release?: Release): StageResult {
  const { cause } = operation;
  const told = cause === undefined ? failure : bothTold(cause, failure);
  const outcome: ActionOutcome = {
    kind: "failed",
    code: told.code,
    message: printedMessage(operation.action, cause?.mode ?? operation.mode, told.message),
    detail: told.detail,
    ...(release === undefined ? {} : { release: releaseSummary(release) }),
    undo,
  };
  return { kind: "done", operation, outcome, ...(release === undefined ? {} : { release }) };
}

/** A failure before anything was written. */
export function nothingWritten(operation: Operation, failure: Failure): StageResult {
  return failed(operation, failure, "There is nothing to undo: nothing was written.");
}

type Cause = NonNullable<Operation["cause"]>;

function undone(operation: Operation, cause: Cause, request: ActionRequest, release: JsonObject): StageResult {
  const how = cause.mode === "install" ? "uninstalled" : "rolled back";
  const text = `release ${request.name} failed, and has been ${how} due to rollback-on-failure being set: ${cause.failure.message}`;
  const outcome: ActionOutcome = {
    kind: "failed",
    code: cause.failure.code,
    message: printedMessage(operation.action, cause.mode, text),
    detail: cause.failure.detail,
    release,
    undo: "It has been undone already. CRDs and what hooks did stay.",
  };
  return { kind: "done", operation, outcome };
}

function bothTold(cause: Cause, failure: Failure): Failure {
  const { message } = cause.failure;
  const text =
    cause.mode === "install"
      ? `an error occurred while uninstalling the release. original install error: ${message}: ${failure.message}`
      : `an error occurred while rolling back the release. original upgrade error: ${message}: ${failure.message}`;
  return { code: "undo-failed", message: text, detail: { original: cause.failure.detail, undo: failure.detail } };
}
