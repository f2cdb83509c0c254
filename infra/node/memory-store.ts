import { hash } from "node:crypto";
import { joinBytes } from "../../engine/bytes.ts";
import { readBounded, streamOf } from "../../registry/content/body.ts";
import type {
  ByteRange,
  ListPage,
  MultipartPart,
  ObjectBody,
  ObjectHead,
  ObjectStore,
  PutBody,
  PutOptions,
  PutResult,
} from "../../registry/content/object-store.ts";
import { StoreError } from "../../registry/content/store-error.ts";

interface MemoryObject {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly modified: number;
}

interface MemoryUpload {
  readonly partSize: number;
  readonly begun: number;
  readonly parts: Map<number, { readonly bytes: Uint8Array; readonly etag: string }>;
}

interface Memory {
  readonly objects: Map<string, MemoryObject>;
  readonly uploads: Map<string, MemoryUpload>;
  readonly next: () => string;
  readonly now: () => number;
}

/** Most keys in one page, as S3 has it. */
const MAX_PAGE = 1000;

/** Objects in this process: first runs and tests. `now` gives milliseconds since 1970. */
export function createMemoryStore(now: () => number = Date.now): ObjectStore {
  let count = 0;
  const memory: Memory = { objects: new Map(), uploads: new Map(), next: () => String(++count), now };
  return {
    head: async (key) => headOf(key, memory.objects.get(key)),
    get: async (key, range) => bodyOf(key, memory.objects.get(key), range),
    put: async (key, body, options = {}) => await put(memory, key, body, options),
    delete: async (key, etag) =>
      (etag === undefined || memory.objects.get(key)?.etag === etag) && memory.objects.delete(key),
    list: async (prefix, options = {}) => list(memory, prefix, options),
    beginMultipart: async (_key, partSize) => {
      const id = memory.next();
      memory.uploads.set(id, { partSize, begun: memory.now(), parts: new Map() });
      return id;
    },
    putPart: async (_key, uploadId, number, bytes) => {
      const etag = memory.next();
      requireUpload(memory, uploadId).parts.set(number, { bytes: bytes.slice(), etag });
      return { number, etag };
    },
    completeMultipart: async (key, uploadId, parts) => complete(memory, key, uploadId, parts),
    abortMultipart: async (_key, uploadId) => void memory.uploads.delete(uploadId),
    abortOlder: async (before) => {
      const old = [...memory.uploads].filter(([, upload]) => upload.begun < before);
      for (const [id] of old) memory.uploads.delete(id);
      return old.length;
    },
    move: async (from, to) => {
      const object = memory.objects.get(from);
      if (object === undefined) return false;
      memory.objects.delete(from);
      memory.objects.set(to, object);
      return true;
    },
  };
}

function headOf(key: string, object: MemoryObject | undefined): ObjectHead | undefined {
  if (object === undefined) return undefined;
  return { key, size: object.bytes.length, etag: object.etag, modified: object.modified };
}

function bodyOf(key: string, object: MemoryObject | undefined, range: ByteRange | undefined): ObjectBody | undefined {
  const head = headOf(key, object);
  if (head === undefined || object === undefined) return undefined;
  const end = range?.length === undefined ? object.bytes.length : range.offset + range.length;
  const bytes = range === undefined ? object.bytes : object.bytes.subarray(range.offset, end);
  return { ...head, bytes, body: streamOf(bytes) };
}

async function put(memory: Memory, key: string, body: PutBody, options: PutOptions): Promise<PutResult> {
  options.signal?.throwIfAborted();
  const bytes = body.kind === "bytes" ? body.bytes.slice() : await readBounded(body.stream, body.size);
  const whole = bytes !== undefined && (body.kind === "bytes" || bytes.length === body.size);
  if (!whole || (options.sha256 !== undefined && hash("sha256", bytes, "hex") !== options.sha256)) {
    throw new StoreError("digest-mismatch", "the bytes do not have the digest that they were announced with");
  }
  const condition = options.condition ?? { kind: "always" };
  const current = memory.objects.get(key);
  if (condition.kind === "absent" && current !== undefined) return { kind: "conflict" };
  if (condition.kind === "etag" && current?.etag !== condition.etag) return { kind: "conflict" };
  const etag = memory.next();
  memory.objects.set(key, { bytes, etag, modified: memory.now() });
  return { kind: "stored", etag };
}

function list(memory: Memory, prefix: string, options: { readonly after?: string; readonly limit?: number }): ListPage {
  const limit = Math.min(MAX_PAGE, options.limit ?? MAX_PAGE);
  const after = options.after ?? "";
  const keys = [...memory.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const items = keys.slice(0, limit).flatMap((key) => headOf(key, memory.objects.get(key)) ?? []);
  return keys.length <= limit ? { items } : { items, next: keys[limit - 1] ?? "" };
}

function requireUpload(memory: Memory, uploadId: string): MemoryUpload {
  const upload = memory.uploads.get(uploadId);
  if (upload === undefined) throw new StoreError("unavailable", "the multipart upload is not known or not whole");
  return upload;
}

function complete(memory: Memory, key: string, uploadId: string, parts: readonly MultipartPart[]): ObjectHead {
  const upload = requireUpload(memory, uploadId);
  const chunks = parts.map((part, index) => {
    const stored = upload.parts.get(part.number);
    const whole = index === parts.length - 1 || stored?.bytes.length === upload.partSize;
    if (stored === undefined || stored.etag !== part.etag || part.number !== index + 1 || !whole) {
      throw new StoreError("unavailable", "the multipart upload is not known or not whole");
    }
    return stored.bytes;
  });
  const bytes = joinBytes(chunks);
  const object = { bytes, etag: memory.next(), modified: memory.now() };
  memory.objects.set(key, object);
  memory.uploads.delete(uploadId);
  return { key, size: bytes.length, etag: object.etag, modified: object.modified };
}
