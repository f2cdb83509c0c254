import type { Decided } from "../plan/decide.ts";
import { explainConflict } from "../plan/explain.ts";
import { eventObject } from "./event-object.ts";
import type { Step } from "./step.ts";

/** Tells each conflict of an object and what was decided, and warns where a new wish of the chart has no effect by that. */
export function tellConflicts(step: Pick<Step, "emit">, { planned, conflicts }: Decided): void {
  const object = eventObject(planned.object);
  for (const one of conflicts) {
    const { field, manager } = one.conflict;
    const message = explainConflict(planned.object, one);
    step.emit({ type: "conflict", object, field, manager, decision: one.decision, reason: one.reason, message });
    if (one.wishChanged)
      step.emit({
        type: "warning",
        message,
        detail: { object: { ...object }, field, manager, code: "wish-without-effect" },
      });
  }
}
