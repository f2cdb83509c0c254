import type { JsonObject } from "../../engine/errors.ts";
import { asObject } from "../../engine/oci/descriptor.ts";
import { objectBytes } from "./body.ts";
import type { ObjectStore, PutCondition, PutResult } from "./object-store.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** A small JSON object of the store, and the etag to compare-and-set it by. */
export interface StoredJson {
  readonly value: JsonObject;
  readonly etag: string;
}

/** Reads a JSON object of ours; undefined when absent. A broken one is a defect. */
export async function readJson(store: ObjectStore, key: string): Promise<StoredJson | undefined> {
  const object = await store.get(key);
  if (object === undefined) return undefined;
  if (object.bytes === undefined) return { value: parse(key, await objectBytes(object)), etag: object.etag };
  const known = parsed.get(object.bytes);
  if (known !== undefined) return { value: known, etag: object.etag };
  const value = parse(key, object.bytes);
  parsed.set(object.bytes, value);
  return { value, etag: object.etag };
}

/** What the bytes say that a store has in its memory: those are never written to. */
const parsed = new WeakMap<Uint8Array, JsonObject>();

function parse(key: string, bytes: Uint8Array): JsonObject {
  const value = asObject(JSON.parse(decoder.decode(bytes)));
  if (value === undefined) throw new Error(`the store's object ${key} is not a JSON object`);
  return value;
}

/** Writes a JSON object. */
export async function writeJson(
  store: ObjectStore,
  key: string,
  value: object,
  condition: PutCondition = { kind: "always" },
): Promise<PutResult> {
  return await store.put(key, { kind: "bytes", bytes: encoder.encode(JSON.stringify(value)) }, { condition });
}

/** Writes an object that only has to be there. */
export async function writeMark(store: ObjectStore, key: string): Promise<void> {
  await store.put(key, NOTHING);
}

const NOTHING = { kind: "bytes", bytes: new Uint8Array(0) } as const;

/** Up to `limit` keys below `prefix`, by the cheapest way that the store has. */
export async function listKeys(
  store: ObjectStore,
  prefix: string,
  options: { readonly after?: string; readonly limit?: number } = {},
): Promise<{ readonly keys: readonly string[]; readonly next?: string }> {
  if (store.keys !== undefined) return await store.keys(prefix, options);
  const page = await store.list(prefix, options);
  const keys = page.items.map((item) => item.key);
  return page.next === undefined ? { keys } : { keys, next: page.next };
}

/** Every key below `prefix`, page by page. */
export async function* eachKey(store: ObjectStore, prefix: string): AsyncGenerator<string> {
  let after: string | undefined;
  do {
    const page = await listKeys(store, prefix, after === undefined ? {} : { after });
    yield* page.keys;
    after = page.next;
  } while (after !== undefined);
}
