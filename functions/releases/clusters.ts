import type { ReadDeps } from "../../engine/action/read.ts";
import type { ConflictPolicy } from "../../engine/action/request.ts";
import type { ClusterTransport } from "../../engine/kube/transport.ts";
import type { RecordDriver } from "../../engine/release/storage.ts";
import type { ClusterConfig, PostRendererConfig } from "../config/config.ts";
import { ProblemError } from "../http/problem.ts";

/** A cluster that can be reached. */
export interface Cluster {
  readonly name: string;
  /** What results call it, where its name alone would mislead. */
  readonly title?: string;
  readonly transport: ClusterTransport;
  /** The policy of this cluster; absent: the configuration's. */
  readonly conflicts?: ConflictPolicy;
  /** Where its release records are; absent: in Secrets. */
  readonly records?: RecordDriver;
  readonly postRenderers?: readonly PostRendererConfig[];
}

/** The configured clusters. An entry in `infra/` makes the transports. */
export interface Clusters {
  readonly names: () => readonly string[];
  readonly find: (name: string) => Cluster | undefined;
}

/** The cluster, or a refusal with `cluster-not-found`. */
export function findCluster(clusters: Clusters, name: string): Cluster {
  const cluster = clusters.find(name);
  if (cluster === undefined) throw new ProblemError("cluster-not-found", `there is no cluster ${name}`);
  return cluster;
}

/** What a configuration says of a cluster besides how it is reached. */
export function clusterOptions(config: ClusterConfig): Pick<Cluster, "conflicts" | "records" | "postRenderers"> {
  const { conflicts, records, postRenderers } = config;
  return {
    ...(conflicts === undefined ? {} : { conflicts }),
    ...(records === undefined ? {} : { records }),
    ...(postRenderers === undefined ? {} : { postRenderers }),
  };
}

/** How the engine reaches a cluster and its release records. Refuses as {@link findCluster}. */
export function reachCluster(clusters: Clusters, name: string): Pick<ReadDeps, "cluster" | "records"> {
  const { transport, records } = findCluster(clusters, name);
  return { cluster: transport, ...(records === undefined ? {} : { records }) };
}
