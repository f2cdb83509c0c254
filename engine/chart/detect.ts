import { isGzip } from "../archive/index.ts";
import { decodeYamlStruct, YamlError } from "../encoding/index.ts";
import type { FieldType } from "../encoding/index.ts";
import { fromUtf8 } from "../go/utf8.ts";
import { readArchiveFiles } from "./archive-files.ts";
import type { Chart } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import { loadFiles } from "./load.ts";
import type { LoadOptions } from "./load.ts";

const BASE: Extract<FieldType, { kind: "struct" }> = {
  kind: "struct",
  type: "loader.chartBase",
  fields: new Map<string, FieldType>([["apiVersion", { kind: "string" }]]),
};

/**
 * Loads a packaged chart as `helm template` and `helm install` do. `name` is the file's absolute path, for texts. Throws
 * {@link ChartError}.
 *
 * Helm compatibility: every fault of the archive but a bad gzip header reads `unable to load chart archive`.
 */
export async function loadPackage(name: string, data: Uint8Array, options: LoadOptions = {}): Promise<Chart> {
  checkGzip(name, data);
  const files = await readArchiveFiles(data, options).catch((error: unknown) => {
    if (!(error instanceof ChartError)) throw error;
    if (error.detail["archive"] === "not-gzip") {
      const text = `file '${name}' does not appear to be a valid chart file (details: ${error.message})`;
      throw new ChartError("invalid-archive", text, {}, { cause: error });
    }
    throw new ChartError("invalid-archive", "unable to load chart archive", {}, { cause: error });
  });
  const manifest = files.find((file) => file.name === "Chart.yaml");
  if (manifest === undefined) {
    throw new ChartError("invalid-chart", "unable to detect chart version, no Chart.yaml found");
  }
  checkApiVersion(manifest.data);
  return loadFiles(files, options);
}

/**
 * Loads a packaged chart as `helm show`, `helm lint` and the dependency commands do: every `apiVersion`, every fault of the archive in its own
 * words. `name` is the file's path, for texts. Throws {@link ChartError}.
 */
export async function loadChartFile(name: string, data: Uint8Array, options: LoadOptions = {}): Promise<Chart> {
  checkGzip(name, data);
  const files = await readArchiveFiles(data, options).catch((error: unknown) => {
    if (!(error instanceof ChartError) || error.detail["archive"] !== "not-gzip") throw error;
    const text = `file '${name}' does not appear to be a valid chart file (details: ${error.message})`;
    throw new ChartError("invalid-archive", text, {}, { cause: error });
  });
  return loadFiles(files, options);
}

/**
 * Throws {@link ChartError} for an `apiVersion` that Helm does not install: unknown ones, and `v3`, which is loadable but refused by
 * install, template and upgrade.
 */
export function checkApiVersion(manifest: Uint8Array): void {
  const version = apiVersionOf(manifest);
  if (version === "" || version === "v1" || version === "v2") return;
  throw new ChartError("invalid-chart", version === "v3" ? "invalid chart apiVersion" : "unsupported chart version");
}

function apiVersionOf(manifest: Uint8Array): string {
  try {
    const version = decodeYamlStruct(fromUtf8(manifest), BASE)["apiVersion"];
    return typeof version === "string" ? version : "";
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause;
    throw new ChartError("invalid-metadata", `cannot load Chart.yaml: ${cause.message}`, {}, { cause });
  }
}

/** What Go's `http.DetectContentType` looks at, padded with zeros by Helm. */
const SNIFFED = 512;

function checkGzip(name: string, data: Uint8Array): void {
  if (isGzip(data)) return;
  if (/\.ya?ml$/.test(name)) {
    throw new ChartError("invalid-archive", `file '${name}' seems to be a YAML file, but expected a gzipped archive`);
  }
  const isText = data.length >= SNIFFED && !data.subarray(0, SNIFFED).some(isBinary);
  const type = isText ? "text/plain; charset=utf-8" : "application/octet-stream";
  throw new ChartError("invalid-archive", `file '${name}' does not appear to be a gzipped archive; got '${type}'`);
}

function isBinary(byte: number): boolean {
  return byte < 0x09 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f);
}
