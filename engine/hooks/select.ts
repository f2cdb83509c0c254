import { compareBytes } from "../go/value.ts";
import type { Hook, HookDeletePolicy, HookEvent, HookOutputLogPolicy } from "../manifest/hook.ts";

/** A hook that runs for an event, with its position in the release, by which its run is recorded. */
export interface SelectedHook {
  readonly index: number;
  readonly hook: Hook;
}

/**
 * The hooks of an event in the order that they run: by weight, then by name, then as stored.
 * Helm compatibility: a hook that names the event twice runs twice.
 */
export function selectHooks(hooks: readonly Hook[], event: HookEvent): readonly SelectedHook[] {
  const selected = hooks.flatMap((hook, index) =>
    hook.events.filter((one) => one === event).map(() => ({ index, hook })),
  );
  return selected.sort((a, b) => a.hook.weight - b.hook.weight || compareBytes(a.hook.name, b.hook.name));
}

/** The hook's delete policies; none means `before-hook-creation`, which the record then says. */
export function deletePolicies(hook: Hook): readonly string[] {
  return hook.deletePolicies.length === 0 ? ["before-hook-creation"] : hook.deletePolicies;
}

/** True when the hook's objects are deleted at that moment. CRDs never are: all their objects would go with them. */
export function isDeletedAt(hook: Hook, moment: HookDeletePolicy): boolean {
  return hook.kind !== "CustomResourceDefinition" && deletePolicies(hook).includes(moment);
}

/** True when the logs of the hook's pods are shown at that moment: only Jobs and Pods have any. */
export function isLoggedAt(hook: Hook, moment: HookOutputLogPolicy): boolean {
  return (hook.kind === "Job" || hook.kind === "Pod") && hook.outputLogPolicies.includes(moment);
}
