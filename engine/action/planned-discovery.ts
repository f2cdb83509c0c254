import type { Discovery } from "../kube/discovery.ts";
import type { ResourceMapping } from "../kube/mapping.ts";

/** How planned objects are reached, without asking the cluster again. */
export function plannedDiscovery(objects: readonly { readonly mapping: ResourceMapping }[]): Discovery {
  const exact = new Map<string, ResourceMapping>();
  const preferred = new Map<string, ResourceMapping>();
  for (const { mapping } of objects) {
    exact.set(`${mapping.group}/${mapping.kind}/${mapping.version}`, mapping);
    preferred.set(`${mapping.group}/${mapping.kind}`, mapping);
  }
  return {
    data: { format: 1, server: { gitVersion: "", major: "", minor: "" }, groups: [] },
    mappingFor: (gvk) => exact.get(`${gvk.group}/${gvk.kind}/${gvk.version}`),
    preferredFor: (of) => preferred.get(`${of.group}/${of.kind}`),
  };
}
