import { createHash } from "node:crypto";
import { gunzipSync, inflateRawSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDeflater, gzipAsGo } from "../../../engine/archive/index.ts";
import { deflateSample } from "./deflate-sample.ts";
import { deflateAnswers } from "./deflate-table.ts";

function deflate(data: Uint8Array, step: number): Uint8Array {
  const deflater = createDeflater();
  for (let at = 0; at < data.length; at += step) deflater.write(data.subarray(at, at + step));
  return deflater.finish();
}

describe("the deflater", () => {
  it.each(deflateAnswers)("gives Go's bytes for %s, %d bytes, whatever the pieces", (kind, size, deflated, sha256) => {
    const data = deflateSample(kind, size);
    for (const step of [size + 1, 7000]) {
      const out = deflate(data, step);
      const digest = createHash("sha256").update(out).digest("hex").slice(0, sha256.length);
      expect([step, out.length, digest]).toEqual([step, deflated, sha256]);
    }
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
