import type { ClusterTransport } from "../../engine/kube/transport.ts";
import { KubeError } from "../../engine/kube/error.ts";
import type { Clock } from "../http/clock.ts";
import type { Lease, OperationStore } from "./operation-store.ts";

/** How long a lease lasts: one request's time-out, twice over. */
export const LEASE_TIME = 60_000;
/** Time-out of one request to a cluster: admission webhooks may take 30 s at most. */
export const REQUEST_TIME = 30_000;
/** Between a request's end and its lease's: clocks of store and process may differ a little. */
const MARGIN = 5_000;

/** Requests that begin this close together share one time-out, the first one's: a timer and a signal for each is a third of what sending one costs. */
const TOGETHER = 250;

/** The lease is another's now. Whoever holds it goes on; this one stops without a word. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** A lease that is renewed when it is about to be too short. */
export interface LeaseGuard {
  /** Throws {@link LeaseLost} when it cannot be made to last `milliseconds` more. */
  readonly atLeast: (milliseconds: number) => Promise<Lease>;
  /** The clock that the lease is measured by. */
  readonly now: () => number;
}

/** Guards a lease that was just acquired. */
export function createLeaseGuard(store: OperationStore, clock: Clock, acquired: Lease): LeaseGuard {
  let lease = acquired;
  return {
    now: clock.now,
    atLeast: async (milliseconds) => {
      if (lease.expires - clock.now() >= milliseconds) return lease;
      const renewed = await store.renew(lease, LEASE_TIME);
      if (renewed === undefined) throw new LeaseLost("the lease was lost");
      lease = renewed;
      return lease;
    },
  };
}

/**
 * A transport that sends a request only when its time-out ends before the lease does, and holds it to that time-out. One that waits for
 * a connection, or whose process stands still, must not leave behind the lease's end.
 */
export function leaseTransport(inner: ClusterTransport, guard: LeaseGuard): ClusterTransport {
  const timeoutNow = sharedTimeouts(guard.now);
  return {
    send: async (request) => {
      const { expires } = await guard.atLeast(REQUEST_TIME + MARGIN);
      const timeout = timeoutNow();
      const signal = request.signal === undefined ? timeout : AbortSignal.any([request.signal, timeout]);
      try {
        return await inner.send({ ...request, signal, leaveBefore: expires - MARGIN });
      } catch (thrown) {
        if (!timeout.aborted) throw thrown;
        const message = `${request.method} ${request.path}: no answer within ${REQUEST_TIME / 1000} s`;
        throw new KubeError("unreachable", message, {}, { cause: thrown });
      }
    },
  };
}

/** Signals that abort at most {@link REQUEST_TIME} from now, and no more than {@link TOGETHER} before that. */
function sharedTimeouts(now: () => number): () => AbortSignal {
  let last: { readonly from: number; readonly signal: AbortSignal } | undefined;
  return () => {
    const time = now();
    if (last === undefined || time < last.from || time - last.from >= TOGETHER || last.signal.aborted) {
      last = { from: time, signal: AbortSignal.timeout(REQUEST_TIME) };
    }
    return last.signal;
  };
}
