import { EngineError } from "../errors.ts";
import { isKubeError } from "../kube/error.ts";
import { toPrune } from "../release/history.ts";
import { mergeLabels } from "../release/label.ts";
import type { Release } from "../release/release.ts";
import { isPending, isUpgradeBase } from "../release/status.ts";
import { type RecordHead, type StoredRelease } from "../release/storage.ts";
import type { Rendered } from "../render/input.ts";
import type { Plan } from "../plan/plan.ts";
import { type ApplyMethod, applyMethodOf, checkUpdate } from "./apply-method.ts";
import { buildObjects, type BuildContext, type BuiltObject } from "./build.ts";
import { capabilitiesOf, type ClusterFacts, mappingFinder } from "./cluster-facts.ts";
import { conclude } from "./conclude.ts";
import { ActionError } from "./errors.ts";
import { judge } from "./judge.ts";
import { withFacts } from "./facts-retry.ts";
import { IN_PROGRESS, installInstead, pendingOther, readHistory, readLast } from "./history-facts.ts";
import { openChart, valuesOfRequest } from "./open-chart.ts";
import { alongsideOf, policyOf } from "./options.ts";
import { batchesOf, orderOf, orderOfRender, placeObjects } from "./ordering.ts";
import { toFailure } from "./failure.ts";
import { finishDryRun, nothingWritten } from "./outcome.ts";
import { planObjects } from "./plan-objects.ts";
import { authorize, describePlan, planHooks, recordedChart, withPlan } from "./prepare.ts";
import { prepareInstall } from "./prepare-install.ts";
import { operationTime } from "./record.ts";
import { renderChart } from "./rendering.ts";
import type { InstallRequest, UpgradeRequest } from "./request.ts";
import { preparesAgain } from "./retry.ts";
import { reuseValues, type ReusedValues } from "./reuse-values.ts";
import { upgradeCrds } from "./upgrade-crds.ts";
import type { Operation } from "./state.ts";
import { keepPart, type StageResult, type Step } from "./step.ts";

/** Reads, renders and decides an upgrade, or the install that it turns out to be. Writes nothing but parts. */
export async function prepareUpgrade(step: Step, operation: Operation, request: UpgradeRequest): Promise<StageResult> {
  const reading = readHistory(step, request);
  reading.catch(() => undefined);
  let installs = false;
  const result = withFacts(step, "", async (facts) => {
    const heads = await reading;
    const last = await readLast(step, heads);
    const { conflicts } = request;
    const instead = request.install ? await installInstead(step.session, heads, { conflicts, newest: last }) : "no";
    if (instead !== "no") {
      installs = true;
      return becomeInstall(step, operation, request, instead === "again");
    }
    const found = await findBase(step, request, heads, last);
    return decideUpgrade(step, operation, request, facts, { ...found, heads });
  });
  return result.catch((error: unknown) => {
    // Helm compatibility: what the install that an upgrade turns out to be refuses has no prefix.
    if (!installs || !(error instanceof EngineError) || isKubeError(error, "budget")) throw error;
    if (preparesAgain(operation, error)) throw error;
    return nothingWritten({ ...operation, mode: "install" }, toFailure(error, "apply-failed"));
  });
}

/** The last revision, and the one that the new revision is compared with. */
interface Base {
  readonly last: StoredRelease;
  readonly current: StoredRelease;
}

async function findBase(
  step: Step,
  request: UpgradeRequest,
  heads: readonly RecordHead[],
  last: StoredRelease | undefined,
): Promise<Base> {
  if (last === undefined && heads.length > 0)
    throw new ActionError("no-deployed", `no revision for release "${request.name}"`);
  if (last === undefined) throw noDeployed(request.name);
  const { status } = last.release.info;
  if (isPending(status)) throw pendingOther(last, IN_PROGRESS);
  if (status === "deployed") return { last, current: last };
  const current = await readLast(
    step,
    heads.filter((head) => head.status === "deployed"),
  );
  if (current !== undefined) return { last, current };
  if (!isUpgradeBase(status)) throw noDeployed(request.name);
  return { last, current: last };
}

function noDeployed(name: string): ActionError {
  return new ActionError("no-deployed", `"${name}" has no deployed releases`);
}

