import type { ActionState } from "./action.ts";
import { failureOf } from "./failure.ts";
import { fromState, toState } from "./state.ts";

/**
 * A state that winds an operation up: what follows records the revision as failed, if it was recorded at all, and ends; with
 * `rollbackOnFailure` it is undone first, as any other failure. Helm's own text for an end by its user is `context canceled`.
 */
export function stopAction(
  state: ActionState,
  reason: { readonly code: string; readonly message: string },
): ActionState {
  const operation = fromState(state);
  const failure = failureOf("cancelled", reason.message, { reason: reason.code });
  return toState({ ...operation, failure, failedAt: operation.stage.kind, retries: 0, stage: { kind: "fail" } });
}
