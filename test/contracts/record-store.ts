import { describe, expect, it } from "vitest";
import type { RecordStore } from "../../functions/http/record-store.ts";

/** What every `RecordStore` must do. `open` gives an empty store on the clock given. */
export function describeRecordStore(
  name: string,
  open: (options: { readonly now: () => number }) => RecordStore | Promise<RecordStore>,
): void {
  const setUp = async () => {
    const clock = { time: 1_000 };
    return { clock, store: await open({ now: () => clock.time }) };
  };

  describe(`${name} as a record store`, () => {
    it("gives back what was put, with the version that put told", async () => {
      const { store } = await setUp();
      const version = await store.put("a/1", { n: [1, "two", null] }, {});
      expect(await store.get("a/1")).toEqual({ key: "a/1", value: { n: [1, "two", null] }, version });
      expect(await store.get("a/2")).toBeUndefined();
    });

    it("creates once: a second create loses", async () => {
      const { store } = await setUp();
      expect(await store.put("k", 1, {})).toBeDefined();
      expect(await store.put("k", 2, {})).toBeUndefined();
      expect((await store.get("k"))?.value).toBe(1);
    });

    it("lets one of two writers of the same version win", async () => {
      const { store } = await setUp();
      const version = (await store.put("k", 0, {})) ?? "";
      const results = await Promise.all([store.put("k", 1, { version }), store.put("k", 2, { version })]);
      expect(results.filter((result) => result !== undefined)).toHaveLength(1);
      expect(await store.put("k", 3, { version })).toBeUndefined();
    });

    it("refuses to update what is not there", async () => {
      const { store } = await setUp();
      expect(await store.put("k", 1, { version: "1" })).toBeUndefined();
      expect(await store.get("k")).toBeUndefined();
    });

    it("never gives a version twice, even after a delete", async () => {
      const { store } = await setUp();
      const first = await store.put("k", 1, {});
      await store.delete("k");
      const second = await store.put("k", 1, {});
      expect(second).toBeDefined();
      expect(second).not.toBe(first);
    });

    it("forgets an expired record in get, list and create", async () => {
      const { store, clock } = await setUp();
      await store.put("k", 1, { expires: 2_000 });
      clock.time = 1_999;
      expect((await store.get("k"))?.expires).toBe(2_000);
      clock.time = 2_000;
      expect(await store.get("k")).toBeUndefined();
      expect((await store.list("")).items).toEqual([]);
      expect(await store.put("k", 2, {})).toBeDefined();
      expect(await store.get("k")).toMatchObject({ value: 2 });
      expect(await store.get("k")).not.toHaveProperty("expires");
    });

    it("lists a prefix in byte order, page by page, without its neighbours", async () => {
      const { store } = await setUp();
      for (const key of ["p/b", "p0", "p/a", "p/c", "o/z", "p/a/x"]) await store.put(key, key, {});
      const first = await store.list("p/", { limit: 2 });
      expect(first.items.map((item) => item.key)).toEqual(["p/a", "p/a/x"]);
      expect(first.next).toBe("p/a/x");
      const second = await store.list("p/", { limit: 2, after: first.next ?? "" });
      expect(second.items.map((item) => item.key)).toEqual(["p/b", "p/c"]);
      expect(second.next).toBeUndefined();
    });

    it("keeps its own copy of a value", async () => {
      const { store } = await setUp();
      const value = { list: ["a"] };
      await store.put("k", value, {});
      value.list.push("b");
      expect((await store.get("k"))?.value).toEqual({ list: ["a"] });
    });
  });
}
