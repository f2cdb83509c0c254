import type { Discovery } from "../kube/discovery.ts";
import { isKubeError } from "../kube/error.ts";
import { listObjects } from "../kube/list.ts";
import type { KubeSession } from "../kube/session.ts";
import { AUTOSCALERS, scaleTargetKey } from "../action/plan-objects.ts";
import { getName, getNamespace } from "../object/read.ts";
import type { Unread } from "./finding.ts";

/** Who scales what: `HorizontalPodAutoscaler shop/web` by the key of its target. */
export interface Scalers {
  readonly targets: ReadonlyMap<string, string>;
  readonly unread: readonly Unread[];
}

/** Reads the autoscalers of a namespace, or of all: one page of each kind that the cluster has. */
export async function readScalers(session: KubeSession, discovery: Discovery, namespace: string): Promise<Scalers> {
  const targets = new Map<string, string>();
  const unread: Unread[] = [];
  for (const kind of AUTOSCALERS) {
    const mapping = discovery.preferredFor(kind);
    if (mapping === undefined) continue;
    try {
      const list = await listObjects(session, mapping, { namespace, maxPages: 1 });
      for (const one of list.items)
        targets.set(scaleTargetKey(one), `${kind.kind} ${getNamespace(one)}/${getName(one)}`);
      if (!list.complete) unread.push({ what: `${kind.kind}s`, why: "there are more than one page holds" });
    } catch (error) {
      if (!isKubeError(error, "forbidden", "not-found", "not-served", "bad-response")) throw error;
      unread.push({ what: `${kind.kind}s`, why: error.message });
    }
  }
  return { targets, unread };
}
