import { EngineError } from "../errors.ts";
import { isKubeError } from "../kube/error.ts";
import type { Finding } from "../kube/explain.ts";
import { annotationProblem } from "../kube/status-annotated.ts";
import { hasFailedForGood, waitTargets, type WaitState } from "../kube/wait.ts";
import type { Plan, PlannedObject } from "../plan/plan.ts";
import { failedWith } from "./apply-stage.ts";
import { batchDeadline, stageBehind, tellBatch } from "./batch-step.ts";
import { deadlineOf } from "./deadline.ts";
import { failureOf, isTransient, toFailure } from "./failure.ts";
import { firstHook } from "./flow.ts";
import { legacyGoneStage, legacyWaitStage } from "./legacy-stage.ts";
import { ofThoseMeant } from "./made-anew.ts";
import { waitOf } from "./options.ts";
import { pauseForChange, type PauseInput } from "./pause.ts";
import { pollDelay } from "./poll.ts";
import { lookForReasons, reasonDetail } from "./reasons.ts";
import type { ApplyOptions } from "./request.ts";
import type { Operation, OrderedWait, Stage } from "./state.ts";
import { later, more, planOf, requestOf, type StageResult, type Step } from "./step.ts";
import { findingText, tellChanges } from "./tell.ts";
import { withEnds } from "./vanishing-job.ts";
import { awaitedOf, lookAt, problemText } from "./watch-objects.ts";
import { withJobs } from "./written-jobs.ts";

type WaitStage = Extract<Stage, { kind: "wait" }>;
type GoneStage = Extract<Stage, { kind: "wait-gone" }>;

/** Waits until the release's objects are ready. */
export async function waitStage(step: Step, operation: Operation, stage: WaitStage): Promise<StageResult> {
  const request = await requestOf(step, operation);
  if (request.action === "uninstall" || request.action === "test")
    throw new Error(`a ${request.action} waits for nothing to get ready`);
  const next: Operation = { ...operation, stage: firstHook(operation.mode, "post") };
  const wait = waitOf(request);
  const plan = await planOf(step, operation);
  if (stage.ordered !== undefined) return batchStage(step, { operation, stage, plan, ordered: stage.ordered, request });
  if (wait === "hookOnly") return more(next);
  const { objects } = plan;
  if (wait === "legacy") return legacyWaitStage(step, { operation, next, stage, targets: objects, request });
  const targets = awaitedTargets(objects);
  const until = deadlineOf(stage.since, request.timeout, "watcher");
  return targets.length === 0 ? more(next) : watcherStage(step, { operation, next, stage, targets, request, until });
}

function awaitedTargets(objects: readonly PlannedObject[]): readonly PlannedObject[] {
  const awaited = new Set(waitTargets(objects.map((one) => one.object)));
  return objects.filter((one) => awaited.has(one.object));
}

interface BatchWait {
  readonly operation: Operation;
  readonly stage: WaitStage;
  readonly plan: Plan;
  readonly ordered: OrderedWait;
  readonly request: ApplyOptions;
}

/** Waits until one batch is ready; then the next one is applied. */
async function batchStage(step: Step, { operation, stage, plan, ordered, request }: BatchWait): Promise<StageResult> {
  const batch = plan.batches?.[ordered.batch];
  if (batch === undefined) throw new Error(`no batch ${ordered.batch}`);
  const next: Operation = { ...operation, stage: stageBehind(plan, batch, "apply", ordered.began) };
  const targets = awaitedTargets(plan.objects.slice(batch.from, batch.to));
  const onReady = (): void => tellBatch(step, plan, batch, "is ready");
  if (targets.length > 0) {
    const until = batchDeadline(stage.since, ordered.began, request);
    return watcherStage(step, {
      operation,
      next,
      stage,
      targets,
      request,
      until,
      batch: { titles: batch.titles, onReady },
    });
  }
  onReady();
  return more(next);
}

interface WatcherWait {
  readonly operation: Operation;
  readonly next: Operation;
  readonly stage: WaitStage;
  readonly targets: readonly PlannedObject[];
  readonly request: ApplyOptions;
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly batch?: { readonly titles: readonly string[]; readonly onReady: () => void };
}

