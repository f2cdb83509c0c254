import { renameSync, rmdir } from "node:fs";
import { dirname } from "node:path";
import type { ObjectHead, ObjectStore, PutBody, PutCondition, PutResult } from "../../registry/content/object-store.ts";
import { StoreError } from "../../registry/content/store-error.ts";
import { createFileCache, type FileCache } from "./file-cache.ts";
import { createFolderReader, listKeysOf, listObjectsOf } from "./filesystem-list.ts";
import { abortOlder, abortParts, beginParts, completeParts, writePart } from "./filesystem-multipart.ts";
import { hasCode, inFolder, openStorePaths, pathOf, type StorePaths } from "./filesystem-paths.ts";
import { headOf, readObject } from "./filesystem-read.ts";
import {
  createTemporaryNames,
  discard,
  isAtOnce,
  publish,
  publishAtOnce,
  publishEmpty,
  removeKey,
  statIfThere,
  writeAtOnce,
  type WriteSettings,
  writePending,
} from "./filesystem-write.ts";

/** Settings of a filesystem store. */
export interface FilesystemStoreOptions {
  /** Memory for files of up to 1 MiB that are read often. */
  readonly cacheBytes?: number;
  /** Ask the disk to keep every write before it is visible: survives a power cut, costs a disk flush per write. */
  readonly durable?: boolean;
}

/** A quarter of the memory that a small server has. */
const DEFAULT_CACHE_BYTES = 48 * 1024 * 1024;

/**
 * Objects as files below `root`, on a local disk. Several processes may share it: writes appear by rename or link, compare-and-set
 * holds a lock file, and the cache asks the file system whether a file is still the one it knows.
 */
export function createFilesystemStore(root: string, options: FilesystemStoreOptions = {}): ObjectStore {
  const paths = openStorePaths(root);
  const cache = createFileCache(options.cacheBytes ?? DEFAULT_CACHE_BYTES);
  const folder = createFolderReader();
  const nextName = createTemporaryNames(paths);
  const settings: WriteSettings = { paths, nextName, durable: options.durable ?? false };
  return guarded({
    head: async (key) => guardedStep(() => statObject(paths, key)),
    get: async (key, range) => guardedStep(() => readObject(paths, cache, key, range)),
    put: async (key, body, { condition = ALWAYS, sha256, signal } = {}) => {
      signal?.throwIfAborted();
      if (condition.kind !== "etag" && body.kind === "bytes" && isAtOnce(body.bytes)) {
        return guardedStep(() => putAtOnce(settings, cache, { key, bytes: body.bytes, sha256, condition }));
      }
      return await guardedCall(() => putLater(settings, { key, body, sha256, condition }));
    },
    delete: async (key, etag) => {
      const removed = await removeKey(paths, key, etag);
      if (removed) prune(paths, key);
      return removed;
    },
    list: async (prefix, list = {}) => listObjectsOf(paths, folder, prefix, list),
    keys: async (prefix, list = {}) => listKeysOf(paths, folder, prefix, list),
    beginMultipart: async (_key, partSize) => beginParts(paths, partSize),
    putPart: async (_key, uploadId, number, bytes) => await writePart(paths, uploadId, number, bytes),
    completeMultipart: async (key, uploadId, parts) => {
      await publish(paths, key, await completeParts(paths, uploadId, parts), { kind: "always" });
      const head = statObject(paths, key);
      if (head === undefined) throw new StoreError("unavailable", "a completed upload is gone");
      return head;
    },
    abortMultipart: async (_key, uploadId) => await abortParts(paths, uploadId),
    abortOlder: async (before) => abortOlder(paths, before),
    takesPoured: true,
    move: async (from, to) => moveFile(paths, from, to),
  });
}

const ALWAYS = { kind: "always" } as const;

/** One write as it is asked for. */
interface Write {
  readonly key: string;
  readonly sha256: string | undefined;
}

/** Records up to this size go to the cache when they are written: what a push writes it reads again. */
const KEPT_RECORD = 4096;

function putAtOnce(
  settings: WriteSettings,
  cache: FileCache,
  write: Write & { readonly bytes: Uint8Array; readonly condition: Exclude<PutCondition, { kind: "etag" }> },
): PutResult {
  const { paths } = settings;
  const { key, bytes, sha256, condition } = write;
  const made = bytes.length === 0 ? publishEmpty(settings, key) : undefined;
  if (made !== undefined) return made;
  const file = writeAtOnce(settings, bytes, sha256);
  try {
    const put = publishAtOnce(paths, key, file, condition);
    const isRecord = sha256 === undefined && bytes.length <= KEPT_RECORD;
    if (isRecord && put.kind === "stored") cache.set(pathOf(paths, key), file.stats, new Uint8Array(bytes), file.etag);
    return put;
  } catch (error) {
    discard(file.path);
    throw error;
  }
}

async function putLater(
  settings: WriteSettings,
  write: Write & { readonly body: PutBody; readonly condition: PutCondition },
): Promise<PutResult> {
  const file = await writePending(settings, write.body, write.sha256);
  try {
    return await publish(settings.paths, write.key, file, write.condition);
  } catch (error) {
    discard(file.path);
    throw error;
  }
}

function statObject(paths: StorePaths, key: string): ObjectHead | undefined {
  const stats = statIfThere(pathOf(paths, key));
  return stats === undefined ? undefined : headOf(key, stats);
}

function moveFile(paths: StorePaths, from: string, to: string): boolean {
  const source = pathOf(paths, from);
  const target = pathOf(paths, to);
  if (statIfThere(source) === undefined) return false;
  inFolder(target, () => renameSync(source, target));
  prune(paths, from);
  return true;
}

/** Folders with fewer segments are there for good. */
const KEPT_DEPTH = 3;

/** Removes the folder of a deleted key when it is empty and its like come and go. Writers make a missing folder again. */
function prune(paths: StorePaths, key: string): void {
  const parent = dirname(key);
  if (parent.split("/").length >= KEPT_DEPTH) rmdir(pathOf(paths, parent), () => undefined);
}

function guard<Args extends readonly unknown[], Result>(
  call: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => await guardedCall(() => call(...args));
}

async function guardedCall<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw translated(error);
  }
}

/** The same for a step that is done at once. */
function guardedStep<Result>(step: () => Result): Result {
  try {
    return step();
  } catch (error) {
    throw translated(error);
  }
}

function translated(error: unknown): unknown {
  const ours = SYSTEM_ERRORS.some((code) => hasCode(error, code));
  return ours ? new StoreError("unavailable", "the file system refuses", { cause: error }) : error;
}

/** File system errors as StoreErrors; ours and defects pass. */
function guarded(store: Required<ObjectStore>): Required<ObjectStore> {
  return {
    head: store.head,
    get: store.get,
    put: store.put,
    delete: guard(store.delete),
    list: guard(store.list),
    keys: guard(store.keys),
    beginMultipart: guard(store.beginMultipart),
    putPart: guard(store.putPart),
    completeMultipart: guard(store.completeMultipart),
    abortMultipart: guard(store.abortMultipart),
    abortOlder: guard(store.abortOlder),
    move: guard(store.move),
    takesPoured: store.takesPoured,
  };
}

const SYSTEM_ERRORS = ["ENOSPC", "EDQUOT", "EIO", "EROFS", "EACCES", "EPERM", "EMFILE", "ENFILE", "ENAMETOOLONG"];
