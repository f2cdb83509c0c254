import { type Digest, digestAlgorithm, formatHex } from "../../engine/oci/digest.ts";
import { OciError } from "../../engine/oci/error.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import { finishSha256 } from "../../engine/oci/sha256-state.ts";
import { type BlobBody, digestInvalid, putContent } from "./blobs.ts";
import type { IncomingBody } from "./body.ts";
import { blobKey, pieceKey, uploadDataKey, uploadKey } from "./keys.ts";
import type { ObjectStore } from "./object-store.ts";
import { readJson, writeJson } from "./record.ts";
import { createPartBuffer, loadPieces, PART_BYTES, type PartBuffer } from "./upload-parts.ts";
import { parseUploadState, type UploadParts, type UploadState } from "./upload-state.ts";

/** What uploads need from outside. */
export interface UploadDeps {
  readonly store: ObjectStore;
  /** That many random bytes. */
  readonly random: (size: number) => Uint8Array;
}

/** An upload as it was read. */
export interface Upload {
  readonly id: string;
  readonly state: UploadState;
  readonly etag: string;
}

const ID = /^[0-9a-f]{32}$/;
/** A part's number ends at 10,000 on every S3-like store. */
const MAX_BLOB_BYTES = 10_000 * PART_BYTES;
/** Bodies up to this size are handled in one piece: one write, no stream. */
const SMALL_BODY = 1024 * 1024;

/** Starts an upload; gives its id. */
export async function beginUpload(deps: UploadDeps, repository: RepositoryName): Promise<string> {
  const id = formatHex(deps.random(16));
  const state: UploadState = { repository, offset: 0, pieces: [] };
  await writeJson(deps.store, uploadKey(id), state, { kind: "absent" });
  return id;
}

/** The upload of that id in the repository. Throws OciError `BLOB_UPLOAD_UNKNOWN`. */
export async function readUpload(store: ObjectStore, repository: RepositoryName, id: string): Promise<Upload> {
  const stored = ID.test(id) ? await readJson(store, uploadKey(id)) : undefined;
  const state = stored === undefined ? undefined : parseUploadState(stored.value);
  if (stored === undefined || state === undefined || state.repository !== repository) {
    throw new OciError("BLOB_UPLOAD_UNKNOWN");
  }
  return { id, state, etag: stored.etag };
}

/**
 * Adds bytes at the upload's offset. What arrived before the sender broke off is kept, so that it can go on from there.
 * Throws OciError `BLOB_UPLOAD_INVALID` (416) when another request advanced the upload meanwhile.
 */
export async function appendUpload(deps: UploadDeps, upload: Upload, body: IncomingBody): Promise<Upload> {
  if (body.stream === null) return upload;
  const buffer = createPartBuffer(deps.store, uploadDataKey(upload.id), upload.state);
  let broken: { readonly error: unknown } | undefined;
  try {
    await fill(buffer, body.stream, upload.state.offset);
  } catch (error) {
    if (buffer.failed()) throw error;
    broken = { error };
  }
  const advanced = await commit(deps, upload, buffer);
  if (broken !== undefined) throw broken.error;
  return advanced;
}

async function fill(buffer: PartBuffer, stream: ReadableStream<Uint8Array>, start: number): Promise<void> {
  let offset = start;
  for await (const chunk of stream) {
    offset += chunk.length;
    if (offset > MAX_BLOB_BYTES) throw new OciError("SIZE_INVALID", { message: "blob is too large" });
    await buffer.add(chunk);
  }
}

async function commit(deps: UploadDeps, upload: Upload, buffer: PartBuffer): Promise<Upload> {
  const key = pieceKey(upload.id, upload.state.offset, formatHex(deps.random(8)));
  const state = await buffer.settle(key);
  const put = await writeJson(deps.store, uploadKey(upload.id), state, { kind: "etag", etag: upload.etag });
  if (put.kind === "stored") {
    await tidy(deps.store, replaced(upload.state, state));
    return { id: upload.id, state, etag: put.etag };
  }
  await tidy(deps.store, replaced(state, upload.state));
  throw new OciError("BLOB_UPLOAD_INVALID", { status: 416, message: "the upload advanced meanwhile" });
}

