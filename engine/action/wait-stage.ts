import { EngineError } from "../errors.ts";
import { isKubeError } from "../kube/error.ts";
import { type WaitState, waitTargets } from "../kube/wait.ts";
import { failedWith } from "./apply-stage.ts";
import { failureOf, isTransient, toFailure } from "./failure.ts";
import { firstHook } from "./flow.ts";
import { waitOf } from "./options.ts";
import { pollDelay } from "./poll.ts";
import type { Operation, Stage } from "./state.ts";
import { later, more, planOf, requestOf, type StageResult, type Step } from "./step.ts";
import { lookAt, problemText } from "./watch-objects.ts";

/** States of objects that a wait remembers, so that only changes become events: more would fill the state. */
const MAX_REMEMBERED = 200;

/** Waits until the release's objects are ready. */
export async function waitStage(
  step: Step,
  operation: Operation,
  stage: Extract<Stage, { kind: "wait" }>,
): Promise<StageResult> {
  const request = await requestOf(step, operation);
  if (request.action === "uninstall" || request.action === "test")
    throw new Error(`a ${request.action} waits for nothing to get ready`);
  const next: Operation = { ...operation, stage: firstHook(operation.mode, "post") };
  if (waitOf(request) === "hookOnly") return more(next);
  const { objects } = await planOf(step, operation);
  const awaited = new Set(waitTargets(objects.map((one) => one.object)));
  const targets = objects.filter((one) => awaited.has(one.object));
  if (targets.length === 0) return more(next);
  if (stage.polls === 0) {
    step.emit({
      type: "phase",
      phase: "wait",
      message: `waiting for ${targets.length} object(s), at most ${request.timeout / 1000} s`,
    });
  }
  const rule = request.waitForJobs ? "jobs" : "current";
  const look = await tryLook(() => lookAt(step, targets.slice(stage.done), rule));
  if ("failure" in look) return more(failedWith(operation, look.failure));
  const late = step.deps.now() - stage.since >= request.timeout;
  const memory = tellChanges(step, look.found.states, stage.memory, stage.done);
  if (!look.found.over && !late) {
    const waiting: Operation = {
      ...operation,
      stage: { ...stage, polls: stage.polls + 1, memory, done: stage.done + doneOf(look.found, "Current") },
    };
    return later(waiting, step.deps.now() + pollDelay(stage.polls));
  }
  const text = problemText(look.found, rule, !look.found.over);
  if (text === undefined) return more(next);
  return more(failedWith(operation, failureOf("wait-failed", text)));
}

/** Uninstall: waits until the deleted objects are gone. What stays is an error that does not stop the rest. */
export async function waitGoneStage(
  step: Step,
  operation: Operation,
  stage: Extract<Stage, { kind: "wait-gone" }>,
): Promise<StageResult> {
  const request = await requestOf(step, operation);
  if (request.action === "test") throw new Error("a test deletes no objects of the release");
  const { removals } = await planOf(step, operation);
  const next: Operation = { ...operation, stage: firstHook("uninstall", "post") };
  const targets = removals.filter((one) => one.write === "delete");
  if (request.wait === "hookOnly" || targets.length === 0) return more(next);
  const look = await tryLook(() => lookAt(step, targets.slice(stage.done), "deleted"));
  if ("failure" in look) return more({ ...next, errors: [...operation.errors, look.failure.message] });
  const late = step.deps.now() - stage.since >= request.timeout;
  if (!look.found.over && !late) {
    return later(
      { ...operation, stage: { ...stage, polls: stage.polls + 1, done: stage.done + doneOf(look.found, "NotFound") } },
      step.deps.now() + pollDelay(stage.polls),
    );
  }
  const text = problemText(look.found, "deleted", !look.found.over);
  return more(text === undefined ? next : { ...next, errors: [...operation.errors, text] });
}

type Look = Awaited<ReturnType<typeof lookAt>>;

async function tryLook(
  look: () => Promise<Look>,
): Promise<{ readonly found: Look } | { readonly failure: ReturnType<typeof toFailure> }> {
  try {
    return { found: await look() };
  } catch (error) {
    if (!(error instanceof EngineError) || isTransient(error) || isKubeError(error, "budget")) throw error;
    return { failure: toFailure(error, "wait-failed") };
  }
}

/** How many at the front need no second look, where the budget did not reach those at the end. */
function doneOf(look: Look, status: string): number {
  if (look.unread === 0) return 0;
  const first = look.states.findIndex((state) => state.status !== status);
  return first < 0 ? look.states.length : first;
}

/** Tells what changed since the last look. Gives what to remember. */
function tellChanges(step: Step, states: readonly WaitState[], memory: string, done: number): string {
  const before = new Set(memory.split("\n"));
  const lines: string[] = [];
  for (const [index, state] of states.slice(0, MAX_REMEMBERED).entries()) {
    const line = `${done + index} ${state.status} ${hash(state.message)}`;
    lines.push(line);
    if (state.status === "Current" || before.has(line)) continue;
    const { gvk, namespace, name } = state.ref;
    step.emit({
      type: "waiting",
      object: {
        apiVersion: gvk.group === "" ? gvk.version : `${gvk.group}/${gvk.version}`,
        kind: gvk.kind,
        namespace,
        name,
      },
      status: state.status,
      message: state.message === "" ? "not seen yet" : state.message,
    });
  }
  return lines.join("\n");
}

/** Tells texts apart within one wait (FNV-1a, 32 bits). */
function hash(text: string): string {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return (sum >>> 0).toString(36);
}
