/** `.Capabilities.KubeVersion`. */
export interface KubeVersion {
  /** With a leading `v`, as it was given, e.g. `v1.34.0`. */
  readonly version: string;
  /** `MAJOR.MINOR.PATCH` with suffixes dropped: what constraints are compared with. */
  readonly normalized: string;
  readonly major: string;
  readonly minor: string;
}

/** `.Capabilities.HelmVersion`. */
export interface HelmVersion {
  readonly version: string;
  readonly gitCommit: string;
  readonly gitTreeState: string;
  readonly goVersion: string;
  readonly kubeClientVersion: string;
}

/** What templates are told about the cluster. */
export interface Capabilities {
  readonly kubeVersion: KubeVersion;
  /** `group/version` and, from a live cluster, `group/version/Kind`. */
  readonly apiVersions: readonly string[];
  readonly helmVersion: HelmVersion;
}