/** Keys of pieces that `before` names and `after` does not. */
function replaced(before: UploadState, after: UploadState): readonly string[] {
  const kept = new Set(after.pieces.map((piece) => piece.key));
  return before.pieces.map((piece) => piece.key).filter((key) => !kept.has(key));
}

/** Deletes what is of no more use; what cannot be deleted now is left to collection. */
async function tidy(store: ObjectStore, keys: readonly string[]): Promise<void> {
  await Promise.allSettled(keys.map((key) => store.delete(key)));
}

/**
 * Ends an upload with its last bytes (perhaps none) and stores the blob under `digest`. Gives its size. The caller links it.
 * Throws OciError `DIGEST_INVALID`; nothing is visible then.
 */
export async function finishUpload(
  deps: UploadDeps,
  upload: Upload,
  digest: Digest,
  body: IncomingBody,
): Promise<number> {
  const whole = upload.state.offset === 0 ? await wholeBody(body) : undefined;
  if (whole !== undefined) {
    await putContent(deps.store, digest, whole);
    await tidy(deps.store, [uploadKey(upload.id)]);
    return whole.kind === "bytes" ? whole.bytes.length : whole.size;
  }
  const last = await appendUpload(deps, upload, body);
  await (last.state.multipart === undefined ? putPieces(deps, last, digest) : putParts(deps, last, digest));
  await tidy(deps.store, [uploadKey(upload.id), ...last.state.pieces.map((piece) => piece.key)]);
  return last.state.offset;
}

/** The body as it can be stored without an upload, when its length is known. */
export async function wholeBody(body: IncomingBody): Promise<BlobBody | undefined> {
  const { length } = body;
  if (length === undefined) return undefined;
  if (length > MAX_BLOB_BYTES) throw new OciError("SIZE_INVALID", { message: "blob is too large" });
  if (length > SMALL_BODY && body.stream !== null) return { kind: "stream", stream: body.stream, size: length };
  const bytes = await body.bytes();
  if (bytes.length !== length) throw new OciError("SIZE_INVALID", { status: 400 });
  return { kind: "bytes", bytes };
}

async function putPieces(deps: UploadDeps, upload: Upload, digest: Digest): Promise<void> {
  const bytes = await loadPieces(deps.store, upload.state.pieces);
  await putContent(deps.store, digest, { kind: "bytes", bytes });
}

async function putParts(deps: UploadDeps, upload: Upload, digest: Digest): Promise<void> {
  const { store } = deps;
  const { multipart, pieces } = upload.state;
  if (multipart === undefined) throw new Error("no parts");
  const tail = await loadPieces(store, pieces);
  if (digestAlgorithm(digest) === "sha256" && finishSha256(multipart.hash, tail) !== digest) throw digestInvalid();
  const key = uploadDataKey(upload.id);
  if ((await store.head(key)) === undefined) await completeParts(store, key, multipart, tail);
  await adopt(store, key, digest);
}

/** Done once: a PUT that failed behind this point may be sent again. */
async function completeParts(store: ObjectStore, key: string, multipart: UploadParts, tail: Uint8Array): Promise<void> {
  const number = multipart.parts.length + 1;
  const last = tail.length === 0 ? [] : [await store.putPart(key, multipart.id, number, tail)];
  await store.completeMultipart(key, multipart.id, [...multipart.parts, ...last]);
}

/** Gives a complete upload its place. A store that cannot move, or another algorithm, costs one more pass over the bytes. */
async function adopt(store: ObjectStore, key: string, digest: Digest): Promise<void> {
  if (digestAlgorithm(digest) === "sha256" && store.move !== undefined) {
    if (!(await store.move(key, blobKey(digest)))) throw new Error("a completed upload is gone");
    return;
  }
  const object = await store.get(key);
  if (object === undefined) throw new Error("a completed upload is gone");
  await putContent(store, digest, { kind: "stream", stream: object.body, size: object.size });
  await tidy(store, [key]);
}

/** Ends an upload without a blob. */
export async function cancelUpload(store: ObjectStore, upload: Upload): Promise<void> {
  const { multipart, pieces } = upload.state;
  await store.delete(uploadKey(upload.id));
  if (multipart !== undefined) await store.abortMultipart(uploadDataKey(upload.id), multipart.id);
  await tidy(
    store,
    pieces.map((piece) => piece.key),
  );
}
