import { type Digest, digestAlgorithm, formatHex } from "../../engine/oci/digest.ts";
import { OciError } from "../../engine/oci/error.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import { finishSha256 } from "../../engine/oci/sha256-state.ts";
import { digestInvalid, putContent } from "./blobs.ts";
import { type IncomingBody, streamOf } from "./body.ts";
import type { BodyBudget } from "./body-budget.ts";
import { blobKey, pieceKey, uploadDataKey, uploadKey } from "./keys.ts";
import type { ObjectStore, PutBody, PutCondition } from "./object-store.ts";
import { readJson, writeJson } from "./record.ts";
import { isUploadId, makeUploadId } from "./upload-id.ts";
import { createPartBuffer, loadPieces, PART_BYTES, type PartBuffer } from "./upload-parts.ts";
import { ENDED_UPLOAD, parseUploadState, type UploadParts, type UploadState } from "./upload-state.ts";

/** What uploads need from outside. */
export interface UploadDeps {
  readonly store: ObjectStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly bodies: BodyBudget;
  /** That many random bytes. */
  readonly random: (size: number) => Uint8Array;
}

/** An upload as it was read. */
export interface Upload {
  readonly id: string;
  readonly state: UploadState;
  /** Absent while nothing arrived: then nothing is stored either. */
  readonly etag?: string;
}

/** A part's number ends at 10,000 on every S3-like store. */
const MAX_BLOB_BYTES = 10_000 * PART_BYTES;
/** Starts an upload; gives its id. Nothing is stored before something arrives. */
export function beginUpload(deps: UploadDeps, repository: RepositoryName): string {
  return makeUploadId(repository, deps.now(), deps.random(8));
}

/** The upload of that id in the repository. Throws OciError `BLOB_UPLOAD_UNKNOWN`. */
export async function readUpload(deps: UploadDeps, repository: RepositoryName, id: string): Promise<Upload> {
  if (!isUploadId(id, repository, deps.now())) throw new OciError("BLOB_UPLOAD_UNKNOWN");
  const stored = await readJson(deps.store, uploadKey(id));
  if (stored === undefined) return { id, state: { repository, offset: 0, pieces: [] } };
  const state = parseUploadState(stored.value);
  if (state === "ended" || state.repository !== repository) throw new OciError("BLOB_UPLOAD_UNKNOWN");
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
  const condition: PutCondition = upload.etag === undefined ? { kind: "absent" } : { kind: "etag", etag: upload.etag };
  const put = await writeJson(deps.store, uploadKey(upload.id), state, condition);
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
  const { store } = deps;
  const whole = upload.state.offset === 0 ? await wholeBody(deps, body) : undefined;
  if (whole !== undefined) {
    const size = await storeWhole(store, digest, whole);
    if (upload.etag !== undefined) await endUpload(store, upload);
    return size;
  }
  const last = await appendUpload(deps, upload, body);
  await (last.state.multipart === undefined ? putPieces(deps, last, digest) : putParts(deps, last, digest));
  await endUpload(store, last);
  return last.state.offset;
}

/** The blob is stored: what cannot be done here any more is left to collection, which forgets the id when it is too old to be one. */
async function endUpload(store: ObjectStore, { id, state }: Upload): Promise<void> {
  await Promise.allSettled([writeJson(store, uploadKey(id), ENDED_UPLOAD)]);
  await tidy(
    store,
    state.pieces.map((piece) => piece.key),
  );
}

/** A body that can be stored without an upload. `release` ends its claim on memory. */
export interface WholeBody {
  readonly body: PutBody;
  readonly release: () => void;
}

/** Bodies up to this size come in a piece or two. */
const POURED_FROM = 64 * 1024;

/** The body as it can be stored without an upload, when its length is known. Throws OciError `SIZE_INVALID`. */
export async function wholeBody(deps: UploadDeps, body: IncomingBody): Promise<WholeBody | undefined> {
  const { length } = body;
  if (length === undefined) return undefined;
  if (length > MAX_BLOB_BYTES) throw new OciError("SIZE_INVALID", { message: "blob is too large" });
  const { pour } = body;
  if (pour !== undefined && length > POURED_FROM && deps.store.takesPoured === true) {
    const poured: PutBody = {
      kind: "stream",
      get stream() {
        return body.stream ?? streamOf(new Uint8Array(0));
      },
      size: length,
      pour,
    };
    return { body: poured, release: () => undefined };
  }
  const release = deps.bodies.claim(length);
  if (release === undefined && body.stream !== null) {
    return { body: { kind: "stream", stream: body.stream, size: length }, release: () => undefined };
  }
  try {
    const bytes = await body.bytes();
    if (bytes.length !== length) throw new OciError("SIZE_INVALID", { status: 400 });
    return { body: { kind: "bytes", bytes }, release: release ?? (() => undefined) };
  } catch (error) {
    release?.();
    throw error;
  }
}

/** Stores a whole body under its digest; gives its size. */
export async function storeWhole(store: ObjectStore, digest: Digest, whole: WholeBody): Promise<number> {
  try {
    await putContent(store, digest, whole.body);
    return whole.body.kind === "bytes" ? whole.body.bytes.length : whole.body.size;
  } finally {
    whole.release();
  }
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

/** Ends an upload without a blob: its id is never an upload again. */
export async function cancelUpload(store: ObjectStore, upload: Upload): Promise<void> {
  const { multipart, pieces } = upload.state;
  await writeJson(store, uploadKey(upload.id), ENDED_UPLOAD);
  if (multipart !== undefined) await store.abortMultipart(uploadDataKey(upload.id), multipart.id);
  await tidy(
    store,
    pieces.map((piece) => piece.key),
  );
}
