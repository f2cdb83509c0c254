import type { Chart } from "../chart/chart.ts";
import type { PinnedChart } from "../chart/reference.ts";
import type { JsonObject, JsonValue } from "../errors.ts";
import type { DiscoveryData } from "../kube/discovery.ts";
import type { ClusterTransport } from "../kube/transport.ts";
import type { Gzip } from "../release/codec.ts";
import type { RecordMemory } from "../release/record-memory.ts";
import type { RecordDriver } from "../release/storage.ts";
import type { Release } from "../release/release.ts";
import type { PendingResolver } from "../render/input.ts";
import type { ActionEvent } from "./event.ts";
import type { RunFunction } from "./functions.ts";
import type { JudgePlan } from "./judge.ts";
import type { RunPostRenderer } from "./post-render.ts";
import type { PlanKeeper } from "./purpose.ts";
import type { ActionRequest } from "./request.ts";

/** Bytes by sha256 digest (`sha256:…`), for parts too large for a state. `put` is idempotent. */
export interface PartStore {
  readonly put: (bytes: Uint8Array, signal?: AbortSignal) => Promise<string>;
  readonly get: (digest: string, signal?: AbortSignal) => Promise<Uint8Array | undefined>;
}

/** Charts by the digest they were pinned to. Absent means the registry no longer has it. */
export interface ChartSource {
  readonly open: (chart: PinnedChart, signal?: AbortSignal) => Promise<Chart | undefined>;
}

/** What an action is given. Nothing else reaches it: no clock, randomness or I/O of its own. */
export interface ActionDeps {
  readonly cluster: ClusterTransport;
  readonly charts: ChartSource;
  readonly parts: PartStore;
  /** Where the cluster's release records are: `HELM_DRIVER`. `secret` when absent. */
  readonly records?: RecordDriver;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Waits where the cluster asks one request to wait (429 and 5xx with `Retry-After`). Without it the whole stage waits. */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /**
   * Access, asked once the plan is decided: for every object and hook that would be written. Throws an `EngineError` to refuse.
   */
  readonly authorize?: (targets: readonly WriteTarget[]) => Promise<void>;
  /** Access to one `lookup` of a template. Throws an `EngineError` to refuse. An empty `name` is a list, an empty `namespace` all. */
  readonly authorizeLookup?: (target: LookupTarget) => Promise<void>;
  /** Answers what templates ask besides `lookup`: names and private keys. */
  readonly resolve?: PendingResolver;
  /** Runs template functions of a request's plugins. Without it such a request is refused. */
  readonly runFunction?: RunFunction;
  /** Has the policies of this place judge a decided plan, before anything is written. */
  readonly judge?: JudgePlan;
  /** Runs a request's post-renderers. Without it such a request is refused. */
  readonly postRender?: RunPostRenderer;
  /** What the cluster serves, kept between operations. Without it every operation asks anew. */
  readonly discovery?: DiscoveryCache;
  /** Records of the cluster that went through this process. Without it every record is read when it is needed. */
  readonly memory?: RecordMemory;
  /** How release records are packed; by the web's streams when absent. */
  readonly gzip?: Gzip;
  /**
   * Hears of the release as it stands at the end, values and notes included: for a command that prints it. It is part of no state, event
   * or outcome.
   */
  readonly onRelease?: (release: Release) => void;
  readonly signal?: AbortSignal;
  /** Where plans are kept; planning needs it. */
  readonly plans?: PlanKeeper;
}

/** What a template looks up. */
export interface LookupTarget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** A place for one cluster's discovery. What is stale is found out by the action, which then saves anew. */
export interface DiscoveryCache {
  readonly load: () => Promise<DiscoveryData | undefined>;
  readonly save: (data: DiscoveryData) => Promise<void>;
}

/** One thing that a plan writes. */
export interface WriteTarget {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly verb: "create" | "patch" | "delete";
}

/** How much one `advance` may do. */
export interface AdvanceBudget {
  /** Requests to the cluster, at most; 40 on Workers. */
  readonly subrequests: number;
  /** Milliseconds since 1970 after which no new request is started. */
  readonly deadline: number;
  /** Once aborted, no new request is started and nothing is watched any more: the step ends with what is done. */
  readonly stop?: AbortSignal;
}

/**
 * Where an action stands: plain JSON of at most 64 KiB, larger parts by digest in the `PartStore`. Only `engine/action` reads the
 * members besides `version` and `action`.
 */
export interface ActionState extends JsonObject {
  readonly version: number;
  readonly action: string;
  readonly [key: string]: JsonValue;
}

/** When to call `advance` again. */
export type Next =
  | { readonly kind: "now" }
  /** Milliseconds since 1970. */
  | { readonly kind: "at"; readonly time: number }
  | { readonly kind: "approval"; readonly planDigest: string }
  | { readonly kind: "done"; readonly outcome: ActionOutcome };

/** How an action ended. `release` is the JSON summary that the HTTP surface and the command show. */
export type ActionOutcome =
  | { readonly kind: "succeeded"; readonly release: JsonObject; readonly undo: string }
  | {
      readonly kind: "failed";
      readonly code: string;
      /** Equal to what Helm prints behind `Error: `, where Helm has such an error. */
      readonly message: string;
      readonly detail: JsonObject;
      readonly release?: JsonObject;
      readonly undo: string;
    };

/** The result of one step. `events` happened in this step, in order. */
export interface Advance {
  readonly state: ActionState;
  readonly events: readonly ActionEvent[];
  readonly next: Next;
}

/** The pair of functions that every action is. `start` does no I/O. Steps run at least once: `advance` may be repeated with the same state. */
export interface Action<Request extends ActionRequest> {
  readonly start: (request: Request) => ActionState;
  readonly advance: (state: ActionState, deps: ActionDeps, budget: AdvanceBudget) => Promise<Advance>;
}
