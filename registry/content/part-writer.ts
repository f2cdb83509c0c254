import { joinParts } from "../../engine/bytes.ts";
import { advanceSha256, finishSha256, SHA256_START } from "../../engine/oci/sha256-state.ts";
import type { Digest } from "../../engine/oci/digest.ts";
import type { MultipartPart, ObjectStore } from "./object-store.ts";
import { PART_BYTES } from "./upload-parts.ts";

/** Bytes whose number nobody knows before the last one, on their way to an object. At most two parts of them lie in memory. */
export interface PartWriter {
  readonly add: (chunk: Uint8Array) => Promise<void>;
  /** The object is there afterwards. */
  readonly end: () => Promise<{ readonly size: number; readonly digest: Digest }>;
  /** Nothing is left of it. */
  readonly abort: () => Promise<void>;
}

/** Writes an object part by part. */
export function createPartWriter(store: ObjectStore, key: string): PartWriter {
  const parts: MultipartPart[] = [];
  let id: string | undefined;
  let hash = SHA256_START;
  let waiting: Uint8Array[] = [];
  let size = 0;
  const putPart = async (upload: string, part: Uint8Array): Promise<void> => {
    hash = advanceSha256(hash, part);
    parts.push(await store.putPart(key, upload, parts.length + 1, part));
  };
  return {
    add: async (chunk) => {
      waiting.push(chunk);
      size += chunk.length;
      if (size < PART_BYTES) return;
      const all = joinParts(waiting);
      id ??= await store.beginMultipart(key, PART_BYTES);
      let used = 0;
      for (; all.length - used >= PART_BYTES; used += PART_BYTES) {
        await putPart(id, all.subarray(used, used + PART_BYTES));
      }
      waiting = [all.slice(used)];
      size = all.length - used;
    },
    end: async () => {
      const rest = joinParts(waiting);
      const written = { size: hash.length + rest.length, digest: finishSha256(hash, rest) };
      if (id === undefined) {
        await store.put(key, { kind: "bytes", bytes: rest });
        return written;
      }
      const last = rest.length === 0 ? [] : [await store.putPart(key, id, parts.length + 1, rest)];
      await store.completeMultipart(key, id, [...parts, ...last]);
      return written;
    },
    abort: async () => {
      if (id !== undefined) await store.abortMultipart(key, id);
    },
  };
}
