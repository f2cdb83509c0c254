import { randomBytes } from "node:crypto";
import { closeSync, openSync, readdirSync, rmSync, statSync } from "node:fs";
import { open, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { MultipartPart } from "../../registry/content/object-store.ts";
import { StoreError } from "../../registry/content/store-error.ts";
import { etagOf, hasCode, type StorePaths } from "./filesystem-paths.ts";
import { type PendingFile, stamp } from "./filesystem-write.ts";

const ID = /^([0-9]{1,12})-[A-Za-z0-9_-]{16}$/;

/** Starts an upload: one file into which the parts are written at their places. The id carries the part size. */
export function beginParts(paths: StorePaths, partSize: number): string {
  const id = `${partSize}-${randomBytes(12).toString("base64url")}`;
  closeSync(openSync(join(paths.multipart, id), "wx"));
  return id;
}

/** Writes a part; writing it again replaces it. */
export async function writePart(
  paths: StorePaths,
  uploadId: string,
  number: number,
  bytes: Uint8Array,
): Promise<MultipartPart> {
  const partSize = partSizeOf(uploadId);
  if (bytes.length > partSize) throw new StoreError("too-large", "a part is larger than announced");
  const file = await openUpload(paths, uploadId);
  try {
    const start = (number - 1) * partSize;
    for (let offset = 0; offset < bytes.length;) {
      offset += (await file.write(bytes, offset, bytes.length - offset, start + offset)).bytesWritten;
    }
  } finally {
    await file.close();
  }
  return { number, etag: `${bytes.length}-${randomBytes(6).toString("base64url")}` };
}

/** Checks that the parts are whole and makes them one file. */
export async function completeParts(
  paths: StorePaths,
  uploadId: string,
  parts: readonly MultipartPart[],
): Promise<PendingFile> {
  const partSize = partSizeOf(uploadId);
  let size = 0;
  for (const [index, part] of parts.entries()) {
    const length = Number(part.etag.slice(0, part.etag.indexOf("-")));
    const last = index === parts.length - 1;
    if (part.number !== index + 1 || (!last && length !== partSize)) throw unknownUpload();
    size += length;
  }
  const path = join(paths.multipart, uploadId);
  const file = await openUpload(paths, uploadId);
  try {
    await truncate(path, size);
    const stats = stamp(file.fd);
    return { path, etag: etagOf(stats), stats };
  } finally {
    await file.close();
  }
}

/** Forgets an upload. */
export async function abortParts(paths: StorePaths, uploadId: string): Promise<void> {
  partSizeOf(uploadId);
  await rm(join(paths.multipart, uploadId), { force: true });
}

/** Forgets uploads that were not written to since `before`, at most {@link MAX_ABORTED}. */
export function abortOlder(paths: StorePaths, before: number): number {
  const old = readdirSync(paths.multipart).filter((name) => {
    const stats = statSync(join(paths.multipart, name), { throwIfNoEntry: false });
    return stats !== undefined && stats.mtimeMs < before;
  });
  for (const name of old.slice(0, MAX_ABORTED)) rmSync(join(paths.multipart, name), { force: true });
  return Math.min(old.length, MAX_ABORTED);
}

const MAX_ABORTED = 1000;

async function openUpload(paths: StorePaths, uploadId: string): ReturnType<typeof open> {
  try {
    return await open(join(paths.multipart, uploadId), "r+");
  } catch (error) {
    throw hasCode(error, "ENOENT") ? unknownUpload() : error;
  }
}

function partSizeOf(uploadId: string): number {
  const match = ID.exec(uploadId);
  if (match === null) throw unknownUpload();
  return Number(match[1]);
}

function unknownUpload(): StoreError {
  return new StoreError("unavailable", "the multipart upload is not known or not whole");
}
