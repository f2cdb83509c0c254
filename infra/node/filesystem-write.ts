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
  readonly stats: Stats;
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

/** True for bytes that {@link writeAtOnce} takes. */
export function isAtOnce(bytes: Uint8Array): boolean {
  return bytes.length <= AT_ONCE;
}

/** Writes the body to a temporary file and checks its digest. Throws StoreError `digest-mismatch`; nothing is left then. */
export async function writePending(
  settings: WriteSettings,
  body: PutBody,
  sha256: string | undefined,
): Promise<PendingFile> {
  if (body.kind === "stream") return await writeStream(settings, body, sha256);
  if (isAtOnce(body.bytes)) return writeAtOnce(settings, body.bytes, sha256);
  assertDigest(body.bytes, sha256);
  return await withFile(settings, async (file) => await writeAll(file, body.bytes));
}

/** The same for a few bytes, without handing anything to another thread. */
export function writeAtOnce(settings: WriteSettings, bytes: Uint8Array, sha256: string | undefined): PendingFile {
  assertDigest(bytes, sha256);
  const file = beginFile(settings, sha256);
  try {
    file.add(bytes);
    return file.seal();
  } catch (error) {
    file.abandon();
    throw error;
  }
}

function assertDigest(bytes: Uint8Array, sha256: string | undefined): void {
  if (sha256 !== undefined && hash("sha256", bytes, "hex") !== sha256) throw mismatch();
}

/** A temporary file that is written by system calls of this thread; one of the last two ends it. */
interface FileUnderWay {
  readonly add: (bytes: Uint8Array) => void;
  readonly seal: () => PendingFile;
  readonly abandon: () => void;
}

function beginFile({ nextName, durable }: WriteSettings, sha256: string | undefined): FileUnderWay {
  const path = nextName();
  const fd = openSync(path, "wx");
  return {
    add: (bytes) => {
      for (let offset = 0; offset < bytes.length;) offset += writeSync(fd, bytes, offset);
    },
    seal: () => {
      const stats = sha256 === undefined ? stamp(fd) : fstatSync(fd);
      if (durable) fdatasyncSync(fd);
      closeSync(fd);
      return { path, etag: etagOf(stats), stats };
    },
    abandon: () => {
      closeSync(fd);
      discard(path);
    },
  };
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
  settings: WriteSettings,
  pour: Pour,
  expected: number,
  sha256: string | undefined,
): Promise<PendingFile> {
  const digest = sha256 === undefined ? undefined : createHash("sha256");
  const file = beginFile(settings, sha256);
  try {
    let size = 0;
    await pour((piece) => {
      size += piece.length;
      if (size > expected) throw mismatch();
      digest?.update(piece);
      file.add(piece);
    });
    if (size !== expected || (sha256 !== undefined && digest?.digest("hex") !== sha256)) throw mismatch();
    return file.seal();
  } catch (error) {
    file.abandon();
    throw error;
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
    const stats = stamp(file.fd);
    if (settings.durable) await file.datasync();
    return { path, etag: etagOf(stats), stats };
  } catch (error) {
    discard(path);
    throw error;
  } finally {
    await file.close();
  }
}

/** Gives the file a modification time with a random fraction, so that no two versions of a key look alike. Content needs none: it has one version. */
export function stamp(fd: number): Stats {
  const seconds = (Date.now() + Math.random()) / 1000;
  futimesSync(fd, seconds, seconds);
  return fstatSync(fd);
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
  if (condition.kind === "etag") return await replaceVersion(paths, key, file, condition.etag);
  return publishAtOnce(paths, key, file, condition);
}

/** The same for a condition that needs no lock. */
export function publishAtOnce(
  paths: StorePaths,
  key: string,
  file: PendingFile,
  condition: Exclude<PutCondition, { kind: "etag" }>,
): PutResult {
  const path = pathOf(paths, key);
  if (condition.kind === "absent") return linkNew(path, file);
  inFolder(path, () => renameSync(file.path, path));
  return { kind: "stored", etag: file.etag };
}

/**
 * Makes an empty file under its key, which is whole as soon as it is there. Undefined where a file is there already, or the disk has to
 * be asked to keep it.
 */
export function publishEmpty({ paths, durable }: WriteSettings, key: string): PutResult | undefined {
  if (durable) return undefined;
  const path = pathOf(paths, key);
  try {
    const fd = inFolder(path, () => openSync(path, "wx"));
    try {
      return { kind: "stored", etag: etagOf(stamp(fd)) };
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (hasCode(error, "EEXIST")) return undefined;
    throw error;
  }
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
