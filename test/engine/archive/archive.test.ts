import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArchiveError, gunzip, gzip, readTar, readTarGz, writeTar } from "../../../engine/archive/index.ts";
import type { TarEntry } from "../../../engine/archive/index.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const accept = (): boolean => true;

async function collect(source: Uint8Array | ReadableStream<Uint8Array>, limit?: number): Promise<TarEntry[]> {
  const out: TarEntry[] = [];
  for await (const entry of readTarGz(source, accept, limit === undefined ? {} : { limit })) out.push(entry);
  return out;
}

function inChunks(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.subarray(at, (at += size)));
    },
  });
}

describe("tar", () => {
  test("a header has the fields that Go's writer makes", () => {
    const block = writeTar([{ name: "c/Chart.yaml", data: encode("x"), mtime: 1 }]).subarray(0, 512);
    const text = (from: number, to: number): string => new TextDecoder().decode(block.subarray(from, to));
    expect(text(0, 13)).toBe("c/Chart.yaml\0");
    expect(text(100, 136)).toBe("0000644\u00000000000\u00000000000\u000000000000001\0");
    expect(text(136, 148)).toBe("00000000001\0");
    expect(text(148, 157)).toMatch(/^[0-7]{6}\0 0$/);
    expect(text(257, 265)).toBe("ustar\u000000");
    expect(text(329, 345)).toBe("0000000\u00000000000\0");
  });

  test("what is written is read back, whatever the names and the chunks", async () => {
    const file = fc.record({
      name: fc.stringMatching(/^[a-zé]{1,60}(\/[a-zß]{1,60}){0,5}$/),
      data: fc.uint8Array({ maxLength: 2000 }),
      mtime: fc.integer({ min: 0, max: 2 ** 40 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(file, { maxLength: 6 }), fc.integer({ min: 1, max: 700 }), async (files, size) => {
        const read = await collect(inChunks(await gzip(writeTar(files)), size));
        expect(read.map(({ name, data, mtime }) => ({ name, data: new Uint8Array(data), mtime }))).toEqual(files);
      }),
      { numRuns: 60 },
    );
  });

  test("an archive that stops midway is refused", async () => {
    const whole = writeTar([{ name: "a/b", data: new Uint8Array(3000), mtime: 0 }]);
    expect(() => readTar(whole.subarray(0, 2000), accept)).toThrow(new ArchiveError("truncated", "unexpected EOF"));
    expect(() => readTar(whole.subarray(0, 100), accept)).toThrow("unexpected EOF");
    const zipped = await gzip(whole);
    for (const length of [12, zipped.length - 9, zipped.length - 1]) {
      await expect(collect(zipped.subarray(0, length))).rejects.toMatchObject({ code: "truncated" });
    }
  });

  test("a header whose checksum does not fit is refused with Go's text", () => {
    const bytes = writeTar([{ name: "a", data: new Uint8Array(0), mtime: 0 }]);
    bytes[0] = 0x62;
    expect(() => readTar(bytes, accept)).toThrow("archive/tar: invalid tar header");
  });

  test("random bytes never do worse than an ArchiveError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2048 }), (bytes) => {
        try {
          readTar(bytes, accept);
        } catch (error) {
          expect(error).toBeInstanceOf(ArchiveError);
        }
      }),
    );
  });
});

describe("gzip", () => {
  test("a bomb stops at its budget", async () => {
    const bomb = await gzip(new Uint8Array(40_000_000));
    let seen = 0;
    const run = async (): Promise<void> => {
      for await (const chunk of gunzip(bomb, { limit: 1_000_000 })) seen += chunk.length;
    };
    await expect(run()).rejects.toMatchObject({ code: "too-large" });
    expect(seen).toBeLessThanOrEqual(1_000_000);
  });

  test("text is no gzip", async () => {
    await expect(collect(encode("hello, this is no archive"))).rejects.toThrow("gzip: invalid header");
  });

  test("a wrong checksum is refused", async () => {
    const zipped = await gzip(encode("hello"));
    const at = zipped.length - 8;
    zipped[at] = (zipped[at] ?? 0) ^ 1;
    await expect(collect(zipped)).rejects.toMatchObject({ code: "corrupt" });
  });

  test("header fields lie where RFC 1952 puts them", async () => {
    const zipped = await gzip(encode("x"), { extra: encode("rr"), comment: "Helm" });
    expect([...zipped.subarray(0, 19)]).toEqual([
      31, 139, 8, 20, 0, 0, 0, 0, 0, 255, 2, 0, 114, 114, 72, 101, 108, 109, 0,
    ]);
  });
});
