import type { Chart } from "../chart/chart.ts";
import type { GoMap } from "../go/value.ts";
import type { Hook } from "../manifest/hook.ts";
import type { ReleaseOrder } from "./order.ts";

/** Helm's words for where a release is. */
export type ReleaseStatus =
  | "unknown"
  | "deployed"
  | "uninstalled"
  | "superseded"
  | "failed"
  | "uninstalling"
  | "pending-install"
  | "pending-upgrade"
  | "pending-rollback";

/** `info` of a release record. Times are RFC 3339; an absent time is Go's zero time. */
export interface ReleaseInfo {
  readonly firstDeployed?: string;
  readonly lastDeployed?: string;
  readonly deleted?: string;
  readonly description: string;
  readonly status: ReleaseStatus;
  readonly rollbackRevision?: number;
  readonly notes?: string;
}

/** One revision of a release: what Helm stores, and the order of its objects where it was applied in one. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  /** The revision, from 1. */
  readonly version: number;
  readonly info: ReleaseInfo;
  readonly chart: Chart;
  /** The values that the user gave, not yet merged with the chart's. */
  readonly config: GoMap;
  readonly manifest: string;
  readonly hooks: readonly Hook[];
  /** `""` is a record that Helm 3 wrote. */
  readonly applyMethod: "ssa" | "csa" | "";
  /** Absent: all objects were applied in one go. */
  readonly order?: ReleaseOrder;
  /** Custom labels of the storage object; never part of the JSON document. */
  readonly labels: Readonly<Record<string, string>>;
}
