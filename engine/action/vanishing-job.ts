import { isKubeError } from "../kube/error.ts";
import { refOf } from "../kube/read-live.ts";
import { readinessOf } from "../kube/status-hook.ts";
import { isWaitOver, type WaitObservation, type WaitState } from "../kube/wait.ts";
import { watchObjects } from "../kube/watch.ts";
import { gvkOf } from "../object/gvk.ts";
import { integerAt } from "../object/json.ts";
import { getName, getNamespace } from "../object/read.ts";
import type { BuiltObject } from "./build.ts";
import type { Step } from "./step.ts";
import { lookAt } from "./watch-objects.ts";

/** How long one step watches: well below the time that a step may take. */
const WATCH_SECONDS = 8;

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
  if (one === undefined || others.length > 0 || version === "" || !vanishes(one))
    return await lookAt(step, objects, "hook");
  const state = await watchEnd(step, one, version);
  if (state === undefined) return await lookAt(step, objects, "hook");
  return { states: [state], over: isWaitOver([state], "hook"), unread: 0, lists: [] };
}

function vanishes({ object }: BuiltObject): boolean {
  const { group, kind } = gvkOf(object);
  return group === "batch" && kind === "Job" && integerAt(object, "spec", "ttlSecondsAfterFinished") !== undefined;
}

/** The Job's end, or undefined when it did not come, or the version is too old to watch from. */
async function watchEnd(
  step: Step,
  { object, mapping }: BuiltObject,
  resourceVersion: string,
): Promise<WaitState | undefined> {
  const options = {
    namespace: getNamespace(object),
    resourceVersion,
    fieldSelector: `metadata.name=${getName(object)}`,
    seconds: WATCH_SECONDS,
  };
  try {
    for await (const event of watchObjects(step.session, mapping, options)) {
      if (event.type === "bookmark") continue;
      const state = readinessOf(event.object, "hook", step.deps.now());
      if (state.status === "Current" || state.status === "Failed")
        return { ref: refOf(object), object: event.object, ...state };
    }
    return undefined;
  } catch (error) {
    if (isKubeError(error, "gone")) return undefined;
    throw error;
  }
}
