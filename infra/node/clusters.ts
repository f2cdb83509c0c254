import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { ClusterConfig, Config } from "../../functions/config/config.ts";
import { type Cluster, clusterOptions, type Clusters } from "../../functions/releases/clusters.ts";
import { openLocalCluster } from "../local-cluster/cluster.ts";
import { openClusterLog } from "./cluster-log.ts";
import { openKubeconfig } from "./cluster-transport.ts";
import { systemClock, systemRandom } from "./clock.ts";
import type { KubeconfigSource } from "./kubeconfig.ts";
import { resolveSecret } from "./secrets.ts";
import { keepAlone } from "./server-place.ts";

/** How long a simulated workload takes to become ready: short, and long enough to be seen waiting. */
const EMBEDDED_READY_MS = 400;

/** Clusters with what ends their connections. */
export interface OpenClusters {
  readonly clusters: Clusters;
  readonly close: () => Promise<void>;
}

interface OpenedCluster {
  readonly cluster: Cluster;
  readonly close: () => Promise<void>;
}

/** Opens every configured cluster. Throws when a kubeconfig cannot be read; nothing is sent yet. */
export async function openClusters(config: Config, folder: string): Promise<OpenClusters> {
  const opened = await Promise.all(config.clusters.map((entry) => openCluster(entry, folder)));
  const byName = new Map(opened.map(({ cluster }) => [cluster.name, cluster]));
  return {
    clusters: { names: () => [...byName.keys()], find: (name) => byName.get(name) },
    close: async () => {
      await Promise.all(opened.map(({ close }) => close()));
    },
  };
}

async function openCluster(entry: ClusterConfig, folder: string): Promise<OpenedCluster> {
  const { name } = entry;
  const options = clusterOptions(entry);
  if (entry.kind === "embedded") {
    const path = `${folder}/cluster/${name}`;
    mkdirSync(dirname(path), { recursive: true });
    const held = keepAlone(`${path}.lock`);
    if (held === undefined) throw inUse(name, folder);
    const local = openLocalCluster({
      now: systemClock.now,
      randomBytes: systemRandom,
      storage: openClusterLog(`${path}.jsonl`),
      readyAfter: EMBEDDED_READY_MS,
    });
    return {
      cluster: { name, title: `${name} (simulated)`, transport: local.transport, ...options },
      close: async () => {
        local.close();
        held.release();
      },
    };
  }
  const { transport, close } = await openKubeconfig(await sourceOf(entry));
  return { cluster: { name, transport, ...options }, close };
}

function inUse(name: string, folder: string): Error {
  return new Error(
    `cluster ${name}: it is simulated in ${folder}, in use by another process; servers that share a data folder need real clusters or none (--config, --kubeconfig)`,
  );
}

async function sourceOf(entry: ClusterConfig): Promise<KubeconfigSource> {
  const context = entry.context === undefined ? {} : { context: entry.context };
  if (entry.kubeconfig === undefined) return { trust: "operator", ...context };
  if (entry.kubeconfig.startsWith("file:"))
    return { trust: "operator", path: entry.kubeconfig.slice("file:".length), ...context };
  const text = await resolveSecret(entry.kubeconfig);
  if (text === undefined || text === "")
    throw new Error(`cluster ${entry.name}: ${entry.kubeconfig} is not set or empty`);
  return { trust: "operator", text, ...context };
}
