import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { FileError } from "./file-system.ts";
import type { FileStat, ToolFiles } from "./file-system.ts";

const STDIN = 0;

/** Files of this machine, relative paths from `cwd`. */
export function nodeFiles(cwd: string): ToolFiles {
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
    writeBytes: (path, data) => attempt("open", path, () => writeFileSync(at(path), data)),
    makeDirectory: (path) => attempt("mkdir", path, () => void mkdirSync(at(path), { recursive: true })),
    remove: (path) => attempt("remove", path, () => rmSync(at(path), { recursive: true, force: true })),
    rename: (from, to) => attempt("rename", from, () => renameSync(at(from), at(to))),
    linkTarget: (path) => linkTarget(at(path)),
    absolute: at,
  };
}

function statOf(path: string): FileStat | undefined {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (stat === undefined) return undefined;
  const kind = stat.isFile() ? "file" : stat.isDirectory() ? "directory" : "other";
  return { kind, size: Number(stat.size), modTime: rfc3339(stat.mtimeNs) };
}

const GIGA = 1_000_000_000n;

/** Nanoseconds since 1970 as RFC 3339 with as many digits as it needs. */
function rfc3339(nanoseconds: bigint): string {
  const fraction = ((nanoseconds % GIGA) + GIGA) % GIGA;
  const seconds = new Date(Number((nanoseconds - fraction) / GIGA) * 1000).toISOString().slice(0, -".000Z".length);
  return fraction === 0n ? `${seconds}Z` : `${seconds}.${String(fraction).padStart(9, "0").replace(/0+$/, "")}Z`;
}

function linkTarget(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true ? readlinkSync(path) : undefined;
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
  EEXIST: "file exists",
  ENOTEMPTY: "directory not empty",
  ELOOP: "too many levels of symbolic links",
  ENAMETOOLONG: "file name too long",
};

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = "code" in cause ? String(cause.code) : "";
  return REASONS[code] ?? (code === "" ? cause.message : code);
}
