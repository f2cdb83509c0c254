import { askFacts, type Asking, type ClusterFacts, readFacts } from "./cluster-facts.ts";
import { isKubeError, type KubeErrorCode } from "../kube/error.ts";
import { ActionError } from "./errors.ts";

/**
 * Works with what the cluster serves. When a kind is missing in what was remembered, or is served no more, the cluster is asked and the
 * work is done once more. `prefix` stands before Helm's text for a cluster that cannot be reached.
 */
export async function withFacts<Result>(
  step: Asking,
  prefix: string,
  work: (facts: ClusterFacts) => Promise<Result>,
): Promise<Result> {
  const facts = await reach(prefix, () => readFacts(step));
  try {
    return await work(facts);
  } catch (error) {
    if (!facts.remembered || !tellsOtherKinds(error)) throw error;
    return work(await reach(prefix, () => askFacts(step)));
  }
}

const NOT_SERVED: KubeErrorCode = "not-served";

/** Refusals tell in their details what the cluster's code was, or that a kind is missing. */
function tellsOtherKinds(error: unknown): boolean {
  if (!(error instanceof ActionError)) return isKubeError(error, NOT_SERVED);
  return error.detail["noMatch"] === true || error.detail["kube"] === NOT_SERVED;
}

async function reach<Result>(prefix: string, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ActionError) || error.code !== "unreachable") throw error;
    throw new ActionError("unreachable", `${prefix}${error.message}`, error.detail, { cause: error.cause });
  }
}
