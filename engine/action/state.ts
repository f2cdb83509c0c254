import type { JsonObject } from "../errors.ts";
import type { HookEvent, HookPhase } from "../manifest/hook.ts";
import type { ActionState } from "./action.ts";
import type { ActionRequest } from "./request.ts";

/** Raised when an older state can no longer be read. */
export const STATE_VERSION = 1;

export type ActionName = ActionRequest["action"];

/** A text kept in the state, or by digest in the `PartStore` when it is long. */
export type Part = { readonly text: string } | { readonly digest: string };

/** What went wrong, ready to be shown. `message` has no prefix such as `UPGRADE FAILED`. */
export type Failure = { readonly code: string; readonly message: string; readonly detail: JsonObject };

/** How a hook's run goes, over what the draft says. `index` is its position in the release. */
export type HookRun = {
  readonly index: number;
  readonly startedAt?: string;
  readonly completedAt?: string;
  readonly phase: HookPhase;
};

/** Where a hook stands. `position` counts the selected hooks of the event. */
export type HookStage =
  | { readonly at: "note"; readonly position: number }
  /** `uids` of the objects that were there before, in the hook's order; empty where there was none. */
  | {
      readonly at: "run";
      readonly position: number;
      readonly uids: readonly string[];
      readonly started: number;
      readonly polls: number;
    }
  /** `versions`: the resourceVersion that each object of the hook was made at. */
  | {
      readonly at: "wait";
      readonly position: number;
      readonly since: number;
      readonly polls: number;
      readonly versions: readonly string[];
      /** As in the stage `wait`. */
      readonly memory?: string;
      readonly explainedAt?: number;
      readonly watches?: boolean;
    }
  /** All succeeded: their policies are applied, last first; `position` is the next one. */
  | { readonly at: "tidy"; readonly position: number; readonly since: number; readonly polls: number }
  /** The one at `failed` failed with `failure` and is tidied (`position` -1), then the ones before it, first first. */
  | {
      readonly at: "tidy-failed";
      readonly position: number;
      readonly failed: number;
      readonly failure: Failure;
      readonly since: number;
      readonly polls: number;
    };

/** The next thing to do. */
export type Stage =
  | { readonly kind: "prepare" }
  | { readonly kind: "namespace" }
  /** Old revisions go before a new one is written. */
  | { readonly kind: "prune" }
  | { readonly kind: "record" }
  | { readonly kind: "crds"; readonly position: number; readonly since: number; readonly polls: number }
  | { readonly kind: "hooks"; readonly event: HookEvent; readonly hook: HookStage }
  /** `position` is the next object of the plan; `began`: when the first batch was waited for. */
  | { readonly kind: "apply"; readonly position: number; readonly failures: Failures; readonly began?: number }
  /** Objects that are no longer wanted. */
  | { readonly kind: "remove"; readonly position: number; readonly failures: Failures; readonly began?: number }
  /**
   * `done` targets at the front are ready, so that a small budget gets to those behind them. `memory`: what was told; `explainedAt`: when
   * reasons were last looked for; `watches`: false once a watch could not be held; `errors`: in a row, by target, under `legacy`.
   */
  | {
      readonly kind: "wait";
      readonly since: number;
      readonly polls: number;
      readonly memory: string;
      readonly done: number;
      readonly explainedAt?: number;
      readonly watches?: boolean;
      readonly errors?: Readonly<Record<string, number>>;
      readonly ordered?: OrderedWait;
    }
  | {
      readonly kind: "wait-gone";
      readonly since: number;
      readonly polls: number;
      readonly done: number;
      readonly watches?: boolean;
      readonly ordered?: OrderedWait;
    }
  /** Uninstall: the record says `uninstalling`. */
  | { readonly kind: "mark" }
  /** Test: how the hooks went is recorded and told, before what they made is deleted. */
  | { readonly kind: "report"; readonly next: Stage }
  | { readonly kind: "finish" }
  /** Uninstall without history. */
  | { readonly kind: "purge" }
  | { readonly kind: "fail" }
  | { readonly kind: "cleanup"; readonly position: number }
  | { readonly kind: "undo" }
  /** Planning: `position` is the next dry run; `answers` are those so far. */
  | { readonly kind: "plan"; readonly position: number; readonly answers?: Part };

/** Which of the plan's batches is waited for, and when the first wait of them began. */
export type OrderedWait = { readonly batch: number; readonly began: number };

/** Objects that could not be written, in plan order; `more` were too many to keep. */
export type Failures = { readonly list: readonly Failure[]; readonly more: number };

/** Where an operation stands. */
export type Operation = {
  readonly version: typeof STATE_VERSION;
  /** What was asked for. */
  readonly action: ActionName;
  /** What runs now: an upgrade may turn out to be an install, and a failure may be undone by a rollback or an uninstall. */
  readonly mode: ActionName;
  readonly stage: Stage;
  /** JSON of the request that `mode` works on. */
  readonly request: Part;
  /** Base64 of the 32 bytes that all template randomness comes from. */
  readonly seed: string;
  /** Milliseconds since 1970: the clock of templates and of the record. */
  readonly now: number;
  /** Below a millisecond: tells our record from one that another process wrote at the same time. */
  readonly nanos: number;
  /** The revision that is written; 0 until it is known. */
  readonly revision: number;
  /** The revision that the new one replaces; 0 when there is none. */
  readonly base: number;
  /** JSON of the release that is written, without what `hookRuns` tell. */
  readonly draft?: Part;
  /** Labels of the draft's record. */
  readonly labels: Readonly<Record<string, string>>;
  /** JSON of the plan. */
  readonly plan?: Part;
  /** `resourceVersion` of our record as last seen. */
  readonly recordVersion: string;
  readonly hookRuns: readonly HookRun[];
  /** Jobs that delete themselves, by namespace and name: the `resourceVersion` that they were written at, or that their end was seen. */
  readonly jobs?: Readonly<Record<string, string>>;
  /** Answers to reads that a step with too many of them already has. */
  readonly answers?: Part;
  /** Revisions that go before the new one is written. */
  readonly prune: readonly number[];
  /** Uninstall: the revisions that were there when it began. Absent where there are too many for a state: then they are read again. */
  readonly revisions?: readonly number[];
  /** Why the operation fails, and what was being done. */
  readonly failure?: Failure;
  readonly failedAt?: Stage["kind"];
  /** What failed and is being undone. */
  readonly cause?: { readonly mode: ActionName; readonly failure: Failure };
  /** How often the next stage was tried in vain. */
  readonly retries: number;
  /** Uninstall: errors that did not stop it. */
  readonly errors: readonly string[];
  /** Uninstall: what Helm prints above its last line. */
  readonly info: string;
  /** Absent: it is simply done. `plan`: nothing is written. `apply`: only what was planned is written. */
  readonly purpose?:
    | { readonly kind: "plan"; readonly request?: Part }
    | { readonly kind: "apply"; readonly facts: Part; readonly answers: Part };
  /** The clock of templates, where a plan set it; `now` when absent. */
  readonly clock?: number;
  /** What a plan's report is made from. */
  readonly material?: Part;
};

/** The state as the journal keeps it. */
export function toState(operation: Operation): ActionState {
  return operation;
}

/** The inverse. A state of another version is a defect of the caller: operations end before a version is dropped. */
export function fromState(state: ActionState): Operation {
  if (isOperation(state)) return state;
  throw new Error(`a state of version ${state.version} cannot be resumed`);
}

function isOperation(state: ActionState): state is Operation & ActionState {
  return state.version === STATE_VERSION && "mode" in state && "stage" in state && "request" in state;
}
