import type { ResourceMapping } from "../kube/mapping.ts";
import { refOf } from "../kube/read-live.ts";
import { observeWait, type WaitObservation, waitProblems, type WaitRule } from "../kube/wait.ts";
import type { KubeObject } from "../object/object.ts";
import { plannedDiscovery } from "./planned-discovery.ts";
import type { Step } from "./step.ts";

/** One look at objects that are waited for. */
export function lookAt(
  step: Step,
  objects: readonly { readonly object: KubeObject; readonly mapping: ResourceMapping }[],
  rule: WaitRule,
): Promise<WaitObservation> {
  return observeWait(step.session, {
    discovery: plannedDiscovery(objects),
    targets: objects.map((one) => refOf(one.object)),
    rule,
    now: step.deps.now(),
    reads: "auto",
  });
}

/** Helm's text about what is not as wanted, `undefined` when all is well. `late`: the time is up. */
export function problemText(look: WaitObservation, rule: WaitRule, late: boolean): string | undefined {
  const lines = waitProblems(look.states, rule);
  if (lines.length === 0) return undefined;
  return late ? [...lines, "context deadline exceeded"].join("\n") : lines.join("\n");
}
