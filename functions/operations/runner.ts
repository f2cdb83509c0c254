import type { ActionDeps, ActionOutcome, ActionState, Advance, AdvanceBudget } from "../../engine/action/action.ts";
import type { ActionEvent } from "../../engine/action/event.ts";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import type { Release } from "../../engine/release/release.ts";
import type { Clock } from "../http/clock.ts";
import { parseJson } from "../http/json.ts";
import { describeThrown, type Log } from "../http/log.ts";
import type { Metrics } from "../http/metrics.ts";
import { logPluginLine } from "../http/plugin-log.ts";
import type { RecordStore } from "../http/record-store.ts";
import type { SecretBox } from "../http/secret-box.ts";
import { keepDryRun } from "./dry-run.ts";
import {
  createStateBox,
  type End,
  endEntry,
  readStanding,
  type Standing,
  standingAfter,
  type StateBox,
} from "./journal.ts";
import { createLeaseGuard, LEASE_TIME, LeaseLost, type LeaseGuard } from "./lease-guard.ts";
import { finishIndex } from "./operation-index.ts";
import type { Lease, OperationStore, Wakeup } from "./operation-store.ts";
import { judge, type StepFailure } from "./step-failure.ts";

/** The engine's actions, by the name in their state. */
export interface Engine {
  readonly advance: (state: ActionState, deps: ActionDeps, budget: AdvanceBudget) => Promise<Advance>;
  /** A state that winds up: marks the pending record as failed and ends. Without it a stop ends at once and `abandon` cleans up. */
  readonly stop?: (state: ActionState, reason: { readonly code: string; readonly message: string }) => ActionState;
}

export interface RunnerDeps {
  readonly engine: Engine;
  readonly store: OperationStore;
  readonly records: RecordStore;
  readonly box: SecretBox;
  readonly wakeup: Wakeup;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** What an action is given, for the operation's cluster, principal and lease. */
  readonly actionDeps: (standing: Standing, guard: LeaseGuard) => Promise<ActionDeps>;
  /** Called when an operation ends without its action having ended: its pending record must not stand in the way of the next one. */
  readonly abandon: (standing: Standing, guard: LeaseGuard, message: string) => Promise<void>;
  /** Requests to a cluster in one step; 40 on Workers. */
  readonly subrequests: number;
  /** Steps after which the run ends and a wakeup goes on; unlimited when absent. */
  readonly stepsPerRun?: number;
}

/** How long one step may start requests. With the last request's time-out it stays below a lease. */
const STEP_TIME = 20_000;
/** Tries of one step: with the pauses between them about four minutes, longer than an API server's restart. */
const MAX_ATTEMPTS = 12;
const LONGEST_PAUSE = 30_000;
/** When the lease is another's for the moment of a refused start. */
const SHORT_PAUSE = 1_000;

/**
 * Takes an operation on until it ends, waits, or its lease is lost. Safe to call at any time, any number of times, from any number of
 * processes: the lease lets one of them work. With `held` the caller's own fresh lease is used. Never throws.
 */
export async function runOperation(deps: RunnerDeps, release: string, operation: string, held?: Lease): Promise<void> {
  try {
    const lease = held ?? (await takeLease(deps, release, operation));
    if (lease === undefined) return;
    const wake = await runUnderLease(deps, operation, lease);
    await deps.store.release(lease);
    if (wake !== undefined) await deps.wakeup.at(release, operation, wake);
  } catch (thrown) {
    const level = thrown instanceof LeaseLost ? "warn" : "error";
    deps.log.write(level, "operation interrupted", { operation, ...describeThrown(thrown) });
    await askAgain(deps, release, operation);
  }
}

async function askAgain(deps: RunnerDeps, release: string, operation: string): Promise<void> {
  try {
    await deps.wakeup.at(release, operation, deps.clock.now() + LEASE_TIME);
  } catch (thrown) {
    deps.log.write("error", "no wakeup; the next scan finds it", { operation, ...describeThrown(thrown) });
  }
}

/** Asks for every unfinished operation at once: at the start of a process, and now and then for what another process left behind. */
export async function recoverOperations(deps: Pick<RunnerDeps, "store" | "wakeup" | "clock" | "log">): Promise<number> {
  const unfinished = await deps.store.unfinished();
  for (const { release, operation } of unfinished) await deps.wakeup.at(release, operation, deps.clock.now());
  if (unfinished.length > 0) deps.log.write("info", "operations taken up again", { count: unfinished.length });
  return unfinished.length;
}

