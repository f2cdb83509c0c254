import type { Chart } from "./chart.ts";

/**
 * The files around a chart, for what works on unpacked charts: dependencies, downloads. Paths are joined with `/`; relative ones start where
 * the caller stands. Failures are `EngineError`s with Go's text.
 */
export interface Folder {
  readonly read: (path: string) => Uint8Array;
  readonly kind: (path: string) => "file" | "directory" | "other" | undefined;
  /** Names in a directory, in byte order. */
  readonly names: (path: string) => readonly string[];
  readonly write: (path: string, data: Uint8Array) => void;
  /** Makes a directory and those above it. */
  readonly makeDirectory: (path: string) => void;
  /** Removes a file or a whole directory. */
  readonly remove: (path: string) => void;
  readonly rename: (from: string, to: string) => void;
  /** Where a link leads; `undefined` for what is no link. */
  readonly linkTarget: (path: string) => string | undefined;
  readonly absolute: (path: string) => string;
  /** Loads a directory or an archive, whatever its `apiVersion`. */
  readonly loadChart: (path: string) => Promise<Chart>;
  /** Loads a directory. */
  readonly loadDirectory: (path: string) => Promise<Chart>;
  /** Loads an archive. */
  readonly loadFile: (path: string) => Promise<Chart>;
}
