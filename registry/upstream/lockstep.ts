import { OciError } from "../../engine/oci/error.ts";

/** How a stream is shared. */
export interface LockstepOptions {
  /** Milliseconds that the second side may keep the first one waiting; then it is errored, and the first goes on alone. */
  readonly patience: number;
}

/**
 * Two streams of the same bytes, read at the pace of the slower one, so that nothing piles up (`tee` would keep what the slower has not
 * read). When one side is cancelled the other goes on alone.
 */
export function lockstep(
  source: ReadableStream<Uint8Array>,
  { patience }: LockstepOptions,
): readonly [ReadableStream<Uint8Array>, ReadableStream<Uint8Array>] {
  const reader = source.getReader();
  const sides: [Side, Side] = [{ open: true }, { open: true }];
  const reading: { step?: Promise<void> | undefined; steps: number } = { steps: 0 };

  const step = async (): Promise<void> => {
    reading.steps++;
    try {
      const { done, value } = await reader.read();
      for (const side of sides) {
        if (!side.open) continue;
        if (done) side.controller?.close();
        else side.controller?.enqueue(value);
      }
    } catch (error) {
      for (const side of sides) if (side.open) side.controller?.error(error);
    }
  };
  const pump = async (): Promise<void> => {
    while (reading.step !== undefined) await reading.step;
    if (!sides.every(isWanted)) return watch();
    reading.step = step();
    await reading.step;
    reading.step = undefined;
  };
  const watch = (): void => {
    const [first, second] = sides;
    if (!isWanted(first) || isWanted(second)) return;
    const seen = reading.steps;
    AbortSignal.timeout(patience).addEventListener("abort", () => {
      if (seen !== reading.steps || isWanted(second)) return;
      second.open = false;
      second.controller?.error(new OciError("TOOMANYREQUESTS", { message: "the client reads too slowly" }));
      void pump();
    });
  };
  const make = (side: Side): ReadableStream<Uint8Array> =>
    new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          side.controller = controller;
        },
        pull: pump,
        cancel: async (reason) => {
          side.open = false;
          if (sides.every((other) => !other.open)) await reader.cancel(reason);
          else void pump();
        },
      },
      { highWaterMark: 1 },
    );
  return [make(sides[0]), make(sides[1])];
}

interface Side {
  open: boolean;
  controller?: ReadableStreamDefaultController<Uint8Array>;
}

function isWanted(side: Side): boolean {
  return !side.open || (side.controller?.desiredSize ?? 0) > 0;
}
