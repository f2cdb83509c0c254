import { extension } from "../go/path.ts";
import { compareBytes, GoMap } from "../go/value.ts";
import type { ByteSource, InflateWhole } from "../archive/index.ts";
import { readArchiveFiles } from "./archive-files.ts";
import type { Chart, ChartFile, Lock } from "./chart.ts";
import { ChartError, withPrefix } from "./chart-error.ts";
import { decodeLock, decodeMetadata, toMetadata } from "./metadata.ts";
import type { RawMetadata } from "./metadata.ts";
import { decodeValues } from "./values-file.ts";
import { validateMetadata } from "./validate-metadata.ts";
import { printed } from "./warning.ts";
import type { OnWarning } from "./warning.ts";

/** What loading may be told. */
export interface LoadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onWarning?: OnWarning | undefined;
  readonly inflateWhole?: InflateWhole | undefined;
}

/** Charts inside of charts inside of charts: far above any real one, and a bound for recursion. */
const MAX_CHART_DEPTH = 50;

/** Loads a packaged chart as `helm show` does, with every reason in the error. Throws {@link ChartError}. */
export async function loadArchive(source: ByteSource, options: LoadOptions = {}): Promise<Chart> {
  return loadFiles(await readArchiveFiles(source, options), options);
}

/**
 * Makes a chart of its files, whose names are relative to it. Sub-charts are loaded from `charts/`, in the order of their names
 * (Helm's own order is random). Throws {@link ChartError} with Helm's text.
 */
export async function loadFiles(files: readonly ChartFile[], options: LoadOptions = {}): Promise<Chart> {
  return loadAt(files, options, 0);
}

/** The parts of a chart while its files are sorted. */
interface Parts {
  metadata: RawMetadata | undefined;
  isV1: boolean;
  lock: Lock | undefined;
  values: GoMap;
  schema: ChartFile | undefined;
  readonly templates: ChartFile[];
  readonly files: ChartFile[];
  readonly charts: Map<string, ChartFile[]>;
}

async function loadAt(files: readonly ChartFile[], options: LoadOptions, depth: number): Promise<Chart> {
  if (depth > MAX_CHART_DEPTH)
    throw new ChartError("invalid-chart", `charts are nested deeper than ${MAX_CHART_DEPTH}`);
  const manifest = files.findLast((file) => file.name === "Chart.yaml");
  let metadata: RawMetadata | undefined;
  for (const file of files) {
    if (file.name === "Chart.yaml") metadata = decodeMetadata(file.data, "Chart.yaml", metadata);
  }
  const parts = sortFiles(files, metadata, options.onWarning);
  if (parts.metadata === undefined) throw new ChartError("invalid-chart", "Chart.yaml file is missing");
  const checked = validateMetadata(toMetadata(parts.metadata));
  return {
    metadata: checked,
    ...(parts.lock === undefined ? {} : { lock: parts.lock }),
    values: parts.values,
    ...(parts.schema === undefined ? {} : { schema: parts.schema }),
    templates: parts.templates,
    files: parts.files,
    raw: files,
    ...(manifest?.modTime === undefined ? {} : { modTime: manifest.modTime }),
    dependencies: await loadSubcharts(parts.charts, checked.name, options, depth),
  };
}

function sortFiles(
  files: readonly ChartFile[],
  metadata: RawMetadata | undefined,
  onWarning: OnWarning | undefined,
): Parts {
  const parts: Parts = {
    metadata,
    isV1: metadata !== undefined && toMetadata(metadata).apiVersion === "v1",
    lock: undefined,
    values: new GoMap(),
    schema: undefined,
    templates: [],
    files: [],
    charts: new Map(),
  };
  for (const file of files) sortFile(parts, file, onWarning);
  return parts;
}

function sortFile(parts: Parts, file: ChartFile, onWarning: OnWarning | undefined): void {
  switch (file.name) {
    case "Chart.yaml":
      return;
    case "Chart.lock":
      parts.lock = decodeLock(file.data, file.name);
      return;
    case "values.yaml":
      parts.values = decodeValuesFile(file);
      return;
    case "values.schema.json":
      parts.schema = file;
      return;
    case "requirements.yaml":
      if (!parts.isV1) onWarning?.(printed(REQUIREMENTS));
      parts.metadata = decodeMetadata(file.data, file.name, parts.metadata);
      if (parts.isV1) parts.files.push(file);
      return;
    case "requirements.lock":
      parts.lock = decodeLock(file.data, file.name);
      if (!parts.isV1) onWarning?.(printed(REQUIREMENTS_LOCK));
      if (parts.isV1) parts.files.push(file);
      return;
    default:
      sortByFolder(parts, file);
  }
}

const REQUIREMENTS =
  'Warning: Dependencies are handled in Chart.yaml since apiVersion "v2". We recommend migrating dependencies to Chart.yaml.';
const REQUIREMENTS_LOCK =
  'Warning: Dependency locking is handled in Chart.lock since apiVersion "v2". We recommend migrating to Chart.lock.';

function sortByFolder(parts: Parts, file: ChartFile): void {
  if (file.name.startsWith("templates/")) {
    parts.templates.push(file);
  } else if (file.name.startsWith("charts/") && extension(file.name) !== ".prov") {
    const name = file.name.slice("charts/".length);
    const slash = name.indexOf("/");
    const chart = slash < 0 ? name : name.slice(0, slash);
    const known = parts.charts.get(chart);
    if (known === undefined) parts.charts.set(chart, [{ ...file, name }]);
    else known.push({ ...file, name });
  } else {
    parts.files.push(file);
  }
}

function decodeValuesFile(file: ChartFile): GoMap {
  try {
    return decodeValues(file.data);
  } catch (error) {
    throw withPrefix("cannot load values.yaml", error);
  }
}

async function loadSubcharts(
  charts: ReadonlyMap<string, readonly ChartFile[]>,
  parent: string,
  options: LoadOptions,
  depth: number,
): Promise<readonly Chart[]> {
  const loaded: Chart[] = [];
  for (const name of [...charts.keys()].sort(compareBytes)) {
    if (name.startsWith("_") || name.startsWith(".")) continue;
    const files = charts.get(name) ?? [];
    if (extension(name) === ".tgz" && files[0]?.name !== name) {
      const wanted = `expected ${name}, got ${files[0]?.name ?? ""}`;
      throw new ChartError("invalid-chart", `error unpacking subchart tar in ${parent}: ${wanted}`);
    }
    try {
      loaded.push(await loadSubchart(name, files, options, depth + 1));
    } catch (error) {
      throw withPrefix(`error unpacking subchart ${name} in ${parent}`, error);
    }
  }
  return loaded;
}

async function loadSubchart(
  name: string,
  files: readonly ChartFile[],
  options: LoadOptions,
  depth: number,
): Promise<Chart> {
  const [archive] = files;
  if (extension(name) === ".tgz" && archive !== undefined) {
    return loadAt(await readArchiveFiles(archive.data, options), options, depth);
  }
  const prefix = `${name}/`;
  const inside = files.filter((file) => file.name.startsWith(prefix));
  return loadAt(
    inside.map((file) => ({ ...file, name: file.name.slice(prefix.length) })),
    options,
    depth,
  );
}
