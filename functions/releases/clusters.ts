import type { ReadDeps } from "../../engine/action/read.ts";
import type { ConflictPolicy } from "../../engine/action/request.ts";
import type { ClusterTransport } from "../../engine/kube/transport.ts";
import type { RecordDriver } from "../../engine/release/storage.ts";
import type { ClusterConfig, PostRendererConfig } from "../config/config.ts";
import type { Clock } from "../http/clock.ts";
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

/** What one answer may wait, in all, for a cluster that asks to come again: a person or a proxy waits for it. */
const PATIENCE_MS = 10_000;

/** How questions are asked of a cluster, for one answer: a cluster that throttles is asked again. Refuses as {@link findCluster}. */
export function askCluster(
  { clusters, clock }: { readonly clusters: Clusters; readonly clock: Clock },
  name: string,
  signal?: AbortSignal,
): ReadDeps {
  const until = clock.now() + PATIENCE_MS;
  return {
    ...reachCluster(clusters, name),
    ...(signal === undefined ? {} : { signal }),
    sleep: clock.sleep,
    patience: () => until - clock.now(),
  };
}

/** How the engine reaches a cluster and its release records. Refuses as {@link findCluster}. */
export function reachCluster(clusters: Clusters, name: string): Pick<ReadDeps, "cluster" | "records"> {
  const { transport, records } = findCluster(clusters, name);
  return { cluster: transport, ...(records === undefined ? {} : { records }) };
}
