import { type Digest, digestHex, formatHex } from "../../engine/oci/digest.ts";
import { indexBodyKey, indexRecordKey } from "../content/keys.ts";
import type { ObjectStore } from "../content/object-store.ts";
import { createPartWriter } from "../content/part-writer.ts";
import { readJson, writeJson } from "../content/record.ts";
import { StoreError } from "../content/store-error.ts";

/** An index that is too large for memory, as it lies in the store: written once for an epoch, plain and packed. */
export interface StoredIndex {
  readonly kind: "stored";
  /** sha256 of the plain bytes, in hex. */
  readonly hash: string;
  readonly plain: StoredBody;
  readonly gzip: StoredBody;
}

/** One form of an index. */
export interface StoredBody {
  readonly size: number;
  /** Undefined when it was replaced meanwhile. */
  readonly open: () => Promise<ReadableStream<Uint8Array> | undefined>;
}

/** Large indexes in the store, one a project: a newer one replaces it, and what a write left behind goes with the next collection. */
export interface StoredIndexes {
  /** The index of that epoch, whichever replica wrote it. */
  readonly find: (project: string, epoch: string) => Promise<StoredIndex | undefined>;
  /** Writes an index as its pieces come; whatever is thrown there leaves nothing behind. */
  readonly write: (project: string, epoch: string, pieces: AsyncIterable<Uint8Array>) => Promise<StoredIndex>;
}

interface IndexRecord {
  readonly epoch: string;
  /** Of the bodies. */
  readonly name: string;
  readonly hash: string;
  readonly size: number;
  readonly packed: number;
}

/** What stored indexes need. */
export interface StoredIndexDeps {
  readonly store: ObjectStore;
  /** That many random bytes. */
  readonly random: (size: number) => Uint8Array;
}

/** Stored indexes over a store. */
export function createStoredIndexes({ store, random }: StoredIndexDeps): StoredIndexes {
  return {
    find: async (project, epoch) => {
      const record = await readRecord(store, project);
      return record?.epoch === epoch ? opened(store, project, record) : undefined;
    },
    write: async (project, epoch, pieces) => {
      const name = formatHex(random(8));
      const before = await readRecord(store, project);
      const record = { epoch, name, ...(await writeBodies(store, project, { name, pieces })) };
      await writeJson(store, indexRecordKey(project), record);
      if (before !== undefined) await removeBodies(store, project, before.name);
      return opened(store, project, record);
    },
  };
}

function opened(store: ObjectStore, project: string, { hash, name, size, packed }: IndexRecord): StoredIndex {
  const body = (form: "plain" | "gzip", length: number): StoredBody => ({
    size: length,
    open: async () => (await store.get(indexBodyKey(project, name, form)))?.body,
  });
  return { kind: "stored", hash, plain: body("plain", size), gzip: body("gzip", packed) };
}

async function readRecord(store: ObjectStore, project: string): Promise<IndexRecord | undefined> {
  const { epoch, name, hash, size, packed } = (await readJson(store, indexRecordKey(project)))?.value ?? {};
  if (typeof epoch !== "string" || typeof name !== "string" || typeof hash !== "string") return undefined;
  return typeof size === "number" && typeof packed === "number" ? { epoch, name, hash, size, packed } : undefined;
}

interface NewBodies {
  readonly name: string;
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** The packed form is made from what was stored: one after the other, so that a failure of one leaves no other half way. */
async function writeBodies(
  store: ObjectStore,
  project: string,
  { name, pieces }: NewBodies,
): Promise<Pick<IndexRecord, "hash" | "size" | "packed">> {
  const key = indexBodyKey(project, name, "plain");
  try {
    const { size, digest } = await writeParts(store, key, pieces);
    const plain = await store.get(key);
    if (plain === undefined) throw new StoreError("unavailable", "an index is gone that was just written");
    const gzip = plain.body.pipeThrough(plainBuffers()).pipeThrough(new CompressionStream("gzip"));
    const packed = await writeParts(store, indexBodyKey(project, name, "gzip"), gzip);
    return { hash: digestHex(digest), size, packed: packed.size };
  } catch (error) {
    await removeBodies(store, project, name);
    throw error;
  }
}

/** A compressor's type takes bytes over a plain ArrayBuffer alone. */
function plainBuffers(): TransformStream<Uint8Array, Uint8Array<ArrayBuffer>> {
  return new TransformStream({ transform: (chunk, controller) => controller.enqueue(new Uint8Array(chunk)) });
}

async function writeParts(
  store: ObjectStore,
  key: string,
  pieces: AsyncIterable<Uint8Array>,
): Promise<{ readonly size: number; readonly digest: Digest }> {
  const parts = createPartWriter(store, key);
  try {
    for await (const piece of pieces) await parts.add(piece);
    return await parts.end();
  } catch (error) {
    await parts.abort().catch(() => undefined);
    throw error;
  }
}

/** What cannot be deleted now is left to collection. */
async function removeBodies(store: ObjectStore, project: string, name: string): Promise<void> {
  await Promise.allSettled(
    (["plain", "gzip"] as const).map(async (form) => await store.delete(indexBodyKey(project, name, form))),
  );
}
