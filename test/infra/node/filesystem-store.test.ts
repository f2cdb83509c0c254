import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createFilesystemStore } from "../../../infra/node/filesystem-store.ts";
import { lockOf, openStorePaths } from "../../../infra/node/filesystem-paths.ts";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import { describeObjectStore } from "../../contracts/object-store.ts";

const root = mkdtempSync(join(tmpdir(), "slipway-store-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const bytesOf = (text: string) => ({ kind: "bytes" as const, bytes: new TextEncoder().encode(text) });

const shared = createFilesystemStore(join(root, "shared"));
describeObjectStore("filesystem", { open: async () => shared, partSize: 1000 });
const memory = createMemoryStore();
describeObjectStore("memory", { open: async () => memory, partSize: 1000 });

it("two stores over one folder see each other's writes at once, cached or not", async () => {
  const a = createFilesystemStore(join(root, "two"));
  const b = createFilesystemStore(join(root, "two"));
  for (let i = 0; i < 50; i++) {
    await (i % 2 === 0 ? a : b).put("tags/x/latest", bytesOf(`v${i % 10}`));
    for (const store of [a, b]) {
      expect(new TextDecoder().decode((await store.get("tags/x/latest"))?.bytes)).toBe(`v${i % 10}`);
    }
  }
});

it("what is remembered of a write is not the caller's own memory", async () => {
  const store = createFilesystemStore(join(root, "own"));
  const body = bytesOf("before");
  await store.put("tags/x/latest", body);
  body.bytes.fill(0);
  expect(new TextDecoder().decode((await store.get("tags/x/latest"))?.bytes)).toBe("before");
});

it("leaves no temporary file behind, whatever happened", async () => {
  const store = createFilesystemStore(join(root, "clean"));
  await store.put("a", bytesOf("1"));
  await store.put("a", bytesOf("2"), { condition: { kind: "absent" } });
  await store.put("a", bytesOf("2"), { condition: { kind: "etag", etag: "no" } });
  await expect(store.put("a", bytesOf("2"), { sha256: "00" })).rejects.toThrow();
  const stream = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(new Error("broken")) });
  await expect(store.put("a", { kind: "stream", stream, size: 3 })).rejects.toThrow("broken");
  expect(readdirSync(join(root, "clean/temporary"))).toEqual([]);
  expect(readdirSync(join(root, "clean/locks"))).toEqual([]);
});

it.each([
  ["as they come", ["ab", "cd"], 4, "stored"],
  ["in no piece", [], 0, "stored"],
  ["too many", ["ab", "cde"], 4, "refused"],
  ["too few", ["ab"], 4, "refused"],
  ["of another digest", ["ab", "ce"], 4, "refused"],
  ["and broken off", ["ab", undefined], 4, "refused"],
])("takes poured bytes %s", async (name, pieces, size, outcome) => {
  const root2 = join(root, `poured ${name}`);
  const store = createFilesystemStore(root2);
  const stream = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(new Error("not this way")) });
  const pour = async (take: (piece: Uint8Array) => void): Promise<void> => {
    for (const piece of pieces) {
      if (piece === undefined) throw new Error("broken off");
      take(new TextEncoder().encode(piece));
    }
  };
  const sha256 = createHash("sha256")
    .update(size === 0 ? "" : "abcd")
    .digest("hex");
  const put = store.put("a", { kind: "stream", stream, size, pour }, { sha256 });
  if (outcome === "stored") await put;
  else await expect(put).rejects.toThrow();
  const found = await store.get("a");
  expect(found === undefined ? undefined : new TextDecoder().decode(found.bytes)).toBe(
    outcome === "stored" ? pieces.join("") : undefined,
  );
  expect(readdirSync(join(root2, "temporary"))).toEqual([]);
});

it("breaks the lock of a process that was killed", async () => {
  const store = createFilesystemStore(join(root, "lock"));
  const put = await store.put("a", bytesOf("1"));
  const lock = lockOf(openStorePaths(join(root, "lock")), "a");
  writeFileSync(lock, "");
  const { utimesSync } = await import("node:fs");
  utimesSync(lock, new Date(0), new Date(0));
  const etag = put.kind === "stored" ? put.etag : "";
  expect((await store.put("a", bytesOf("2"), { condition: { kind: "etag", etag } })).kind).toBe("stored");
});

it("refuses keys that leave its folder", async () => {
  const store = createFilesystemStore(join(root, "keys"));
  for (const key of ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/./b", ".hidden", "a/", "a\\b", "a\0"]) {
    await expect(store.put(key, bytesOf("x"))).rejects.toThrow();
  }
});

it("removes the folder of the last object, and a writer makes it again", async () => {
  const store = createFilesystemStore(join(root, "prune"));
  for (let i = 0; i < 30; i++) {
    await store.put("links/sha256/aa/x", bytesOf("1"));
    const [, put] = await Promise.all([
      store.delete("links/sha256/aa/x"),
      store.put("links/sha256/aa/y", bytesOf("2")),
    ]);
    expect(put.kind).toBe("stored");
    expect(await store.delete("links/sha256/aa/y")).toBe(true);
  }
});
