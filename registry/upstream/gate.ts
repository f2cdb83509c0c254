import { EgressError } from "../../engine/oci/egress-error.ts";
import { OciError } from "../../engine/oci/error.ts";
import { OWN_ORIGIN, type Rest, restError, type Rests } from "./rest.ts";
import type { Rate } from "./upstream.ts";

/** Bounds what one process asks of one upstream. */
export interface Gate {
  /**
   * Runs `work` when there is room. Throws OciError `UNAVAILABLE` or `TOOMANYREQUESTS`, at once while the origin that is asked rests or the
   * upstream's rate is used up. `origin` is that of another host that the upstream leads to, which rests for itself.
   */
  readonly run: <T>(work: () => Promise<T>, origin?: string) => Promise<T>;
}

/** What a gate is made of. */
export interface GateOptions {
  /** Simultaneous questions. */
  readonly concurrency: number;
  readonly rate?: Rate | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly rests: Rests;
}

/** Requests that wait for room; more are refused. */
const MAX_WAITING = 1000;
/** Origins whose rests one process remembers; the store knows them too. */
const MAX_KNOWN = 100;
/** After a failure an upstream is left alone for this long, so that stale answers come at once instead of after a deadline each. */
const REST_MS = 3000;
/** The longest Retry-After that is believed. */
const MAX_RETRY_AFTER_MS = 15 * 60_000;

/** A gate in front of one upstream. */
export function createGate({ concurrency, rate, now, rests }: GateOptions): Gate {
  const room = createRoom(concurrency);
  const takeRate = rate === undefined ? () => undefined : createBucket(rate, now);
  const known = new Map<string, Rest>();
  const assertAwake = async (origin: string): Promise<void> => {
    const rest = known.get(origin) ?? (await rests.read(origin));
    if (rest !== undefined && rest.until > now()) throw restError(rest, now());
    known.delete(origin);
  };
  return {
    run: async (work, origin = OWN_ORIGIN) => {
      await assertAwake(origin);
      await room.enter();
      try {
        await assertAwake(origin);
        takeRate();
        return await work();
      } catch (thrown) {
        const error = upstreamFailure(thrown);
        const pause = error === undefined || thrown instanceof RateError ? 0 : restAfter(error);
        if (error === undefined || pause === 0) throw error ?? thrown;
        const at = now();
        const rest = { until: at + pause, code: error.code, status: error.status, message: error.message };
        if (known.size >= MAX_KNOWN) known.clear();
        known.set(origin, rest);
        await rests.write(origin, rest);
        throw restError(rest, at, thrown);
      } finally {
        room.leave();
      }
    },
  };
}

interface Room {
  readonly enter: () => Promise<void>;
  readonly leave: () => void;
}

function createRoom(size: number): Room {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    enter: async () => {
      if (running < size) {
        running++;
        return;
      }
      if (waiting.length >= MAX_WAITING)
        throw new OciError("TOOMANYREQUESTS", { message: "too many wait for the upstream", retryAfter: 1 });
      await new Promise<void>((resolve) => waiting.push(resolve));
    },
    leave: () => {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    },
  };
}

/** The operator's own limit: the upstream is not asked, and does not rest. */
class RateError extends OciError {}

/** Throws a {@link RateError} when the rate is used up; it fills again evenly. */
function createBucket({ requests, per }: Rate, now: () => number): () => void {
  let left = requests;
  let at = now();
  return () => {
    const time = now();
    left = Math.min(requests, left + (Math.max(0, time - at) * requests) / per);
    at = time;
    if (left < 1) {
      const retryAfter = Math.ceil(((1 - left) * per) / requests / 1000);
      throw new RateError("TOOMANYREQUESTS", { message: "the upstream's rate is used up", retryAfter });
    }
    left--;
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
    if (thrown.code === "broken") return brokenOff(thrown);
    return new OciError("UNAVAILABLE", { message: "the upstream is unreachable", cause: thrown });
  }
  if (thrown instanceof DOMException && (thrown.name === "TimeoutError" || thrown.name === "AbortError")) {
    return new OciError("UNAVAILABLE", { message: "the upstream does not answer in time", cause: thrown });
  }
  return undefined;
}

/** A body ended before its end. */
export function brokenOff(cause?: unknown): OciError {
  return new OciError("UNAVAILABLE", { status: 502, message: "the upstream's answer broke off", cause });
}
