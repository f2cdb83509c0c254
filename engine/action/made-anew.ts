import { addressOf, getObject } from "../kube/client.ts";
import { isKubeError } from "../kube/error.ts";
import { isWaitOver, type WaitObservation, type WaitState } from "../kube/wait.ts";
import type { KubeObject } from "../object/object.ts";
import { getUid } from "../object/read.ts";
import type { PlannedRemoval } from "../plan/plan.ts";
import type { Step } from "./step.ts";

/** What a removal needs to mean this object alone. */
export function meaning(live: KubeObject): Pick<PlannedRemoval, "uid"> {
  const uid = getUid(live);
  return uid === undefined ? {} : { uid };
}

/** True when another object has the place of one that was to be deleted: the one that was meant is gone. */
export function isMadeAnew({ uid }: PlannedRemoval, live: KubeObject): boolean {
  return uid !== undefined && getUid(live) !== uid;
}

/** True when a deletion was refused because the object is another one by now. */
export async function isRefusedAnew(step: Step, removal: PlannedRemoval, error: unknown): Promise<boolean> {
  if (removal.uid === undefined || !isKubeError(error, "conflict")) return false;
  const live = await getObject(step.session, removal.mapping, { ...addressOf(removal.object), metadataOnly: true });
  return live === undefined || isMadeAnew(removal, live);
}

/** What a look at deleted objects tells of those that were meant. */
export function ofThoseMeant(look: WaitObservation, removals: readonly PlannedRemoval[]): WaitObservation {
  const states = look.states.map((state, index): WaitState => {
    const removal = removals[index];
    const isOther = removal !== undefined && state.object !== undefined && isMadeAnew(removal, state.object);
    return isOther ? { ref: state.ref, status: "NotFound", message: "Resource not found" } : state;
  });
  return { ...look, states, over: look.unread === 0 && isWaitOver(states, "deleted") };
}
