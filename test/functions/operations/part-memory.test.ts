import { beforeEach, describe, expect, test } from "vitest";
import { rememberParts } from "../../../functions/operations/part-memory.ts";
import { memoryParts } from "../../support/operation.ts";

let asked: string[];
let parts: ReturnType<typeof rememberParts>;
beforeEach(() => {
  asked = [];
  const inner = memoryParts();
  parts = rememberParts({
    put: inner.put,
    get: (digest) => {
      asked.push(digest);
      return inner.get(digest);
    },
  });
});

const MIB = 1024 * 1024;

describe("a part", () => {
  test("that was put is not read from the store, and is nobody's to change", async () => {
    const bytes = new Uint8Array([1, 2]);
    const digest = await parts.put(bytes);
    bytes[0] = 9;
    const first = await parts.get(digest);
    first?.fill(7);
    expect([await parts.get(digest), asked]).toEqual([new Uint8Array([1, 2]), []]);
  });

  test("is forgotten when more came than is remembered, the one used longest ago first", async () => {
    const digests: string[] = [];
    for (let i = 0; i < 8; i++) digests.push(await parts.put(new Uint8Array(MIB).fill(i)));
    await parts.get(digests[0] ?? "");
    await parts.put(new Uint8Array(MIB).fill(99));
    for (const digest of digests.slice(0, 2)) expect((await parts.get(digest))?.length).toBe(MIB);
    expect(asked).toEqual([digests[1]]);
  });

  test("that is put again counts once", async () => {
    const first = await parts.put(new Uint8Array(MIB));
    for (let i = 0; i < 20; i++) await parts.put(new Uint8Array(MIB).fill(1));
    await parts.get(first);
    expect(asked).toEqual([]);
  });

  test("that is large is read from the store, as is one that nobody has", async () => {
    const large = await parts.put(new Uint8Array(2 * MIB + 1));
    expect((await parts.get(large))?.length).toBe(2 * MIB + 1);
    expect(await parts.get("sha256:none")).toBeUndefined();
    expect(asked).toEqual([large, "sha256:none"]);
  });
});
