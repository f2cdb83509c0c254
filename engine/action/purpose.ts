import type { JsonObject } from "../errors.ts";
import type { ActionState } from "./action.ts";
import { beginOperation } from "./begin.ts";
import type { ActionRequest } from "./request.ts";
import { type ActionName, type Part, toState } from "./state.ts";

/** What a plan pins, so that applying it renders and decides as planning did. Every part may hold secrets. */
export type PlanPins = {
  readonly action: ActionName;
  readonly request: Part;
  readonly seed: string;
  /** The clock that templates saw. */
  readonly clock: number;
  /** The facts that the plan rests on. */
  readonly facts: Part;
  /** Answers that no seed gives again: keys, names, functions of plugins. */
  readonly answers: Part;
};

/** A finished plan on its way to where plans are kept. */
export interface KeptPlan {
  /** What the digest covers: equal for equal plans. Holds raw values. */
  readonly facts: string;
  readonly pins: PlanPins;
  /** JSON of the report, masked. */
  readonly report: Part;
  readonly summary: JsonObject;
}

/** Where plans are kept, and the key that their hashes are made with. */
export interface PlanKeeper {
  /** A keyed hash that stands for a secret text. */
  readonly hash: (text: string) => Promise<string>;
  /** Keeps a plan and gives its keyed digest. The same plan is kept once. */
  readonly keep: (plan: KeptPlan) => Promise<string>;
}

/** The state of an operation that plans a request and writes nothing. */
export function startPlan(request: ActionRequest): ActionState {
  const operation = beginOperation(request.action, request.action, { text: JSON.stringify(request) });
  return toState({ ...operation, purpose: { kind: "plan" } });
}

/** The state of an operation that does exactly what was planned, or is refused with `plan-stale`. */
export function applyPlan(pins: PlanPins): ActionState {
  const { action, request, seed, clock, facts, answers } = pins;
  return toState({
    ...beginOperation(action, action, request),
    seed,
    clock,
    purpose: { kind: "apply", facts, answers },
  });
}
