import { isKubeError } from "../kube/error.ts";
import type { RecordSession } from "../release/storage.ts";
import type { ActionDeps, ActionState, Advance, AdvanceBudget, Next } from "./action.ts";
import type { ActionEvent } from "./event.ts";
import { createMeter, type Meter } from "./meter.ts";
import { afterError } from "./retry.ts";
import { runStage } from "./stages.ts";
import { fromState, type Operation, toState } from "./state.ts";
import { type StageResult, type Step } from "./step.ts";

/** Stages in one advance: none is entered more often than the plan has hooks and batches; far above it only a defect goes on. */
const MAX_STAGES = 10_000;

/** Takes an operation as far as the budget allows, or to the next point where its state must be kept. */
export async function advance(state: ActionState, deps: ActionDeps, budget: AdvanceBudget): Promise<Advance> {
  const events: ActionEvent[] = [];
  const meter = createMeter({
    transport: deps.cluster,
    limit: budget.subrequests,
    deadline: budget.deadline,
    now: deps.now,
    ...(budget.stop === undefined ? {} : { stop: budget.stop }),
  });
  const step = stepOf(deps, meter, events);
  let operation = fromState(state);
  for (let count = 0; count < MAX_STAGES; count++) {
    deps.signal?.throwIfAborted();
    const result = await tryStage(step, operation);
    operation = result.operation;
    if (result.kind === "done" && result.release !== undefined) deps.onRelease?.(result.release);
    if (result.kind !== "more") return { state: toState(operation), events, next: nextOf(result) };
  }
  throw new Error(`the operation does not get beyond ${operation.stage.kind}`);
}

async function tryStage(step: Step, operation: Operation): Promise<StageResult> {
  const used = step.meter.used();
  try {
    const result = await runStage(step, operation);
    return { ...result, operation: { ...result.operation, retries: 0 } };
  } catch (error) {
    if (isKubeError(error, "budget")) return outOfBudget(step, operation, used);
    return afterError(step, operation, error);
  }
}

/** A stage that did not fit is begun again with a fresh budget; one that no budget fits is a defect. */
function outOfBudget(step: Step, operation: Operation, usedBefore: number): StageResult {
  if (usedBefore === 0 && step.meter.left() > 0) throw new Error(`no budget for ${operation.stage.kind}`);
  return { kind: "keep", operation };
}

function stepOf(deps: ActionDeps, meter: Meter, events: ActionEvent[]): Step {
  const warnings: string[] = [];
  const emit = (event: ActionEvent): void => {
    events.push(event);
    if (event.type === "warning") warnings.push(event.message);
  };
  return {
    deps,
    meter,
    emit,
    session: {
      transport: meter.transport,
      ...patienceOf(deps, meter),
      ...(deps.records === undefined ? {} : { records: deps.records }),
      ...(deps.memory === undefined ? {} : { memory: deps.memory }),
      ...(deps.gzip === undefined ? {} : { gzip: deps.gzip }),
      onWarning: (message) => emit({ type: "warning", message: `the API server warns: ${message}` }),
      ...(deps.signal === undefined ? {} : { signal: deps.signal }),
    },
    cache: {
      requests: new Map(),
      drafts: new Map(),
      plans: new Map(),
      answers: new Map(),
      jobs: new Map(),
      warnings,
      heard: { characters: 0 },
      secrets: [],
    },
  };
}

/** How a request waits for its next try; a stop of the step ends the wait. */
function patienceOf({ sleep }: ActionDeps, { patience, stop }: Meter): Pick<RecordSession, "sleep" | "patience"> {
  if (sleep === undefined) return {};
  return {
    patience,
    sleep: (milliseconds, signal) => {
      const signals = [signal, stop].filter((one) => one !== undefined);
      return sleep(milliseconds, signals.length === 0 ? undefined : AbortSignal.any(signals));
    },
  };
}

function nextOf(result: Exclude<StageResult, { kind: "more" }>): Next {
  switch (result.kind) {
    case "keep":
      return { kind: "now" };
    case "later":
      return { kind: "at", time: result.time };
    default:
      return { kind: "done", outcome: result.outcome };
  }
}
