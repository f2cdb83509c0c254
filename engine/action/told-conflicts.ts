import { applyObject, FIELD_MANAGER } from "../kube/client.ts";
import { locateConflicts } from "../kube/conflict-cause.ts";
import type { FieldConflict } from "../kube/conflicts.ts";
import { isKubeError } from "../kube/error.ts";
import { hasForeignVersion } from "../kube/managed-fields.ts";
import type { KubeObject } from "../object/object.ts";
import type { DecidePolicy } from "../plan/decide.ts";
import type { PlannedObject } from "../plan/plan.ts";
import { isTransient } from "./failure.ts";
import { gather } from "./gather.ts";
import type { Step } from "./step.ts";

/** Objects that one operation asks about: a small step has room for as many. Of the others the server tells when they are applied. */
const MAX_ASKED = 16;

interface Doubtful {
  readonly planned: PlannedObject;
  readonly live: KubeObject | undefined;
}

/**
 * What managed fields do not tell: conflicts with somebody who wrote in another version of the kind. The server knows, by a dry run; it is
 * asked about those objects alone. By the object's position.
 */
export async function toldConflicts(
  step: Step,
  policy: DecidePolicy,
  objects: readonly Doubtful[],
): Promise<ReadonlyMap<number, readonly FieldConflict[]>> {
  if (policy.rules === "helm" || policy.force) return new Map();
  const doubtful = objects.flatMap((one, index) => (isDoubtful(one) ? [{ ...one, index }] : [])).slice(0, MAX_ASKED);
  const told = await gather(doubtful, async (one) => [one.index, await ask(step, one)] as const);
  return new Map(told.filter(([, conflicts]) => conflicts.length > 0));
}

function isDoubtful({ planned, live }: Doubtful): boolean {
  const isApplied = planned.client === undefined && planned.write === "apply";
  return isApplied && live !== undefined && hasForeignVersion(live, FIELD_MANAGER);
}

/** Any other refusal is told when the object is applied. */
async function ask(step: Step, { planned, live }: Doubtful): Promise<readonly FieldConflict[]> {
  try {
    await applyObject(step.session, planned.mapping, planned.send ?? planned.object, { force: false, dryRun: true });
    return [];
  } catch (error) {
    if (!isKubeError(error) || error.code === "budget" || isTransient(error)) throw error;
    if (error.code !== "apply-conflict" || live === undefined) return [];
    return locateConflicts(error, live, planned.object);
  }
}
