import { addressOf, getObject } from "../kube/client.ts";
import { isKubeError } from "../kube/error.ts";
import { legacyHookEnd } from "../kube/legacy-ready.ts";
import { type LegacyLook, observeLegacy } from "../kube/legacy-wait.ts";
import { type ObjectRef, refOf } from "../kube/read-live.ts";
import type { WaitObservation } from "../kube/wait.ts";
import type { PlannedObject, PlannedRemoval } from "../plan/plan.ts";
import { failedWith } from "./apply-stage.ts";
import { deadlineOf } from "./deadline.ts";
import { failureOf, isTransient } from "./failure.ts";
import { isMadeAnew } from "./made-anew.ts";
import { pauseForChange } from "./pause.ts";
import { plannedDiscovery } from "./planned-discovery.ts";
import { pollDelay } from "./poll.ts";
import type { ApplyOptions } from "./request.ts";
import type { Operation, Stage } from "./state.ts";
import { later, more, type StageResult, type Step } from "./step.ts";
import { tellChanges } from "./tell.ts";

/** Helm compatibility: what `legacy` says when the time is up, however much is not ready. */
export const LATE = "context deadline exceeded";
/** Helm compatibility: the text of a hook that did not end in time. */
const HOOK_LATE = "timed out waiting for the condition";
/** Helm compatibility: an error of one object that comes more often in a row ends the wait. */
const MAX_ERRORS = 30;
/** Helm compatibility: an error counts at every look, and a look is taken every two seconds. */
const ERROR_PAUSE = 2000;

interface LegacyWait {
  readonly operation: Operation;
  readonly next: Operation;
  readonly stage: Extract<Stage, { kind: "wait" }>;
  readonly targets: readonly PlannedObject[];
  readonly request: ApplyOptions;
}

/** Waits as Helm 3 did: object after object, the first that is not ready decides. */
export async function legacyWaitStage(step: Step, wait: LegacyWait): Promise<StageResult> {
  const { operation, stage, targets, request } = wait;
  const refs = targets.map((one) => refOf(one.object));
  if (stage.polls === 0 && targets.length > 0) {
    step.emit({ type: "phase", phase: "wait", message: `waiting for ${targets.length} object(s), as Helm 3 did` });
  }
  const look = await observeLegacy(step.session, {
    discovery: plannedDiscovery(targets),
    targets: refs,
    from: stage.done,
    jobs: request.waitForJobs,
  });
  if (look.kind === "ready") return more(wait.next);
  const errors = errorsAfter(stage.errors ?? {}, look);
  if (look.kind === "failed" && (!look.retryable || (errors[look.at] ?? 0) > MAX_ERRORS)) {
    return more(failedWith(operation, failureOf("wait-failed", look.message)));
  }
  const until = deadlineOf(stage.since, request.timeout, "legacy");
  if (step.deps.now() >= until) return more(failedWith(operation, failureOf("wait-failed", LATE)));
  const memory = tell(step, refs[look.at], look, stage.memory);
  const waiting = { ...stage, polls: stage.polls + 1, memory, errors, done: look.kind === "unread" ? look.at : 0 };
  return pauseAfter(step, { ...wait, stage: waiting }, look, until);
}

/** Helm compatibility: what was found in order starts to count anew; what was not looked at keeps its count. */
function errorsAfter(
  before: Readonly<Record<string, number>>,
  look: Exclude<LegacyLook, { kind: "ready" }>,
): Readonly<Record<string, number>> {
  const kept = Object.entries(before).filter(([at]) => Number(at) > look.at);
  const count = look.kind === "failed" ? [[String(look.at), (before[look.at] ?? 0) + 1] as const] : [];
  return Object.fromEntries([...kept, ...count]);
}

function tell(
  step: Step,
  ref: ObjectRef | undefined,
  look: Exclude<LegacyLook, { kind: "ready" }>,
  memory: string,
): string {
  if (ref === undefined || look.kind === "unread") return memory;
  const message = look.kind === "failed" ? look.message : look.reason;
  return tellChanges(step, [{ ref, status: "InProgress", message }], memory, look.at).memory;
}

async function pauseAfter(
  step: Step,
  { operation, stage, targets }: LegacyWait,
  look: Exclude<LegacyLook, { kind: "ready" }>,
  until: number,
): Promise<StageResult> {
  const now = step.deps.now();
  const mapping = targets[look.at]?.mapping;
  if (look.kind === "unread") return later({ ...operation, stage }, now);
  if (look.kind === "failed" || look.object === undefined || mapping === undefined) {
    return later({ ...operation, stage }, Math.min(now + ERROR_PAUSE, until));
  }
  const { time, watches } = await pauseForChange(step, {
    awaited: [{ object: look.object, mapping }],
    complete: true,
    lists: [],
    polls: stage.polls,
    until,
    watches: stage.watches ?? true,
  });
  return later({ ...operation, stage: watches ? stage : { ...stage, watches } }, time);
}

interface LegacyGone {
  readonly operation: Operation;
  readonly next: Operation;
  readonly stage: Extract<Stage, { kind: "wait-gone" }>;
  readonly targets: readonly PlannedRemoval[];
  readonly until: number;
}

/** Waits until each object's own 404. An error ends it, and does not stop the rest. */
export async function legacyGoneStage(step: Step, wait: LegacyGone): Promise<StageResult> {
  const { operation, next, stage, targets, until } = wait;
  for (let at = stage.done; at < targets.length; at++) {
    const target = targets[at];
    if (target === undefined) break;
    const found = await isThere(step, target);
    if (found === "absent") continue;
    if (found !== "there") return more({ ...next, errors: [...operation.errors, found.error] });
    if (step.deps.now() >= until) return more({ ...next, errors: [...operation.errors, LATE] });
    const waiting = { ...stage, polls: stage.polls + 1, done: at };
    return later({ ...operation, stage: waiting }, Math.min(step.deps.now() + pollDelay(stage.polls), until));
  }
  return more(next);
}

async function isThere(step: Step, removal: PlannedRemoval): Promise<"there" | "absent" | { readonly error: string }> {
  try {
    const { object, mapping } = removal;
    const live = await getObject(step.session, mapping, { ...addressOf(object), metadataOnly: true });
    return live === undefined || isMadeAnew(removal, live) ? "absent" : "there";
  } catch (error) {
    if (!isKubeError(error) || error.code === "budget" || isTransient(error)) throw error;
    return { error: error.message };
  }
}

/** True for what `legacy` waits for among a hook's objects: all else is ready without being looked at. */
export function isLegacyHook(kind: string): boolean {
  return kind === "Job" || kind === "Pod";
}

/** How a look at a hook's Jobs and Pods ends under `legacy`. An object that is gone has been deleted, which ends its wait well. */
export function legacyHookOutcome(
  look: WaitObservation,
  late: boolean,
): { readonly over: boolean; readonly text: string | undefined } {
  const texts: string[] = [];
  let over = look.unread === 0;
  for (const { status, object } of look.states) {
    const verdict = object === undefined ? undefined : legacyHookEnd(object);
    if (status === "NotFound" || verdict?.kind === "ready") continue;
    if (verdict?.kind === "failed") texts.push(verdict.message);
    else {
      over = false;
      if (late) texts.push(HOOK_LATE);
    }
  }
  return { over, text: texts.length === 0 ? undefined : texts.join("\n") };
}
