import { EngineError } from "../../engine/errors.ts";

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

/** A {@link FileSystem} for commands that also make, move and remove files. */
export interface ToolFiles extends FileSystem {
  /** Writes a file anew; its directory must be there. */
  readonly writeBytes: (path: string, data: Uint8Array) => void;
  /** Makes a directory and those above it. */
  readonly makeDirectory: (path: string) => void;
  /** Removes a file, or a directory with all that is in it; nothing there is no failure. */
  readonly remove: (path: string) => void;
  readonly rename: (from: string, to: string) => void;
  /** Where a link leads; `undefined` for what is no link. */
  readonly linkTarget: (path: string) => string | undefined;
  /** A path from the root on, without `.` and `..`. */
  readonly absolute: (path: string) => string;
}

/** A failed file operation; the message is Go's, e.g. `open x: no such file or directory`. */
export class FileError extends EngineError<"file"> {
  readonly code = "file";
  constructor(message: string, options?: ErrorOptions) {
    super(message, {}, options);
  }
}
