import { createHash, randomBytes } from "node:crypto";
import type { ActionDeps, ActionOutcome, ActionState, PartStore } from "../../engine/action/action.ts";
import type { ActionEvent } from "../../engine/action/event.ts";
import { actionFor, advance, applyPlan, type KeptPlan, type PlanKeeper, startPlan } from "../../engine/action/index.ts";
import { readText } from "../../engine/action/parts.ts";
import type {
  ActionRequest,
  InstallRequest,
  RollbackRequest,
  TestRequest,
  UninstallRequest,
  UpgradeRequest,
} from "../../engine/action/request.ts";
import type { Chart } from "../../engine/chart/chart.ts";
import { loadFiles } from "../../engine/chart/load.ts";
import type { PlanReport } from "../../engine/plan/report.ts";
import type { ClusterRequest, ClusterTransport } from "../../engine/kube/transport.ts";

/** A chart's files by name. */
export type ChartSources = Readonly<Record<string, string>>;

/** A chart from texts; `Chart.yaml` is made up when absent. */
export function chartOf(name: string, sources: ChartSources, version = "0.1.0"): Promise<Chart> {
  const files = { "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: ${version}\n`, ...sources };
  return loadFiles(
    Object.entries(files)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, text]) => ({ name: path, data: new TextEncoder().encode(text) })),
  );
}

/** Parts in memory. */
export function memoryParts(): PartStore {
  const parts = new Map<string, Uint8Array>();
  return {
    put: async (bytes) => {
      const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
      parts.set(digest, bytes);
      return digest;
    },
    get: async (digest) => parts.get(digest),
  };
}

/** A place where operations run on one cluster. */
export interface Bench {
  readonly deps: ActionDeps;
  readonly requests: ClusterRequest[];
  /** Drives an operation to its end. */
  readonly run: (request: ActionRequest, options?: DriveOptions) => Promise<Driven>;
  /** Plans a request. */
  readonly plan: (request: ActionRequest, options?: DriveOptions) => Promise<Planned>;
  /** Applies a plan. */
  readonly apply: (planned: Planned, options?: DriveOptions) => Promise<Driven>;
  readonly charts: Map<string, Chart>;
}

/** How an operation is driven. */
export interface DriveOptions {
  readonly subrequests?: number;
  /** Runs every step twice from the same state and goes on from the second: as after a crash behind the effects. */
  readonly twice?: boolean;
  /** Called after each step. */
  readonly onState?: (state: ActionState, step: number) => Promise<void> | void;
}

/** How an operation went. */
export interface Driven {
  readonly outcome: ActionOutcome;
  readonly events: readonly ActionEvent[];
  readonly steps: number;
  /** The longest state, in bytes. */
  readonly stateBytes: number;
}

/** A plan that was made: what was kept of it, and its report. */
export interface Planned extends Driven {
  readonly kept: KeptPlan;
  readonly report: PlanReport;
}

/** Opens a bench. `pace`: what a millisecond of waiting is in real milliseconds. */
export function openBench(cluster: ClusterTransport, over: Partial<ActionDeps> = {}): Bench {
  const requests: ClusterRequest[] = [];
  const charts = new Map<string, Chart>();
  const deps: ActionDeps = {
    cluster: {
      send: (request) => {
        requests.push(request);
        return cluster.send(request);
      },
    },
    charts: { open: async (wanted) => charts.get(wanted.digest) },
    parts: memoryParts(),
    now: () => Date.now(),
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
    ...over,
  };
  return {
    deps,
    requests,
    charts,
    run: (request, options = {}) => drive(deps, actionFor(request).start(request), options),
    plan: (request, options = {}) => drivePlan(deps, request, options),
    apply: ({ kept }, options = {}) => drive(deps, applyPlan(kept.pins), options),
  };
}

