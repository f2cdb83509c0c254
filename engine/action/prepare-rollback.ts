import { toPrune } from "../release/history.ts";
import { readListed, type RecordHead } from "../release/storage.ts";
import type { Release } from "../release/release.ts";
import type { Plan } from "../plan/plan.ts";
import { applyMethodOf, checkUpdate } from "./apply-method.ts";
import type { BuildContext, BuiltObject } from "./build.ts";
import { type ClusterFacts, mappingFinder } from "./cluster-facts.ts";
import { conclude } from "./conclude.ts";
import { ActionError } from "./errors.ts";
import { judge } from "./judge.ts";
import { withFacts } from "./facts-retry.ts";
import { checkNotPending, readHistory, readLast } from "./history-facts.ts";
import { alongsideOf, policyOf } from "./options.ts";
import { batchesOf, inRecordedOrder, recordedOrder } from "./ordering.ts";
import { finishDryRun } from "./outcome.ts";
import { planObjects } from "./plan-objects.ts";
import { authorize, describePlan, planHooks, recordedChart, withPlan } from "./prepare.ts";
import { buildFrom } from "./prepare-upgrade.ts";
import { operationTime } from "./record.ts";
import type { RollbackRequest } from "./request.ts";
import type { Operation } from "./state.ts";
import { type StageResult, type Step } from "./step.ts";

/** Reads both revisions and decides a rollback. Writes nothing but parts. */
export async function prepareRollback(
  step: Step,
  operation: Operation,
  request: RollbackRequest,
): Promise<StageResult> {
  const reading = readRevisions(step, operation, request);
  reading.catch(() => undefined);
  return withFacts(step, "", async (facts) => decideRollback(step, operation, request, facts, await reading));
}

interface Revisions {
  readonly current: Release;
  readonly target: Release;
  readonly heads: readonly RecordHead[];
}

async function readRevisions(step: Step, operation: Operation, request: RollbackRequest): Promise<Revisions> {
  const heads = await readHistory(step, request);
  const last = await readLast(step, heads);
  if (last === undefined) throw new ActionError("not-found", "release: not found");
  checkNotPending(operation, request, last);
  const wanted = request.revision === 0 ? last.version - 1 : request.revision;
  const listed = heads.find((head) => head.version === wanted);
  if (listed === undefined) {
    throw new ActionError("not-found", `release has no ${wanted} version`, { revision: wanted });
  }
  const target = wanted === last.version ? last : await readListed(step.session, listed);
  if (target === undefined) throw new ActionError("not-found", "release: not found");
  return { current: last.release, target: target.release, heads };
}

/**
 * Helm compatibility: any last revision may be rolled back, under the policy `helm` also a pending one; ownership is not checked; nothing is rendered.
 * Unlike Helm both manifests are read before the record is written, so that a revision that cannot be built leaves nothing pending.
 */
async function decideRollback(
  step: Step,
  operation: Operation,
  request: RollbackRequest,
  facts: ClusterFacts,
  { current, target, heads }: Revisions,
): Promise<StageResult> {
  const how = applyMethodOf(request, target.applyMethod);
  const draft = draftOfRollback(operation, request, current, { ...target, applyMethod: how.recorded });
  if (request.dryRun !== "none") return finishDryRun(step, operation, draft, draft.info.description);
  const { discovery } = facts;
  const context = { mappingFor: mappingFinder(discovery, []), namespace: request.namespace };
  const built = buildBoth(request, operation.purpose === undefined && !facts.remembered, { current, target }, context);
  const order = recordedOrder(step, target, request);
  const placed = order === undefined ? undefined : inRecordedOrder(built.targets, order, false);
  const { evidence, ...objects } = await planObjects(step, {
    targets: placed?.things ?? built.targets,
    originals: built.originals,
    owner: { name: request.name, namespace: current.namespace },
    adopting: undefined,
    takeOwnership: false,
    policy: policyOf(request),
    migrate: true,
    method: how.method,
    discovery,
    lenient: operation.purpose !== undefined,
    alongside: alongsideOf(request),
  });
  checkUpdate(request, how, "update");
  const hooks =
    request.noHooks || built.unbuilt !== undefined ? [] : planHooks(draft, ["pre-rollback", "post-rollback"], context);
  const plan: Plan = {
    crds: [],
    hooks,
    ...objects,
    ...batchesOf(placed),
    ...(built.unbuilt === undefined ? {} : { unbuilt: built.unbuilt }),
  };
  await authorize(step, plan);
  await judge(step, { action: "rollback", target: request, draft, plan, undoes: operation.cause !== undefined });
  step.emit({
    type: "phase",
    phase: "plan",
    message: `rollback of ${request.name} to revision ${target.version} as revision ${draft.version}: ${describePlan(plan)}`,
  });
  const next = await withPlan(step, operation, draft, plan);
  const prune = toPrune(heads, request.maxHistory).map((head) => head.version);
  return conclude(
    step,
    { ...next, base: current.version, prune, labels: target.labels, stage: { kind: "prune" } },
    { request, draft, plan, evidence },
  );
}

interface Built {
  readonly originals: readonly BuiltObject[];
  readonly targets: readonly BuiltObject[];
  readonly unbuilt?: string;
}

/** Under the policy `helm` a manifest that cannot be built is told behind the record, as Helm does; else it is a refusal. */
function buildBoth(
  request: RollbackRequest,
  mayTell: boolean,
  { current, target }: { readonly current: Release; readonly target: Release },
  context: BuildContext,
): Built {
  try {
    const originals = buildFrom("current release manifest", current.manifest, context);
    return { originals, targets: buildFrom("new release manifest", target.manifest, context) };
  } catch (error) {
    const told = error instanceof ActionError && request.conflicts === "helm" && mayTell;
    if (!told) throw error;
    return { originals: [], targets: [], unbuilt: error.message };
  }
}

function draftOfRollback(operation: Operation, request: RollbackRequest, current: Release, target: Release): Release {
  const { firstDeployed } = current.info;
  const { notes } = target.info;
  return {
    ...target,
    chart: recordedChart(target.chart, request),
    namespace: current.namespace,
    version: current.version + 1,
    info: {
      ...(firstDeployed === undefined ? {} : { firstDeployed }),
      lastDeployed: operationTime(operation),
      description:
        request.description === undefined || request.description === ""
          ? `Rollback to ${target.version}`
          : request.description,
      status: "pending-rollback",
      rollbackRevision: target.version,
      ...(notes === undefined ? {} : { notes }),
    },
  };
}
