import { EgressError } from "../../engine/oci/egress-error.ts";
import { OciError } from "../../engine/oci/error.ts";

/** Bounds what one process asks of one upstream. */
export interface Gate {
  /** Runs `work` when there is room. Throws OciError `UNAVAILABLE` or `TOOMANYREQUESTS`, at once while the upstream rests. */
  readonly run: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Requests that wait for room; more are refused. */
const MAX_WAITING = 1000;
/** After a failure an upstream is left alone for this long, so that stale answers come at once instead of after a deadline each. */
const REST_MS = 3000;
/** The longest Retry-After that is believed. */
const MAX_RETRY_AFTER_MS = 15 * 60_000;

/** A gate of `concurrency` simultaneous requests. */
export function createGate(concurrency: number, now: () => number): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;
  let rest: { readonly until: number; readonly error: OciError } | undefined;

  const enter = async (): Promise<void> => {
    if (running < concurrency) {
      running++;
      return;
    }
    if (waiting.length >= MAX_WAITING)
      throw new OciError("TOOMANYREQUESTS", { message: "too many wait for the upstream" });
    await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  };

  return {
    run: async (work) => {
      if (rest !== undefined && rest.until > now()) throw rest.error;
      await enter();
      try {
        if (rest !== undefined && rest.until > now()) throw rest.error;
        return await work();
      } catch (thrown) {
        const error = upstreamFailure(thrown);
        const pause = error === undefined ? 0 : restAfter(error);
        if (error !== undefined && pause > 0) rest = { until: now() + pause, error };
        throw error ?? thrown;
      } finally {
        leave();
      }
    },
  };
}

/** Status of "no answer came"; a wrong answer (502) says nothing about the next question. */
const NO_ANSWER = 503;

function restAfter(error: OciError): number {
  if (error.retryAfter !== undefined) return Math.min(error.retryAfter * 1000, MAX_RETRY_AFTER_MS);
  return error.code === "TOOMANYREQUESTS" || error.status === NO_ANSWER ? REST_MS : 0;
}

/** The upstream's failure in the words of our callers; undefined for a defect. */
export function upstreamFailure(thrown: unknown): OciError | undefined {
  if (thrown instanceof OciError) return thrown;
  if (thrown instanceof EgressError) {
    if (thrown.code === "refused") return new OciError("DENIED", { message: thrown.message, cause: thrown });
    if (thrown.code === "broken") {
      return new OciError("UNAVAILABLE", { status: 502, message: "the upstream's answer broke off", cause: thrown });
    }
    return new OciError("UNAVAILABLE", { message: "the upstream is unreachable", cause: thrown });
  }
  if (thrown instanceof DOMException && (thrown.name === "TimeoutError" || thrown.name === "AbortError")) {
    return new OciError("UNAVAILABLE", { message: "the upstream does not answer in time", cause: thrown });
  }
  return undefined;
}
