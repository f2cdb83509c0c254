import { createHash, hash, randomBytes } from "node:crypto";
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  futimesSync,
  linkSync,
  openSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { Pour, PutBody, PutCondition, PutResult } from "../../registry/content/object-store.ts";
import { StoreError } from "../../registry/content/store-error.ts";
import { etagOf, hasCode, inFolder, lockOf, pathOf, type StorePaths } from "./filesystem-paths.ts";

/** Files up to this size are written at once: the system calls cost less than handing them to the thread pool, a millisecond at most. */
const AT_ONCE = 2 * 1024 * 1024;
/** Bytes that wait before they go to the file. */
const BATCH = 256 * 1024;
/** No writer holds a lock longer than some system calls: an older one belongs to a process that was killed. */
const STALE_LOCK_MS = 10_000;
/** How long a writer waits for another one. */
const LOCK_PATIENCE_MS = 15_000;

/** A complete file that no key names yet. */
export interface PendingFile {
  readonly path: string;
  readonly etag: string;
}

/** How files are written. */
export interface WriteSettings {
  readonly paths: StorePaths;
  readonly nextName: () => string;
  /** Ask the disk to keep the bytes before the file becomes visible. */
  readonly durable: boolean;
}

/** Names in the folder of temporary files that nobody else has, in this process or another. */
export function createTemporaryNames(paths: StorePaths): () => string {
  const start = `${paths.temporary}/${process.pid}-${randomBytes(9).toString("base64url")}-`;
  let count = 0;
  return () => start + ++count;
}

/** Writes the body to a temporary file and checks its digest. Throws StoreError `digest-mismatch`; nothing is left then. */
export async function writePending(
  settings: WriteSettings,
  body: PutBody,
  sha256: string | undefined,
): Promise<PendingFile> {
  if (body.kind === "stream") return await writeStream(settings, body, sha256);
  if (sha256 !== undefined && hash("sha256", body.bytes, "hex") !== sha256) throw mismatch();
  if (body.bytes.length <= AT_ONCE) return writeAtOnce(settings, body.bytes, sha256);
  return await withFile(settings, async (file) => await writeAll(file, body.bytes));
}

function writeAtOnce({ nextName, durable }: WriteSettings, bytes: Uint8Array, sha256: string | undefined): PendingFile {
  const path = nextName();
  const fd = openSync(path, "wx");
  try {
    for (let offset = 0; offset < bytes.length;) offset += writeSync(fd, bytes, offset);
    const etag = stampContent(fd, sha256);
    if (durable) fdatasyncSync(fd);
    return { path, etag };
  } catch (error) {
    discard(path);
    throw error;
  } finally {
    closeSync(fd);
  }
}

async function writeStream(
  settings: WriteSettings,
  body: Extract<PutBody, { kind: "stream" }>,
  sha256: string | undefined,
): Promise<PendingFile> {
  if (body.pour !== undefined && body.size <= AT_ONCE) return await writePoured(settings, body.pour, body.size, sha256);
  const digest = createHash("sha256");
  return await withFile(settings, async (file) => {
    let size = 0;
    let batch: Uint8Array[] = [];
    let waiting = 0;
    for await (const chunk of body.stream) {
      size += chunk.length;
      if (size > body.size) throw mismatch();
      if (sha256 !== undefined) digest.update(chunk);
      batch.push(chunk);
      waiting += chunk.length;
      if (waiting < BATCH) continue;
      await writeAll(file, batch.length === 1 ? chunk : Buffer.concat(batch));
      batch = [];
      waiting = 0;
    }
    if (waiting > 0) await writeAll(file, Buffer.concat(batch));
    if (size !== body.size || (sha256 !== undefined && digest.digest("hex") !== sha256)) throw mismatch();
  });
}

/** Each piece is written as it comes: none is held, and none is copied. */
async function writePoured(
  { nextName, durable }: WriteSettings,
  pour: Pour,
  expected: number,
  sha256: string | undefined,
): Promise<PendingFile> {
  const path = nextName();
  const digest = sha256 === undefined ? undefined : createHash("sha256");
  const fd = openSync(path, "wx");
  try {
    let size = 0;
    await pour((piece) => {
      size += piece.length;
      if (size > expected) throw mismatch();
      digest?.update(piece);
      for (let offset = 0; offset < piece.length;) offset += writeSync(fd, piece, offset);
    });
    if (size !== expected || (sha256 !== undefined && digest?.digest("hex") !== sha256)) throw mismatch();
    const etag = stampContent(fd, sha256);
    if (durable) fdatasyncSync(fd);
    return { path, etag };
  } catch (error) {
    discard(path);
    throw error;
  } finally {
    closeSync(fd);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length;) offset += (await file.write(bytes, offset)).bytesWritten;
}

