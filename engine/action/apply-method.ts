import type { WriteMethod } from "../plan/decide.ts";
import type { Release } from "../release/release.ts";
import { ActionError } from "./errors.ts";
import type { ApplyOptions, ServerSide } from "./request.ts";

/** Helm's words for a force that only server-side apply knows. */
export const FORCE_WITHOUT_APPLY = "forceConflicts enabled when serverSideApply disabled";

/** How a release is written. */
export interface ApplyMethod {
  readonly serverSide: boolean;
  /** What the record says about it. */
  readonly recorded: "ssa" | "csa";
  readonly method: WriteMethod;
}

/** What a request's `serverSide` comes to. `last`: how the release, or the revision that is gone back to, was written. */
export function applyMethodOf(
  request: { readonly serverSide: ServerSide; readonly forceReplace: boolean },
  last: Release["applyMethod"],
): ApplyMethod {
  const serverSide = request.serverSide === "auto" ? last === "ssa" : request.serverSide;
  const method = request.forceReplace ? "replace" : serverSide ? "apply" : "patch";
  return { serverSide, recorded: serverSide ? "ssa" : "csa", method: serverSide ? "apply" : method };
}

type Force = Pick<ApplyOptions, "conflicts" | "forceConflicts" | "forceReplace">;

/** Helm's refusal of an update whose options contradict each other; `undefined` when they are good. */
export function updateProblem(request: Force, serverSide: boolean): string | undefined {
  const { forceConflicts, forceReplace } = request;
  if (!serverSide && forceConflicts) return `invalid client update option(s): ${FORCE_WITHOUT_APPLY}`;
  if (forceConflicts && forceReplace) return "invalid operation: cannot use force conflicts and force replace together";
  if (serverSide && forceReplace) return "invalid operation: cannot use server-side apply and force replace together";
  return undefined;
}

/** Refuses such an update before anything is written; under the policy `helm` it fails when its time comes, as Helm's does. */
export function checkUpdate(request: Force, { serverSide }: ApplyMethod, manner: "create" | "update"): void {
  const problem = manner === "create" || request.conflicts === "helm" ? undefined : updateProblem(request, serverSide);
  if (problem !== undefined) throw new ActionError("invalid-request", problem);
}
