import { openLocalCluster } from "../../infra/local-cluster/cluster.ts";
import { listenCluster } from "../../infra/local-cluster/listen.ts";
import { describeSmoke, type SmokeTarget } from "./smoke.ts";
import { openNodeTarget, openWorkerTarget } from "./targets.ts";

const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

/** A target on a simulated cluster of its own. */
async function onSimulated(open: (kubeconfig: string) => Promise<SmokeTarget>): Promise<SmokeTarget> {
  const cluster = openLocalCluster({ now: Date.now, randomBytes, readyAfter: 50 });
  const listening = await listenCluster(cluster.transport);
  const target = await open(listening.kubeconfig);
  const close = async (): Promise<void> => {
    await target.close();
    await listening.close();
    cluster.close();
  };
  return { ...target, close };
}

describeSmoke("Node", () => onSimulated(openNodeTarget));
describeSmoke("workerd", () => onSimulated(openWorkerTarget));
