import { joinParts } from "../../engine/bytes.ts";
import { advanceSha256, SHA256_START } from "../../engine/oci/sha256-state.ts";
import { objectBytes } from "./body.ts";
import type { ObjectStore } from "./object-store.ts";
import type { UploadParts, UploadPiece, UploadState } from "./upload-state.ts";

/** Size of every part but the last: R2 wants equal parts of at least 5 MiB, and this is what one upload holds in memory. A multiple of 64. */
export const PART_BYTES: number = 8 * 1024 * 1024;
/** Pieces that are kept side by side; more (a client that sends tiny chunks) are made one. */
const MAX_PIECES = 64;

/** All bytes of the pieces, in order. */
export async function loadPieces(store: ObjectStore, pieces: readonly UploadPiece[]): Promise<Uint8Array> {
  const chunks = await Promise.all(pieces.map((piece) => loadPiece(store, piece)));
  return joinParts(chunks);
}

async function loadPiece(store: ObjectStore, piece: UploadPiece): Promise<Uint8Array> {
  const object = await store.get(piece.key);
  if (object === undefined || object.size !== piece.size) throw new Error("a piece of an upload is gone");
  return await objectBytes(object);
}

function total(pieces: readonly UploadPiece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.size, 0);
}

/** Collects incoming bytes into parts; what makes no whole part becomes a piece. */
export interface PartBuffer {
  readonly add: (chunk: Uint8Array) => Promise<void>;
  /** Writes the rest under `key` and gives the state to commit. */
  readonly settle: (key: string) => Promise<UploadState>;
  /** The store failed: what was received cannot be kept. */
  readonly failed: () => boolean;
}

/** A {@link PartBuffer} that goes on from `start`; parts go to `dataKey`. */
export function createPartBuffer(store: ObjectStore, dataKey: string, start: UploadState): PartBuffer {
  let { pieces, multipart, offset } = start;
  let waiting: Uint8Array[] = [];
  let size = 0;
  let failed = false;

  const flushPart = async (): Promise<void> => {
    const all = joinParts([await loadPieces(store, pieces), ...waiting]);
    multipart ??= { id: await store.beginMultipart(dataKey, PART_BYTES), parts: [], hash: SHA256_START };
    let used = 0;
    for (; all.length - used >= PART_BYTES; used += PART_BYTES) {
      multipart = await putPart(store, dataKey, multipart, all.subarray(used, used + PART_BYTES));
    }
    pieces = [];
    waiting = used === all.length ? [] : [all.slice(used)];
    size = all.length - used;
  };

  return {
    failed: () => failed,
    add: async (chunk) => {
      waiting.push(chunk);
      size += chunk.length;
      offset += chunk.length;
      if (total(pieces) + size < PART_BYTES) return;
      failed = true;
      await flushPart();
      failed = false;
    },
    settle: async (key) => {
      if (pieces.length >= MAX_PIECES) {
        const before = await loadPieces(store, pieces);
        waiting = [before, ...waiting];
        size += before.length;
        pieces = [];
      }
      if (size > 0) {
        await store.put(key, { kind: "bytes", bytes: joinParts(waiting) });
        pieces = [...pieces, { key, size }];
      }
      const { repository } = start;
      return multipart === undefined ? { repository, offset, pieces } : { repository, offset, pieces, multipart };
    },
  };
}

async function putPart(store: ObjectStore, key: string, state: UploadParts, bytes: Uint8Array): Promise<UploadParts> {
  const hash = advanceSha256(state.hash, bytes);
  const part = await store.putPart(key, state.id, state.parts.length + 1, bytes);
  return { id: state.id, parts: [...state.parts, part], hash };
}
