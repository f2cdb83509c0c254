import { defaultCapabilities } from "../chart/kube-version.ts";
import { isKubeError } from "../kube/error.ts";
import { ReleaseError } from "../release/errors.ts";
import type { Release } from "../release/release.ts";
import type { Rendered } from "../render/input.ts";
import type { Plan, PlannedObject } from "../plan/plan.ts";
import { applyMethodOf, checkUpdate } from "./apply-method.ts";
import { buildObjects } from "./build.ts";
import { capabilitiesOf, type ClusterFacts, mappingFinder } from "./cluster-facts.ts";
import { ActionError } from "./errors.ts";
import { judge } from "./judge.ts";
import { withFacts } from "./facts-retry.ts";
import { conclude } from "./conclude.ts";
import { checkNameFree, readHistory } from "./history-facts.ts";
import { comingCrds, openChart, valuesOfRequest } from "./open-chart.ts";
import { alongsideOf, policyOf } from "./options.ts";
import { batchesOf, orderOf, orderOfRender, placeObjects } from "./ordering.ts";
import { plainly, planObjects } from "./plan-objects.ts";
import { authorize, describePlan, planHooks, recordedChart, withPlan } from "./prepare.ts";
import { operationTime } from "./record.ts";
import { renderChart } from "./rendering.ts";
import type { InstallRequest } from "./request.ts";
import { finishDryRun } from "./outcome.ts";
import type { Operation } from "./state.ts";
import { type StageResult, type Step } from "./step.ts";

/** Reads, renders and decides an install. Writes nothing but parts. */
export async function prepareInstall(step: Step, operation: Operation, request: InstallRequest): Promise<StageResult> {
  if (request.dryRun === "client") return prepareOffline(step, operation, request);
  const readHeads = readHistory(step, request).catch(emptyHistory);
  readHeads.catch(() => undefined);
  return withFacts(step, "cluster reachability check failed: ", async (facts) => {
    const heads = await readHeads;
    const replaced = request.dryRun === "none" ? await checkNameFree(step, request, heads) : undefined;
    return decideInstall(step, { ...operation, base: replaced?.version ?? 0 }, request, facts);
  });
}

/** Helm compatibility: when the history cannot be read the name counts as free; the record's own POST decides. */
function emptyHistory(error: unknown): [] {
  if (error instanceof ReleaseError && error.code === "cluster" && isKubeError(error.cause, "forbidden")) return [];
  throw error;
}

async function decideInstall(
  step: Step,
  operation: Operation,
  request: InstallRequest,
  facts: ClusterFacts,
): Promise<StageResult> {
  const { discovery } = facts;
  const chart = await openChart(step, request);
  const how = applyMethodOf(request, "");
  const coming = request.skipCrds
    ? { crds: [], mappings: [] }
    : comingCrds(chart, { serverSide: how.serverSide, force: request.forceConflicts }, discovery.mappingFor);
  if (request.dryRun !== "none" && coming.crds.length > 0) {
    const message = "This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.";
    step.emit({ type: "warning", level: "WARN", message });
  }
  const whole = await renderChart(step, operation, {
    chart,
    values: valuesOfRequest(request.values),
    options: request,
    capabilities: capabilitiesOf(discovery, coming.mappings),
    discovery,
    release: { name: request.name, namespace: request.namespace, revision: 1, isUpgrade: false },
  });
  const ordered = orderOfRender(step, whole, request.wait);
  const rendered = ordered?.rendered ?? whole;
  const context = { mappingFor: mappingFinder(discovery, coming.mappings), namespace: request.namespace };
  const targets = buildTargets(rendered.manifest, context);
  const placed = ordered === undefined ? undefined : placeObjects(ordered, context);
  const draft = { ...draftOfInstall(operation, request, rendered), ...orderOf(placed) };
  const { evidence, ...objects } = await planObjects(step, {
    targets: placed?.objects ?? targets,
    originals: [],
    owner: request,
    adopting: "install",
    takeOwnership: request.takeOwnership,
    policy: policyOf(request),
    migrate: true,
    method: how.method,
    discovery,
    lenient: operation.purpose !== undefined,
    alongside: alongsideOf(request),
  });
  checkUpdate(request, how, objects.manner);
  const plan: Plan = {
    ...(request.createNamespace ? { namespace: plannedNamespace(request, context.mappingFor) } : {}),
    crds: coming.crds,
    hooks: request.noHooks ? [] : planHooks(draft, ["pre-install", "post-install"], context),
    ...objects,
    ...batchesOf(placed),
  };
  await authorize(step, plan);
  await judge(step, { action: "install", target: request, draft, plan });
  step.emit({
    type: "phase",
    phase: "plan",
    message: `install ${request.name} revision ${draft.version}: ${describePlan(plan)}`,
  });
  if (request.dryRun !== "none") return finishDryRun(step, operation, draft);
  const next = await withPlan(step, operation, draft, plan);
  const labels = request.labels;
  return conclude(step, { ...next, labels, stage: { kind: "namespace" } }, { request, draft, plan, evidence });
}

function buildTargets(manifest: string, context: Parameters<typeof buildObjects>[1]): ReturnType<typeof buildObjects> {
  try {
    return buildObjects(manifest, context);
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    const text = `unable to build kubernetes objects from release manifest: ${error.message}`;
    throw new ActionError("render-failed", text, error.detail);
  }
}

async function prepareOffline(step: Step, operation: Operation, request: InstallRequest): Promise<StageResult> {
  const whole = await renderChart(step, operation, {
    chart: await openChart(step, request),
    values: valuesOfRequest(request.values),
    options: request,
    capabilities: defaultCapabilities(),
    discovery: undefined,
    release: { name: request.name, namespace: request.namespace, revision: 1, isUpgrade: false },
  });
  const rendered = orderOfRender(step, whole, request.wait)?.rendered ?? whole;
  return finishDryRun(step, operation, draftOfInstall(operation, request, rendered));
}

/** Helm compatibility: a name that is taken again gets the next revision, though templates were told it is the first. */
function draftOfInstall(operation: Operation, request: InstallRequest, rendered: Rendered): Release {
  const time = operationTime(operation);
  return {
    name: request.name,
    namespace: request.namespace,
    version: operation.base + 1,
    info: {
      firstDeployed: time,
      lastDeployed: time,
      description: "Initial install underway",
      status: "pending-install",
      ...(rendered.notes === "" ? {} : { notes: rendered.notes }),
    },
    chart: recordedChart(rendered.chart, request),
    config: valuesOfRequest(request.values),
    manifest: rendered.manifest,
    hooks: rendered.hooks,
    applyMethod: applyMethodOf(request, "").recorded,
    labels: request.labels,
  };
}

function plannedNamespace(request: InstallRequest, mappingFor: ReturnType<typeof mappingFinder>): PlannedObject {
  const name = request.namespace;
  const mapping = mappingFor({ group: "", version: "v1", kind: "Namespace" });
  if (mapping === undefined) throw new ActionError("apply-failed", 'no matches for kind "Namespace" in version "v1"');
  const object = { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { name } }, spec: {}, status: {} };
  return plainly({ object, mapping }, { serverSide: request.serverSide, force: false });
}
