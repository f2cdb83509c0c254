import type { Stats } from "node:fs";
import { createLeastUsed } from "../../engine/least-used.ts";
import { etagOf } from "./filesystem-paths.ts";

/** A small file as it was read, with what tells that version from others. */
export interface CachedFile {
  readonly etag: string;
  readonly bytes: Uint8Array;
  readonly inode: number;
  readonly modified: number;
}

/** Recently used small files. Whoever asks brings the file's status as it is now. */
export interface FileCache {
  readonly get: (path: string, stats: Stats) => CachedFile | undefined;
  readonly set: (path: string, stats: Stats, bytes: Uint8Array, etag?: string) => CachedFile;
}

/** What one entry costs beside its bytes: path, etag, map slot. */
const ENTRY_OVERHEAD = 400;

/** Keeps at most `capacity` bytes; the longest unused go first. */
export function createFileCache(capacity: number): FileCache {
  const files = createLeastUsed<string, CachedFile>({
    most: capacity,
    sizeOf: ({ bytes }) => bytes.length + ENTRY_OVERHEAD,
  });
  return {
    get: (path, stats) => {
      const file = files.get(path);
      if (file === undefined) return undefined;
      const same = file.modified === stats.mtimeMs && file.inode === stats.ino && file.bytes.length === stats.size;
      if (same) return file;
      files.delete(path);
      return undefined;
    },
    set: (path, stats, bytes, etag = etagOf(stats)) => {
      const file = { etag, bytes, inode: stats.ino, modified: stats.mtimeMs };
      files.set(path, file);
      return file;
    },
  };
}
