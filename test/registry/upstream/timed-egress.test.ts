import { describe, expect, it } from "vitest";
import type { EgressPolicy } from "../../../engine/oci/egress.ts";
import { OciError } from "../../../engine/oci/error.ts";
import { createTimedEgress } from "../../../registry/upstream/timed-egress.ts";

const policy: EgressPolicy = { name: "test", hosts: ["up.test"], elsewhere: "listed" };
const DEADLINE = 20_000;

/** Reads a body of `count` pieces of `size` bytes, each of which takes so many milliseconds of a clock that is moved by hand. */
async function read(pieces: { readonly size: number; readonly each: number; readonly count: number }): Promise<string> {
  const clock = { now: 0 };
  let sent = 0;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        clock.now += pieces.each;
        if (sent++ < pieces.count) controller.enqueue(new Uint8Array(pieces.size));
        else controller.close();
      },
      cancel: () => void (cancelled = true),
    },
    { highWaterMark: 0 },
  );
  const egress = createTimedEgress(
    { send: async () => ({ status: 200, headers: new Headers(), body }) },
    { deadline: DEADLINE, now: () => clock.now },
  );
  const response = await egress.send({ method: "GET", url: "https://up.test/", policy });
  let received = 0;
  try {
    for await (const piece of response.body ?? []) received += piece.length;
    return `${received} bytes in ${clock.now / 1000} s`;
  } catch (error) {
    if (!(error instanceof OciError)) throw error;
    return `${error.code} after ${received} bytes, ${clock.now / 1000} s${cancelled ? ", cancelled" : ""}`;
  }
}

describe("a body from upstream", () => {
  it.each([
    ["may take as long as a slow line needs", { size: 65_536, each: 10_000, count: 100 }, "6553600 bytes in 1010 s"],
    ["may be slow while its deadline lasts", { size: 1, each: 1_000, count: 18 }, "18 bytes in 19 s"],
    [
      "that comes in drops, none of them late, is given up when the deadline is used up",
      { size: 16, each: 1_000, count: 10_000 },
      "UNAVAILABLE after 320 bytes, 21 s, cancelled",
    ],
    [
      "that comes in larger drops is given up when a slow line would have been faster",
      { size: 4096, each: 2_000, count: 10_000 },
      "UNAVAILABLE after 77824 bytes, 40 s, cancelled",
    ],
  ])("%s", async (_, pieces, outcome) => {
    expect(await read(pieces)).toBe(outcome);
  });
});