/** Looks once; then the wait is over, or pauses until something changes. */
async function watcherStage(step: Step, wait: WatcherWait): Promise<StageResult> {
  const { stage, targets, request, until } = wait;
  if (stage.polls === 0) begin(step, wait);
  const strict = request.conflicts === "helm";
  const left = targets.slice(stage.done);
  const look = await tryLook(() => lookAt(step, left, ruleOf(request), { annotated: isAnnotated(wait) }));
  if ("failure" in look) return more(failedWith(wait.operation, look.failure));
  const { found, jobs } = strict
    ? { ...look, jobs: {} }
    : await withEnds(step, look.found, left, wait.operation.jobs ?? {});
  const operation = withJobs(wait.operation, jobs);
  const late = step.deps.now() >= until;
  const told = tellChanges(step, found.states, stage.memory, stage.done);
  const over = found.over || late || (!strict && found.states.some(hasFailedForGood));
  const reasons = await lookForReasons(step, found.states, { ...stage, memory: told.memory }, over ? "now" : "due");
  if (over || (!strict && reasons.findings.some((one) => one.final))) return end(wait, found, late, reasons.findings);
  const done = stage.done + doneOf(found, "Current");
  return pause(
    step,
    operation,
    { ...stage, ...remembered(reasons), polls: stage.polls + 1, done },
    told.news || reasons.news,
    {
      ...awaitedOf(left, found, (state) => state.status !== "Current"),
      polls: stage.polls,
      until,
    },
  );
}

function ruleOf(request: ApplyOptions): "jobs" | "current" {
  return request.waitForJobs ? "jobs" : "current";
}

/** What ended the wait although helm would go on is said behind helm's lines. */
function end(wait: WatcherWait, found: Look, late: boolean, findings: readonly Finding[]): StageResult {
  const text = problemText(found, ruleOf(wait.request), late && !found.over);
  if (text === undefined) {
    wait.batch?.onReady();
    return more(wait.next);
  }
  const final = wait.request.conflicts === "helm" ? [] : findings.filter((one) => one.final);
  const title = wait.batch === undefined ? [] : [`${wait.batch.titles.join(", ")}: not ready`];
  const message = [...title, text, ...final.map(findingText)].join("\n");
  return more(failedWith(wait.operation, failureOf("wait-failed", message, reasonDetail(findings))));
}

/** Objects that say themselves when they are ready are believed: not in strict Helm, which has no order either. */
function isAnnotated({ request, batch }: WatcherWait): boolean {
  return request.conflicts !== "helm" || batch !== undefined;
}

function begin(step: Step, wait: WatcherWait): void {
  const { targets, request, stage, until, batch } = wait;
  const most = batch === undefined ? request.timeout : until - stage.since;
  const message = `waiting for ${targets.length} object(s), at most ${most / 1000} s`;
  step.emit({ type: "phase", phase: "wait", message });
  if (!isAnnotated(wait)) return;
  for (const { object } of targets) {
    const problem = annotationProblem(object);
    if (problem !== undefined) step.emit({ type: "warning", message: problem });
  }
}

function remembered(reasons: { readonly memory: string; readonly explainedAt?: number }): Partial<WaitStage> {
  const { memory, explainedAt } = reasons;
  return explainedAt === undefined ? { memory } : { memory, explainedAt };
}

/** Looks again when something changes. What was just told goes out first: events leave with the end of a step. */
async function pause(
  step: Step,
  operation: Operation,
  stage: WaitStage | GoneStage,
  news: boolean,
  input: Omit<PauseInput, "watches">,
): Promise<StageResult> {
  if (news) return later({ ...operation, stage }, Math.min(step.deps.now() + pollDelay(input.polls), input.until));
  const { time, watches } = await pauseForChange(step, { ...input, watches: stage.watches ?? true });
  return later({ ...operation, stage: watches ? stage : { ...stage, watches } }, time);
}

