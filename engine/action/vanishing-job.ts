import { isKubeError } from "../kube/error.ts";
import { refOf } from "../kube/read-live.ts";
import { readinessOf } from "../kube/status-hook.ts";
import { isWaitOver, type WaitObservation, type WaitState } from "../kube/wait.ts";
import { watchObjects } from "../kube/watch.ts";
import { describeObject } from "../kube/ownership.ts";
import { getName, getNamespace } from "../object/read.ts";
import type { BuiltObject } from "./build.ts";
import { isTransient } from "./failure.ts";
import type { Operation } from "./state.ts";
import type { Step } from "./step.ts";
import { lookAt } from "./watch-objects.ts";
import { jobKey, SEEN_TO_END, vanishes } from "./written-jobs.ts";

/** How long one step watches: well below the time that a step may take. */
const WATCH_SECONDS = 8;
/** How long what is over already may take to be told. */
const REPLAY_SECONDS = 1;

/**
 * One look at a hook's objects. A Job with `ttlSecondsAfterFinished` may be gone before anybody looks: it is watched from the version that
 * it was made at, so that its end is seen also when nothing is left of it.
 */
export async function lookAtHook(
  step: Step,
  objects: readonly BuiltObject[],
  versions: readonly string[],
): Promise<WaitObservation> {
  const [one, ...others] = objects;
  const version = versions[0] ?? "";
  if (one === undefined || others.length > 0 || version === "" || !vanishes(one.object))
    return await lookAt(step, objects, "hook");
  const state = await watchEnd(step, one, version, WATCH_SECONDS);
  if (state === undefined || state === "deleted") return await lookAt(step, objects, "hook");
  return { states: [state], over: isWaitOver([state], "hook"), unread: 0, lists: [] };
}

/** A look, with how the Jobs ended that are gone by themselves, and what is known of them now. */
export interface WithEnds {
  readonly found: WaitObservation;
  readonly jobs: NonNullable<Operation["jobs"]>;
}

/**
 * What a look at the release's own objects tells, where Jobs with `ttlSecondsAfterFinished` are gone: how they ended. One whose end cannot
 * be told any more counts as done, with a warning; one that was deleted before its end is missed.
 */
export async function withEnds(
  step: Step,
  look: WaitObservation,
  targets: readonly BuiltObject[],
  jobs: WithEnds["jobs"],
): Promise<WithEnds> {
  const states: WaitState[] = [];
  const ended = new Map<string, string>();
  for (const [index, state] of look.states.entries()) {
    const target = targets[index];
    const isGone = state.status === "NotFound" && target !== undefined && vanishes(target.object);
    const end = isGone ? await endOf(step, target, jobs[jobKey(target.object)], state) : state;
    if (isGone && end.status === "Current") ended.set(jobKey(target.object), SEEN_TO_END);
    states.push(end);
  }
  const over = look.unread === 0 && isWaitOver(states, "current");
  return { found: { ...look, states, over }, jobs: Object.fromEntries(ended) };
}

async function endOf(
  step: Step,
  target: BuiltObject,
  version: string | undefined,
  absent: WaitState,
): Promise<WaitState> {
  const done = { ref: absent.ref, status: "Current", message: "Job has ended and is gone" } as const;
  if (version === SEEN_TO_END) return done;
  const end = version === undefined ? undefined : await watchEnd(step, target, version, REPLAY_SECONDS);
  if (end === "deleted") return absent;
  if (end !== undefined) return end;
  const text = "is gone by its ttlSecondsAfterFinished, and nobody saw how it ended: it counts as done";
  step.emit({ type: "warning", message: `${describeObject(target.object)} ${text}` });
  return done;
}

/** The Job's end; `deleted` when it was taken away before; undefined when neither came, or the version is too old to watch from. */
async function watchEnd(
  step: Step,
  { object, mapping }: BuiltObject,
  resourceVersion: string,
  seconds: number,
): Promise<WaitState | "deleted" | undefined> {
  const options = {
    namespace: getNamespace(object),
    resourceVersion,
    fieldSelector: `metadata.name=${getName(object)}`,
    seconds,
  };
  try {
    for await (const event of watchObjects(step.session, mapping, options)) {
      if (event.type === "bookmark") continue;
      const state = readinessOf(event.object, "hook", step.deps.now());
      if (state.status === "Current" || state.status === "Failed")
        return { ref: refOf(object), object: event.object, ...state };
      if (event.type === "deleted") return "deleted";
    }
    return undefined;
  } catch (error) {
    if (!isKubeError(error) || error.code === "budget" || isTransient(error)) throw error;
    return undefined;
  }
}
