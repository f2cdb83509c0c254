import { applyFailure } from "../kube/apply-text.ts";
import { addressOf, applyObject, deleteObject, getObject } from "../kube/client.ts";
import { isKubeError } from "../kube/error.ts";
import { isDeletedAt, isLoggedAt, type SelectedHook, selectHooks } from "../hooks/select.ts";
import type { HookEvent } from "../manifest/hook.ts";
import { getName, getNamespace, getResourceVersion, getUid } from "../object/read.ts";
import { ReleaseError } from "../release/errors.ts";
import { formatTime } from "../release/time.ts";
import { batches } from "../plan/batch.ts";
import { ActionError } from "./errors.ts";
import { type BuiltObject, buildObjects } from "./build.ts";
import { createHookObject } from "./client-write.ts";
import { askFacts, mappingFinder } from "./cluster-facts.ts";
import { failureOf, isTransient } from "./failure.ts";
import { gather } from "./gather.ts";
import { emitHookLogs } from "./hook-log.ts";
import { deadlineOf } from "./deadline.ts";
import { hookWait, waitForHook } from "./hook-wait.ts";
import { LATE } from "./legacy-stage.ts";
import { pollDelay } from "./poll.ts";
import { currentRelease, updateOurRecord, withHookRun } from "./record.ts";
import type { ActionRequest, WaitStrategy } from "./request.ts";
import type { Failure, HookStage, Operation } from "./state.ts";
import { draftOf, keep, later, more, planOf, requestOf, type StageResult, type Step } from "./step.ts";
import { isTested } from "./tested.ts";

/** What the flow does once an event's hooks are through. */
export interface HookExits {
  readonly succeeded: (operation: Operation) => Operation;
  readonly failed: (operation: Operation, failure: Failure) => Operation;
  /** What comes before the hooks' policies are applied. */
  readonly tidying?: (operation: Operation) => Operation;
}

interface HookContext {
  readonly step: Step;
  readonly operation: Operation;
  readonly event: HookEvent;
  readonly selected: readonly SelectedHook[];
  readonly exits: HookExits;
}

/** Takes the hooks of an event one step further. */
export async function hookStage(
  step: Step,
  operation: Operation,
  stage: { readonly event: HookEvent; readonly hook: HookStage },
  exits: HookExits,
): Promise<StageResult> {
  const draft = await draftOf(step, operation);
  const request = await requestOf(step, operation);
  const selected = hooksOf(request, selectHooks(draft.hooks, stage.event));
  const context = { step, operation, event: stage.event, selected, exits };
  if (selected.length === 0) return more(exits.succeeded(operation));
  switch (stage.hook.at) {
    case "note":
      return noteHook(context, stage.hook.position);
    case "run":
      return runHook(context, stage.hook);
    case "wait":
      return waitHook(context, stage.hook);
    case "tidy":
      return tidy(context, stage.hook);
    default:
      return tidyFailed(context, stage.hook);
  }
}

function hooksOf(request: ActionRequest, selected: readonly SelectedHook[]): readonly SelectedHook[] {
  if (request.action === "test") return selected.filter(({ hook }) => isTested(request, hook.name));
  return request.noHooks ? [] : selected;
}

function beforeTidying({ exits }: HookContext, operation: Operation): Operation {
  return exits.tidying === undefined ? operation : exits.tidying(operation);
}

/** Notes what is there before the hook is made: another uid is ours when this is taken up again. */
async function noteHook(context: HookContext, position: number): Promise<StageResult> {
  const { step, selected } = context;
  const one = selected[position];
  if (one === undefined) {
    const tidying = at(context, { at: "tidy", position: selected.length - 1, since: 0, polls: 0 });
    return more(beforeTidying(context, tidying));
  }
  if (position === 0)
    step.emit({ type: "phase", phase: context.event, message: `running ${selected.length} ${context.event} hook(s)` });
  const operation = withTurn(context.operation, one.index);
  const built = await tryBuild(context, one);
  if ("failure" in built) return more(context.exits.failed(operation, built.failure));
  const uids = await gather(built.objects, async (target) => {
    const live = await getObject(step.session, target.mapping, { ...addressOf(target.object), metadataOnly: true });
    return live === undefined ? "" : (getUid(live) ?? "");
  });
  return keep(at({ ...context, operation }, { at: "run", position, uids, started: step.deps.now(), polls: 0 }));
}

/** Helm compatibility: a hook whose turn it was has its default policy in the record, also when it did not get to run. */
function withTurn(operation: Operation, index: number): Operation {
  if (operation.hookRuns.some((run) => run.index === index)) return operation;
  return withHookRun(operation, { index, phase: "" });
}

