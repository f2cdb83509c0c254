import { ArchiveError, isDirectory, MAX_CHART_BYTES, readTarGz } from "../archive/index.ts";
import type { ByteSource, GunzipOptions, TarHeader } from "../archive/index.ts";
import { cleanPath } from "../go/path.ts";
import { quote } from "../go/quote.ts";
import type { ChartFile } from "./chart.ts";
import { ChartError } from "./chart-error.ts";

/**
 * The files of a packaged chart, in archive order, without the archive's top directory. Throws {@link ChartError} with Helm's text for
 * paths that lead outside and for archives beyond Helm's limit.
 *
 * Helm compatibility: the first path component is dropped whatever it is, links become empty files, a name may come twice.
 */
export async function readArchiveFiles(
  source: ByteSource,
  options: Omit<GunzipOptions, "limit"> = {},
): Promise<readonly ChartFile[]> {
  const files: ChartFile[] = [];
  const names: string[] = [];
  let remaining = MAX_CHART_BYTES;
  const accept = (header: TarHeader): boolean => {
    if (isDirectory(header)) return false;
    const name = insideName(header.name);
    if (header.size > remaining) throw tooLarge();
    names.push(name);
    return true;
  };
  try {
    for await (const entry of readTarGz(source, accept, options)) {
      remaining -= entry.data.length;
      if (entry.data.length < entry.size || remaining <= 0) throw tooLarge();
      files.push({ name: names[files.length] ?? "", data: withoutMark(entry.data), modTime: rfc3339(entry.mtime) });
    }
  } catch (error) {
    throw asChartError(error);
  }
  if (files.length === 0) throw new ChartError("invalid-archive", "no files in chart archive");
  return files;
}

function asChartError(error: unknown): unknown {
  if (!(error instanceof ArchiveError)) return error;
  const code = error.code === "too-large" ? "too-large" : "invalid-archive";
  return new ChartError(code, error.message, { archive: error.code }, { cause: error });
}

/** The name below the top directory. Archives made on Windows may separate by `\`. */
function insideName(raw: string): string {
  const separator = raw.includes("\\") ? "\\" : "/";
  const [top = "", ...rest] = raw.split(separator);
  const joined = rest.join("/");
  if (joined.startsWith("/")) throw invalid("chart illegally contains absolute paths");
  const name = cleanPath(joined);
  if (name === ".") {
    throw invalid(`chart illegally contains content outside the base directory: ${quote(raw)}`);
  }
  if (name.startsWith("..")) throw invalid("chart illegally references parent directory");
  if (/^[a-zA-Z]:\//.test(name)) throw invalid("chart contains illegally named files");
  if (top === "Chart.yaml") throw invalid("chart yaml not in base directory");
  return name;
}

function invalid(message: string): ChartError {
  return new ChartError("invalid-archive", message);
}

function tooLarge(): ChartError {
  return new ChartError("too-large", `decompressed chart is larger than the maximum size ${MAX_CHART_BYTES}`);
}

/** `data` without a UTF-8 byte order mark. */
export function withoutMark(data: Uint8Array): Uint8Array {
  return data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? data.subarray(3) : data;
}

const MAX_SECONDS = 8.64e12;

/** Seconds since 1970 as RFC 3339 in UTC, without an empty fraction. */
function rfc3339(seconds: number): string {
  const bounded = Math.min(Math.max(seconds, -MAX_SECONDS), MAX_SECONDS);
  return new Date(bounded * 1000).toISOString().replace(".000Z", "Z");
}
