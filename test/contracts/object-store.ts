import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { objectBytes, streamOf } from "../../registry/content/body.ts";
import type { ObjectStore } from "../../registry/content/object-store.ts";

const encoder = new TextEncoder();
const bytesOf = (text: string) => ({ kind: "bytes" as const, bytes: encoder.encode(text) });
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function read(store: ObjectStore, key: string, range?: { offset: number; length?: number }) {
  const object = await store.get(key, range);
  if (object === undefined) return undefined;
  return object.bytes === undefined ? await new Response(object.body).text() : new TextDecoder().decode(object.bytes);
}

/** How a suite gets its store. */
export interface StoreContract {
  readonly open: () => Promise<ObjectStore>;
  /** The least part size that the store takes; S3 and R2 want 5 MiB. */
  readonly partSize: number;
  /** Keys in one test of paging; fewer where every request travels far. */
  readonly manyKeys?: number;
}

/** The contract of registry/content/object-store.ts, as tests. Every test works below its own prefix. */
export function describeObjectStore(name: string, contract: StoreContract): void {
  let count = 0;
  const fresh = async () => ({ store: await contract.open(), at: `contract/t${++count}-${name}/` });

  describe(`${name} keeps the contract of an object store`, () => {
    it("says undefined for what is not there", async () => {
      const { store, at } = await fresh();
      expect(await store.head(`${at}none`)).toBeUndefined();
      expect(await store.get(`${at}none`)).toBeUndefined();
      expect(await store.delete(`${at}none`)).toBe(false);
      expect((await store.list(at)).items).toEqual([]);
    });

    it("gives back the bytes, the size and the same etag as the write", async () => {
      const { store, at } = await fresh();
      const put = await store.put(`${at}a`, bytesOf("hello"));
      const head = await store.head(`${at}a`);
      expect(put).toEqual({ kind: "stored", etag: head?.etag });
      expect(head).toMatchObject({ key: `${at}a`, size: 5 });
      expect(Math.abs(Date.now() - (head?.modified ?? 0))).toBeLessThan(3_600_000);
      expect(await read(store, `${at}a`)).toBe("hello");
      const object = await store.get(`${at}a`);
      expect(object?.etag).toBe(head?.etag);
      await object?.body.cancel();
    });

    it("keeps an empty object", async () => {
      const { store, at } = await fresh();
      await store.put(`${at}empty`, bytesOf(""), { sha256: sha256(new Uint8Array(0)) });
      expect(await read(store, `${at}empty`)).toBe("");
      expect((await store.head(`${at}empty`))?.size).toBe(0);
    });

    it("puts an empty object in the place of another one, not where something must be absent", async () => {
      const { store, at } = await fresh();
      const first = await store.put(`${at}a`, bytesOf(""), { condition: { kind: "absent" } });
      expect(first).toEqual({ kind: "stored", etag: (await store.head(`${at}a`))?.etag });
      expect(await store.put(`${at}a`, bytesOf(""), { condition: { kind: "absent" } })).toEqual({ kind: "conflict" });
      await store.put(`${at}a`, bytesOf("something"));
      expect(await read(store, `${at}a`)).toBe("something");
      await store.put(`${at}a`, bytesOf(""));
      expect(await read(store, `${at}a`)).toBe("");
    });

    it("reads a range, to the end when no length is given", async () => {
      const { store, at } = await fresh();
      await store.put(`${at}a`, bytesOf("0123456789"));
      expect(await read(store, `${at}a`, { offset: 2, length: 3 })).toBe("234");
      expect(await read(store, `${at}a`, { offset: 7 })).toBe("789");
      expect((await store.get(`${at}a`, { offset: 2, length: 3 }))?.size).toBe(10);
    });

    it("creates only what is absent when told so", async () => {
      const { store, at } = await fresh();
      const absent = { condition: { kind: "absent" as const } };
      expect((await store.put(`${at}a`, bytesOf("1"), absent)).kind).toBe("stored");
      expect(await store.put(`${at}a`, bytesOf("2"), absent)).toEqual({ kind: "conflict" });
      expect(await read(store, `${at}a`)).toBe("1");
    });

    it("lets one of many creators win", async () => {
      const { store, at } = await fresh();
      const puts = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          store.put(`${at}race`, bytesOf(String(i)), { condition: { kind: "absent" } }),
        ),
      );
      expect(puts.filter((put) => put.kind === "stored")).toHaveLength(1);
      expect(await read(store, `${at}race`)).toBe(String(puts.findIndex((put) => put.kind === "stored")));
    });

    it("compares and sets by etag, and every write has its own", async () => {
      const { store, at } = await fresh();
      const first = await store.put(`${at}a`, bytesOf("1"));
      const etag = first.kind === "stored" ? first.etag : "";
      const second = await store.put(`${at}a`, bytesOf("2"), { condition: { kind: "etag", etag } });
      expect(second.kind).toBe("stored");
      expect(await store.put(`${at}a`, bytesOf("3"), { condition: { kind: "etag", etag } })).toEqual({
        kind: "conflict",
      });
      expect(await read(store, `${at}a`)).toBe("2");
      expect(await store.put(`${at}none`, bytesOf("3"), { condition: { kind: "etag", etag } })).toEqual({
        kind: "conflict",
      });
    });

    it("loses no increment of many writers that compare and set", async () => {
      const { store, at } = await fresh();
      await store.put(`${at}n`, bytesOf("0"));
      const increment = async (): Promise<void> => {
        for (;;) {
          const object = await store.get(`${at}n`);
          if (object === undefined) throw new Error("gone");
          const value = Number(new TextDecoder().decode(await objectBytes(object)));
          const condition = { kind: "etag" as const, etag: object.etag };
          if ((await store.put(`${at}n`, bytesOf(String(value + 1)), { condition })).kind === "stored") return;
        }
      };
      await Promise.all(Array.from({ length: 5 }, increment));
      expect(await read(store, `${at}n`)).toBe("5");
    });

    it("deletes, and by etag only that version", async () => {
      const { store, at } = await fresh();
      const put = await store.put(`${at}a`, bytesOf("1"));
      expect(await store.delete(`${at}a`, "other")).toBe(false);
      expect(await read(store, `${at}a`)).toBe("1");
      expect(await store.delete(`${at}a`, put.kind === "stored" ? put.etag : "")).toBe(true);
      expect(await store.head(`${at}a`)).toBeUndefined();
      await store.put(`${at}a`, bytesOf("2"));
      expect(await store.delete(`${at}a`)).toBe(true);
      expect(await store.delete(`${at}a`)).toBe(false);
    });

    it("refuses bytes of another digest, and nothing is visible", async () => {
      const { store, at } = await fresh();
      const wrong = { sha256: sha256(encoder.encode("other")) };
      await expect(store.put(`${at}a`, bytesOf("1"), wrong)).rejects.toMatchObject({ code: "digest-mismatch" });
      const stream = { kind: "stream" as const, stream: streamOf(encoder.encode("1")), size: 1 };
      await expect(store.put(`${at}a`, stream, wrong)).rejects.toMatchObject({ code: "digest-mismatch" });
      expect(await store.head(`${at}a`)).toBeUndefined();
      await store.put(`${at}a`, bytesOf("1"), { sha256: sha256(encoder.encode("1")) });
      await expect(store.put(`${at}a`, bytesOf("2"), wrong)).rejects.toMatchObject({ code: "digest-mismatch" });
      expect(await read(store, `${at}a`)).toBe("1");
    });

    it("stores a stream of a known length and checks its digest", async () => {
      const { store, at } = await fresh();
      const bytes = new Uint8Array(3 * 1024 * 1024).map((_, i) => (i * 7) & 255);
      const put = { kind: "stream" as const, stream: chunked(bytes, 65_537), size: bytes.length };
      expect((await store.put(`${at}s`, put, { sha256: sha256(bytes) })).kind).toBe("stored");
      const object = await store.get(`${at}s`);
      expect(object?.size).toBe(bytes.length);
      if (object !== undefined) expect(sha256(await objectBytes(object))).toBe(sha256(bytes));
      const part = await store.get(`${at}s`, { offset: 2_000_000, length: 10 });
      expect(part?.bytes ?? new Uint8Array(await new Response(part?.body).arrayBuffer())).toEqual(
        bytes.slice(2_000_000, 2_000_010),
      );
    });

    it("keeps nothing of a stream that breaks, is short or is long", async () => {
      const { store, at } = await fresh();
      const broken = new ReadableStream<Uint8Array>({
        pull(controller) {
          controller.enqueue(new Uint8Array(1000));
          controller.error(new Error("the sender broke off"));
        },
      });
      const put = (stream: ReadableStream<Uint8Array>, size: number) =>
        store.put(`${at}s`, { kind: "stream", stream, size });
      await expect(put(broken, 5000)).rejects.toThrow();
      await expect(put(streamOf(new Uint8Array(10)), 11)).rejects.toThrow();
      await expect(put(streamOf(new Uint8Array(10)), 9)).rejects.toThrow();
      expect(await store.head(`${at}s`)).toBeUndefined();
    });

    it("lists by prefix in byte order, page by page", async () => {
      const { store, at } = await fresh();
      const names = ["a", "a-b", "a/b", "a/c/d", "a0", "b", "B", "_x", "a.b"];
      for (const each of names) await store.put(`${at}${each === "a" ? "a!" : each}`, bytesOf(each));
      const expected = names.map((each) => `${at}${each === "a" ? "a!" : each}`).sort();
      const page = await store.list(at);
      expect(page.items.map((item) => item.key)).toEqual(expected);
      expect(page.next).toBeUndefined();
      expect(page.items.map((item) => item.size)).toEqual(
        expected.map((key) => (key.endsWith("a!") ? 1 : key.length - at.length)),
      );
      const paged: string[] = [];
      let after: string | undefined;
      do {
        const next = await store.list(at, { limit: 2, ...(after === undefined ? {} : { after }) });
        expect(next.items.length).toBeLessThanOrEqual(2);
        paged.push(...next.items.map((item) => item.key));
        after = next.next;
      } while (after !== undefined);
      expect(paged).toEqual(expected);
      expect((await store.list(`${at}a/`)).items.map((item) => item.key)).toEqual([`${at}a/b`, `${at}a/c/d`]);
      expect((await store.list(`${at}a`, { after: `${at}a/b` })).items.map((item) => item.key)).toEqual([
        `${at}a/c/d`,
        `${at}a0`,
      ]);
      expect((await store.list(`${at}zz`)).items).toEqual([]);
      if (store.keys !== undefined) {
        expect((await store.keys(at)).keys).toEqual(expected);
        expect((await store.keys(at, { limit: 3, after: `${at}a.b` })).keys).toEqual(
          expected.slice(expected.indexOf(`${at}a.b`) + 1).slice(0, 3),
        );
      }
    });

    it("lists what was just written and not what was just deleted", async () => {
      const { store, at } = await fresh();
      const many = contract.manyKeys ?? 30;
      for (let i = 0; i < many; i++) {
        await store.put(`${at}k${i}`, bytesOf("x"));
        expect((await store.list(at)).items).toHaveLength(i + 1);
      }
      for (let i = 0; i < many; i++) await store.delete(`${at}k${i}`);
      expect((await store.list(at)).items).toEqual([]);
    });

    it("makes one object of parts", async () => {
      const { store, at } = await fresh();
      const { partSize } = contract;
      const id = await store.beginMultipart(`${at}m`, partSize);
      const first = new Uint8Array(partSize).fill(1);
      const second = new Uint8Array(partSize).fill(2);
      const parts = [await store.putPart(`${at}m`, id, 1, first), await store.putPart(`${at}m`, id, 2, second)];
      const last = await store.putPart(`${at}m`, id, 3, encoder.encode("end"));
      expect(await store.head(`${at}m`)).toBeUndefined();
      const head = await store.completeMultipart(`${at}m`, id, [...parts, last]);
      expect(head).toMatchObject({ key: `${at}m`, size: 2 * partSize + 3 });
      expect((await store.head(`${at}m`))?.etag).toBe(head.etag);
      expect(await read(store, `${at}m`, { offset: 2 * partSize - 1 })).toBe("\u0002end");
    });

    it("takes a part that was sent twice once", async () => {
      const { store, at } = await fresh();
      const id = await store.beginMultipart(`${at}m`, contract.partSize);
      await store.putPart(`${at}m`, id, 1, encoder.encode("a longer one"));
      const part = await store.putPart(`${at}m`, id, 1, encoder.encode("short"));
      await store.completeMultipart(`${at}m`, id, [part]);
      expect(await read(store, `${at}m`)).toBe("short");
    });

    it("forgets an aborted multipart upload", async () => {
      const { store, at } = await fresh();
      const id = await store.beginMultipart(`${at}m`, contract.partSize);
      const part = await store.putPart(`${at}m`, id, 1, encoder.encode("x"));
      await store.abortMultipart(`${at}m`, id);
      await expect(store.completeMultipart(`${at}m`, id, [part])).rejects.toMatchObject({ code: "unavailable" });
      expect(await store.head(`${at}m`)).toBeUndefined();
    });

    it("aborts the multipart uploads that are old, where it can list them", async () => {
      const { store, at } = await fresh();
      if (store.abortOlder === undefined) return;
      const id = await store.beginMultipart(`${at}m`, contract.partSize);
      const part = await store.putPart(`${at}m`, id, 1, encoder.encode("x"));
      const hour = 3_600_000;
      await store.abortOlder(Date.now() - hour);
      const young = await store.beginMultipart(`${at}n`, contract.partSize);
      await store.abortMultipart(`${at}n`, young);
      expect(await store.abortOlder(Date.now() + hour)).toBeGreaterThanOrEqual(1);
      await expect(store.completeMultipart(`${at}m`, id, [part])).rejects.toMatchObject({ code: "unavailable" });
    });

    it("moves an object where it can", async () => {
      const { store, at } = await fresh();
      if (store.move === undefined) return;
      await store.put(`${at}from`, bytesOf("1"));
      await store.put(`${at}to`, bytesOf("old"));
      expect(await store.move(`${at}from`, `${at}to`)).toBe(true);
      expect(await store.head(`${at}from`)).toBeUndefined();
      expect(await read(store, `${at}to`)).toBe("1");
      expect(await store.move(`${at}from`, `${at}to`)).toBe(false);
    });
  });
}

function chunked(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let offset = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (offset >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(offset, (offset += size)));
    },
  });
}
