import { describe, expect, it } from "vitest";
import { parseDigest } from "../../../engine/oci/digest.ts";
import { StoreError } from "../../../registry/content/store-error.ts";
import { verifying } from "../../../registry/content/verify.ts";
import { sha256 } from "../../support/registry.ts";

const bytes = new Uint8Array(1000).map((_, at) => at & 255);
const digest = parseDigest(sha256(bytes));

interface Case {
  readonly held: number;
  readonly size?: number;
  readonly sent: Uint8Array;
  readonly piece: number;
}

/** How many bytes had passed after each piece, and how it ended. */
async function pass({ sent, piece, ...options }: Case): Promise<readonly (number | string)[]> {
  if (digest === undefined) throw new Error("no digest");
  const { readable, writable } = verifying(digest, options);
  const passed: (number | string)[] = [];
  let received: number[] = [];
  const reading = (async () => {
    for await (const chunk of readable) received = [...received, ...chunk];
  })();
  reading.catch(() => undefined);
  const writer = writable.getWriter();
  writer.closed.catch(() => undefined);
  const settle = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));
  try {
    for (let at = 0; at < sent.length; at += piece) {
      await writer.write(sent.subarray(at, at + piece));
      await settle();
      passed.push(received.length);
    }
    await writer.close();
    await reading;
    expect(received).toEqual([...bytes]);
    passed.push("whole");
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    passed.push(`${error.code} after ${received.length}`);
  }
  return passed;
}

const wrong = bytes.map((byte, at) => (at === 10 ? byte ^ 1 : byte));
const longer = new Uint8Array([...bytes, 0]);

describe("bytes that are verified as they pass", () => {
  it.each<[string, Case, readonly (number | string)[]]>([
    [
      "of unknown length hold back what may be the last",
      { held: 300, sent: bytes, piece: 250 },
      [0, 0, 250, 500, "whole"],
    ],
    [
      "of known length hold back what is the last",
      { held: 300, size: 1000, sent: bytes, piece: 250 },
      [250, 500, 700, 700, "whole"],
    ],
    ["in one piece give its begin", { held: 300, size: 1000, sent: bytes, piece: 1000 }, [700, "whole"]],
    ["that are all to be held are", { held: 5000, size: 1000, sent: bytes, piece: 400 }, [0, 0, 0, "whole"]],
    [
      "without a hold end in an error before their end",
      { held: 0, size: 1000, sent: wrong, piece: 500 },
      [500, 1000, "digest-mismatch after 1000"],
    ],
    [
      "that are wrong never give the last, length known",
      { held: 300, size: 1000, sent: wrong, piece: 500 },
      [500, 700, "digest-mismatch after 700"],
    ],
    [
      "that are wrong never give the last, length unknown",
      { held: 300, sent: wrong, piece: 100 },
      [0, 0, 0, 100, 200, 300, 400, 500, 600, 700, "digest-mismatch after 700"],
    ],
    [
      "that end early are wrong",
      { held: 300, size: 1000, sent: bytes.subarray(0, 900), piece: 450 },
      [450, 700, "digest-mismatch after 700"],
    ],
    ["that go on are wrong", { held: 300, size: 1000, sent: longer, piece: 1000 }, [700, "digest-mismatch after 700"]],
  ])("%s", async (_, pieces, outcome) => {
    expect(await pass(pieces)).toEqual(outcome);
  });
});
