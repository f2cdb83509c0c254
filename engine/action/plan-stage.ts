import { factsText } from "../plan/facts.ts";
import { goOn } from "./apply-stage.ts";
import type { PlanMaterial } from "./conclude.ts";
import { type DryRun, dryRun, DRY_RUN_REQUESTS, impossibleReason } from "./dry-run.ts";
import { gatherFront } from "./gather.ts";
import { readText } from "./parts.ts";
import { plannedObjects, reportOf } from "./plan-report.ts";
import type { PlanPins } from "./purpose.ts";
import type { Operation, Part, Stage } from "./state.ts";
import { draftOf, keep, keepPart, planOf, requestOf, type StageResult, type Step } from "./step.ts";

/** Asks the server about every object that would be written, then keeps the plan under its digest. Writes nothing to the cluster. */
export async function planStage(
  step: Step,
  operation: Operation,
  stage: Extract<Stage, { kind: "plan" }>,
): Promise<StageResult> {
  const plan = await planOf(step, operation);
  const material = await materialOf(step, operation);
  const known =
    stage.answers === undefined ? [] : parseRuns(await readText(step.deps.parts, stage.answers, step.deps.signal));
  const all = plannedObjects(plan);
  const before = all.length - plan.objects.length;
  const spaces = plan.namespace === undefined ? 0 : 1;
  const count = Math.max(1, Math.floor(step.meter.left() / DRY_RUN_REQUESTS));
  const some = all.slice(stage.position, stage.position + count);
  const { results: runs, failure } = await gatherFront(some, (planned, i) => {
    const index = stage.position + i - before;
    const early = material.crds[stage.position + i - spaces];
    const unseen = early === undefined ? "unread" : (early.live ?? undefined);
    const live = index < 0 ? unseen : (material.lives[index] ?? undefined);
    const conflicts = index < 0 ? early?.conflicts : material.conflicts[index];
    const forced = conflicts?.some((one) => one.decision === "fail") === true;
    return dryRun(step, { planned, live, forced, impossible: impossibleReason(plan, planned) });
  });
  const sofar = [...known, ...runs];
  if (failure !== undefined || sofar.length < all.length) {
    const answers = await keepPart(step, JSON.stringify(sofar));
    const next = { kind: "plan", position: sofar.length, answers } as const;
    return failure === undefined ? keep({ ...operation, stage: next }) : goOn(operation, next, failure);
  }
  return finishPlan(step, operation, material, sofar);
}

async function finishPlan(
  step: Step,
  operation: Operation,
  material: PlanMaterial,
  runs: readonly DryRun[],
): Promise<StageResult> {
  const { plans } = step.deps;
  if (plans === undefined) throw new Error("there is no place to keep plans");
  const [request, draft, plan] = await Promise.all([
    requestOf(step, operation),
    draftOf(step, operation),
    planOf(step, operation),
  ]);
  const report = await reportOf({ operation, request, draft, plan, material, runs, hash: plans.hash });
  for (const problem of report.problems)
    step.emit({ type: "warning", message: `the plan cannot be applied: ${problem}` });
  const summary = {
    name: draft.name,
    namespace: draft.namespace,
    revision: draft.version,
    applicable: report.applicable,
    counts: { ...report.counts },
  };
  const facts = factsText(material.facts);
  const pins = await pinsOf(step, operation, material, facts);
  const digest = await plans.keep({ facts, pins, report: await keepPart(step, JSON.stringify(report)), summary });
  const { created, changed, deleted } = report.counts;
  const message = `planned: ${created} to create, ${changed} to change, ${deleted} to delete; nothing was written`;
  step.emit({ type: "phase", phase: "done", message });
  const outcome = {
    kind: "succeeded",
    release: { ...summary, plan: digest },
    undo: "There is nothing to undo: nothing was written.",
  } as const;
  return { kind: "done", operation, outcome };
}

async function pinsOf(step: Step, operation: Operation, material: PlanMaterial, facts: string): Promise<PlanPins> {
  const { purpose } = operation;
  const request: Part = purpose?.kind === "plan" && purpose.request !== undefined ? purpose.request : operation.request;
  return {
    action: operation.action,
    request,
    seed: operation.seed,
    clock: operation.clock ?? operation.now,
    facts: await keepPart(step, facts),
    answers: await keepPart(step, JSON.stringify(material.answers)),
  };
}

async function materialOf(step: Step, operation: Operation): Promise<PlanMaterial> {
  if (operation.material === undefined) throw new Error("no material of the plan");
  const material: PlanMaterial = JSON.parse(await readText(step.deps.parts, operation.material, step.deps.signal));
  return material;
}

/** Written by this file alone. */
function parseRuns(text: string): readonly DryRun[] {
  const runs: readonly DryRun[] = JSON.parse(text);
  return runs;
}
