import type { KubeObject } from "../object/object.ts";
import { type ManagedObject, managedObjects, managedRefusal, managedText } from "../plan/managed.ts";
import { ActionError } from "./errors.ts";
import type { Step } from "./step.ts";

/** Whether a request goes on beside GitOps tools: because it says so, because strict Helm knows of none, or not at all. */
export type Alongside = "asked" | "unasked" | "refused";

/** Finds the objects of GitOps tools. Gives those that stop the operation; tells those beside which it was asked to go on. */
export function tellManaged(
  step: Pick<Step, "emit">,
  of: { readonly alongside: Alongside },
  objects: readonly KubeObject[],
): readonly ManagedObject[] {
  if (of.alongside === "unasked") return [];
  const managed = managedObjects(objects);
  if (of.alongside === "refused") return managed;
  for (const one of managed) step.emit({ type: "warning", message: managedText(one) });
  return [];
}

/** Throws `ActionError` `managed-by-gitops` when there are any. */
export function refuseManaged(release: string, managed: readonly ManagedObject[]): void {
  const [first, ...rest] = managed;
  if (first === undefined) return;
  const { message, detail } = managedRefusal(release, [first, ...rest]);
  throw new ActionError("managed-by-gitops", message, detail);
}
