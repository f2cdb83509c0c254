import { createHash } from "node:crypto";
import { gunzipSync, inflateRawSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDeflater, gzipAsGo } from "../../../engine/archive/index.ts";
import { deflateAnswers } from "./deflate-table.ts";

const SENTENCE = "the quick brown fox jumps over the lazy dog\n";

/** The inputs that the answers were recorded for. */
function sample(kind: string, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let x = 1;
  for (let i = 0; i < size; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    if (kind === "same") out[i] = 97;
    else if (kind === "random") out[i] = x >>> 24;
    else if (kind === "letters") out[i] = 97 + ((x >>> 24) % 4);
    else if (kind === "words") out[i] = SENTENCE.charCodeAt((i + (x >>> 31)) % SENTENCE.length);
    else if (kind === "rare") out[i] = x >>> 24 < 2 ? x >>> 16 : 0;
    else if (kind === "far") out[i] = i >= 40_000 ? (out[i - 32_768 + (x >>> 30)] ?? 0) : x >>> 24;
    else out[i] = Math.min(20, trailingOnes(x >>> 8));
  }
  return out;
}

function trailingOnes(x: number): number {
  let count = 0;
  while (((x >>> count) & 1) === 1) count++;
  return count;
}

function deflate(data: Uint8Array, step: number): Uint8Array {
  const deflater = createDeflater();
  for (let at = 0; at < data.length; at += step) deflater.write(data.subarray(at, at + step));
  return deflater.finish();
}

describe("the deflater", () => {
  it.each(deflateAnswers)("gives Go's bytes for %s, %d bytes in pieces of %d", (kind, size, step, deflated, sha256) => {
    const out = deflate(sample(kind, size), step === 0 ? size + 1 : step);
    expect({ size: out.length, sha256: createHash("sha256").update(out).digest("hex") }).toEqual({
      size: deflated,
      sha256,
    });
  });

  it("gives back what went in, whatever the pieces", () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 2000 }),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.nat(9000))
        .map(([unit, count]) => Buffer.alloc(count, unit)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const deflater = createDeflater();
        for (const bytes of pieces) deflater.write(bytes);
        expect(Buffer.from(inflateRawSync(deflater.finish())).equals(Buffer.concat(pieces))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe("gzipAsGo", () => {
  it("writes the header's extra field and comment, no time and a checksum over all pieces", () => {
    const pieces = [Buffer.from("one "), Buffer.from("two")];
    const out = gzipAsGo(pieces, { extra: Uint8Array.of(1, 2), comment: "Helm" });
    expect([...out.subarray(0, 19)]).toEqual([31, 139, 8, 20, 0, 0, 0, 0, 0, 255, 2, 0, 1, 2, 72, 101, 108, 109, 0]);
    expect(gunzipSync(out).toString()).toBe("one two");
  });
});
