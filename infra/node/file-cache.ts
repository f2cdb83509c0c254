import type { Stats } from "node:fs";
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
  const files = new Map<string, CachedFile>();
  let used = 0;
  const drop = (path: string, file: CachedFile): void => {
    files.delete(path);
    used -= file.bytes.length + ENTRY_OVERHEAD;
  };
  return {
    get: (path, stats) => {
      const file = files.get(path);
      if (file === undefined) return undefined;
      const same = file.modified === stats.mtimeMs && file.inode === stats.ino && file.bytes.length === stats.size;
      if (!same) {
        drop(path, file);
        return undefined;
      }
      files.delete(path);
      files.set(path, file);
      return file;
    },
    set: (path, stats, bytes, etag = etagOf(stats)) => {
      const before = files.get(path);
      if (before !== undefined) drop(path, before);
      const file = { etag, bytes, inode: stats.ino, modified: stats.mtimeMs };
      files.set(path, file);
      used += bytes.length + ENTRY_OVERHEAD;
      for (const [oldest, entry] of files) {
        if (used <= capacity) break;
        drop(oldest, entry);
      }
      return file;
    },
  };
}
