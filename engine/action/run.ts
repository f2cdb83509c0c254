import type { ActionDeps, ActionOutcome, ActionState } from "./action.ts";
import type { ActionEvent } from "./event.ts";
import type { ActionRequest } from "./request.ts";
import { advance } from "./advance.ts";
import { startOperation } from "./begin.ts";
import { stopAction } from "./stop.ts";

/** What driving an operation needs. */
export interface RunInput {
  readonly request: ActionRequest;
  readonly deps: ActionDeps;
  /** Requests to the cluster per step; {@link UNBOUNDED_REQUESTS} when absent. */
  readonly subrequests?: number;
  /** Milliseconds that one step may take; {@link STEP_TIME} when absent. */
  readonly stepTime?: number;
  /** Waits until a step is due, or where the cluster asks one request to wait; less when `signal` is aborted. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Once aborted, the operation winds up: the revision is recorded as failed, and undone where the request says so. */
  readonly stop?: AbortSignal;
  /** Called with what each step did, in order. */
  readonly onEvent?: (event: ActionEvent) => void | Promise<void>;
  /** Called after each step, e.g. to keep the state. */
  readonly onState?: (state: ActionState) => void | Promise<void>;
  /** Where to go on; absent: from the start. */
  readonly state?: ActionState;
}

/** A process of its own has no limit of requests per step. */
export const UNBOUNDED_REQUESTS = 100_000;
/** A step of a process of its own ends here, so that its state is kept now and then. */
export const STEP_TIME = 20_000;

/** Helm compatibility: Go's text for what its user ended. */
const CANCELLED = { code: "cancelled", message: "context canceled" } as const;

/** Drives an operation to its end in this process. Throws what a step throws: a refusal without an outcome, or a defect. */
export async function runAction(input: RunInput): Promise<ActionOutcome> {
  let state = input.state ?? startOperation(input.request);
  const deps = { sleep: input.sleep, ...input.deps };
  let { stop } = input;
  for (;;) {
    if (stop?.aborted === true) {
      state = stopAction(state, CANCELLED);
      stop = undefined;
    }
    const step = await advance(state, deps, {
      subrequests: input.subrequests ?? UNBOUNDED_REQUESTS,
      deadline: input.deps.now() + (input.stepTime ?? STEP_TIME),
      ...(stop === undefined ? {} : { stop }),
    });
    state = step.state;
    for (const event of step.events) await input.onEvent?.(event);
    await input.onState?.(state);
    const { next } = step;
    if (next.kind === "done") return next.outcome;
    if (next.kind === "approval") throw new Error("nobody can approve here");
    if (next.kind === "at") await input.sleep(Math.max(0, next.time - input.deps.now()), stop);
  }
}
