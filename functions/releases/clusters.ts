import type { ConflictPolicy } from "../../engine/action/request.ts";
import type { ClusterTransport } from "../../engine/kube/transport.ts";
import { ProblemError } from "../http/problem.ts";

/** A cluster that can be reached. */
export interface Cluster {
  readonly name: string;
  /** What results call it, where its name alone would mislead. */
  readonly title?: string;
  readonly transport: ClusterTransport;
  /** The policy of this cluster; absent: the configuration's. */
  readonly conflicts?: ConflictPolicy;
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
