import type { JsonObject, JsonValue } from "../errors.ts";
import { toJsonValue } from "../encoding/index.ts";
import type { KubeObject } from "../object/object.ts";
import type { DecidedConflict } from "../plan/decide.ts";
import { type ObjectFacts, crdFacts, objectFacts, type PlanFacts, removalFacts, staleChanges } from "../plan/facts.ts";
import { factsText } from "../plan/facts.ts";
import type { ManagedObject } from "../plan/managed.ts";
import type { Plan } from "../plan/plan.ts";
import type { KeptObject } from "../plan/report.ts";
import type { Release } from "../release/release.ts";
import { ActionError } from "./errors.ts";
import { refuseManaged } from "./managed.ts";
import { readText } from "./parts.ts";
import { type Evidence, refuseConflicts } from "./plan-objects.ts";
import type { ActionRequest } from "./request.ts";
import type { Operation } from "./state.ts";
import { keep, keepPart, type StageResult, type Step } from "./step.ts";

/** What was decided, and what it rests on. */
export interface Conclusion {
  readonly request: ActionRequest;
  readonly draft: Release;
  readonly plan: Plan;
  readonly evidence: Evidence;
}

/** What the stage that makes a plan's report works with. Written here, read by `plan-stage.ts`. */
export type PlanMaterial = {
  readonly facts: PlanFacts;
  readonly lives: readonly (KubeObject | null)[];
  readonly conflicts: readonly (readonly DecidedConflict[])[];
  readonly removed: readonly (KubeObject | null)[];
  /** Of the plan's CRDs, where these were looked at: what was there, and conflicts. */
  readonly crds: readonly { readonly live: KubeObject | null; readonly conflicts: readonly DecidedConflict[] }[];
  readonly warnings: readonly string[];
  /** What stays besides what the plan's removals keep. */
  readonly kept: readonly KeptObject[];
  /** Objects of GitOps tools that stop it. */
  readonly managed: readonly ManagedObject[];
  /** Answers that no seed gives again, by their keys. */
  readonly answers: readonly (readonly [string, JsonValue])[];
};

/**
 * Ends the preparation. An operation that applies a plan goes on only when all is as it was planned: `ActionError` `plan-stale` says what
 * is not. One that only plans goes on to its dry runs.
 */
export async function conclude(step: Step, next: Operation, of: Conclusion): Promise<StageResult> {
  const { purpose } = next;
  if (purpose === undefined) return keep(next);
  const facts = factsOf(next, of);
  if (purpose.kind === "plan") {
    const material: PlanMaterial = {
      facts,
      lives: of.evidence.objects.map((one) => one.live ?? null),
      conflicts: of.evidence.objects.map((one) => one.conflicts),
      removed: of.evidence.removed.map((live) => live ?? null),
      crds: (of.evidence.crds ?? []).map(({ live, conflicts }) => ({ live: live ?? null, conflicts })),
      warnings: [...step.cache.warnings],
      kept: of.evidence.kept ?? [],
      managed: of.evidence.managed,
      answers: [...step.cache.answers].map(([key, answer]) => [key, { ...answer }] as const),
    };
    const part = await keepPart(step, JSON.stringify(material));
    return keep({ ...next, material: part, stage: { kind: "plan", position: 0 } });
  }
  const planned = parseFacts(await readText(step.deps.parts, purpose.facts, step.deps.signal));
  const now = parseFacts(factsText(facts));
  const changes = staleChanges(planned, now);
  const [first] = changes;
  if (first !== undefined) {
    const more = changes.length === 1 ? "" : `, and ${changes.length - 1} more`;
    throw new ActionError(
      "plan-stale",
      `the plan no longer holds: ${first.message}${more}; nothing was written: plan again`,
      {
        changes: changes.map((one) => ({ ...one })),
      },
    );
  }
  refuseManaged(of.draft.name, of.evidence.managed);
  refuseConflicts([...(of.evidence.crds ?? []), ...of.evidence.objects]);
  return keep(next);
}

/** Written by `factsText` alone. */
function parseFacts(text: string): PlanFacts {
  const facts: PlanFacts = JSON.parse(text);
  return facts;
}

function factsOf(operation: Operation, { request, draft, plan, evidence }: Conclusion): PlanFacts {
  const { action: _action, name: _name, namespace: _namespace, ...asked } = request;
  const { values: _values, chart: pinned, ...options }: JsonObject = JSON.parse(JSON.stringify(asked));
  const { name, version } = draft.chart.metadata;
  return {
    action: operation.action,
    mode: operation.mode,
    chart: { name, version, pinned: pinned ?? null },
    values: toJsonValue(draft.config),
    seed: operation.seed,
    clock: operation.clock ?? operation.now,
    revision: operation.revision,
    base: operation.base,
    options,
    hooks: plan.hooks.map((hook) => draft.hooks[hook.index]?.manifest ?? ""),
    objects: [
      ...extraFacts(plan, evidence),
      ...plan.objects.map((one, i) => objectFacts(one, evidence.objects[i]?.live)),
      ...plan.removals.map((one, i) => removalFacts(one, evidence.removed[i])),
    ],
  };
}

/** The namespace and the CRDs. What is there is not looked at, but for the CRDs of an upgrade. */
function extraFacts(plan: Plan, { crds = [] }: Evidence): readonly ObjectFacts[] {
  const spaces = plan.namespace === undefined ? [] : [plan.namespace];
  const objects = plan.crds.flatMap((crd) => crd.objects);
  return [
    ...spaces.map((one) => objectFacts(one, undefined)),
    ...objects.map((one, i) => crdFacts(one, crds[i]?.live)),
  ];
}
