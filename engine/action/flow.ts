import type { HookEvent } from "../manifest/hook.ts";
import type { ActionName, Stage } from "./state.ts";

const EVENTS: Readonly<Record<ActionName, { readonly pre: HookEvent; readonly post: HookEvent }>> = {
  install: { pre: "pre-install", post: "post-install" },
  upgrade: { pre: "pre-upgrade", post: "post-upgrade" },
  rollback: { pre: "pre-rollback", post: "post-rollback" },
  uninstall: { pre: "pre-delete", post: "post-delete" },
  test: { pre: "test", post: "test" },
};

/** The stage that runs a flow's hooks before or after its objects. */
export function firstHook(mode: ActionName, when: "pre" | "post"): Stage {
  return { kind: "hooks", event: EVENTS[mode][when], hook: { at: "note", position: 0 } };
}

/** The events of a flow's hooks: before its objects, and behind them. */
export function hookEventsOf(mode: ActionName): readonly [HookEvent, HookEvent] {
  return [EVENTS[mode].pre, EVENTS[mode].post];
}

/** True for the events that run before a flow's objects. */
export function isPreHook(event: HookEvent): boolean {
  return event.startsWith("pre-");
}

/** No failures yet. */
export const NO_FAILURES: { readonly list: readonly []; readonly more: 0 } = { list: [], more: 0 };
