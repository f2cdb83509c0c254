import { GoMap, goMap, NIL_MAP } from "../../engine/go/value.ts";
import type { ClusterTransport } from "../../engine/kube/transport.ts";
import type { Release } from "../../engine/release/release.ts";
import { createRecord } from "../../engine/release/storage.ts";

/** A release to record: deployed, of a chart without templates and without values. */
export function release(over: Partial<Release> = {}): Release {
  return {
    name: "web",
    namespace: "default",
    version: 1,
    info: { description: "", status: "deployed" },
    chart: {
      metadata: { name: "web", version: "1.2.0", apiVersion: "v2", appVersion: "3.4" },
      values: goMap(),
      templates: [],
      files: [],
      raw: [],
      dependencies: [],
    },
    config: new GoMap(new Map(), NIL_MAP),
    manifest: "",
    hooks: [],
    applyMethod: "ssa",
    labels: {},
    ...over,
  };
}

/** A release to record that installed a ConfigMap, with times, values and notes. */
export function installedRelease(over: Partial<Release> = {}): Release {
  return release({
    info: {
      firstDeployed: "2026-11-20T10:00:00Z",
      lastDeployed: "2026-11-20T10:00:00Z",
      description: "Install complete",
      status: "deployed",
      notes: "Thank you",
    },
    config: goMap([["replicas", 2]]),
    manifest: "---\n# Source: web/templates/cm.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n",
    ...over,
  });
}

/** Records a release in a cluster. */
export async function record(cluster: ClusterTransport, value: Release): Promise<void> {
  await createRecord({ transport: cluster }, { release: value, labels: value.labels, now: 1_000 });
}
