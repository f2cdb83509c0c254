import { formatHex } from "../../engine/oci/digest.ts";
import type { SingleFlight } from "../../engine/oci/single-flight.ts";
import type { Leases } from "./lease.ts";

/** What sharing a fetch needs from outside. */
export interface OnceDeps {
  readonly leases: Leases;
  readonly project: string;
  readonly random: (size: number) => Uint8Array;
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** A fetch that many may want at the same time, here and in other replicas. */
export interface SharedWork<T> {
  /** In the grammar of keys. */
  readonly key: string;
  /** What another replica's fetch left; undefined while there is nothing. */
  readonly done: () => Promise<{ readonly value: T } | undefined>;
  readonly work: () => Promise<T>;
}

/** After this without a renewal a replica that fetches is taken for dead: then another one fetches too, which does no harm. */
const LEASE_MS = 30_000;
const RENEW_MS = 10_000;

/**
 * Runs the work once: in this process by `flight`, among replicas by a lease. Whoever gets the lease looks first whether the work is done
 * by now. A lost lease costs a second fetch, nothing else.
 */
export async function once<T>(deps: OnceDeps, flight: SingleFlight<T>, shared: SharedWork<T>): Promise<T> {
  return await flight(shared.key, async () => {
    const lease = { project: deps.project, key: shared.key, holder: formatHex(deps.random(8)) };
    for (let turn = 0; !(await deps.leases.take(lease, LEASE_MS)); turn++) {
      await deps.leases.wait(lease, turn);
      const found = await shared.done();
      if (found !== undefined) return found.value;
    }
    const stop = new AbortController();
    try {
      const found = await shared.done();
      if (found !== undefined) return found.value;
      void renew(deps, lease, stop.signal);
      return await shared.work();
    } finally {
      stop.abort();
      await deps.leases.drop(lease).catch(() => undefined);
    }
  });
}

/** Keeps the lease while the work goes on. */
async function renew(deps: OnceDeps, lease: Parameters<Leases["take"]>[0], stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await deps.sleep(RENEW_MS, stop);
    if (!stop.aborted) await deps.leases.take(lease, LEASE_MS).catch(() => false);
  }
}
