import type { JsonObject } from "../errors.ts";
import { parseReleaseText } from "../release/document.ts";
import type { Release } from "../release/release.ts";
import type { RecordSession } from "../release/storage.ts";
import type { Plan } from "../plan/plan.ts";
import type { PendingAnswer } from "../template/pending.ts";
import type { ActionDeps, ActionOutcome } from "./action.ts";
import type { ActionEvent } from "./event.ts";
import type { Meter } from "./meter.ts";
import { keepText, readText } from "./parts.ts";
import { parsePlan } from "./plan-text.ts";
import type { ActionRequest } from "./request.ts";
import type { Operation, Part } from "./state.ts";

/** What one `advance` works with. */
export interface Step {
  readonly deps: ActionDeps;
  readonly session: RecordSession;
  readonly meter: Meter;
  readonly emit: (event: ActionEvent) => void;
  /** Never outlives the advance. */
  readonly cache: StepCache;
}

/** Parts that an advance has decoded, by their text or digest. */
export interface StepCache {
  readonly requests: Map<string, ActionRequest>;
  readonly drafts: Map<string, Release>;
  readonly plans: Map<string, Plan>;
  /** What templates were answered besides lookups, by the request's key. */
  readonly answers: Map<string, PendingAnswer>;
  /** Versions of Jobs that delete themselves, as they were written. */
  readonly jobs: Map<string, string>;
  /** Warnings told so far. */
  readonly warnings: string[];
  /** Lines of plugins that became events. */
  readonly heard: { characters: number };
  /** Secrets that templates looked up. */
  readonly secrets: JsonObject[];
}

/** How a stage ended. */
export type StageResult =
  /** Go on at once. */
  | { readonly kind: "more"; readonly operation: Operation }
  /** The state must be kept before anything else happens. */
  | { readonly kind: "keep"; readonly operation: Operation }
  | { readonly kind: "later"; readonly operation: Operation; readonly time: number }
  | {
      readonly kind: "done";
      readonly operation: Operation;
      readonly outcome: ActionOutcome;
      /** As it stands; absent where there is none. */
      readonly release?: Release;
    };

/** Goes on with another state. */
export function more(operation: Operation): StageResult {
  return { kind: "more", operation };
}

/** Keeps the state, then goes on. */
export function keep(operation: Operation): StageResult {
  return { kind: "keep", operation };
}

/** Goes on at a time, in milliseconds since 1970. */
export function later(operation: Operation, time: number): StageResult {
  return { kind: "later", operation, time };
}

/** Keeps a text: in the state when short, else in the store. */
export function keepPart(step: Step, text: string): Promise<Part> {
  return keepText(step.deps.parts, text, step.deps.signal);
}

/** The request that the running flow works on. */
export async function requestOf(step: Step, operation: Operation): Promise<ActionRequest> {
  return decodePart(step, operation.request, step.cache.requests, parseRequest);
}

/** The release that is written, as it was when it was planned. */
export async function draftOf(step: Step, operation: Operation): Promise<Release> {
  if (operation.draft === undefined) throw new Error(`no draft at ${operation.stage.kind}`);
  return decodePart(step, operation.draft, step.cache.drafts, parseReleaseText);
}

/** The plan. */
export async function planOf(step: Step, operation: Operation): Promise<Plan> {
  if (operation.plan === undefined) throw new Error(`no plan at ${operation.stage.kind}`);
  return decodePart(step, operation.plan, step.cache.plans, parsePlan);
}

/** Decodes a part once per advance. */
async function decodePart<Value>(
  step: Step,
  part: Part,
  cache: Map<string, Value>,
  decode: (text: string) => Value,
): Promise<Value> {
  const key = "digest" in part ? part.digest : part.text;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const value = decode(await readText(step.deps.parts, part, step.deps.signal));
  cache.set(key, value);
  return value;
}

/** Written by `keepText` of an `ActionRequest` alone. */
function parseRequest(text: string): ActionRequest {
  const request: ActionRequest = JSON.parse(text);
  return request;
}
