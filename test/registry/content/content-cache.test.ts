import { expect, it } from "vitest";
import { type Digest, digestOfSmall } from "../../../engine/oci/digest.ts";
import { createContentCache } from "../../../registry/content/content-cache.ts";

const content = (id: number, size: number): readonly [Digest, Uint8Array] => {
  const bytes = new Uint8Array(size).fill(id);
  return [digestOfSmall(bytes), bytes];
};

it("gives back what it was told, and nothing else", () => {
  const cache = createContentCache(100_000);
  const [digest, bytes] = content(1, 100);
  cache.keep(digest, bytes);
  expect([cache.get(digest), cache.get(content(2, 100)[0])]).toEqual([bytes, undefined]);
});

it("drops the longest unused first, and never holds more than its capacity", () => {
  const cache = createContentCache(32_000);
  const all = Array.from({ length: 40 }, (_, i) => content(i, 600));
  for (const [digest, bytes] of all) {
    cache.keep(digest, bytes);
    cache.get(all[0]?.[0] ?? digest);
  }
  const held = all.map(([digest]) => cache.get(digest) !== undefined);
  expect(held.filter(Boolean).length).toBe(32);
  expect([held[0], held[1], held[39]]).toEqual([true, false, true]);
});

it("passes over what would take too much of it", () => {
  const cache = createContentCache(32_000);
  const [digest, bytes] = content(1, cache.largest + 1);
  cache.keep(digest, bytes);
  expect(cache.get(digest)).toBeUndefined();
});

it("keeps content once, however often it is told", () => {
  const cache = createContentCache(32_000);
  const [digest, bytes] = content(1, 900);
  for (let i = 0; i < 100; i++) cache.keep(digest, bytes);
  const [other, more] = content(2, 900);
  cache.keep(other, more);
  expect([cache.get(digest), cache.get(other)]).toEqual([bytes, more]);
});
