import type { ActionState, PartStore } from "../../engine/action/action.ts";
import type { PostRenderer } from "../../engine/action/post-render.ts";
import type { ActionRequest, ConflictPolicy } from "../../engine/action/request.ts";
import type { PinnedChart } from "../../engine/chart/reference.ts";
import type { JsonObject } from "../../engine/errors.ts";
import type { GoMap } from "../../engine/go/value.ts";
import { type AccessAction, matchesPattern } from "../access/grant.ts";
import { audit, type AuditDeps } from "../access/audit.ts";
import { pinAsked } from "../access/asked-plugins.ts";
import { assertAllowed, type Principal } from "../access/principal.ts";
import type { ChartCatalog } from "../charts/chart-catalog.ts";
import { ProblemError } from "../http/problem.ts";
import { pinChart } from "../operations/chart-pins.ts";
import { type ReleaseAddress, releaseKey } from "../operations/operation-id.ts";
import { targetOf } from "../operations/routes.ts";
import { runOperation, type RunnerDeps } from "../operations/runner.ts";
import type { Lease } from "../operations/operation-store.ts";
import { type Begun, startOperation } from "../operations/start-operation.ts";
import { type Clusters, findCluster } from "./clusters.ts";
import { assertNotHeld } from "./hold.ts";
import type { Change, ChartBody } from "./request-schema.ts";
import type { FunctionPlugins } from "./function-plugins.ts";
import type { PostRenderers } from "./post-renderers.ts";
import { type Pinned, toInstall, toRollback, toTest, toUninstall, toUpgrade } from "./to-request.ts";
import { composeValues } from "../http/values.ts";

/** What changing a release takes. */
export interface DeployDeps extends RunnerDeps, AuditDeps {
  readonly parts: PartStore;
  readonly clusters: Clusters;
  readonly catalog: ChartCatalog;
  readonly start: (request: ActionRequest) => ActionState;
  readonly encodeValues: (values: GoMap) => JsonObject;
  readonly conflicts: ConflictPolicy;
  readonly postRenderers: PostRenderers;
  readonly functions: FunctionPlugins;
  /** Keeps work going after the answer (`waitUntil` on Workers). */
  readonly defer: (work: Promise<void>) => void;
  /** Where a new operation runs first: in the process that took the request, or where its wakeup comes. */
  readonly runs: "request" | "wakeup";
}

/** Who asks, where, and how it came. */
export interface Asked {
  readonly address: ReleaseAddress;
  readonly principal: Principal;
  readonly origin: string;
  readonly requestId: string;
  readonly nonce: string;
  readonly signal: AbortSignal;
}

/**
 * Starts a change: access to the request, the chart pinned to its digest, the operation recorded, and its run begun. Throws before
 * anything is recorded: `forbidden`, `cluster-not-found`, `chart-not-found`, `invalid-values`, `operation-running` and what the
 * registry refuses.
 */
export async function deploy(deps: DeployDeps, asked: Asked, change: Change): Promise<Begun> {
  const { address, principal } = asked;
  for (const action of actionsOf(change)) assertAllowed(principal, action, targetOf(address));
  const { request, chart } = await pinRequest(deps, asked, change);
  const { action } = change;
  return await launch(deps, asked, { action, state: deps.start(request), summary: summaryOf(change, chart) });
}

/** An operation that may be started. */
export interface Launch {
  /** As the journal and the audit trail name it. */
  readonly action: string;
  readonly state: ActionState;
  /** What was asked for, as answers show it: no values. */
  readonly summary: JsonObject;
}

/** Records an operation and begins its run. Access was decided before. Throws `release-held` for a change of what is on hold. */
export async function launch(deps: DeployDeps, asked: Asked, { action, state, summary }: Launch): Promise<Begun> {
  const { address, principal, nonce, origin } = asked;
  const cluster = findCluster(deps.clusters, address.cluster);
  if (action !== "plan" && summary["dryRun"] === undefined) await assertNotHeld(deps.records, address);
  const started = await startOperation(deps, {
    address,
    nonce,
    principal,
    origin,
    action,
    state,
    summary: { target: cluster.title ?? cluster.name, ...summary },
  });
  const entry = { principal, action: `releases:${action}`, target: releaseKey(address), result: "allowed" } as const;
  await audit(deps, { ...entry, request: asked.requestId, detail: { operation: started.operation } });
  const { operation, lease } = started;
  return lease === undefined ? { operation } : await begin(deps, operation, lease);
}

