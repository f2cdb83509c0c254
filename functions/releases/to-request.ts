import type {
  ApplyOptions,
  ChartOptions,
  ConflictPolicy,
  InstallRequest,
  RollbackRequest,
  TestRequest,
  UninstallRequest,
  UpgradeRequest,
} from "../../engine/action/request.ts";
import type { FunctionPlugin } from "../../engine/action/functions.ts";
import type { PostRenderer } from "../../engine/action/post-render.ts";
import { testFilters } from "../../engine/action/tested.ts";
import type { PinnedChart } from "../../engine/chart/reference.ts";
import type { JsonObject } from "../../engine/errors.ts";
import type { ReleaseAddress } from "../operations/operation-id.ts";
import type { ChartBody, InstallBody, RollbackBody, TestBody, UninstallBody, UpgradeBody } from "./request-schema.ts";

/** Helm's default. */
const TIMEOUT = 300_000;

/** What a body becomes a request with. */
export interface Pinned {
  readonly chart: PinnedChart;
  readonly values: JsonObject;
  readonly postRenderers: readonly PostRenderer[];
  readonly functions: readonly FunctionPlugin[];
}

/** `policy` is the configuration's, for bodies that name none. */
export function toInstall(
  address: ReleaseAddress,
  body: InstallBody,
  pinned: Pinned,
  policy: ConflictPolicy,
): InstallRequest {
  return {
    action: "install",
    ...targetOf(address),
    ...applyOptions(body, policy),
    ...chartOptions(body, pinned),
    serverSide: body.serverSide,
    createNamespace: body.createNamespace,
    replace: body.replace,
  };
}

/** See {@link toInstall}. */
export function toUpgrade(
  address: ReleaseAddress,
  body: UpgradeBody,
  pinned: Pinned,
  policy: ConflictPolicy,
): UpgradeRequest {
  return {
    action: "upgrade",
    ...targetOf(address),
    ...applyOptions(body, policy),
    ...chartOptions(body, pinned),
    serverSide: body.serverSide,
    install: body.install,
    createNamespace: body.createNamespace,
    ...(body.crds === undefined ? {} : { crds: body.crds }),
    reuse: reuseOf(body),
    cleanupOnFail: body.cleanupOnFail,
    maxHistory: body.historyMax,
  };
}

/** See {@link toInstall}. */
export function toRollback(address: ReleaseAddress, body: RollbackBody, policy: ConflictPolicy): RollbackRequest {
  return {
    action: "rollback",
    ...targetOf(address),
    ...applyOptions(body, policy),
    serverSide: body.serverSide,
    revision: body.revision,
    cleanupOnFail: body.cleanupOnFail,
    maxHistory: body.historyMax,
  };
}

/** See {@link toInstall}. */
export function toUninstall(address: ReleaseAddress, body: UninstallBody, policy: ConflictPolicy): UninstallRequest {
  return {
    action: "uninstall",
    ...targetOf(address),
    keepHistory: body.keepHistory,
    ignoreNotFound: body.ignoreNotFound,
    noHooks: body.noHooks,
    cascade: body.cascade,
    wait: body.wait ?? "hookOnly",
    timeout: body.timeout ?? TIMEOUT,
    dryRun: body.dryRun,
    ...((body.conflicts ?? policy) === "helm" ? { conflicts: "helm" } : {}),
    alongside: body.alongside,
    ...(body.description === undefined ? {} : { description: body.description }),
  };
}

/** See {@link toInstall}. Helm compatibility: filters by anything but the name are not looked at. */
export function toTest(address: ReleaseAddress, body: TestBody): TestRequest {
  return {
    action: "test",
    ...targetOf(address),
    ...testFilters(body.filter),
    logs: body.logs,
    timeout: body.timeout ?? TIMEOUT,
  };
}

function targetOf(address: ReleaseAddress): { readonly name: string; readonly namespace: string } {
  return { name: address.name, namespace: address.namespace };
}

function applyOptions(body: RollbackBody | InstallBody | UpgradeBody, policy: ConflictPolicy): ApplyOptions {
  const { rollbackOnFailure = false, takeOwnership = false } = "chart" in body ? body : {};
  return {
    // Helm compatibility: --rollback-on-failure waits as --wait does unless told otherwise.
    wait: body.wait ?? (rollbackOnFailure ? "watcher" : "hookOnly"),
    waitForJobs: body.waitForJobs,
    timeout: body.timeout ?? TIMEOUT,
    ...(body.readinessTimeout === undefined ? {} : { readinessTimeout: body.readinessTimeout }),
    noHooks: body.noHooks,
    conflicts: body.conflicts ?? policy,
    forceConflicts: body.forceConflicts,
    forceReplace: body.forceReplace,
    takeOwnership,
    rollbackOnFailure,
    dryRun: body.dryRun,
    ...(body.recordChart === undefined ? {} : { recordChart: body.recordChart }),
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.reclaim === undefined ? {} : { reclaim: body.reclaim }),
    alongside: body.alongside,
  };
}

function chartOptions(body: ChartBody, { chart, values, postRenderers, functions }: Pinned): ChartOptions {
  return {
    chart,
    values,
    skipSchemaValidation: body.skipSchemaValidation,
    skipCrds: body.skipCrds,
    enableDns: body.enableDns,
    hideSecret: body.hideSecret,
    subchartNotes: body.renderSubchartNotes,
    labels: body.labels,
    ...(functions.length === 0 ? {} : { functions }),
    ...(postRenderers.length === 0 ? {} : { postRenderers, postRenderStrategy: body.postRenderStrategy }),
  };
}

function reuseOf(body: UpgradeBody): UpgradeRequest["reuse"] {
  if (body.resetValues) return "reset";
  if (body.reuseValues) return "reuse";
  return body.resetThenReuseValues ? "reset-then-reuse" : "default";
}
