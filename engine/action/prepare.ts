import type { Chart } from "../chart/chart.ts";
import { type HookEvent } from "../manifest/hook.ts";
import { getName, getNamespace } from "../object/read.ts";
import { encodeBase64 } from "../release/base64.ts";
import { checkRecordSize } from "../release/codec.ts";
import { releaseText } from "../release/document.ts";
import type { Release } from "../release/release.ts";
import type { Plan, PlannedHook } from "../plan/plan.ts";
import type { WriteTarget } from "./action.ts";
import { type BuildContext, buildObjects, type BuiltObject } from "./build.ts";
import { EngineError } from "../errors.ts";
import { ActionError } from "./errors.ts";
import { toFailure } from "./failure.ts";
import type { ApplyOptions } from "./request.ts";
import type { Operation } from "./state.ts";
import { planText } from "./plan-text.ts";
import { keepPart, type Step } from "./step.ts";

/** Bytes of a seed. */
const SEED_BYTES = 32;

/** The operation with its clock, its seed, and what tells its record from others'. */
export function withBeginning(step: Step, operation: Operation): Operation {
  if (operation.now !== 0) return operation;
  const [a = 0, b = 0, c = 0] = step.deps.randomBytes(3);
  return {
    ...operation,
    seed: operation.seed === "" ? encodeBase64(step.deps.randomBytes(SEED_BYTES)) : operation.seed,
    now: step.deps.now(),
    nanos: 1 + (((a << 16) | (b << 8) | c) % 999_998),
  };
}

/** What the record keeps of a chart: templates and files are the long part, and nothing but `get` and lint reads them again. */
export function recordedChart(chart: Chart, request: Pick<ApplyOptions, "recordChart">): Chart {
  return request.recordChart === "slim" ? { ...chart, templates: [], files: [] } : chart;
}

/** Keeps a draft and a plan in the operation. Throws `ReleaseError` `too-large` when there can be no record of the draft. */
export async function withPlan(step: Step, operation: Operation, draft: Release, plan: Plan): Promise<Operation> {
  const document = releaseText(draft);
  if (operation.mode !== "uninstall") await checkRecordSize(draft, document, step.session.records);
  const [draftPart, planPart] = await Promise.all([keepPart(step, document), keepPart(step, planText(plan))]);
  const { answers: _done, ...rest } = operation;
  return { ...rest, revision: draft.version, draft: draftPart, plan: planPart };
}

/**
 * The objects of the hooks that may run. A hook of a kind that does not exist yet is built when its time comes.
 */
export function planHooks(
  release: Release,
  events: readonly HookEvent[],
  context: BuildContext,
): readonly PlannedHook[] {
  return release.hooks.flatMap((hook, index) => {
    if (!hook.events.some((event) => events.includes(event))) return [];
    try {
      return [{ index, objects: buildObjects(hook.manifest, context) }];
    } catch (error) {
      if (error instanceof ActionError) return [];
      throw error;
    }
  });
}

/** Asks for access to everything that will be written. Throws `ActionError` `refused`. */
export async function authorize(step: Step, plan: Plan): Promise<void> {
  if (step.deps.authorize === undefined) return;
  const targets: WriteTarget[] = [];
  const add = (one: BuiltObject, verb: WriteTarget["verb"]): void => {
    const { group, kind } = one.mapping;
    targets.push({ group, kind, namespace: getNamespace(one.object), name: getName(one.object), verb });
  };
  if (plan.namespace !== undefined) add(plan.namespace, "create");
  for (const one of plan.crds.flatMap((crd) => crd.objects)) if (one.write !== "unchanged") add(one, "patch");
  for (const hook of plan.hooks) for (const one of hook.objects) add(one, "create");
  for (const one of plan.objects) if (one.write !== "unchanged") add(one, one.write === "create" ? "create" : "patch");
  for (const one of plan.removals) if (one.write === "delete") add(one, "delete");
  try {
    await step.deps.authorize(targets);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new ActionError("refused", error.message, { ...toFailure(error, "refused").detail, cause: error.code });
  }
}

/** One line on what the plan holds. */
export function describePlan(plan: Plan): string {
  const count = (write: string): number => plan.objects.filter((one) => one.write === write).length;
  const removed = plan.removals.filter((one) => one.write === "delete").length;
  const parts = [
    `${count("create")} to create`,
    `${count("apply")} to change`,
    `${count("unchanged")} unchanged`,
    `${removed} to delete`,
  ];
  return parts.join(", ");
}