/** Under the lease that was just taken, or by a wakeup where nothing outlives the request for long. */
async function begin(deps: DeployDeps, operation: string, lease: Lease): Promise<Begun> {
  if (deps.runs === "request") {
    const run = runOperation(deps, lease.release, operation, lease);
    deps.defer(run);
    return { operation, run };
  }
  await deps.store.release(lease);
  await deps.wakeup.at(lease.release, operation, deps.clock.now());
  return { operation };
}

/** The rights that a change needs. */
export function actionsOf(change: Change): readonly AccessAction[] {
  if (change.action === "upgrade" && change.body.install) return ["releases:upgrade", "releases:install"];
  return [`releases:${change.action}`];
}

/** The engine's request, its chart pinned to a digest, with the conflict policy of the cluster or the configuration. */
export async function pinRequest(
  deps: DeployDeps,
  asked: Asked,
  change: Change,
): Promise<{ readonly request: ActionRequest; readonly chart?: PinnedChart }> {
  const { address } = asked;
  const policy = findCluster(deps.clusters, address.cluster).conflicts ?? deps.conflicts;
  if (change.action === "rollback") return { request: toRollback(address, change.body, policy) };
  if (change.action === "uninstall") return { request: toUninstall(address, change.body, policy) };
  if (change.action === "test") return { request: toTest(address, change.body) };
  const pinned = await pin(deps, asked, change.body);
  const request =
    change.action === "install"
      ? toInstall(address, change.body, pinned, policy)
      : toUpgrade(address, change.body, pinned, policy);
  return { request, chart: pinned.chart };
}

async function pin(deps: DeployDeps, asked: Asked, body: ChartBody): Promise<Pinned> {
  const place = deps.catalog.placeOf(body.chart);
  if (place === undefined) {
    const detail =
      "the chart is not of this registry; name PROJECT/NAME or oci://HOST/PROJECT/NAME of a configured project";
    throw new ProblemError("chart-not-found", detail, { errors: [{ pointer: "/chart", detail }] });
  }
  assertAllowed(asked.principal, "charts:read", { ...place });
  const values = deps.encodeValues(composeValues(body));
  const wanted = {
    reference: body.chart,
    devel: body.devel,
    ...(body.version === undefined ? {} : { version: body.version }),
  };
  const chart = await deps.catalog.resolve(wanted, asked.signal);
  await pinChart(deps, asked.address, chart);
  const postRenderers = await pinPostRenderers(deps, asked, body);
  // Plugins are kept as long as the revisions of the chart that went through them.
  const functions = await deps.functions.pin(asked.signal);
  for (const { digest } of [...postRenderers, ...functions]) await pinChart(deps, asked.address, { ...chart, digest });
  return { chart, values, postRenderers, functions };
}

/** Those of the request, else those that the cluster's configuration names for the release. */
async function pinPostRenderers(deps: DeployDeps, asked: Asked, body: ChartBody): Promise<readonly PostRenderer[]> {
  const { cluster, namespace, name } = asked.address;
  const configured = findCluster(deps.clusters, cluster).postRenderers ?? [];
  const usual = configured.filter(
    ({ releases }) => releases === undefined || isOneOf(`${namespace}/${name}`, releases),
  );
  if (body.postRenderers !== undefined) {
    return await pinAsked(deps.postRenderers, asked.principal, body.postRenderers, asked.signal);
  }
  const pinned: PostRenderer[] = [];
  for (const { plugin, args, config } of usual) {
    pinned.push(await deps.postRenderers.pin({ plugin, args, config }, asked.signal));
  }
  return pinned;
}

/** Patterns are texts in which `*` is anything. */
function isOneOf(release: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesPattern(pattern, release));
}

/** What was asked for, as answers show it. */
export function summaryOf(change: Change, chart: PinnedChart | undefined): JsonObject {
  const revision = change.action === "rollback" ? { revision: change.body.revision } : {};
  const dryRun = change.action === "test" || change.body.dryRun === "none" ? {} : { dryRun: change.body.dryRun };
  return { ...(chart === undefined ? {} : { chart: { ...chart } }), ...revision, ...dryRun };
}
