/** Recently used small files, each with the etag that it had. Whoever asks brings the etag of the file as it is now. */
export interface FileCache {
  readonly get: (path: string, etag: string) => Uint8Array | undefined;
  readonly set: (path: string, etag: string, bytes: Uint8Array) => void;
  readonly forget: (path: string) => void;
}

interface CachedFile {
  readonly etag: string;
  readonly bytes: Uint8Array;
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
    get: (path, etag) => {
      const file = files.get(path);
      if (file === undefined) return undefined;
      if (file.etag !== etag) {
        drop(path, file);
        return undefined;
      }
      files.delete(path);
      files.set(path, file);
      return file.bytes;
    },
    set: (path, etag, bytes) => {
      const before = files.get(path);
      if (before !== undefined) drop(path, before);
      files.set(path, { etag, bytes });
      used += bytes.length + ENTRY_OVERHEAD;
      for (const [oldest, file] of files) {
        if (used <= capacity) break;
        drop(oldest, file);
      }
    },
    forget: (path) => {
      const file = files.get(path);
      if (file !== undefined) drop(path, file);
    },
  };
}
