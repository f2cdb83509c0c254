import type { EngineError, JsonObject } from "../errors.ts";
import { isKubeError } from "../kube/error.ts";
import { ReleaseError } from "../release/errors.ts";
import { ActionError, type ActionErrorCode } from "./errors.ts";
import type { ActionRequest } from "./request.ts";
import type { ActionName, Failure } from "./state.ts";

/** A failure of this folder's codes. */
export function failureOf(code: ActionErrorCode, message: string, detail: JsonObject = {}): Failure {
  return { code, message, detail };
}

/** A refusal as a failure. `code` is used where the refusal does not say better. */
export function toFailure(error: EngineError, code: ActionErrorCode): Failure {
  if (error instanceof ActionError) return failureOf(error.code, error.message, error.detail);
  if (error instanceof ReleaseError) return failureOf(recordCode(error), error.message, error.detail);
  if (isKubeError(error, "unreachable")) return failureOf("unreachable", error.message, error.detail);
  return failureOf(code, error.message, { cause: error.code, ...error.detail });
}

/** The failure with a text in front, as Go wraps errors: `TEXT: MESSAGE`. */
export function wrapFailure(text: string, failure: Failure): Failure {
  return { ...failure, message: `${text}: ${failure.message}` };
}

function recordCode(error: ReleaseError): ActionErrorCode {
  switch (error.code) {
    case "not-found":
      return "not-found";
    case "exists":
    case "changed":
      return "record-changed";
    case "too-large":
      return "record-too-large";
    default:
      return "record-failed";
  }
}

/** Tries of a record that the server cannot take by a fault of its own: it may be a webhook's that stays. */
const RECORD_TRIES = 3;

/**
 * Kinds of refusal that a later try may not meet: the step is repeated before they count as a failure. `tries`: how often a record was
 * tried in vain; a fault of the server's own counts as passing a few times, since a record that stays pending stops what comes next.
 */
export function isTransient(error: unknown, tries: number = RECORD_TRIES): boolean {
  if (error instanceof ReleaseError)
    return isTransient(error.cause) || (tries < RECORD_TRIES && isKubeError(error.cause, "internal"));
  return isKubeError(error, "unreachable", "unavailable", "too-many-requests", "timeout");
}

/** What passes while nothing is written yet. Helm compatibility: a cluster that does not answer at all is told at once. */
export function isThrottled(error: unknown): boolean {
  const cause = error instanceof ReleaseError ? error.cause : error;
  return isTransient(cause) && !isKubeError(cause, "unreachable");
}

/**
 * What the commands print behind `Error: `. Helm compatibility: `upgrade --install` that takes the install path prints no prefix.
 */
export function printedMessage(action: ActionName, mode: ActionName, message: string): string {
  if (action === "install") return `INSTALLATION FAILED: ${message}`;
  if (action === "upgrade" && mode !== "install") return `UPGRADE FAILED: ${message}`;
  return message;
}

/** The record's description of a failure. */
export function failedDescription(mode: ActionName, name: string, message: string): string {
  if (mode === "upgrade") return `Upgrade "${name}" failed: ${message}`;
  return `Release "${name}" failed: ${message}`;
}

/** How a success is undone, for people. */
export function undoOf(request: ActionRequest, mode: ActionName, base: number): string {
  const where = `${request.name} --namespace ${request.namespace}`;
  switch (mode) {
    case "install":
      return `helm uninstall ${where} takes the release away. CRDs and what hooks did stay.`;
    case "upgrade":
    case "rollback":
      return base === 0
        ? `helm uninstall ${where} takes the release away.`
        : `helm rollback ${request.name} ${base} --namespace ${request.namespace} goes back to revision ${base}. CRDs and what hooks did stay.`;
    case "test":
      return "There is nothing to undo: tests change nothing but what they make themselves.";
    default:
      return "keepHistory" in request && request.keepHistory
        ? `helm rollback ${request.name} ${base} --namespace ${request.namespace} brings the objects back; their data is gone.`
        : "It cannot be undone: install the chart again. Volumes that were deleted are gone.";
  }
}
