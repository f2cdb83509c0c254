import { appendFileSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { FileError } from "./file-system.ts";
import type { FileStat, FileSystem } from "./file-system.ts";

const STDIN = 0;

/** Files of this machine, relative paths from `cwd`. */
export function nodeFiles(cwd: string): FileSystem {
  const at = (path: string): string => resolve(cwd, path);
  return {
    cwd,
    read: (path) => attempt("open", path, () => readFileSync(at(path))),
    readInput: () => readFileSync(STDIN),
    stat: (path) => statOf(at(path)),
    list: (path) =>
      attempt("open", path, () => readdirSync(at(path), { withFileTypes: true })).map((entry) => ({
        name: entry.name,
        isLink: entry.isSymbolicLink(),
      })),
    resolveLinks: (path) => attempt("lstat", path, () => realpathSync(at(path))),
    write: (path, data, append) => {
      attempt("open", path, () => {
        mkdirSync(dirname(at(path)), { recursive: true });
        if (append) appendFileSync(at(path), data);
        else writeFileSync(at(path), data);
      });
    },
  };
}

function statOf(path: string): FileStat | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const kind = stat.isFile() ? "file" : stat.isDirectory() ? "directory" : "other";
  return { kind, size: stat.size, modTime: stat.mtime.toISOString().replace(".000Z", "Z") };
}

function attempt<T>(call: string, path: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw new FileError(`${call} ${path}: ${reason(cause)}`, { cause });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EISDIR: "is a directory",
  ENOTDIR: "not a directory",
  ELOOP: "too many levels of symbolic links",
  ENAMETOOLONG: "file name too long",
};

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = "code" in cause ? String(cause.code) : "";
  return REASONS[code] ?? (code === "" ? cause.message : code);
}
