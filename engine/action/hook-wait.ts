import type { JsonObject } from "../errors.ts";
import { waitProblems } from "../kube/wait.ts";
import type { BuiltObject } from "./build.ts";
import { deadlineOf } from "./deadline.ts";
import { isLegacyHook, legacyHookOutcome } from "./legacy-stage.ts";
import { waitOf } from "./options.ts";
import { pauseForChange } from "./pause.ts";
import { lookForReasons, reasonDetail } from "./reasons.ts";
import type { ActionRequest, WaitStrategy } from "./request.ts";
import type { HookStage } from "./state.ts";
import type { Step } from "./step.ts";
import { lookAtHook } from "./vanishing-job.ts";
import { awaitedOf, problemText } from "./watch-objects.ts";

type Waiting = Extract<HookStage, { at: "wait" }>;

/** How far a hook is. */
export type HookProgress =
  /** `text` is Helm's about what went wrong, absent when nothing did. */
  | { readonly kind: "ended"; readonly text: string | undefined; readonly detail: JsonObject }
  | { readonly kind: "waiting"; readonly message: string; readonly stage: Waiting; readonly time: number };

/** The wait strategy of a request's hooks. A test's are awaited by the watcher's rules. */
export function hookWait(request: ActionRequest): WaitStrategy {
  if (request.action === "test") return "watcher";
  return request.action === "uninstall" ? request.wait : waitOf(request);
}

/** Looks at a hook's objects once, and pauses until something changes when they have not ended. */
export async function waitForHook(
  step: Step,
  objects: readonly BuiltObject[],
  stage: Waiting,
  request: ActionRequest,
): Promise<HookProgress> {
  const wait = hookWait(request);
  const until = deadlineOf(stage.since, request.timeout, wait);
  const isAwaited = objects.map((one) => wait !== "legacy" || isLegacyHook(one.object.kind));
  const awaited = objects.filter((_, index) => isAwaited[index]);
  const look = await lookAtHook(
    step,
    awaited,
    stage.versions.filter((_, index) => isAwaited[index]),
  );
  const late = step.deps.now() >= until;
  const outcome =
    wait === "legacy"
      ? legacyHookOutcome(look, late)
      : { over: look.over, text: problemText(look, "hook", late && !look.over) };
  const ends = outcome.over || late;
  const before = { since: stage.since, memory: stage.memory ?? "", ...explained(stage) };
  const reasons = await lookForReasons(step, look.states, before, ends ? "now" : "due");
  if (ends) return { kind: "ended", text: outcome.text, detail: reasonDetail(reasons.findings) };
  const next = { ...stage, polls: stage.polls + 1, memory: reasons.memory, ...explained(reasons) };
  const message = waitProblems(look.states, "hook").join("; ");
  const { time, watches } = await pauseForChange(step, {
    ...awaitedOf(awaited, look, (state) => state.status !== "Current"),
    polls: stage.polls,
    until,
    watches: (stage.watches ?? true) && !reasons.news,
  });
  const given = watches || reasons.news ? {} : { watches };
  return { kind: "waiting", message, stage: { ...next, ...given }, time };
}

function explained({ explainedAt }: { readonly explainedAt?: number }): { readonly explainedAt?: number } {
  return explainedAt === undefined ? {} : { explainedAt };
}