/** Takes away what an earlier run left, says in the record that the hook runs, and makes it. */
async function runHook(context: HookContext, stage: Extract<HookStage, { at: "run" }>): Promise<StageResult> {
  const { step, operation } = context;
  const one = selectedAt(context, stage.position);
  const built = await tryBuild(context, one);
  if ("failure" in built) return more(context.exits.failed(operation, built.failure));
  if (isDeletedAt(one.hook, "before-hook-creation")) {
    const old = await deleteOld(context, built.objects, stage);
    if (old !== undefined) return old;
  }
  const startedAt = formatTime(step.deps.now());
  const running = withHookRun(operation, { index: one.index, startedAt, phase: "Running" });
  const recorded = await recordRun(step, running);
  tell(context, one, "running", `${one.hook.kind} ${one.hook.name} started`);
  const { problem, versions } = await createHook(context, built.objects, stage.uids);
  if (problem !== undefined) {
    const text = `warning: Hook ${context.event} ${one.hook.path} failed: ${problem}`;
    const failed = ended(context, recorded, one, "Failed", startedAt);
    tell(context, one, "failed", problem);
    return more(context.exits.failed(failed, failureOf("hook-failed", text, hookDetail(context, one))));
  }
  const unknown = withHookRun(recorded, { index: one.index, startedAt, phase: "Unknown" });
  return more(
    at(
      { ...context, operation: unknown },
      { at: "wait", position: stage.position, since: step.deps.now(), polls: 0, versions },
    ),
  );
}

/**
 * Waits for the hook's Jobs and Pods to end; all else is ready as soon as it is there. Its success is kept before anything else, so that
 * a hook that was deleted afterwards is never taken for one that did not run.
 */
async function waitHook(context: HookContext, stage: Extract<HookStage, { at: "wait" }>): Promise<StageResult> {
  const { step, operation } = context;
  const one = selectedAt(context, stage.position);
  const built = await tryBuild(context, one);
  if ("failure" in built) return more(context.exits.failed(operation, built.failure));
  const progress = await waitForHook(step, built.objects, stage, await requestOf(step, operation));
  if (progress.kind === "waiting") {
    if (stage.polls === 0) tell(context, one, "waiting", progress.message);
    return later(at(context, progress.stage), progress.time);
  }
  const message = progress.text;
  const startedAt = operation.hookRuns.find((run) => run.index === one.index)?.startedAt;
  if (message === undefined) {
    tell(context, one, "succeeded");
    const good = ended(context, operation, one, "Succeeded", startedAt);
    return keep(at({ ...context, operation: good }, { at: "note", position: stage.position + 1 }));
  }
  step.emit({ type: "hook", hook: one.hook.path, event: context.event, phase: "failed", message });
  if (isLoggedAt(one.hook, "hook-failed")) for (const target of built.objects) await emitHookLogs(step, target.object);
  const failed = ended(context, operation, one, "Failed", startedAt);
  const failure = failureOf("hook-failed", message, { ...hookDetail(context, one), ...progress.detail });
  const tidying = at(
    { ...context, operation: failed },
    { at: "tidy-failed", position: -1, failed: stage.position, failure, since: 0, polls: 0 },
  );
  return keep(beforeTidying(context, tidying));
}

/** All succeeded: logs and deletions, the last hook first. A deletion that fails fails the event. */
async function tidy(context: HookContext, stage: Extract<HookStage, { at: "tidy" }>): Promise<StageResult> {
  const one = context.selected[stage.position];
  if (one === undefined) return more(context.exits.succeeded(context.operation));
  const built = await tryBuild(context, one);
  if ("failure" in built) return more(context.exits.failed(context.operation, built.failure));
  if (stage.since === 0 && isLoggedAt(one.hook, "hook-succeeded")) {
    for (const target of built.objects) await emitHookLogs(context.step, target.object);
  }
  const gone = await deleteAfter(context, one, "hook-succeeded", built.objects, stage);
  if (gone.kind === "later") return gone.result;
  if (gone.kind === "failed") return more(context.exits.failed(context.operation, gone.failure));
  return more(at(context, { ...stage, position: stage.position - 1, since: 0, polls: 0 }));
}