async function takeLease(deps: RunnerDeps, release: string, operation: string): Promise<Lease | undefined> {
  const taken = await deps.store.acquire(release, operation, LEASE_TIME);
  if (taken.kind === "acquired") return taken.lease;
  const { by } = taken;
  const again = by.operation === operation ? by.expires : deps.clock.now() + SHORT_PAUSE;
  await deps.wakeup.at(release, operation, again);
  return undefined;
}

/** A run under a lease. */
interface Run extends RunnerDeps {
  readonly states: StateBox;
}

/**
 * Gives the time to be woken, or undefined when there is nothing left to do. The journal is read once: under a lease nobody else writes it,
 * and what does not fit behind the known entries is not written.
 */
async function runUnderLease(deps: RunnerDeps, operation: string, lease: Lease): Promise<number | undefined> {
  const run = { ...deps, states: createStateBox(deps.box) };
  const guard = createLeaseGuard(deps.store, deps.clock, lease);
  let standing = await readStanding(deps.store, operation);
  for (let steps = 0; steps < (deps.stepsPerRun ?? Infinity); steps++) {
    if (standing === undefined || standing.end !== undefined) return undefined;
    const stop = await findStop(deps, standing);
    if (stop !== undefined) {
      standing = await stopOperation(run, standing, guard, stop);
      continue;
    }
    if (standing.waitsForApproval) return undefined;
    if (standing.notBefore > deps.clock.now()) return standing.notBefore;
    standing = await runStep(run, standing, guard);
  }
  return standing?.end === undefined ? deps.clock.now() : undefined;
}

type Stop = Extract<StepFailure, { kind: "final" }>;

async function findStop(deps: RunnerDeps, standing: Standing): Promise<Stop | undefined> {
  if (standing.attempts >= MAX_ATTEMPTS) {
    const message = `step ${standing.step + 1} did not end in ${MAX_ATTEMPTS} tries`;
    return { kind: "final", code: "interrupted", message, detail: {} };
  }
  if (standing.stopping !== undefined) return undefined;
  const cancel = await deps.records.get(cancelKey(standing.operation));
  if (cancel === undefined) return undefined;
  return { kind: "final", code: "cancelled", message: "the operation was cancelled", detail: {} };
}

/** The record that asks for an operation's end. */
export function cancelKey(operation: string): string {
  return `cancel/${operation}`;
}

async function stopOperation(deps: Run, standing: Standing, guard: LeaseGuard, stop: Stop): Promise<Standing> {
  const { code, message, detail } = stop;
  const sealed = standing.stopping === undefined ? await stoppedState(deps, standing, { code, message }) : undefined;
  if (sealed !== undefined) {
    return await write(deps, standing, guard, [{ kind: "stop", code, message, detail, sealed }]);
  }
  const marked = await deps.abandon(standing, guard, message).then(
    () => true,
    (thrown: unknown) => {
      if (thrown instanceof LeaseLost) throw thrown;
      deps.log.write("warn", "the release could not be marked as failed", {
        operation: standing.operation,
        ...describeThrown(thrown),
      });
      return false;
    },
  );
  const status = code === "cancelled" ? "cancelled" : "failed";
  const undo = marked ? "" : STAYS_PENDING;
  return await finish(deps, standing, guard, { events: [], end: { status, undo, error: { code, message, detail } } });
}

/** A cluster that is away for so long keeps the record as it was. */
const STAYS_PENDING =
  "Its revision may still be recorded as pending: once the cluster answers, unlock the release and begin again.";

/** The sealed state that winds up; undefined when the engine has none, or cannot read the state any more. */
async function stoppedState(
  { engine, states, log }: Run,
  standing: Standing,
  reason: { readonly code: string; readonly message: string },
): Promise<string | undefined> {
  if (engine.stop === undefined) return undefined;
  try {
    const state = engine.stop(await states.open(standing), reason);
    return await states.seal(standing.operation, state);
  } catch (thrown) {
    log.write("error", "the operation cannot wind up", { operation: standing.operation, ...describeThrown(thrown) });
    return undefined;
  }
}

