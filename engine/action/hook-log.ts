import { listObjects } from "../kube/list.ts";
import { readLogs } from "../kube/logs.ts";
import { PODS } from "../kube/mapping.ts";
import { isKubeError } from "../kube/error.ts";
import { listAt, stringAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { getName, getNamespace } from "../object/read.ts";
import type { Step } from "./step.ts";

/** Log lines of one hook that become events: an event stream is no log store. */
const MAX_LINES = 500;
const MAX_LOG_BYTES = 256 * 1024;
/** Pods of one hook Job whose logs are read; a Job makes one per try. */
const MAX_PODS = 10;

/** Shows the logs of a hook's pods. Never fails: what cannot be read is a warning, as in Helm. */
export async function emitHookLogs(step: Step, hook: KubeObject): Promise<void> {
  try {
    const namespace = getNamespace(hook);
    const name = getName(hook);
    const select =
      hook.kind === "Job" ? { labelSelector: `job-name=${name}` } : { fieldSelector: `metadata.name=${name}` };
    const pods = await listObjects(step.session, PODS, { namespace, ...select, maxPages: 1 });
    for (const pod of pods.items.slice(0, MAX_PODS)) await emitPodLogs(step, pod);
  } catch (error) {
    if (!isKubeError(error) || error.code === "budget") throw error;
    step.emit({ type: "warning", message: `the logs of hook ${getName(hook)} could not be read: ${error.message}` });
  }
}

async function emitPodLogs(step: Step, pod: KubeObject): Promise<void> {
  const name = getName(pod);
  for (const entry of listAt(pod, "spec", "containers")) {
    const container = stringAt(entry, "name") ?? "";
    let count = 0;
    const where = { namespace: getNamespace(pod), pod: name, container, limitBytes: MAX_LOG_BYTES };
    for await (const line of readLogs(step.session, where)) {
      if (count++ >= MAX_LINES) break;
      step.emit({ type: "log", cause: "hook", source: `${name}/${container}`, line });
    }
  }
}
