/** What stands at a path, links followed. */
export interface FileStat {
  readonly kind: "file" | "directory" | "other";
  readonly size: number;
  /** RFC 3339. */
  readonly modTime: string;
}

/** A name in a directory; `link` is not followed. */
export interface DirectoryEntry {
  readonly name: string;
  readonly isLink: boolean;
}

/**
 * The files that a command sees. Synchronous: a command reads its few files one after the other. Failures are {@link FileError} with
 * Go's text. Relative paths start at `cwd`.
 */
export interface FileSystem {
  readonly cwd: string;
  readonly read: (path: string) => Uint8Array;
  /** All of standard input. */
  readonly readInput: () => Uint8Array;
  readonly stat: (path: string) => FileStat | undefined;
  readonly list: (path: string) => readonly DirectoryEntry[];
  /** The path with every link resolved. */
  readonly resolveLinks: (path: string) => string;
  /** Writes a file, making its directories; `append` adds to what is there. */
  readonly write: (path: string, data: string, append: boolean) => void;
}

/** A failed file operation; the message is Go's, e.g. `open x: no such file or directory`. */
export class FileError extends Error {
  override readonly name = "FileError";
}
