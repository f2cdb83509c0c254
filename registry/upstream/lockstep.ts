/**
 * Two streams of the same bytes, read at the pace of the slower one, so that nothing piles up (`tee` would keep what the slower has not
 * read). When one side is cancelled the other goes on alone.
 */
export function lockstep(
  source: ReadableStream<Uint8Array>,
): readonly [ReadableStream<Uint8Array>, ReadableStream<Uint8Array>] {
  const reader = source.getReader();
  const sides: [Side, Side] = [{ open: true }, { open: true }];
  const reading: { step?: Promise<void> | undefined } = {};

  const step = async (): Promise<void> => {
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
  const wanted = (side: Side): boolean => !side.open || (side.controller?.desiredSize ?? 0) > 0;
  const pump = async (): Promise<void> => {
    while (reading.step !== undefined) await reading.step;
    if (!sides.every(wanted)) return;
    reading.step = step();
    await reading.step;
    reading.step = undefined;
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
