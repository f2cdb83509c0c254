import { EngineError } from "../errors.ts";
import { selectHooks } from "../hooks/select.ts";
import { failureOf, isTransient, toFailure } from "./failure.ts";
import { emitHookLogs } from "./hook-log.ts";
import { failed, succeeded } from "./outcome.ts";
import { currentRelease, updateOurRecord } from "./record.ts";
import type { TestRequest } from "./request.ts";
import type { Operation, Stage } from "./state.ts";
import { draftOf, keep, planOf, requestOf, type StageResult, type Step } from "./step.ts";
import { isTested } from "./tested.ts";

const NOTHING = "There is nothing to undo: tests change nothing but what they make themselves.";

/**
 * Records how the tests went and tells it, the logs too where asked for. The state is kept behind it, so that what a caller does with
 * the pods comes before they are deleted.
 */
export async function reportStage(
  step: Step,
  operation: Operation,
  stage: Extract<Stage, { kind: "report" }>,
): Promise<StageResult> {
  const request = await requestOf(step, operation);
  if (request.action !== "test") throw new Error(`a ${request.action} reports no tests`);
  const recorded = await record(step, operation, stage);
  if (request.logs) await tellLogs(step, recorded, request);
  step.emit({ type: "phase", phase: "tested", message: `the tests of ${request.name} have run` });
  return keep({
    ...recorded,
    stage: recorded.failure === undefined || stage.next.kind !== "finish" ? stage.next : { kind: "fail" },
  });
}

/** Helm compatibility: a record that cannot be written is an error only behind tests that succeeded. */
async function record(
  step: Step,
  operation: Operation,
  { next }: Extract<Stage, { kind: "report" }>,
): Promise<Operation> {
  try {
    return await updateOurRecord(step, operation, await currentRelease(step, operation));
  } catch (error) {
    if (!(error instanceof EngineError) || isTransient(error, operation.retries)) throw error;
    if (hasFailed(next)) return operation;
    return { ...operation, failure: toFailure(error, "record-failed"), failedAt: "report" };
  }
}

function hasFailed(next: Stage): boolean {
  return next.kind === "fail" || (next.kind === "hooks" && next.hook.at === "tidy-failed");
}

async function tellLogs(step: Step, operation: Operation, request: TestRequest): Promise<void> {
  const { hooks } = await draftOf(step, operation);
  const plan = await planOf(step, operation);
  for (const { hook, index } of selectHooks(hooks, "test")) {
    if (hook.kind !== "Pod" || !isTested(request, hook.name)) continue;
    const planned = plan.hooks.find((one) => one.index === index);
    for (const { object } of planned?.objects ?? []) await emitHookLogs(step, object);
  }
}

/** Ends a test: the release as its hooks left it. */
export async function endTest(step: Step, operation: Operation): Promise<StageResult> {
  const request = await requestOf(step, operation);
  const release = await currentRelease(step, operation);
  const { failure } = operation;
  if (failure === undefined) return succeeded(operation, request, release);
  return failed(operation, failure.code === "" ? failureOf("hook-failed", failure.message) : failure, NOTHING, release);
}
