import { selectHooks } from "../hooks/select.ts";
import { isKubeError } from "../kube/error.ts";
import { getObject } from "../kube/client.ts";
import { readLogText } from "../kube/logs.ts";
import { PODS } from "../kube/mapping.ts";
import type { KubeSession } from "../kube/session.ts";
import { listAt, stringAt } from "../object/json.ts";
import type { Release } from "../release/release.ts";
import { ActionError } from "./errors.ts";
import { type ReadDeps, sessionOf } from "./read.ts";
import type { TestRequest } from "./request.ts";
import { isTested } from "./tested.ts";

/** A container's log that is printed: what is longer is cut. */
const MAX_LOG_BYTES = 64 * 1024 * 1024;

/**
 * What `helm test --logs` prints: the logs of test hooks that are Pods, container by container. Throws `ActionError` `not-found` behind
 * what could be read, with Helm's text.
 */
export async function* testLogs(
  deps: ReadDeps,
  release: Release,
  filters: Pick<TestRequest, "include" | "exclude">,
): AsyncGenerator<string, void> {
  const session = sessionOf(deps);
  for (const { hook } of selectHooks(release.hooks, "test")) {
    if (hook.kind === "Pod" && isTested(filters, hook.name)) yield* podLogs(session, release.namespace, hook.name);
  }
}

async function* podLogs(session: KubeSession, namespace: string, name: string): AsyncGenerator<string, void> {
  const containers = await containersOf(session, namespace, name);
  const problems: string[] = [];
  for (const container of containers) {
    try {
      const text = await readLogText(session, { namespace, pod: name, container, limitBytes: MAX_LOG_BYTES });
      yield `POD LOGS: ${name} (${container})\n${text}\n`;
    } catch (error) {
      if (!isKubeError(error)) throw error;
      problems.push(`unable to get logs for pod ${name}, container ${container}: ${error.message}`);
    }
  }
  if (problems.length > 0) throw new ActionError("not-found", problems.join("\n"));
}

/** Init containers first. */
async function containersOf(session: KubeSession, namespace: string, name: string): Promise<readonly string[]> {
  const missing = (text: string): ActionError => new ActionError("not-found", `unable to get pod ${name}: ${text}`);
  try {
    const pod = await getObject(session, PODS, { namespace, name });
    if (pod === undefined) throw missing(`pods ${JSON.stringify(name)} not found`);
    const all = [...listAt(pod, "spec", "initContainers"), ...listAt(pod, "spec", "containers")];
    return all.map((container) => stringAt(container, "name") ?? "");
  } catch (error) {
    if (!isKubeError(error)) throw error;
    throw missing(error.message);
  }
}