async function withFile(settings: WriteSettings, fill: (file: FileHandle) => Promise<void>): Promise<PendingFile> {
  const path = settings.nextName();
  const file = await open(path, "wx");
  try {
    await fill(file);
    const etag = stamp(file.fd);
    if (settings.durable) await file.datasync();
    return { path, etag };
  } catch (error) {
    discard(path);
    throw error;
  } finally {
    await file.close();
  }
}

/** Gives the file a modification time with a random fraction, so that no two versions of a key look alike. */
export function stamp(fd: number): string {
  const seconds = (Date.now() + Math.random()) / 1000;
  futimesSync(fd, seconds, seconds);
  return etagOf(fstatSync(fd));
}

/** Content has one version only, by its digest: no two can look alike. */
function stampContent(fd: number, sha256: string | undefined): string {
  return sha256 === undefined ? stamp(fd) : etagOf(fstatSync(fd));
}

/** Removes a temporary file. */
export function discard(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}

/** Gives a pending file its key, if the condition holds. */
export async function publish(
  paths: StorePaths,
  key: string,
  file: PendingFile,
  condition: PutCondition,
): Promise<PutResult> {
  const path = pathOf(paths, key);
  if (condition.kind === "absent") return linkNew(path, file);
  if (condition.kind === "etag") return await replaceVersion(paths, key, file, condition.etag);
  inFolder(path, () => renameSync(file.path, path));
  return { kind: "stored", etag: file.etag };
}

async function replaceVersion(paths: StorePaths, key: string, file: PendingFile, etag: string): Promise<PutResult> {
  const path = pathOf(paths, key);
  const replaced = await locked(paths, key, () => {
    const stats = statIfThere(path);
    if (stats === undefined || etagOf(stats) !== etag) return false;
    renameSync(file.path, path);
    return true;
  });
  if (replaced) return { kind: "stored", etag: file.etag };
  discard(file.path);
  return { kind: "conflict" };
}

function linkNew(path: string, file: PendingFile): PutResult {
  try {
    inFolder(path, () => linkSync(file.path, path));
    return { kind: "stored", etag: file.etag };
  } catch (error) {
    if (hasCode(error, "EEXIST")) return { kind: "conflict" };
    throw error;
  } finally {
    discard(file.path);
  }
}

/** Deletes the key's file, only in that version when `etag` is given. */
export async function removeKey(paths: StorePaths, key: string, etag: string | undefined): Promise<boolean> {
  const path = pathOf(paths, key);
  if (etag === undefined) return removeFile(path);
  return await locked(paths, key, () => {
    const stats = statIfThere(path);
    return stats !== undefined && etagOf(stats) === etag && removeFile(path);
  });
}

function removeFile(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return false;
    throw error;
  }
}

/** The file's status; undefined when there is none. */
export function statIfThere(path: string): Stats | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined || !stats.isFile() ? undefined : stats;
}

/** Runs `step` while no other process changes the key by etag. `step` is synchronous, so this process needs no lock of its own. */
async function locked<T>(paths: StorePaths, key: string, step: () => T): Promise<T> {
  const lock = lockOf(paths, key);
  const until = Date.now() + LOCK_PATIENCE_MS;
  while (!takeLock(lock)) {
    if (Date.now() > until) throw new StoreError("unavailable", "another writer does not finish");
    await delay(5);
  }
  try {
    return step();
  } finally {
    discard(lock);
  }
}

function takeLock(lock: string): boolean {
  try {
    closeSync(openSync(lock, "wx"));
    return true;
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  }
  const stats = statSync(lock, { throwIfNoEntry: false });
  if (stats !== undefined && Date.now() - stats.mtimeMs > STALE_LOCK_MS) discard(lock);
  return false;
}

function mismatch(): StoreError {
  return new StoreError("digest-mismatch", "the bytes do not have the digest that they were announced with");
}
