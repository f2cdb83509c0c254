import type { Egress, EgressResponse } from "../../engine/oci/egress.ts";
import { OciError } from "../../engine/oci/error.ts";

/** Bytes in a second below which an upstream counts as hanging, once it used up its deadline. */
const LEAST_BYTES_PER_SECOND = 4096;

/** When an upstream counts as hanging. */
export interface Patience {
  /** Milliseconds for one piece of a body. */
  readonly deadline: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * An egress whose `signal` bounds a question up to the headers of its answer. A body may take as long as it needs, but a piece of it no
 * longer than the deadline, and all of it no longer than a slow line would.
 */
export function createTimedEgress(egress: Egress, patience: Patience): Egress {
  return {
    send: async (request) => {
      const { signal } = request;
      const control = new AbortController();
      const abort = (): void => control.abort(signal?.reason);
      if (signal?.aborted === true) abort();
      signal?.addEventListener("abort", abort, { once: true });
      try {
        const response = await egress.send({ ...request, signal: control.signal });
        return { ...response, body: response.body === null ? null : timedBody(response.body, control, patience) };
      } finally {
        signal?.removeEventListener("abort", abort);
      }
    },
  };
}

function timedBody(
  body: NonNullable<EgressResponse["body"]>,
  control: AbortController,
  { deadline, now }: Patience,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let waited = 0;
  let received = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const asked = now();
        const next = await inTime(reader.read(), deadline);
        waited += now() - asked;
        if (next === "late" || waited > deadline + (received * 1000) / LEAST_BYTES_PER_SECOND) {
          control.abort();
          await reader.cancel().catch(() => undefined);
          throw new OciError("UNAVAILABLE", { message: "the upstream does not answer in time" });
        }
        if (next.done) return controller.close();
        received += next.value.length;
        controller.enqueue(next.value);
      },
      cancel: async (reason) => await reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T | "late"> {
  const timeout = AbortSignal.timeout(milliseconds);
  let expired: (() => void) | undefined;
  const late = new Promise<"late">((resolve) => {
    expired = () => resolve("late");
    timeout.addEventListener("abort", expired, { once: true });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    if (expired !== undefined) timeout.removeEventListener("abort", expired);
  }
}
