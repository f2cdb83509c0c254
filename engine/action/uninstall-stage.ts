import { EngineError } from "../errors.ts";
import { isTransient } from "./failure.ts";
import { NO_FAILURES } from "./flow.ts";
import { currentRelease, updateOurRecord } from "./record.ts";
import type { Operation } from "./state.ts";
import { more, type StageResult, type Step } from "./step.ts";

/** Says in the record that the release is being uninstalled. Helm compatibility: a record that cannot be written stops nothing. */
export async function markStage(step: Step, operation: Operation): Promise<StageResult> {
  const next: Operation = { ...operation, stage: { kind: "remove", position: 0, failures: NO_FAILURES } };
  try {
    const recorded = await updateOurRecord(step, operation, await currentRelease(step, operation));
    return more({ ...recorded, stage: next.stage });
  } catch (error) {
    if (!(error instanceof EngineError) || isTransient(error, operation.retries)) throw error;
    step.emit({ type: "warning", message: `uninstall: Failed to store updated release: ${error.message}` });
    return more(next);
  }
}
