import { closeSync, fstatSync, openSync, read, readSync, type Stats } from "node:fs";
import type { ByteRange, ObjectBody, ObjectHead } from "../../registry/content/object-store.ts";
import { streamOf } from "../../registry/content/body.ts";
import type { CachedFile, FileCache } from "./file-cache.ts";
import { etagOf, hasCode, pathOf, type StorePaths } from "./filesystem-paths.ts";
import { statIfThere } from "./filesystem-write.ts";

/** Files up to this size are read in one piece and kept in the cache. */
const IN_ONE_PIECE = 1024 * 1024;
/** What one read of a large file takes. */
const CHUNK = 256 * 1024;

/** What is known of a key without reading it. */
export function headOf(key: string, stats: Stats): ObjectHead {
  return { key, size: stats.size, etag: etagOf(stats), modified: stats.mtimeMs };
}

/** Reads a key, or a range of it. The cache answers when the file is still the one that it holds. */
export function readObject(
  paths: StorePaths,
  cache: FileCache,
  key: string,
  range: ByteRange | undefined,
): ObjectBody | undefined {
  const path = pathOf(paths, key);
  const stats = statIfThere(path);
  if (stats === undefined) return undefined;
  const cached = stats.size <= IN_ONE_PIECE ? cache.get(path, stats) : undefined;
  if (cached !== undefined) return bytesObject(key, cached, range);
  const fd = openIfThere(path);
  return fd === undefined ? undefined : readOpen({ key, path, fd, cache }, range);
}

interface OpenFile {
  readonly key: string;
  readonly path: string;
  readonly fd: number;
  readonly cache: FileCache;
}

function readOpen({ key, path, fd, cache }: OpenFile, range: ByteRange | undefined): ObjectBody {
  let streamed = false;
  try {
    const stats = fstatSync(fd);
    if (stats.size <= IN_ONE_PIECE) return bytesObject(key, cache.set(path, stats, readWhole(fd, stats.size)), range);
    streamed = true;
    return { ...headOf(key, stats), body: streamFile(fd, range?.offset ?? 0, rangeEnd(range, stats.size)) };
  } finally {
    if (!streamed) closeSync(fd);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return undefined;
    throw error;
  }
}

function readWhole(fd: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let offset = 0; offset < size;) {
    const count = readSync(fd, bytes, offset, size - offset, offset);
    if (count === 0) throw new Error("a file of the store became shorter");
    offset += count;
  }
  return bytes;
}

function rangeEnd(range: ByteRange | undefined, size: number): number {
  return range?.length === undefined ? size : Math.min(size, range.offset + range.length);
}

function bytesObject(key: string, file: CachedFile, range: ByteRange | undefined): ObjectBody {
  const all = file.bytes;
  const bytes = range === undefined ? all : all.subarray(range.offset, rangeEnd(range, all.length));
  return {
    key,
    size: all.length,
    etag: file.etag,
    modified: file.modified,
    bytes,
    get body() {
      return streamOf(bytes);
    },
  };
}

function streamFile(fd: number, start: number, end: number): ReadableStream<Uint8Array> {
  let offset = start;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        if (offset >= end) {
          closeSync(fd);
          controller.close();
          return;
        }
        try {
          const chunk = await readChunk(fd, offset, Math.min(CHUNK, end - offset));
          if (chunk.length === 0) throw new Error("a file of the store became shorter");
          offset += chunk.length;
          controller.enqueue(chunk);
        } catch (error) {
          closeSync(fd);
          throw error;
        }
      },
      cancel: () => closeSync(fd),
    },
    { highWaterMark: 0 },
  );
}

async function readChunk(fd: number, offset: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  return await new Promise((resolve, reject) => {
    read(fd, buffer, 0, length, offset, (error, count) => {
      if (error === null) resolve(count === length ? buffer : buffer.subarray(0, count));
      else reject(error);
    });
  });
}
