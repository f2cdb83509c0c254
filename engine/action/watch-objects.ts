import type { ResourceMapping } from "../kube/mapping.ts";
import { type ListedCollection, refOf } from "../kube/read-live.ts";
import { observeWait, type WaitObservation, waitProblems, type WaitRule, type WaitState } from "../kube/wait.ts";
import type { KubeObject } from "../object/object.ts";
import type { Awaited } from "./pause.ts";
import { plannedDiscovery } from "./planned-discovery.ts";
import type { Step } from "./step.ts";

interface Target {
  readonly object: KubeObject;
  readonly mapping: ResourceMapping;
}

/** One look at objects that are waited for. `annotated`: they may say themselves when they are ready. */
export function lookAt(
  step: Step,
  objects: readonly Target[],
  rule: WaitRule,
  options: { readonly annotated?: boolean } = {},
): Promise<WaitObservation> {
  return observeWait(step.session, {
    discovery: plannedDiscovery(objects),
    targets: objects.map((one) => refOf(one.object)),
    rule,
    now: step.deps.now(),
    reads: "auto",
    ...options,
  });
}

/** What may be watched until the next look: what is `open` yet, as it was seen. */
export function awaitedOf(
  targets: readonly Target[],
  look: WaitObservation,
  isOpen: (state: WaitState) => boolean,
): { readonly awaited: readonly Awaited[]; readonly complete: boolean; readonly lists: readonly ListedCollection[] } {
  const awaited: Awaited[] = [];
  let complete = look.unread === 0;
  for (const [index, state] of look.states.entries()) {
    const mapping = targets[index]?.mapping;
    if (!isOpen(state) || mapping === undefined) continue;
    if (state.object === undefined) complete = false;
    else awaited.push({ object: state.object, mapping });
  }
  return { awaited, complete, lists: look.lists };
}

/** Helm's text about what is not as wanted, `undefined` when all is well. `late`: the time is up. */
export function problemText(look: WaitObservation, rule: WaitRule, late: boolean): string | undefined {
  const lines = waitProblems(look.states, rule);
  if (lines.length === 0) return undefined;
  return late ? [...lines, "context deadline exceeded"].join("\n") : lines.join("\n");
}
