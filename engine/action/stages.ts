import type { HookEvent } from "../manifest/hook.ts";
import { applyStage, failedWith, removeStage } from "./apply-stage.ts";
import { cleanupStage, failStage, undoStage } from "./fail-stage.ts";
import { wrapFailure } from "./failure.ts";
import { finishStage, purgeStage } from "./finish-stage.ts";
import { isPreHook, NO_FAILURES } from "./flow.ts";
import { hookStage, type HookExits } from "./hook-stage.ts";
import { planStage } from "./plan-stage.ts";
import { prepareStage } from "./prepare-stage.ts";
import { crdStage, namespaceStage, pruneStage, recordStage } from "./record-stages.ts";
import type { ActionName, Failure, HookStage, Operation, Stage } from "./state.ts";
import { keep, type StageResult, type Step } from "./step.ts";
import { reportStage } from "./test-stage.ts";
import { markStage } from "./uninstall-stage.ts";
import { waitGoneStage, waitStage } from "./wait-stage.ts";
import { withWrittenJobs } from "./written-jobs.ts";

/** Does the next thing of an operation. Every stage may run again from the same state. */
export async function runStage(step: Step, operation: Operation): Promise<StageResult> {
  const { stage } = operation;
  switch (stage.kind) {
    case "prepare":
      return prepareStage(step, operation);
    case "namespace":
      return namespaceStage(step, operation);
    case "prune":
      return pruneStage(step, operation);
    case "record":
      return recordStage(step, operation);
    case "crds":
      return crdStage(step, operation, stage);
    case "hooks":
      return kept(operation, await hookStage(step, operation, stage, exitsOf(stage)));
    case "apply":
      return withWrittenJobs(step, await applyStage(step, operation, stage));
    case "remove":
      return removeStage(step, operation, stage);
    case "wait":
      return waitStage(step, operation, stage);
    case "wait-gone":
      return waitGoneStage(step, operation, stage);
    case "mark":
      return markStage(step, operation);
    case "report":
      return reportStage(step, operation, stage);
    case "finish":
      return finishStage(step, operation);
    case "purge":
      return purgeStage(step, operation);
    case "fail":
      return failStage(step, operation);
    case "plan":
      return planStage(step, operation, stage);
    case "cleanup":
      return cleanupStage(step, operation, stage);
    default:
      return undoStage(step, operation);
  }
}

/** What ends an operation is decided once: the state is kept before it is recorded in the cluster. */
function kept(before: Operation, result: StageResult): StageResult {
  const to = result.operation.stage.kind;
  const ends = to === "finish" || to === "fail";
  return result.kind === "more" && ends && before.stage.kind !== to ? keep(result.operation) : result;
}

function exitsOf({ event, hook }: Extract<Stage, { kind: "hooks" }>): HookExits {
  if (event === "test") return testExits(hook);
  return {
    succeeded: (operation) => ({ ...operation, stage: afterHooks(operation.mode, event) }),
    failed: (operation, failure) => afterFailedHook(operation, event, failure),
  };
}

/** Tests are recorded and told before their hooks are deleted, and where nothing is deleted at the end. */
function testExits(hook: HookStage): HookExits {
  const told = hook.at === "tidy" || hook.at === "tidy-failed";
  const last = (operation: Operation, stage: Stage): Operation => ({
    ...operation,
    stage: told ? stage : { kind: "report", next: stage },
  });
  return {
    succeeded: (operation) => last(operation, { kind: "finish" }),
    failed: (operation, failure) => last({ ...operation, failure, failedAt: "hooks" }, { kind: "fail" }),
    tidying: (operation) => ({ ...operation, stage: { kind: "report", next: operation.stage } }),
  };
}

function afterHooks(mode: ActionName, event: HookEvent): Operation["stage"] {
  if (!isPreHook(event)) return { kind: "finish" };
  return mode === "uninstall" ? { kind: "mark" } : { kind: "apply", position: 0, failures: NO_FAILURES };
}

/** Helm compatibility: each action words its hooks' failures in its own way; after an uninstall they only count as errors. */
function afterFailedHook(operation: Operation, event: HookEvent, failure: Failure): Operation {
  switch (event) {
    case "pre-install":
    case "post-install":
      return failedWith(operation, wrapFailure(`failed ${event}`, failure));
    case "pre-upgrade":
    case "post-upgrade":
      return failedWith(operation, wrapFailure(`${event} hooks failed`, failure));
    case "post-delete":
      return { ...operation, errors: [...operation.errors, failure.message], stage: { kind: "finish" } };
    default:
      return failedWith(operation, failure);
  }
}