/** Uninstall: waits until the deleted objects are gone. What stays is an error that does not stop the rest. */
export async function waitGoneStage(step: Step, operation: Operation, stage: GoneStage): Promise<StageResult> {
  const request = await requestOf(step, operation);
  if (request.action === "test") throw new Error("a test deletes no objects of the release");
  const plan = await planOf(step, operation);
  if (stage.ordered !== undefined && request.action === "uninstall")
    return batchGoneStage(step, { operation, stage, plan, ordered: stage.ordered, timeout: request.timeout });
  const next: Operation = { ...operation, stage: firstHook("uninstall", "post") };
  const targets = plan.removals.filter((one) => one.write === "delete");
  if (request.wait === "hookOnly" || targets.length === 0) return more(next);
  const until = deadlineOf(stage.since, request.timeout, request.wait);
  if (request.wait === "legacy") return legacyGoneStage(step, { operation, next, stage, targets, until });
  const gone = await lookGone(step, { operation, stage, targets, until });
  if (gone.kind === "waits") return gone.result;
  const text = gone.kind === "failed" ? gone.failure.message : gone.text;
  return more(text === undefined ? next : { ...next, errors: [...operation.errors, text] });
}

interface BatchGone {
  readonly operation: Operation;
  readonly stage: GoneStage;
  readonly plan: Plan;
  readonly ordered: OrderedWait;
  readonly timeout: number;
}

/** Waits until one batch is gone; then the next one is deleted. What stays ends the uninstall: what it depends on is not taken away. */
async function batchGoneStage(step: Step, of: BatchGone): Promise<StageResult> {
  const { operation, stage, plan, ordered } = of;
  const batch = plan.batches?.[ordered.batch];
  if (batch === undefined) throw new Error(`no batch ${ordered.batch}`);
  const next: Operation = { ...operation, stage: stageBehind(plan, batch, "remove", ordered.began) };
  const targets = plan.removals.slice(batch.from, batch.to).filter((one) => one.write === "delete");
  const until = deadlineOf(ordered.began, of.timeout, "watcher");
  const gone = await lookGone(step, { operation, stage, targets, until });
  if (gone.kind === "waits") return gone.result;
  if (gone.kind === "failed") return more(failedWith(operation, gone.failure));
  if (gone.text !== undefined)
    return more(failedWith(operation, failureOf("wait-failed", `${batch.titles.join(", ")}: not gone\n${gone.text}`)));
  tellBatch(step, plan, batch, "is gone");
  return more(next);
}

/** How a look at deleted objects ended. `over`: `text` tells what stays, in Helm's words. */
type Gone =
  | { readonly kind: "waits"; readonly result: StageResult }
  | { readonly kind: "failed"; readonly failure: ReturnType<typeof toFailure> }
  | { readonly kind: "over"; readonly text: string | undefined };

/** Looks once at what was deleted; what is still there is looked at again when something changes. */
async function lookGone(
  step: Step,
  of: {
    readonly operation: Operation;
    readonly stage: GoneStage;
    readonly targets: Plan["removals"];
    readonly until: number;
  },
): Promise<Gone> {
  const { operation, stage, targets, until } = of;
  const left = targets.slice(stage.done);
  const look = await tryLook(() => lookAt(step, left, "deleted"));
  if ("failure" in look) return { kind: "failed", failure: look.failure };
  const found = ofThoseMeant(look.found, left);
  if (found.over || step.deps.now() >= until) return { kind: "over", text: problemText(found, "deleted", !found.over) };
  const waiting = { ...stage, polls: stage.polls + 1, done: stage.done + doneOf(found, "NotFound") };
  const awaited = awaitedOf(left, found, (state) => state.status !== "NotFound");
  return {
    kind: "waits",
    result: await pause(step, operation, waiting, false, { ...awaited, polls: stage.polls, until }),
  };
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
function doneOf(look: { readonly unread: number; readonly states: readonly WaitState[] }, status: string): number {
  if (look.unread === 0) return 0;
  const first = look.states.findIndex((state) => state.status !== status);
  return first < 0 ? look.states.length : first;
}
