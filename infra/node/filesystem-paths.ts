import { hash } from "node:crypto";
import { type Stats, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where a filesystem store keeps what. All on one volume, so that a rename is one step. */
export interface StorePaths {
  readonly objects: string;
  readonly temporary: string;
  readonly multipart: string;
  readonly locks: string;
}

/** Temporary files older than this belong to no live writer: no request lasts that long. */
const ABANDONED_MS = 24 * 3_600_000;

/** Makes the folders of a store below `root` and removes what a killed process left. */
export function openStorePaths(root: string): StorePaths {
  const paths = {
    objects: join(root, "objects"),
    temporary: join(root, "temporary"),
    multipart: join(root, "multipart"),
    locks: join(root, "locks"),
  };
  for (const path of Object.values(paths)) mkdirSync(path, { recursive: true });
  const before = Date.now() - ABANDONED_MS;
  for (const name of readdirSync(paths.temporary)) {
    const path = join(paths.temporary, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined && stats.mtimeMs < before) rmSync(path, { force: true });
  }
  return paths;
}

/** The file of a key. Keys come from registry/content/keys.ts; one that could leave the folder is a defect. */
export function pathOf(paths: StorePaths, key: string): string {
  const first = key.charCodeAt(0);
  const misplaced = first === 47 || first === 46 || Number.isNaN(first) || key.endsWith("/");
  if (misplaced || key.includes("/.") || key.includes("//") || key.includes("\0") || key.includes("\\")) {
    throw new Error("a key of the store names no file");
  }
  return `${paths.objects}/${key}`;
}

/** The lock file of a key. */
export function lockOf(paths: StorePaths, key: string): string {
  return join(paths.locks, hash("sha256", key, "hex").slice(0, 32));
}

/** Changes with every write: writers give each file its own inode and a modification time with a random fraction. */
export function etagOf(stats: Stats): string {
  return `${stats.ino.toString(36)}-${stats.size.toString(36)}-${stats.mtimeMs}`;
}

/** Runs a step that puts a file somewhere, making the folder first when it is missing. Another process may be pruning it. */
export function inFolder<T>(path: string, step: () => T): T {
  for (let tries = 0; ; tries++) {
    try {
      return step();
    } catch (error) {
      if (!hasCode(error, "ENOENT") || tries >= MAX_FOLDER_TRIES) throw error;
      mkdirSync(dirname(path), { recursive: true });
    }
  }
}

const MAX_FOLDER_TRIES = 5;

/** True for an error of Node's with that code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
