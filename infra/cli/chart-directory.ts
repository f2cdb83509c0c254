import { MAX_CHART_BYTES } from "../../engine/archive/index.ts";
import { withoutMark } from "../../engine/chart/archive-files.ts";
import type { Chart, ChartFile } from "../../engine/chart/chart.ts";
import { checkApiVersion } from "../../engine/chart/detect.ts";
import { parseIgnore } from "../../engine/chart/ignore.ts";
import type { IgnoreRules } from "../../engine/chart/ignore.ts";
import { loadFiles } from "../../engine/chart/load.ts";
import type { LoadOptions } from "../../engine/chart/load.ts";
import { compareBytes } from "../../engine/go/value.ts";
import { FileError } from "./file-system.ts";
import type { FileSystem } from "./file-system.ts";

/** Directories below each other. Links are followed, so a link to its own parent would never end. */
const MAX_DEPTH = 100;

/**
 * Loads the chart in a directory as `helm template` does: `.helmignore` counts, links are followed. `onLink` hears of each link with its
 * target. Throws `ChartError` and {@link FileError}.
 */
export async function loadDirectory(
  files: FileSystem,
  directory: string,
  options: LoadOptions & { readonly onLink?: (path: string, target: string) => void } = {},
): Promise<Chart> {
  checkApiVersion(readManifest(files, `${directory}/Chart.yaml`));
  return loadFiles(readDirectory(files, directory, options.onLink), options);
}

/** What {@link loadDirectory} reads: the files of a chart in the order of their paths, those that `.helmignore` names left out. */
export function readDirectory(
  files: FileSystem,
  directory: string,
  onLink?: (path: string, target: string) => void,
): readonly ChartFile[] {
  const rules = readIgnore(files, directory);
  const walk: Walk = { files, root: directory, rules, onLink, found: [], total: 0 };
  visitDirectory(walk, "", 0);
  return walk.found;
}

interface Walk {
  readonly files: FileSystem;
  readonly root: string;
  readonly rules: IgnoreRules;
  readonly onLink: ((path: string, target: string) => void) | undefined;
  readonly found: ChartFile[];
  total: number;
}

function readManifest(files: FileSystem, path: string): Uint8Array {
  try {
    return files.read(path);
  } catch (cause) {
    if (!(cause instanceof FileError)) throw cause;
    throw new FileError(`unable to detect chart at ${path}: ${cause.message}`, { cause });
  }
}

function readIgnore(files: FileSystem, directory: string): IgnoreRules {
  const path = `${directory}/.helmignore`;
  return parseIgnore(files.stat(path) === undefined ? undefined : files.read(path));
}

function visitDirectory(walk: Walk, below: string, depth: number): void {
  if (depth > MAX_DEPTH) throw new FileError(`${walk.root}/${below}: directories are nested deeper than ${MAX_DEPTH}`);
  const entries = walk.files.list(below === "" ? walk.root : `${walk.root}/${below}`);
  for (const entry of entries.toSorted((a, b) => compareBytes(a.name, b.name))) {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isLink) reportLink(walk, name);
    const stat = walk.files.stat(`${walk.root}/${name}`);
    const isDirectory = stat?.kind === "directory";
    if (walk.rules(name, isDirectory)) continue;
    if (isDirectory) visitDirectory(walk, name, depth + 1);
    else addFile(walk, name);
  }
}

function reportLink(walk: Walk, name: string): void {
  const path = `${walk.root}/${name}`;
  try {
    walk.onLink?.(path, walk.files.resolveLinks(path));
  } catch (cause) {
    if (!(cause instanceof FileError)) throw cause;
    throw new FileError(`error evaluating symlink ${path}: ${cause.message}`, { cause });
  }
}

function addFile(walk: Walk, name: string): void {
  const path = `${walk.root}/${name}`;
  const stat = walk.files.stat(path);
  if (stat?.kind === "other") {
    throw new FileError(`cannot load irregular file ${path} as it has file mode type bits set`);
  }
  const data = readWithin(walk, name, stat?.size ?? 0);
  walk.found.push({ name, data: withoutMark(data), ...(stat === undefined ? {} : { modTime: stat.modTime }) });
}

function readWithin(walk: Walk, name: string, size: number): Uint8Array {
  if (walk.total + size > MAX_CHART_BYTES) throw tooLarge(name);
  try {
    const data = walk.files.read(`${walk.root}/${name}`);
    walk.total += data.length;
    if (walk.total > MAX_CHART_BYTES) throw tooLarge(name);
    return data;
  } catch (cause) {
    if (!(cause instanceof FileError) || cause.message.startsWith("error reading ")) throw cause;
    throw new FileError(`error reading ${name}: ${cause.message}`, { cause });
  }
}

function tooLarge(name: string): FileError {
  return new FileError(`error reading ${name}: chart exceeds maximum decompressed size of ${MAX_CHART_BYTES} bytes`);
}
