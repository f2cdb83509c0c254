import { KubeError } from "./error.ts";
import type { ClusterTransport, Identity } from "./transport.ts";

/** What every call to a cluster needs. Made once per step and handed on. */
export interface KubeSession {
  readonly transport: ClusterTransport;
  /** Whom requests are made as; absent: the transport's own identity. */
  readonly as?: Identity;
  readonly signal?: AbortSignal;
  /** Counts every request that is sent, retries too. */
  readonly budget?: RequestBudget;
  /** Waits before a retry; ends early when `signal` is aborted. Absent: a server that says "later" is an error with `retryAfterSeconds`. */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Milliseconds that a retry has from now on, the wait before it included; at 0 none is sent. Absent: as many as a call may wait. */
  readonly patience?: () => number;
  /** Called with the text of each `Warning` header, in order. */
  readonly onWarning?: (text: string) => void;
}

/** How many requests a step may still send. */
export interface RequestBudget {
  /** Takes one; throws a `KubeError` of code `budget` when none is left. */
  readonly take: () => void;
  readonly used: () => number;
  readonly left: () => number;
}

/** A budget of `limit` requests. */
export function createRequestBudget(limit: number): RequestBudget {
  let used = 0;
  return {
    take: () => {
      if (used >= limit) throw new KubeError("budget", `the step's budget of ${limit} requests is used up`);
      used++;
    },
    used: () => used,
    left: () => limit - used,
  };
}
