import type { Hook } from "../manifest/hook.ts";
import type { Release } from "../release/release.ts";
import type { Plan } from "../plan/plan.ts";
import { mappingFinder } from "./cluster-facts.ts";
import { ActionError } from "./errors.ts";
import { withFacts } from "./facts-retry.ts";
import { firstHook } from "./flow.ts";
import { readHistory, readLast } from "./history-facts.ts";
import { judge } from "./judge.ts";
import { authorize, planHooks, withPlan } from "./prepare.ts";
import type { TestRequest } from "./request.ts";
import type { Operation } from "./state.ts";
import { keep, type StageResult, type Step } from "./step.ts";
import { isTested } from "./tested.ts";

/** Reads the release and the hooks that its test runs. Writes nothing but parts. */
export async function prepareTest(step: Step, operation: Operation, request: TestRequest): Promise<StageResult> {
  const reading = readHistory(step, request).then((heads) => readLast(step, heads));
  reading.catch(() => undefined);
  return withFacts(step, "", async (facts) => {
    const stored = await reading;
    if (stored === undefined) throw new ActionError("not-found", "release: not found");
    const draft: Release = { ...stored.release, hooks: skippedFirst(stored.release.hooks, request) };
    const context = { mappingFor: mappingFinder(facts.discovery, []), namespace: request.namespace };
    const hooks = planHooks(draft, ["test"], context).filter(({ index }) =>
      isTested(request, draft.hooks[index]?.name ?? ""),
    );
    const plan: Plan = { crds: [], hooks, objects: [], removals: [], manner: "update" };
    await authorize(step, plan);
    await judge(step, { action: "test", target: request, draft, plan });
    step.emit({
      type: "phase",
      phase: "plan",
      message: `test ${request.name} revision ${stored.version}: ${hooks.length} test(s)`,
    });
    const next = await withPlan(step, operation, draft, plan);
    return keep({
      ...next,
      base: stored.version,
      labels: stored.labels,
      recordVersion: stored.resourceVersion,
      stage: firstHook("test", "pre"),
    });
  });
}

/** Helm compatibility: filters bring the record's hooks into another order, excluded ones in front, those not included behind them. */
function skippedFirst(hooks: readonly Hook[], { include, exclude }: TestRequest): readonly Hook[] {
  const excluded = hooks.filter((hook) => exclude.includes(hook.name));
  const rest = hooks.filter((hook) => !exclude.includes(hook.name));
  const missed = rest.filter((hook) => include.length > 0 && !include.includes(hook.name));
  return [...excluded, ...missed, ...rest.filter((hook) => include.length === 0 || include.includes(hook.name))];
}
