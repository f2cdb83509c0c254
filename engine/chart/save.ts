import { gzipAsGo, tarParts } from "../archive/index.ts";
import type { TarFile } from "../archive/index.ts";
import { decodeJson, JsonError } from "../encoding/index.ts";
import { cleanPath } from "../go/path.ts";
import { fromUtf8, toUtf8 } from "../go/utf8.ts";
import type { Chart, ChartFile } from "./chart.ts";
import { ChartError, withPrefix } from "./chart-error.ts";
import { instantOf, lockYaml } from "./lock.ts";
import { metadataYaml } from "./metadata-document.ts";
import { validateMetadata } from "./validate-metadata.ts";

/** The extra field of the gzip header that marks Helm's archives: subfield `rr`, 40 bytes. */
const EXTRA: Uint8Array = toUtf8("rr\u0028\u0000aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo=");
const COMMENT = "Helm";

/** A packaged chart. */
export interface SavedChart {
  /** `NAME-VERSION.tgz`. */
  readonly name: string;
  readonly data: Uint8Array;
}

/**
 * Packs a chart as `helm package` does, to the byte: Chart.yaml and Chart.lock written anew, then values, schema, templates, other files,
 * sub-charts as directories. Files without a time get `now` (milliseconds since 1970). Throws {@link ChartError}.
 *
 * Sub-charts stand in the order of their names, which Helm leaves to chance.
 */
export function saveChart(chart: Chart, now: number): SavedChart {
  const checked = { ...chart, metadata: checkedMetadata(chart) };
  const files = [...archiveFiles(checked, "", Math.floor(now / 1000))];
  const data = gzipAsGo(tarParts(files), { extra: EXTRA, comment: COMMENT });
  return { name: `${checked.metadata.name}-${checked.metadata.version}.tgz`, data };
}

function checkedMetadata(chart: Chart): Chart["metadata"] {
  try {
    return validateMetadata(chart.metadata);
  } catch (error) {
    throw withPrefix("chart validation", error);
  }
}

function* archiveFiles(chart: Chart, prefix: string, now: number): Generator<TarFile> {
  const base = cleanPath(`${prefix}/${chart.metadata.name}`).replace(/^\//, "");
  const entry = (name: string, data: Uint8Array, modTime: string | undefined): TarFile => ({
    name: cleanPath(`${base}/${name}`),
    data,
    mtime: secondsOf(modTime) ?? now,
  });
  const file = ({ name, data, modTime }: ChartFile): TarFile => entry(name, data, modTime);
  yield entry("Chart.yaml", toUtf8(metadataYaml(ownMetadata(chart))), chart.modTime);
  const { lock, schema } = chart;
  if (lock !== undefined && chart.metadata.apiVersion === "v2") {
    yield entry("Chart.lock", toUtf8(lockYaml(lock)), lock.generated);
  }
  yield* chart.raw.filter(({ name }) => name === "values.yaml").map(file);
  if (schema !== undefined) {
    checkJson(schema);
    yield file(schema);
  }
  yield* chart.templates.map(file);
  yield* chart.files.map(file);
  for (const child of chart.dependencies) yield* archiveFiles(child, `${base}/charts`, now);
}

/** The dependencies of a v1 chart stand in requirements.yaml. */
function ownMetadata({ metadata }: Chart): Chart["metadata"] {
  if (metadata.apiVersion !== "v1") return metadata;
  const { dependencies: _, ...rest } = metadata;
  return rest;
}

function checkJson(schema: ChartFile): void {
  try {
    decodeJson(fromUtf8(schema.data));
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    if (cause.code === "json-syntax")
      throw new ChartError("invalid-chart", `invalid JSON in ${schema.name}`, {}, { cause });
  }
}

const HALF_A_SECOND = 500_000_000;

/** Whole seconds since 1970, the nearest ones; `undefined` for Go's zero time. */
function secondsOf(time: string | undefined): number | undefined {
  if (time === undefined || time === "") return undefined;
  const { seconds, nanoseconds } = instantOf(time);
  return seconds + (nanoseconds >= HALF_A_SECOND ? 1 : 0);
}