/** One failed: it goes when its policy says so, then those before it that say so on success, in their order. */
async function tidyFailed(
  context: HookContext,
  stage: Extract<HookStage, { at: "tidy-failed" }>,
): Promise<StageResult> {
  const own = stage.position < 0;
  const one = own ? context.selected[stage.failed] : context.selected[stage.position];
  const end = (failure: Failure): StageResult => more(context.exits.failed(context.operation, failure));
  if (one === undefined || stage.position >= stage.failed) return end(stage.failure);
  const built = await tryBuild(context, one);
  if ("failure" in built) return end(own ? stage.failure : built.failure);
  const gone = await deleteAfter(context, one, own ? "hook-failed" : "hook-succeeded", built.objects, stage);
  if (gone.kind === "later") return gone.result;
  if (gone.kind === "failed" && !own) return end(gone.failure);
  if (gone.kind === "failed") {
    context.step.emit({
      type: "warning",
      message: `the failed hook ${one.hook.name} could not be deleted: ${gone.failure.message}`,
    });
  }
  return more(at(context, { ...stage, position: stage.position + 1, since: 0, polls: 0 }));
}

type Gone =
  | { readonly kind: "gone" }
  | { readonly kind: "later"; readonly result: StageResult }
  | { readonly kind: "failed"; readonly failure: Failure };

/** Deletes a hook's objects after it ran. Helm compatibility: without a wait strategy nobody waits until they are gone. */
async function deleteAfter(
  context: HookContext,
  one: SelectedHook,
  moment: "hook-succeeded" | "hook-failed",
  objects: readonly BuiltObject[],
  stage: Extract<HookStage, { at: "tidy" | "tidy-failed" }>,
): Promise<Gone> {
  const { step, operation } = context;
  if (!isDeletedAt(one.hook, moment)) return { kind: "gone" };
  const problem = await deleteAll(step, objects, () => undefined);
  if (problem !== undefined) return { kind: "failed", failure: problem };
  const request = await requestOf(step, operation);
  const wait = hookWait(request);
  if (wait === "hookOnly") return { kind: "gone" };
  const left = await stillThere(step, objects, () => undefined);
  if (left.length === 0) return { kind: "gone" };
  const now = step.deps.now();
  const since = stage.since === 0 ? now : stage.since;
  if (now >= deadlineOf(since, request.timeout, wait)) return { kind: "failed", failure: stillExists(left, wait) };
  const next = at(context, { ...stage, since, polls: stage.polls + 1 });
  return { kind: "later", result: later(next, now + pollDelay(stage.polls)) };
}

/**
 * Deletes what was there before the hook, by uid, so that one that an earlier try made stays. It is always waited for: Helm does not
 * under `hookOnly`, and then a new hook may be written into an object that is about to vanish.
 */
async function deleteOld(
  context: HookContext,
  objects: readonly BuiltObject[],
  stage: Extract<HookStage, { at: "run" }>,
): Promise<StageResult | undefined> {
  const { step, operation } = context;
  const uidOf = (index: number): string => stage.uids[index] ?? "";
  const old = objects.map((target, index) => ({ target, uid: uidOf(index) })).filter((entry) => entry.uid !== "");
  if (old.length === 0) return undefined;
  const targets = old.map((entry) => entry.target);
  const problem = await deleteAll(step, targets, (index) => old[index]?.uid);
  if (problem !== undefined) return more(context.exits.failed(operation, problem));
  const left = await stillThere(step, targets, (index) => old[index]?.uid);
  if (left.length === 0) return undefined;
  const request = await requestOf(step, operation);
  const wait = hookWait(request);
  const now = step.deps.now();
  if (now >= deadlineOf(stage.started, request.timeout, wait)) {
    return more(context.exits.failed(operation, stillExists(left, wait)));
  }
  return later(at(context, { ...stage, polls: stage.polls + 1 }), now + pollDelay(stage.polls));
}

async function deleteAll(
  step: Step,
  objects: readonly BuiltObject[],
  uidOf: (index: number) => string | undefined,
): Promise<Failure | undefined> {
  const problems = await gather(objects, async ({ object, mapping }, index) => {
    const uid = uidOf(index);
    try {
      await deleteObject(step.session, mapping, addressOf(object), {
        propagation: "Background",
        ...(uid === undefined ? {} : { uid }),
      });
      return undefined;
    } catch (error) {
      if (uid !== undefined && isKubeError(error, "conflict")) return undefined;
      if (!isKubeError(error) || error.code === "budget" || isTransient(error)) throw error;
      return error.message;
    }
  });
  const texts = problems.filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : failureOf("hook-failed", texts.join("; "));
}

async function stillThere(
  step: Step,
  objects: readonly BuiltObject[],
  uidOf: (index: number) => string | undefined,
): Promise<readonly BuiltObject[]> {
  const found = await gather(objects, async ({ object, mapping }, index) => {
    const live = await getObject(step.session, mapping, { ...addressOf(object), metadataOnly: true });
    const uid = uidOf(index);
    return live !== undefined && (uid === undefined || getUid(live) === uid);
  });
  return objects.filter((_, index) => found[index]);
}

