import { EngineError } from "../errors.ts";
import { isKubeError } from "../kube/error.ts";
import { ActionError } from "./errors.ts";
import { failedWith } from "./apply-stage.ts";
import { isThrottled, isTransient, toFailure } from "./failure.ts";
import type { Operation, Stage } from "./state.ts";
import { later, more, type StageResult, type Step } from "./step.ts";

/** Waits before a step is repeated that the cluster could not answer. Together they outlive a restart of an API server. */
const RETRY_DELAYS: readonly number[] = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000];
/** Longest wait that a server may ask for. */
const LONGEST_WAIT = 60_000;

/** True while a preparation that met `error` is to be tried again. What undoes a failure is more patient: it has nobody to ask again. */
export function preparesAgain(operation: Operation, error: unknown): boolean {
  if (operation.retries >= RETRY_DELAYS.length) return false;
  if (operation.cause === undefined) return isThrottled(error);
  return isTransient(error instanceof ActionError ? error.cause : error, operation.retries);
}

/** What comes after a stage that threw: another try, the way to a recorded failure, or the error itself. */
export function afterError(step: Step, operation: Operation, error: unknown): StageResult {
  const delay = delayOf(operation, error);
  if (delay !== undefined) {
    const text = error instanceof EngineError ? error.message : "no answer";
    step.emit({
      type: "warning",
      message: `the cluster did not answer (${text}); trying again in ${delay / 1000} s`,
    });
    return later({ ...operation, retries: operation.retries + 1 }, step.deps.now() + delay);
  }
  if (!(error instanceof EngineError) || !isRecorded(operation.stage)) throw error;
  return more({ ...failedWith(operation, toFailure(error, "apply-failed")), retries: 0 });
}

function delayOf(operation: Operation, error: unknown): number | undefined {
  const delay = RETRY_DELAYS[operation.retries];
  const passes =
    operation.stage.kind === "prepare" ? preparesAgain(operation, error) : isTransient(error, operation.retries);
  if (delay === undefined || !passes) return undefined;
  const cause = error instanceof EngineError && !isKubeError(error) ? error.cause : error;
  const asked = isKubeError(cause) ? (cause.retryAfterSeconds ?? 0) * 1000 : 0;
  return Math.max(delay, Math.min(asked, LONGEST_WAIT));
}

/** Stages behind a pending record, and before the one that records a failure. */
function isRecorded({ kind }: Stage): boolean {
  return ["crds", "hooks", "apply", "remove", "wait", "wait-gone"].includes(kind);
}
