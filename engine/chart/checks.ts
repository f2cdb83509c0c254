import type { KubeVersion } from "./capabilities.ts";
import type { Chart } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import { isCompatible } from "./compatible.ts";

/** Throws {@link ChartError} `not-installable` for a library chart. */
export function checkInstallable(chart: Chart): void {
  const type = chart.metadata.type ?? "";
  if (type !== "" && type !== "application") {
    throw new ChartError("not-installable", `${type} charts are not installable`, { type });
  }
}

/**
 * Throws {@link ChartError} `missing-dependencies` when Chart.yaml names a dependency that no loaded sub-chart has the name of; versions
 * and aliases do not count. The message is the part that `helm package` prints.
 */
export function checkDependencies(chart: Chart): void {
  const present = new Set(chart.dependencies.map((dependency) => dependency.metadata.name));
  const missing = (chart.metadata.dependencies ?? []).map(({ name }) => name).filter((name) => !present.has(name));
  if (missing.length === 0) return;
  const message = `found in Chart.yaml, but missing in charts/ directory: ${missing.join(", ")}`;
  throw new ChartError("missing-dependencies", message, { missing });
}

/** Throws {@link ChartError} `incompatible-kube-version` when the chart's `kubeVersion` does not allow `version`. */
export function checkKubeVersion(chart: Chart, version: KubeVersion): void {
  const wanted = chart.metadata.kubeVersion ?? "";
  if (wanted === "" || isCompatible(wanted, version.normalized)) return;
  throw new ChartError(
    "incompatible-kube-version",
    `chart requires kubeVersion: ${wanted} which is incompatible with Kubernetes ${version.version}`,
    { wanted, version: version.version },
  );
}