function stillExists(objects: readonly BuiltObject[], wait: WaitStrategy): Failure {
  if (wait === "legacy") return failureOf("hook-failed", LATE);
  const lines = objects.map(
    ({ object }) =>
      `resource ${object.kind}/${getNamespace(object)}/${getName(object)} still exists. status: Terminating, message: Resource scheduled for deletion`,
  );
  return failureOf("hook-failed", [...lines, "context deadline exceeded"].join("\n"));
}

interface CreatedHook {
  /** The joined refusals. */
  readonly problem: string | undefined;
  /** The resourceVersion of each object; empty where it was refused. */
  readonly versions: readonly string[];
}

/** Makes a hook's objects, by runs of one kind. Helm compatibility: hooks of an uninstall are applied, however the release is written. */
async function createHook(
  { step, operation }: HookContext,
  objects: readonly BuiltObject[],
  before: readonly string[],
): Promise<CreatedHook> {
  const serverSide = operation.mode === "uninstall" || (await draftOf(step, operation)).applyMethod === "ssa";
  if (objects.length === 0) return { problem: "no objects visited", versions: [] };
  const problems: string[] = [];
  const versions: string[] = [];
  for (const { from, to } of batches(objects.map((one) => one.object.kind))) {
    const some = await gather(objects.slice(from, to), async (target, index) => {
      try {
        const made = serverSide
          ? (await applyObject(step.session, target.mapping, target.object, { force: false })).object
          : await createHookObject(step, target, before[from + index] ?? "");
        return { version: getResourceVersion(made) ?? "" };
      } catch (error) {
        if (!isKubeError(error) || error.code === "budget" || isTransient(error)) throw error;
        return { version: "", problem: serverSide ? applyFailure(target.object, error) : error.message };
      }
    });
    problems.push(...some.flatMap(({ problem }) => problem ?? []));
    versions.push(...some.map(({ version }) => version));
  }
  return { problem: problems.length === 0 ? undefined : problems.join("\n"), versions };
}

/** Helm compatibility: a record that cannot be written does not stop a hook. */
async function recordRun(step: Step, operation: Operation): Promise<Operation> {
  try {
    return await updateOurRecord(step, operation, await currentRelease(step, operation));
  } catch (error) {
    if (!(error instanceof ReleaseError) || isTransient(error, operation.retries)) throw error;
    step.emit({ type: "warning", message: `the record could not be written before the hook: ${error.message}` });
    return operation;
  }
}

async function tryBuild(
  context: HookContext,
  one: SelectedHook,
): Promise<{ readonly objects: readonly BuiltObject[] } | { readonly failure: Failure }> {
  const { step, operation, event } = context;
  const planned = (await planOf(step, operation)).hooks.find((hook) => hook.index === one.index);
  if (planned !== undefined) return { objects: planned.objects };
  const { discovery } = await askFacts(step);
  const { namespace } = await draftOf(step, operation);
  try {
    return { objects: buildObjects(one.hook.manifest, { mappingFor: mappingFinder(discovery, []), namespace }) };
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    const text = isDeletedAt(one.hook, "before-hook-creation")
      ? `unable to build kubernetes object for deleting hook ${one.hook.path}`
      : `unable to build kubernetes object for ${event} hook ${one.hook.path}`;
    return { failure: failureOf("hook-failed", `${text}: ${error.message}`, hookDetail(context, one)) };
  }
}

function tell(context: HookContext, one: SelectedHook, phase: string, message?: string): void {
  const of = { type: "hook", hook: one.hook.path, event: context.event, phase } as const;
  context.step.emit(message === undefined ? of : { ...of, message });
}

function ended(
  context: HookContext,
  operation: Operation,
  one: SelectedHook,
  phase: "Succeeded" | "Failed",
  startedAt: string | undefined,
): Operation {
  const completedAt = formatTime(context.step.deps.now());
  return withHookRun(operation, {
    index: one.index,
    ...(startedAt === undefined ? {} : { startedAt }),
    completedAt,
    phase,
  });
}

function hookDetail(context: HookContext, one: SelectedHook): { readonly hook: string; readonly event: string } {
  return { hook: one.hook.path, event: context.event };
}

function selectedAt(context: HookContext, position: number): SelectedHook {
  const one = context.selected[position];
  if (one === undefined) throw new Error(`no hook ${position} of ${context.event}`);
  return one;
}

function at(context: HookContext, hook: HookStage): Operation {
  return { ...context.operation, stage: { kind: "hooks", event: context.event, hook } };
}