async function decideUpgrade(
  step: Step,
  operation: Operation,
  request: UpgradeRequest,
  facts: ClusterFacts,
  base: Base & { readonly heads: readonly RecordHead[] },
): Promise<StageResult> {
  const { discovery } = facts;
  const current = base.current.release;
  const chart = await openChart(step, request);
  const reused = reuseValues(chart, valuesOfRequest(request.values), current, request.reuse);
  const revision = base.last.version + 1;
  const how = applyMethodOf(request, base.last.release.applyMethod);
  const coming = await upgradeCrds(step, {
    policy: request.dryRun === "client" ? "skip" : (request.crds ?? "skip"),
    chart,
    how: { serverSide: how.serverSide, force: request.forceConflicts },
    conflicts: policyOf(request),
    mappingFor: discovery.mappingFor,
    lenient: operation.purpose !== undefined,
  });
  const whole = await renderChart(step, operation, {
    ...reused,
    options: request,
    capabilities: capabilitiesOf(discovery, coming.mappings),
    discovery: request.dryRun === "client" ? undefined : discovery,
    release: { name: request.name, namespace: current.namespace, revision, isUpgrade: true },
  });
  const ordered = orderOfRender(step, whole, request.wait);
  const rendered = ordered?.rendered ?? whole;
  const context: BuildContext = {
    mappingFor: mappingFinder(discovery, coming.mappings),
    namespace: request.namespace,
    decoded: new Map(),
  };
  // Helm compatibility: it builds these twice, and the first time it adds no words to what is wrong.
  const targets = buildObjects(rendered.manifest, context);
  const originals = buildFrom("current release manifest", current.manifest, context);
  const placed = ordered === undefined ? undefined : placeObjects(ordered, context);
  const drafted = draftOfUpgrade(operation, request, rendered, { ...reused, base, revision, how });
  const draft = { ...drafted, ...orderOf(placed) };
  const { evidence, ...objects } = await planObjects(step, {
    targets: placed?.objects ?? targets,
    originals,
    owner: { name: request.name, namespace: current.namespace },
    adopting: "update",
    takeOwnership: request.takeOwnership,
    policy: policyOf(request),
    migrate: current.applyMethod !== "ssa",
    method: how.method,
    discovery,
    lenient: operation.purpose !== undefined,
    alongside: alongsideOf(request),
  });
  checkUpdate(request, how, "update");
  const hooks = request.noHooks ? [] : planHooks(draft, ["pre-upgrade", "post-upgrade"], context);
  const plan: Plan = { crds: coming.crds, hooks, ...objects, ...batchesOf(placed) };
  await authorize(step, plan);
  await judge(step, { action: "upgrade", target: request, draft, plan });
  step.emit({
    type: "phase",
    phase: "plan",
    message: `upgrade ${request.name} to revision ${revision}: ${describePlan(plan)}`,
  });
  if (request.dryRun !== "none") return finishDryRun(step, operation, draft, request.description);
  const next = await withPlan(step, operation, draft, plan);
  const labels = mergeLabels(base.last.labels, request.labels);
  const prune = toPrune(base.heads, request.maxHistory).map((head) => head.version);
  return conclude(
    step,
    { ...next, base: current.version, prune, labels, stage: { kind: "prune" } },
    { request, draft, plan, evidence: { ...evidence, crds: coming.evidence } },
  );
}

/** The objects of a stored or rendered manifest, with Helm's words about what it is. */
export function buildFrom(what: string, manifest: string, context: BuildContext): readonly BuiltObject[] {
  try {
    return buildObjects(manifest, context);
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    throw new ActionError(
      "render-failed",
      `unable to build kubernetes objects from ${what}: ${error.message}`,
      error.detail,
    );
  }
}

function draftOfUpgrade(
  operation: Operation,
  request: UpgradeRequest,
  rendered: Rendered,
  from: ReusedValues & { readonly base: Base; readonly revision: number; readonly how: ApplyMethod },
): Release {
  const current = from.base.current.release;
  const { firstDeployed } = current.info;
  return {
    name: request.name,
    namespace: current.namespace,
    version: from.revision,
    info: {
      ...(firstDeployed === undefined ? {} : { firstDeployed }),
      lastDeployed: operationTime(operation),
      description: "Preparing upgrade",
      status: "pending-upgrade",
      ...(rendered.notes === "" ? {} : { notes: rendered.notes }),
    },
    chart: recordedChart(rendered.chart, request),
    config: from.values,
    manifest: rendered.manifest,
    hooks: rendered.hooks,
    applyMethod: from.how.recorded,
    labels: mergeLabels(from.base.last.release.labels, request.labels),
  };
}

async function becomeInstall(
  step: Step,
  operation: Operation,
  request: UpgradeRequest,
  replace: boolean,
): Promise<StageResult> {
  step.emit({
    type: "phase",
    phase: "install",
    message: `Release "${request.name}" does not exist. Installing it now.`,
  });
  const {
    reuse: _reuse,
    cleanupOnFail: _cleanup,
    maxHistory: _max,
    install: _install,
    crds: _crds,
    ...shared
  } = request;
  const install: InstallRequest = { ...shared, action: "install", serverSide: request.serverSide !== false, replace };
  const part = await keepPart(step, JSON.stringify(install));
  return prepareInstall(step, { ...operation, mode: "install", request: part }, install);
}
