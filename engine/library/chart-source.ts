import { MAX_CHART_BYTES } from "../archive/index.ts";
import { readArchiveFiles, withoutMark } from "../chart/archive-files.ts";
import { ChartError } from "../chart/chart-error.ts";
import type { ChartFile } from "../chart/chart.ts";
import { compareWalk } from "../chart/expand.ts";
import { ignoresFile, parseIgnore } from "../chart/ignore.ts";
import { toUtf8 } from "../go/utf8.ts";
import { InputError } from "./input-error.ts";

/** The files of a chart's folder by their path below it, e.g. `templates/service.yaml`. Text is written as UTF-8. */
export type ChartFiles = ReadonlyMap<string, string | Uint8Array> | { readonly [path: string]: string | Uint8Array };

/** Where a chart comes from: an archive (`.tgz`), whole or as it arrives, or the files of its folder. */
export type ChartSource = Uint8Array | ReadableStream<Uint8Array> | ChartFiles;

/** What a source holds. Only in a folder `.helmignore` has not been obeyed yet. */
export interface SourceFiles {
  readonly kind: "archive" | "folder";
  readonly files: readonly ChartFile[];
}

/** Reads a source. Throws `ChartError` for a bad archive and {@link InputError} for a path that leads out of the folder. */
export async function readSource(source: ChartSource, signal?: AbortSignal): Promise<SourceFiles> {
  if (isArchive(source)) return { kind: "archive", files: await readArchiveFiles(source, { signal: signal }) };
  const entries: Iterable<readonly [string, string | Uint8Array]> = isMap(source) ? source : Object.entries(source);
  return { kind: "folder", files: readFolder(entries) };
}

/** What Helm loads of a folder: everything but what its `.helmignore` names. Throws `ChartError` for a bad one. */
export function withoutIgnored(files: readonly ChartFile[]): readonly ChartFile[] {
  const rules = parseIgnore(files.find(({ name }) => name === ".helmignore")?.data);
  return files.filter(({ name }) => !ignoresFile(rules, name));
}

function isArchive(source: ChartSource): source is Uint8Array | ReadableStream<Uint8Array> {
  return ArrayBuffer.isView(source) || source instanceof ReadableStream;
}

function isMap(files: ChartFiles): files is ReadonlyMap<string, string | Uint8Array> {
  return files instanceof Map;
}

function readFolder(entries: Iterable<readonly [string, string | Uint8Array]>): readonly ChartFile[] {
  const files: ChartFile[] = [];
  let total = 0;
  for (const [name, content] of entries) {
    checkPath(name);
    const data = typeof content === "string" ? toUtf8(content) : content;
    total += data.length;
    if (total > MAX_CHART_BYTES) throw tooLarge(name);
    files.push({ name, data: withoutMark(data) });
  }
  return files.sort((a, b) => compareWalk(a.name, b.name));
}

function checkPath(path: string): void {
  if (!path.split("/").some((part) => part === "" || part === "." || part === "..")) return;
  throw new InputError("invalid-path", `${JSON.stringify(path)} is no path below a chart's folder`, { path });
}

function tooLarge(name: string): ChartError {
  const limit = `chart exceeds maximum decompressed size of ${MAX_CHART_BYTES} bytes`;
  return new ChartError("too-large", `error reading ${name}: ${limit}`);
}
