import type { PinnedChart } from "../chart/reference.ts";
import type { JsonObject } from "../errors.ts";
import type { ConflictRule } from "../plan/conflict-rule.ts";
import type { FunctionPlugin } from "./functions.ts";
import type { PostRenderer, PostRenderStrategy } from "./post-render.ts";

/** Which release, in which namespace of the cluster that the transport reaches. */
export interface ReleaseTarget {
  readonly name: string;
  readonly namespace: string;
}

/**
 * How to wait, in Helm's words. `hookOnly` waits for hooks alone. `ordered`: as `watcher`, one batch of resource groups and subcharts after
 * the other (HIP-0025; Helm 4.3 has no such word).
 */
export type WaitStrategy = "hookOnly" | "watcher" | "legacy" | "ordered";

/** What an upgrade does about the CRDs in `crds/`: nothing, as Helm; make those that are missing; also bring the others up to date. */
export type CrdPolicy = "skip" | "create" | "create-replace";

/** `helm`: strict Helm. `default`: Slipway's default policy. A list: rules before the default, first match wins. */
export type ConflictPolicy = "helm" | "default" | readonly ConflictRule[];

/**
 * Who merges what is wanted with what is there: the API server (`true`: server-side apply), or we, as Helm 3 does (`false`: client-side
 * apply). `auto`: as the release was last written; a record that does not say, such as one of Helm 3, means client-side.
 */
export type ServerSide = boolean | "auto";

/** What a record keeps of its chart: all, or metadata, values and schema alone, for charts that are too large for a record. */
export type RecordChart = "full" | "slim";

/** Options that install, upgrade and rollback share. Times are milliseconds. */
export interface ApplyOptions {
  readonly wait: WaitStrategy;
  readonly waitForJobs: boolean;
  readonly timeout: number;
  /** `ordered`: how long a batch may take to get ready; a minute when absent, or `timeout` if that is less. */
  readonly readinessTimeout?: number;
  readonly noHooks: boolean;
  readonly conflicts: ConflictPolicy;
  readonly forceConflicts: boolean;
  readonly forceReplace: boolean;
  readonly takeOwnership: boolean;
  readonly rollbackOnFailure: boolean;
  readonly dryRun: "none" | "client" | "server";
  /** `full` when absent. */
  readonly recordChart?: RecordChart;
  readonly description?: string;
  /** Fields that are taken back from those whom they were left to, as conflicts print them; patterns as in a conflict rule. */
  readonly reclaim?: readonly string[];
  /** Go on beside a GitOps tool that manages objects of the release, too. Strict Helm never asks. */
  readonly alongside?: boolean;
}

/** What install and upgrade render. `values` are the merged values of the user; plain JSON, numbers by `valuesText` where Go's int matters. */
export interface ChartOptions {
  readonly chart: PinnedChart;
  /** The user's values as Go-kinded JSON (engine/encoding: `encodeGoJson`), so that `--set a=1` stays an int64. */
  readonly values: JsonObject;
  readonly skipSchemaValidation: boolean;
  readonly skipCrds: boolean;
  readonly enableDns: boolean;
  readonly subchartNotes: boolean;
  /** Dry runs: Secrets of the manifest are left out of what is shown. */
  readonly hideSecret?: boolean;
  /** Plugins whose functions templates may call beside Helm's; none when absent. */
  readonly functions?: readonly FunctionPlugin[];
  /** Plugins that the rendered files go through, in this order; none when absent. */
  readonly postRenderers?: readonly PostRenderer[];
  /** `combined` when absent. */
  readonly postRenderStrategy?: PostRenderStrategy;
  readonly labels: Readonly<Record<string, string>>;
}

export interface InstallRequest extends ReleaseTarget, ApplyOptions, ChartOptions {
  readonly action: "install";
  readonly serverSide: boolean;
  readonly createNamespace: boolean;
  readonly replace: boolean;
}

export interface UpgradeRequest extends ReleaseTarget, ApplyOptions, ChartOptions {
  readonly action: "upgrade";
  readonly serverSide: ServerSide;
  /** Install when there is no release. */
  readonly install: boolean;
  readonly createNamespace: boolean;
  /** `skip` when absent. */
  readonly crds?: CrdPolicy;
  readonly reuse: "default" | "reset" | "reuse" | "reset-then-reuse";
  readonly cleanupOnFail: boolean;
  /** 0 keeps all. */
  readonly maxHistory: number;
}

export interface RollbackRequest extends ReleaseTarget, ApplyOptions {
  readonly action: "rollback";
  readonly serverSide: ServerSide;
  /** 0 is the revision before the newest. */
  readonly revision: number;
  readonly cleanupOnFail: boolean;
  readonly maxHistory: number;
}

export interface UninstallRequest extends ReleaseTarget {
  readonly action: "uninstall";
  readonly keepHistory: boolean;
  readonly ignoreNotFound: boolean;
  readonly noHooks: boolean;
  readonly cascade: "background" | "foreground" | "orphan";
  readonly wait: WaitStrategy;
  readonly timeout: number;
  readonly dryRun: "none" | "client";
  /** `helm`: a manifest that cannot be built is found out behind the record's change, as by Helm, and not before. */
  readonly conflicts?: "helm";
  /** As in {@link ApplyOptions}. */
  readonly alongside?: boolean;
  readonly description?: string;
}

/** Runs a release's test hooks. Names are hooks'; excluded ones count before included ones. */
export interface TestRequest extends ReleaseTarget {
  readonly action: "test";
  /** Empty: all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Tell the logs of test pods as events. */
  readonly logs: boolean;
  readonly timeout: number;
}

/** Everything that changes a release. */
export type ActionRequest = InstallRequest | UpgradeRequest | RollbackRequest | UninstallRequest | TestRequest;
