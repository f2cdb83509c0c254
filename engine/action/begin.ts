import type { ActionState } from "./action.ts";
import type { ActionRequest } from "./request.ts";
import { type ActionName, type Failure, type Operation, type Part, STATE_VERSION, toState } from "./state.ts";

/** The state of an operation that was only asked for. */
export function startOperation(request: ActionRequest): ActionState {
  return toState(beginOperation(request.action, request.action, { text: JSON.stringify(request) }));
}

/** An operation that has not begun. Clock, seed and facts come with its first step. */
export function beginOperation(
  action: ActionName,
  mode: ActionName,
  request: Part,
  cause?: { readonly mode: ActionName; readonly failure: Failure },
): Operation {
  return {
    version: STATE_VERSION,
    action,
    mode,
    stage: { kind: "prepare" },
    request,
    seed: "",
    now: 0,
    nanos: 0,
    revision: 0,
    base: 0,
    labels: {},
    recordVersion: "",
    hookRuns: [],
    prune: [],
    retries: 0,
    errors: [],
    info: "",
    ...(cause === undefined ? {} : { cause }),
  };
}
