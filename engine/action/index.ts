import type { Action } from "./action.ts";
import { advance } from "./advance.ts";
import { startOperation } from "./begin.ts";
import type { ActionRequest } from "./request.ts";

export { advance } from "./advance.ts";
export { ActionError, type ActionErrorCode } from "./errors.ts";
export {
  getHistory,
  getHooks,
  getManifest,
  getNotes,
  getRelease,
  getValues,
  listReleases,
  type ListQuery,
  type ReadDeps,
  type ReleaseQuery,
} from "./read.ts";
export { listReleasePage, type ReleaseCursor, type ReleasePageQuery } from "./release-pages.ts";
export { runAction, type RunInput } from "./run.ts";
export { getDrift, type IgnoreRule, type ObjectDrift } from "./drift.ts";
export { getLeftFields, isYielded, type LeftField, type LeftFields } from "./left.ts";
export { getOwnership, type ObjectOwnership } from "./ownership.ts";
export type { StandingCursor, StandingPage, StandingQuery } from "./standing.ts";
export { getResources, getStatus, type StatusReport, type StatusResource } from "./read-status.ts";
export { applyPlan, type KeptPlan, type PlanKeeper, type PlanPins, startPlan } from "./purpose.ts";
export { stopAction } from "./stop.ts";

/** The action of a request: how it starts, and how it is taken on step by step. */
export function actionFor<Request extends ActionRequest>(_request: Request): Action<Request> {
  return {
    start: startOperation,
    advance,
  };
}
