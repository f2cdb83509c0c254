import { expect, test } from "vitest";
import { gunzip, gzip } from "../../../engine/archive/index.ts";
import type { GunzipOptions } from "../../../engine/archive/index.ts";
import { inflateWhole } from "../../../infra/cli/inflate.ts";

const TEXT = new TextEncoder().encode("a text of some length, ".repeat(300));
const PACKED = await gzip(TEXT);
const OTHER_SUM = PACKED.map((byte, i) => (i === PACKED.length - 8 ? byte ^ 1 : byte));

/** The inflated bytes, or the code of the refusal. */
async function inflated(bytes: Uint8Array, options: GunzipOptions): Promise<string> {
  try {
    const parts: Uint8Array[] = [];
    for await (const chunk of gunzip(bytes, options)) parts.push(chunk);
    return Buffer.concat(parts).toString();
  } catch (error) {
    return error instanceof Error && "code" in error ? `refused: ${String(error.code)}` : "refused";
  }
}

test.each([
  ["a whole member", PACKED, {}],
  ["two members", Buffer.concat([PACKED, PACKED]), {}],
  ["bytes behind the end", Buffer.concat([PACKED, Buffer.from("more")]), {}],
  ["an early end", PACKED.subarray(0, -9), {}],
  ["a wrong checksum", OTHER_SUM, {}],
  ["more than the budget", PACKED, { limit: 100 }],
  ["a text", TEXT, {}],
  ["nothing", new Uint8Array(0), {}],
  ["an end inside of the header", PACKED.subarray(0, 5), {}],
] as const)("%s is inflated at once as it is by the stream", async (_what, bytes, options) => {
  expect(await inflated(bytes, { ...options, inflateWhole })).toBe(await inflated(bytes, options));
});

test("a whole member is taken, anything else is left to the stream", () => {
  expect(inflateWhole(PACKED, TEXT.length)).toEqual(Buffer.from(TEXT));
  expect(inflateWhole(PACKED, TEXT.length - 1)).toBeUndefined();
  expect(inflateWhole(Buffer.concat([PACKED, PACKED]), 1_000_000)).toBeUndefined();
});
