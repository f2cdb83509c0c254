import { discover } from "../kube/discover.ts";
import type { DiscoveryData } from "../kube/discovery.ts";
import { openDiscovery } from "../kube/discovery.ts";
import { readLive, refOf, refText } from "../kube/read-live.ts";
import { computeStatus } from "../kube/status.ts";
import type { KubeObject } from "../object/object.ts";
import type { Release } from "../release/release.ts";
import type { StoredRelease } from "../release/storage.ts";
import { buildObjects } from "./build.ts";
import type { EventObject } from "./event.ts";
import { eventObject } from "./event-object.ts";
import { getRelease, type ReadDeps, type ReleaseQuery, sessionOf } from "./read.ts";

/** An object of a release as it is in the cluster. `live` is absent when it was not found or could not be read. */
export interface StatusResource {
  readonly object: EventObject;
  /** kstatus' word; `NotFound` or `Unknown` without a live object. */
  readonly status: string;
  readonly message: string;
  readonly live?: KubeObject;
}

/** A release and its objects, in manifest order. */
export interface StatusReport {
  readonly stored: StoredRelease;
  readonly resources: readonly StatusResource[];
}

/** A release and what is in the cluster of it. `now` in milliseconds since 1970. Throws as `getRelease`, and for unknown kinds. */
export async function getStatus(
  deps: ReadDeps & { readonly now: number; readonly discovery?: DiscoveryData },
  query: ReleaseQuery,
): Promise<StatusReport> {
  const stored = await getRelease(deps, query);
  return { stored, resources: await getResources(deps, stored.release) };
}

/** Where the objects of a release stand, in manifest order. Throws for unknown kinds, and `KubeError` `budget`. */
export async function getResources(
  deps: ReadDeps & { readonly now: number; readonly discovery?: DiscoveryData },
  release: Release,
): Promise<readonly StatusResource[]> {
  const session = sessionOf(deps);
  const discovery = deps.discovery === undefined ? await discover(session) : openDiscovery(deps.discovery);
  const { namespace } = release;
  const built = buildObjects(release.manifest, { mappingFor: discovery.mappingFor, namespace });
  const { reads } = await readLive(session, {
    discovery,
    refs: built.map((one) => refOf(one.object)),
    want: "whole",
    reads: "auto",
  });
  return built.map(({ object }): StatusResource => {
    const read = reads.get(refText(refOf(object)));
    if (read?.kind === "present")
      return { object: eventObject(object), live: read.object, ...computeStatus(read.object, deps.now) };
    const missing = read?.kind === "absent";
    const message = missing ? "Resource not found" : read?.kind === "error" ? read.error.message : "not read";
    return { object: eventObject(object), status: missing ? "NotFound" : "Unknown", message };
  });
}
