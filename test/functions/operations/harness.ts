import type { ActionDeps, ActionState, Advance, AdvanceBudget } from "../../../engine/action/action.ts";
import type { JsonObject } from "../../../engine/errors.ts";
import { LOCAL_ADMINISTRATOR } from "../../../functions/access/principal.ts";
import type { Clock } from "../../../functions/http/clock.ts";
import { createMetrics } from "../../../functions/http/metrics.ts";
import { createSecretBox } from "../../../functions/http/secret-box.ts";
import type { OperationStore } from "../../../functions/operations/operation-store.ts";
import { runOperation, type RunnerDeps } from "../../../functions/operations/runner.ts";
import { startOperation, type NewOperation } from "../../../functions/operations/start-operation.ts";
import { createMemoryOperations } from "../../../infra/memory/memory-operations.ts";
import { createMemoryRecords } from "../../../infra/memory/memory-records.ts";

/** A secret that must be found nowhere but in sealed boxes. */
export const CANARY = "canary-7f3a91";

export const WEB = { cluster: "local", namespace: "default", name: "web" };
export const WEB_KEY = "local/default/web";

/** A step of a fake action: what it does with the world, and what it says. */
export type FakeStep = (
  deps: ActionDeps,
  state: ActionState,
) => Promise<Omit<Advance, "state">> | Omit<Advance, "state">;

export const DONE: Omit<Advance, "state"> = {
  events: [{ type: "phase", phase: "done", message: "released" }],
  next: {
    kind: "done",
    outcome: { kind: "succeeded", release: { name: "web", revision: 2 }, undo: "helm rollback web 1" },
  },
};

export function going(phase: string): Omit<Advance, "state"> {
  return { events: [{ type: "phase", phase, message: phase }], next: { kind: "now" } };
}

/** A world with a clock that moves only when told, wakeups that are only noted, and an action made of `steps`. */
export async function createWorld(
  steps: readonly FakeStep[],
  options: { store?: (inner: OperationStore) => OperationStore } = {},
) {
  const time = { now: 1_000_000 };
  const log: JsonObject[] = [];
  const wakeups: { operation: string; time: number }[] = [];
  const abandoned: string[] = [];
  const ran: number[] = [];
  const clock: Clock = { now: () => time.now, sleep: async () => {} };
  let random = 0;
  const randomBytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(++random % 256);
  let tokens = 0;
  const inner = createMemoryOperations({ now: clock.now, newToken: () => `token-${++tokens}` });
  const store = options.store?.(inner) ?? inner;
  const records = createMemoryRecords({ now: clock.now });
  const box = await createSecretBox(new Uint8Array(32).fill(7), { randomBytes });
  const deps: RunnerDeps = {
    engine: {
      advance: async (state: ActionState, actionDeps: ActionDeps, _budget: AdvanceBudget) => {
        const index = typeof state["at"] === "number" ? state["at"] : 0;
        ran.push(index);
        const step = steps[index];
        if (step === undefined) throw new Error("no such step");
        return { state: { ...state, at: index + 1 }, ...(await step(actionDeps, state)) };
      },
    },
    store,
    records,
    box,
    wakeup: { at: async (_release, operation, at) => void wakeups.push({ operation, time: at }) },
    clock,
    log: { write: (level, message, fields) => void log.push({ level, message, ...fields }) },
    metrics: createMetrics(),
    actionDeps: async (_standing, guard) => ({
      cluster: { send: async () => (await guard.atLeast(35_000), new Response("{}")) },
      charts: { open: async () => undefined },
      parts: { put: async () => "", get: async () => undefined },
      now: clock.now,
      randomBytes,
    }),
    abandon: async (standing) => void abandoned.push(standing.operation),
    subrequests: 40,
  };
  const wanted = (nonce = "a".repeat(32)): NewOperation => ({
    address: WEB,
    nonce,
    principal: LOCAL_ADMINISTRATOR,
    origin: "api",
    action: "upgrade",
    state: { version: 1, action: "upgrade", at: 0, values: { password: CANARY } },
    summary: { chart: "oci://localhost/charts/web:1.0.0" },
  });
  return {
    time,
    log,
    wakeups,
    abandoned,
    ran,
    deps,
    inner,
    wanted,
    start: (nonce?: string) => startOperation(deps, wanted(nonce)),
    run: (operation: string) => runOperation(deps, WEB_KEY, operation),
    startAndRun: async (nonce?: string) => {
      const started = await startOperation(deps, wanted(nonce));
      await runOperation(deps, WEB_KEY, started.operation, started.lease);
      return started.operation;
    },
  };
}