async function runStep(deps: Run, before: Standing, guard: LeaseGuard): Promise<Standing> {
  const standing = await write(deps, before, guard, [{ kind: "begin", step: before.step + 1 }]);
  const advanced = await tryAdvance(deps, standing, guard);
  if ("failure" in advanced) return await afterFailure(deps, standing, guard, advanced.failure);
  for (const event of advanced.events) {
    if (event.type !== "plugin-log") continue;
    const { type: _type, ...line } = event;
    logPluginLine(deps.log, { ...line, operation: standing.operation });
  }
  const events = advanced.events.map((event): JsonObject => ({ kind: "event", event: toJson(event) }));
  if (advanced.next.kind === "done") {
    const { dryRun } = advanced;
    const end = { ...endOf(advanced.next.outcome, standing), ...(dryRun === undefined ? {} : { dryRun }) };
    return await finish(deps, standing, guard, { events, end });
  }
  const sealed = await deps.states.seal(standing.operation, advanced.state);
  return await write(deps, standing, guard, [...events, { kind: "step", sealed, next: { ...advanced.next } }]);
}

interface Advanced extends Advance {
  readonly dryRun?: string;
}

async function tryAdvance(
  deps: Run,
  standing: Standing,
  guard: LeaseGuard,
): Promise<Advanced | { readonly failure: StepFailure }> {
  try {
    const state = await deps.states.open(standing);
    let release: Release | undefined;
    const actionDeps = {
      ...(await deps.actionDeps(standing, guard)),
      onRelease: (one: Release) => void (release = one),
    };
    const budget = { subrequests: deps.subrequests, deadline: deps.clock.now() + STEP_TIME };
    const advanced = await deps.engine.advance(state, actionDeps, budget);
    if (release === undefined || !isDryRun(advanced)) return advanced;
    const kept = { parts: actionDeps.parts, box: deps.box };
    return { ...advanced, dryRun: await keepDryRun(kept, standing.operation, release) };
  } catch (thrown) {
    if (thrown instanceof LeaseLost) throw thrown;
    const failure = judge(thrown);
    const { operation, step } = standing;
    deps.log.write(failure.code === "internal" ? "error" : "warn", "step failed", {
      operation,
      step: step + 1,
      attempt: standing.attempts,
      ...describeThrown(thrown),
    });
    return { failure };
  }
}

function isDryRun({ next }: Advance): boolean {
  return next.kind === "done" && next.outcome.kind === "succeeded" && next.outcome.release["dryRun"] === true;
}

async function afterFailure(deps: Run, standing: Standing, guard: LeaseGuard, failure: StepFailure): Promise<Standing> {
  if (failure.kind === "final") return await stopOperation(deps, standing, guard, failure);
  if (standing.attempts >= MAX_ATTEMPTS) {
    return await stopOperation(deps, standing, guard, { ...failure, kind: "final", detail: {} });
  }
  const at = deps.clock.now() + Math.min(LONGEST_PAUSE, SHORT_PAUSE * 2 ** (standing.attempts - 1));
  const { code, message } = failure;
  return await write(deps, standing, guard, [{ kind: "retry", at, code, message, attempt: standing.attempts }]);
}

function toJson(event: ActionEvent): JsonValue {
  return parseJson(JSON.stringify(event));
}

function endOf(outcome: ActionOutcome, { stopping }: Standing): End {
  const { release, undo } = outcome;
  const shown = release === undefined ? { undo } : { undo, release };
  if (stopping !== undefined) {
    const status = stopping.code === "cancelled" ? "cancelled" : "failed";
    const message = outcome.kind === "failed" ? outcome.message : stopping.message;
    return { ...shown, status, error: { code: stopping.code, message, detail: stopping.detail } };
  }
  if (outcome.kind === "succeeded") return { ...shown, status: "succeeded" };
  const { code, message, detail } = outcome;
  return { ...shown, status: code === "cancelled" ? "cancelled" : "failed", error: { code, message, detail } };
}

async function finish(
  deps: RunnerDeps,
  standing: Standing,
  guard: LeaseGuard,
  last: { readonly events: readonly JsonObject[]; readonly end: End },
): Promise<Standing> {
  const ended = await write(deps, standing, guard, [...last.events, endEntry(last.end)]);
  deps.metrics.count("slipway_operations_total", { action: standing.action, status: last.end.status });
  await finishIndex(deps, standing, last.end).catch((thrown: unknown) => {
    deps.log.write("warn", "the operation's list entry is stale", {
      operation: standing.operation,
      ...describeThrown(thrown),
    });
  });
  return ended;
}

/** One compare-and-set append; gives where the operation stands then. A refusal means that another process writes this journal now. */
async function write(
  deps: RunnerDeps,
  standing: Standing,
  guard: LeaseGuard,
  entries: readonly JsonObject[],
): Promise<Standing> {
  const lease = await guard.atLeast(1);
  const time = deps.clock.now();
  if (await deps.store.append(lease, standing.sequence, entries)) return standingAfter(standing, entries, time);
  throw new LeaseLost("the journal is another's");
}
