import type { Capabilities } from "../chart/capabilities.ts";
import { defaultCapabilities } from "../chart/kube-version.ts";
import { discover } from "../kube/discover.ts";
import { apiVersions, type Discovery, kubeVersionOf, openDiscovery } from "../kube/discovery.ts";
import { isKubeError } from "../kube/error.ts";
import type { ResourceMapping } from "../kube/mapping.ts";
import { formatApiVersion } from "../object/gvk.ts";
import type { GroupVersionKind } from "../object/object.ts";
import { ActionError } from "./errors.ts";
import type { Step } from "./step.ts";

/** What a cluster serves, and whether that was remembered rather than asked. */
export interface ClusterFacts {
  readonly discovery: Discovery;
  readonly remembered: boolean;
}

/** What asking a cluster takes. */
export type Asking = Pick<Step, "deps" | "session">;

/** What the cluster serves: remembered where the deps can, else asked. Throws `ActionError` `unreachable` with Helm's text. */
export async function readFacts(step: Asking): Promise<ClusterFacts> {
  const known = await step.deps.discovery?.load();
  if (known !== undefined) return { discovery: openDiscovery(known), remembered: true };
  return askFacts(step);
}

/** What the cluster serves now. */
export async function askFacts(step: Asking): Promise<ClusterFacts> {
  try {
    const discovery = await discover(step.session);
    await step.deps.discovery?.save(discovery.data);
    return { discovery, remembered: false };
  } catch (error) {
    if (!isKubeError(error) || error.code === "budget") throw error;
    throw new ActionError("unreachable", `kubernetes cluster unreachable: ${error.message}`, error.detail, {
      cause: error,
    });
  }
}

/** Finds a kind, first among those that the same operation brings along. */
export function mappingFinder(
  discovery: Discovery,
  coming: readonly ResourceMapping[],
): (gvk: GroupVersionKind) => ResourceMapping | undefined {
  return (gvk) =>
    coming.find((one) => one.group === gvk.group && one.version === gvk.version && one.kind === gvk.kind) ??
    discovery.mappingFor(gvk);
}

/** What templates are told: the cluster's own kinds and those that the same operation brings along. */
export function capabilitiesOf(discovery: Discovery, coming: readonly ResourceMapping[]): Capabilities {
  const { helmVersion } = defaultCapabilities({});
  const more = coming.flatMap((one) => [formatApiVersion(one), `${formatApiVersion(one)}/${one.kind}`]);
  const served = apiVersions(discovery.data);
  const versions = more.length === 0 ? served : [...new Set([...served, ...more])].sort();
  return { kubeVersion: kubeVersionOf(discovery.data), apiVersions: versions, helmVersion };
}
