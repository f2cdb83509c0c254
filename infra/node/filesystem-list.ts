import { readdirSync, statSync } from "node:fs";
import type { KeyPage, ListPage, ObjectHead } from "../../registry/content/object-store.ts";
import { hasCode, pathOf, type StorePaths } from "./filesystem-paths.ts";
import { headOf } from "./filesystem-read.ts";
import { statIfThere } from "./filesystem-write.ts";

/** Most keys in one page, as S3 has it. */
const MAX_PAGE = 1000;
/** Folders whose names are remembered. */
const MAX_FOLDERS = 64;
/** File systems stamp folders by a coarse clock: a folder that changed this recently may change again unseen. */
const SETTLED_MS = 100;

/** Names in a folder in byte order of the keys they make; folders end with `/`. */
export type ReadFolder = (path: string) => readonly string[];

interface KnownFolder {
  readonly modified: number;
  readonly inode: number;
  readonly names: readonly string[];
}

/** Reads folders and remembers the names of those that did not change since. */
export function createFolderReader(): ReadFolder {
  const known = new Map<string, KnownFolder>();
  return (path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined || !stats.isDirectory()) return [];
    const before = known.get(path);
    if (before !== undefined && before.modified === stats.mtimeMs && before.inode === stats.ino) return before.names;
    const names = readNames(path);
    known.delete(path);
    if (stats.mtimeMs < Date.now() - SETTLED_MS) {
      known.set(path, { modified: stats.mtimeMs, inode: stats.ino, names });
      const oldest = known.keys().next();
      if (known.size > MAX_FOLDERS && oldest.done !== true) known.delete(oldest.value);
    }
    return names;
  };
}

function readNames(path: string): readonly string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort(byCodeUnit);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

/** Keys are ASCII: code units are bytes. */
function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A page of a listing. */
export interface ListOptions {
  readonly after?: string;
  readonly limit?: number;
}

/** Keys below `prefix` after `after`, in byte order. */
export function listKeysOf(paths: StorePaths, folder: ReadFolder, prefix: string, options: ListOptions): KeyPage {
  const limit = Math.min(MAX_PAGE, options.limit ?? MAX_PAGE);
  const keys: string[] = [];
  const cut = prefix.lastIndexOf("/") + 1;
  const walk: Walk = { paths, folder, prefix, after: options.after ?? "", limit: limit + 1, keys };
  collect(walk, prefix.slice(0, cut));
  if (keys.length <= limit) return { keys };
  keys.pop();
  return { keys, next: keys.at(-1) ?? "" };
}

interface Walk {
  readonly paths: StorePaths;
  readonly folder: ReadFolder;
  readonly prefix: string;
  readonly after: string;
  readonly limit: number;
  readonly keys: string[];
}

/** Depth is the number of segments in a key, which keys.ts bounds. */
function collect(walk: Walk, base: string): void {
  const path = base === "" ? walk.paths.objects : pathOf(walk.paths, base.slice(0, -1));
  const names = walk.folder(path);
  const isBelow = base.startsWith(walk.prefix);
  for (let i = firstAfter(names, base, walk.after); i < names.length; i++) {
    if (walk.keys.length >= walk.limit) return;
    const key = base + (names[i] ?? "");
    const isFolder = key.endsWith("/");
    if (isBelow && !isFolder) {
      walk.keys.push(key);
      continue;
    }
    const mayHold = key.length < walk.prefix.length ? walk.prefix.startsWith(key) : key.startsWith(walk.prefix);
    if (!mayHold) continue;
    if (isFolder) collect(walk, key);
    else if (key.startsWith(walk.prefix)) walk.keys.push(key);
  }
}

/** Index of the first name that may lead to a key greater than `after`: the names are sorted. */
function firstAfter(names: readonly string[], base: string, after: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const key = base + (names[middle] ?? "");
    const passed = key.endsWith("/") ? key < after && !after.startsWith(key) : key <= after;
    if (passed) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same with what each key's file is. */
export function listObjectsOf(paths: StorePaths, folder: ReadFolder, prefix: string, options: ListOptions): ListPage {
  const page = listKeysOf(paths, folder, prefix, options);
  const items: ObjectHead[] = [];
  for (const key of page.keys) {
    const stats = statIfThere(pathOf(paths, key));
    if (stats !== undefined) items.push(headOf(key, stats));
  }
  return page.next === undefined ? { items } : { items, next: page.next };
}
