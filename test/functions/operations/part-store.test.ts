import { expect, it } from "vitest";
import { createSecretBox } from "../../../functions/http/secret-box.ts";
import { createPartStore, sweepParts } from "../../../functions/operations/part-store.ts";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";

const text = new TextEncoder().encode("kind: Secret\ndata: canary");

async function setUp() {
  const objects = createMemoryStore();
  const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const box = await createSecretBox(new Uint8Array(32).fill(1), { randomBytes });
  return { objects, parts: createPartStore({ objects, box }) };
}

it("parts come back by the digest of their plain bytes, and are put as often as one likes", async () => {
  const { parts } = await setUp();
  const digest = await parts.put(text);
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(await parts.put(text)).toBe(digest);
  expect(await parts.get(digest)).toEqual(text);
  expect(await parts.get(`sha256:${"0".repeat(64)}`)).toBeUndefined();
  expect(await parts.get("sha256:../../escape")).toBeUndefined();
});

it("parts are stored sealed, bound to their digest", async () => {
  const { objects, parts } = await setUp();
  const digest = await parts.put(text);
  const key = `parts/${digest.slice(7)}`;
  const read = async (of: string) => await new Response((await objects.get(of))?.body).bytes();
  const stored = await read(key);
  expect(new TextDecoder().decode(stored)).not.toContain("canary");
  const other = await parts.put(new Uint8Array([1]));
  for (const bytes of [
    stored.map((byte, index) => (index === 20 ? byte ^ 1 : byte)),
    stored.subarray(0, 11),
    await read(`parts/${other.slice(7)}`),
  ]) {
    await objects.put(key, { kind: "bytes", bytes });
    expect(await parts.get(digest)).toBeUndefined();
  }
  await objects.put(key, { kind: "bytes", bytes: stored });
  expect(await parts.get(digest)).toEqual(text);
});

it("old parts are swept, fresh ones stay", async () => {
  const { objects, parts } = await setUp();
  const digest = await parts.put(text);
  expect(await sweepParts(objects, 0)).toBe(0);
  expect(await parts.get(digest)).toEqual(text);
  expect(await sweepParts(objects, Number.MAX_SAFE_INTEGER)).toBe(1);
  expect(await parts.get(digest)).toBeUndefined();
});
