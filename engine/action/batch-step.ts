import type { Plan, PlannedBatch } from "../plan/plan.ts";
import { deadlineOf } from "./deadline.ts";
import { NO_FAILURES } from "./flow.ts";
import type { ApplyOptions } from "./request.ts";
import type { Stage } from "./state.ts";
import type { Step } from "./step.ts";

/** HIP-0025's time for one batch to get ready. */
const READINESS_TIMEOUT = 60_000;

/** The batch that a position of the plan lies in; `undefined` behind the last one, and where there are none. */
export function batchAt(plan: Plan, position: number): PlannedBatch | undefined {
  return plan.batches?.find((batch) => position < batch.to);
}

/** Tells where in its order an operation is. */
export function tellBatch(step: Step, plan: Plan, batch: PlannedBatch, what: "begins" | "is ready" | "is gone"): void {
  const all = plan.batches ?? [];
  const message = `batch ${all.indexOf(batch) + 1} of ${all.length} ${what}: ${batch.titles.join(", ")}`;
  step.emit({ type: "phase", phase: "batch", message });
}

/** What is done once a batch is ready, or gone. */
export function stageBehind(plan: Plan, batch: PlannedBatch, kind: "apply" | "remove", began: number): Stage {
  const isLast = plan.batches?.at(-1) === batch;
  if (isLast) return { kind: "remove", position: kind === "remove" ? batch.to : 0, failures: NO_FAILURES };
  return { kind, position: batch.to, failures: NO_FAILURES, began };
}

/** When a batch that was applied at `since` must be ready: within its own time, and all batches within the operation's. */
export function batchDeadline(
  since: number,
  began: number,
  request: Pick<ApplyOptions, "timeout" | "readinessTimeout">,
): number {
  const own = request.readinessTimeout ?? READINESS_TIMEOUT;
  return Math.min(since + own, deadlineOf(began, request.timeout, "watcher"));
}
