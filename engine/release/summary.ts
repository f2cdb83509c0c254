import type { JsonObject } from "../errors.ts";
import type { Release } from "./release.ts";

/** What lists, outcomes and the HTTP surface show of a release. `updated` is RFC 3339, absent for a release that was never deployed. */
export type ReleaseSummary = {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly status: string;
  /** `NAME-VERSION` of the chart. */
  readonly chart: string;
  readonly appVersion: string;
  readonly updated?: string;
  readonly description: string;
  readonly rollbackRevision?: number;
};

/** The summary of a release. Never holds values, notes or manifests. */
export function releaseSummary(release: Release): ReleaseSummary & JsonObject {
  const { metadata } = release.chart;
  const { lastDeployed, rollbackRevision } = release.info;
  return {
    name: release.name,
    namespace: release.namespace,
    revision: release.version,
    status: release.info.status,
    chart: metadata.name === "" ? "MISSING" : `${metadata.name}-${metadata.version}`,
    appVersion: metadata.appVersion ?? (metadata.name === "" ? "MISSING" : ""),
    ...(lastDeployed === undefined ? {} : { updated: lastDeployed }),
    description: release.info.description,
    ...(rollbackRevision === undefined ? {} : { rollbackRevision }),
  };
}