async function drivePlan(deps: ActionDeps, request: ActionRequest, options: DriveOptions): Promise<Planned> {
  const kept: KeptPlan[] = [];
  const plans: PlanKeeper = {
    hash: async (text) => createHash("sha256").update(`key ${text}`).digest("hex").slice(0, 12),
    keep: async (plan) => {
      kept.push(plan);
      return createHash("sha256").update(`key ${plan.facts}`).digest("hex");
    },
  };
  const driven = await drive({ ...deps, plans }, startPlan(request), options);
  const last = kept.at(-1);
  if (last === undefined) throw new Error(`nothing was planned: ${JSON.stringify(driven.outcome)}`);
  const report: PlanReport = JSON.parse(await readText(deps.parts, last.report));
  return { ...driven, kept: last, report };
}

async function drive(deps: ActionDeps, first: ActionState, options: DriveOptions): Promise<Driven> {
  const events: ActionEvent[] = [];
  let state = first;
  let stateBytes = 0;
  for (let steps = 1; ; steps++) {
    const budget = () => ({ subrequests: options.subrequests ?? 10_000, deadline: deps.now() + 20_000 });
    const kept = JSON.stringify(state);
    if (options.twice === true) await advance(JSON.parse(kept), deps, budget());
    const step = await advance(JSON.parse(kept), deps, budget());
    events.push(...step.events);
    state = step.state;
    stateBytes = Math.max(stateBytes, JSON.stringify(state).length);
    await options.onState?.(state, steps);
    if (step.next.kind === "done") return { outcome: step.next.outcome, events, steps, stateBytes };
    if (step.next.kind === "approval") throw new Error("nobody approves here");
    if (step.next.kind === "at")
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitUntil(step.next) - deps.now())));
  }
}

function waitUntil(next: { readonly kind: string; readonly time?: number }): number {
  return next.time ?? 0;
}

const APPLY = {
  wait: "hookOnly",
  waitForJobs: false,
  timeout: 60_000,
  noHooks: false,
  conflicts: "default",
  forceConflicts: false,
  forceReplace: false,
  takeOwnership: false,
  rollbackOnFailure: false,
  dryRun: "none",
} as const;

const CHART = {
  values: {},
  skipSchemaValidation: false,
  skipCrds: false,
  enableDns: false,
  subchartNotes: false,
  labels: {},
} as const;

function pinned(chart: string) {
  return { reference: `test/${chart}`, name: chart, version: "0.1.0", digest: chart };
}

/** An install with the command's defaults. `chart` is a key of the bench's charts. */
export function install(name: string, chart: string, over: Partial<InstallRequest> = {}): InstallRequest {
  return {
    ...APPLY,
    ...CHART,
    action: "install",
    serverSide: true,
    name,
    namespace: "default",
    chart: pinned(chart),
    createNamespace: false,
    replace: false,
    ...over,
  };
}

/** An upgrade with the command's defaults. */
export function upgrade(name: string, chart: string, over: Partial<UpgradeRequest> = {}): UpgradeRequest {
  return {
    ...APPLY,
    ...CHART,
    action: "upgrade",
    serverSide: "auto",
    name,
    namespace: "default",
    chart: pinned(chart),
    createNamespace: false,
    install: false,
    reuse: "default",
    cleanupOnFail: false,
    maxHistory: 10,
    ...over,
  };
}

/** A rollback with the command's defaults. */
export function rollback(name: string, revision: number, over: Partial<RollbackRequest> = {}): RollbackRequest {
  return {
    ...APPLY,
    action: "rollback",
    serverSide: "auto",
    name,
    namespace: "default",
    revision,
    cleanupOnFail: false,
    maxHistory: 10,
    ...over,
  };
}

/** An uninstall with the command's defaults. */
export function uninstall(name: string, over: Partial<UninstallRequest> = {}): UninstallRequest {
  return {
    action: "uninstall",
    name,
    namespace: "default",
    keepHistory: false,
    ignoreNotFound: false,
    noHooks: false,
    cascade: "background",
    wait: "hookOnly",
    timeout: 60_000,
    dryRun: "none",
    ...over,
  };
}

/** Tests with the command's defaults. */
export function testRelease(name: string, over: Partial<TestRequest> = {}): TestRequest {
  return {
    action: "test",
    name,
    namespace: "default",
    include: [],
    exclude: [],
    logs: false,
    timeout: 60_000,
    ...over,
  };
}
