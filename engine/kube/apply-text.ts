import { formatGvk, gvkOf } from "../object/gvk.ts";
import type { KubeObject } from "../object/object.ts";
import { getName, getNamespace } from "../object/read.ts";
import type { KubeError } from "./error.ts";

/** Helm's message for a server-side apply that was refused; `message` is the server's. */
export function applyFailure(object: KubeObject, error: Pick<KubeError, "code" | "status" | "message">): string {
  if (error.status === 415) return `server-side apply not available on the server: ${error.message}`;
  const of = `${getNamespace(object)}/${getName(object)} ${formatGvk(gvkOf(object))}`;
  const isConflict = error.code === "conflict" || error.code === "apply-conflict";
  if (isConflict) return `conflict occurred while applying object ${of}: ${error.message}`;
  return `server-side apply failed for object ${of}: ${error.message}`;
}

/** True for the one refusal after which Helm applies a new object again: the quota was changed by somebody else meanwhile. */
export function isQuotaRace(error: Pick<KubeError, "code" | "message">): boolean {
  return (
    error.code === "conflict" &&
    error.message.includes("Operation cannot be fulfilled on resourcequotas") &&
    error.message.includes("the object has been modified")
  );
}
