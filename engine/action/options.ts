import type { DecidePolicy } from "../plan/decide.ts";
import { checkLabels } from "../release/label.ts";
import { checkReleaseName } from "../release/name.ts";
import { ActionError } from "./errors.ts";
import type { Alongside } from "./managed.ts";
import type { ActionRequest, ApplyOptions, ConflictPolicy, UninstallRequest, WaitStrategy } from "./request.ts";

/** Runes that a rollback's description may have. */
const MAX_DESCRIPTION = 256;

/** How conflicts of a request are decided. */
export function policyOf(request: Pick<ApplyOptions, "conflicts" | "forceConflicts" | "reclaim">): DecidePolicy {
  const { conflicts, reclaim = [] } = request;
  const asked = conflicts === "default" ? [] : conflicts;
  const taken = reclaim.length === 0 ? [] : [{ fields: reclaim, decision: "force" } as const];
  const rules = asked === "helm" ? asked : [...taken, ...asked];
  return { rules, force: request.forceConflicts };
}

/** Whether a GitOps tool that manages the same objects stops a request. Helm compatibility: strict Helm does not know of such tools. */
export function alongsideOf(
  request: Pick<UninstallRequest, "alongside"> & { readonly conflicts?: ConflictPolicy },
): Alongside {
  if (request.alongside === true) return "asked";
  return request.conflicts === "helm" ? "unasked" : "refused";
}

/** The wait strategy in force. Helm compatibility: undoing on failure needs a real wait. */
export function waitOf(request: Pick<ApplyOptions, "wait" | "rollbackOnFailure">): WaitStrategy {
  return request.rollbackOnFailure && request.wait === "hookOnly" ? "watcher" : request.wait;
}

/** Refuses what a request cannot say, before anything is asked of the cluster, in Helm's words. */
export function checkRequest(request: ActionRequest): void {
  const problem = checkReleaseName(request.name);
  if (problem !== undefined) throw new ActionError("invalid-request", nameText(request, problem));
  if (request.action === "rollback") checkRollback(request);
  if (request.action !== "uninstall" && request.action !== "test") checkApply(request);
  if (request.action === "upgrade" && request.skipCrds && (request.crds ?? "skip") !== "skip")
    throw new ActionError("invalid-request", `skipping CRDs and the CRD policy ${request.crds} exclude each other`);
  if ("hideSecret" in request && request.hideSecret && request.dryRun === "none")
    throw new ActionError("invalid-request", "hiding Kubernetes secrets requires a dry-run mode");
  if ("labels" in request) {
    const labels = checkLabels(request.labels);
    if (labels !== undefined) throw new ActionError("invalid-request", labels);
  }
}

function nameText(request: ActionRequest, problem: string): string {
  switch (request.action) {
    case "install":
      return `release name check failed: release name "${request.name}": ${problem}`;
    case "upgrade":
      return `release name is invalid: ${request.name}`;
    case "rollback":
      return `prepareRollback: Release name is invalid: ${request.name}`;
    case "test":
      return `releaseTest: Release name is invalid: ${request.name}`;
    default:
      return `uninstall: Release name is invalid: ${request.name}`;
  }
}

function checkRollback(request: Extract<ActionRequest, { action: "rollback" }>): void {
  const length = Array.from(request.description ?? "").length;
  if (length > MAX_DESCRIPTION) {
    throw new ActionError(
      "invalid-request",
      `description must be ${MAX_DESCRIPTION} characters or less, got ${length}`,
    );
  }
  if (request.revision < 0) throw new ActionError("invalid-request", "invalid release revision");
}

function checkApply(request: ApplyOptions): void {
  const { readinessTimeout, timeout } = request;
  if (readinessTimeout !== undefined && (readinessTimeout <= 0 || (timeout > 0 && readinessTimeout > timeout))) {
    throw new ActionError(
      "invalid-request",
      `the readiness timeout must be above 0 and at most the timeout of ${timeout / 1000} s, got ${readinessTimeout / 1000} s`,
    );
  }
  if (request.conflicts === "helm" && (request.reclaim ?? []).length > 0) {
    throw new ActionError(
      "invalid-request",
      "reclaim needs a conflict policy other than helm: helm leaves no field to others",
    );
  }
  if (request.forceReplace && request.forceConflicts) {
    throw new ActionError(
      "invalid-request",
      "invalid operation: cannot use force conflicts and force replace together",
    );
  }
}
