import type { Lease, Leases } from "../../registry/upstream/lease.ts";
import type { FetchesStub } from "./fetches-object.ts";
import type { DurableObjectNamespace } from "./runtime.ts";

/** Leases over one object per project: who waits asks once, and is told when the fetch has ended. */
export function createDurableLeases(objects: DurableObjectNamespace<FetchesStub>): Leases {
  const stubOf = ({ project }: Lease): FetchesStub => objects.get(objects.idFromName(project));
  return {
    take: async (lease, milliseconds) => await stubOf(lease).take(lease.key, lease.holder, milliseconds),
    wait: async (lease) => await stubOf(lease).wait(lease.key),
    drop: async (lease) => await stubOf(lease).drop(lease.key, lease.holder),
  };
}
