import { askFacts, type ClusterFacts, readFacts } from "./cluster-facts.ts";
import { ActionError } from "./errors.ts";
import type { Step } from "./step.ts";

/**
 * Works with what the cluster serves. When a kind is missing in what was remembered, the cluster is asked and the work is done once
 * more. `prefix` stands before Helm's text for a cluster that cannot be reached.
 */
export async function withFacts<Result>(
  step: Step,
  prefix: string,
  work: (facts: ClusterFacts) => Promise<Result>,
): Promise<Result> {
  const facts = await reach(prefix, () => readFacts(step));
  try {
    return await work(facts);
  } catch (error) {
    const stale = facts.remembered && error instanceof ActionError && error.detail["noMatch"] === true;
    if (!stale) throw error;
    return work(await reach(prefix, () => askFacts(step)));
  }
}

async function reach<Result>(prefix: string, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ActionError) || error.code !== "unreachable") throw error;
    throw new ActionError("unreachable", `${prefix}${error.message}`, error.detail, { cause: error.cause });
  }
}
