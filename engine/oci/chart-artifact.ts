import type { Dependency, Maintainer, Metadata } from "../chart/chart.ts";
import type { JsonValue } from "../errors.ts";
import type { Descriptor } from "./descriptor.ts";
import type { Digest } from "./digest.ts";
import type { Manifest } from "./manifest.ts";
import { HELM_CHART_LAYER, HELM_CONFIG, HELM_LEGACY_CHART_LAYER, HELM_PROVENANCE_LAYER } from "./media-type.ts";

/** Bytes that are stored under a digest. */
export interface StoredBytes {
  readonly digest: Digest;
  readonly size: number;
}

/** What `helm push` makes a manifest from. */
export interface ChartArtifact {
  readonly metadata: Metadata;
  readonly config: StoredBytes;
  readonly archive: StoredBytes;
  readonly provenance?: StoredBytes;
  /** RFC 3339. */
  readonly created?: string;
}

const encoder = new TextEncoder();

/** The config blob: Chart.yaml as Go's encoding/json writes Helm's struct, byte for byte. */
export function chartConfig(metadata: Metadata): Uint8Array {
  return encoder.encode(
    goObject([
      ["name", text(metadata.name)],
      ["home", text(metadata.home)],
      ["sources", texts(metadata.sources)],
      ["version", text(metadata.version)],
      ["description", text(metadata.description)],
      ["keywords", texts(metadata.keywords)],
      ["maintainers", list(metadata.maintainers, maintainer)],
      ["icon", text(metadata.icon)],
      ["apiVersion", text(metadata.apiVersion)],
      ["condition", text(metadata.condition)],
      ["tags", text(metadata.tags)],
      ["appVersion", text(metadata.appVersion)],
      ["deprecated", metadata.deprecated === true ? "true" : undefined],
      ["annotations", textMap(metadata.annotations)],
      ["kubeVersion", text(metadata.kubeVersion)],
      ["dependencies", list(metadata.dependencies, dependencyText)],
      ["type", text(metadata.type)],
    ]),
  );
}

/**
 * The manifest of a chart as `helm push` makes it: no mediaType, layers in the order of their digests.
 * The same input gives the same bytes for ever: proxied charts are known by this digest.
 */
export function chartManifest(artifact: ChartArtifact): Uint8Array {
  const layers = [layer(HELM_CHART_LAYER, artifact.archive)];
  if (artifact.provenance !== undefined) layers.push(layer(HELM_PROVENANCE_LAYER, artifact.provenance));
  layers.sort((a, b) => (a.digest < b.digest ? -1 : a.digest > b.digest ? 1 : 0));
  return encoder.encode(
    goObject([
      ["schemaVersion", "2"],
      ["config", descriptor(layer(HELM_CONFIG, artifact.config))],
      ["layers", `[${layers.map(descriptor).join(",")}]`],
      ["annotations", textMap(annotations(artifact))],
    ]),
  );
}

/** A chart's parts in a manifest; undefined when the manifest is no chart. */
export interface ChartParts {
  readonly config: Descriptor;
  readonly archive: Descriptor;
  readonly provenance?: Descriptor;
}

/** The parts of the chart that a manifest holds. Helm compatibility: of several layers of a kind the last one counts. */
export function chartParts(manifest: Manifest): ChartParts | undefined {
  if (manifest.kind !== "image" || manifest.config?.mediaType !== HELM_CONFIG) return undefined;
  const { config, layers } = manifest;
  const archive =
    layers.findLast((item) => item.mediaType === HELM_CHART_LAYER) ??
    layers.findLast((item) => item.mediaType === HELM_LEGACY_CHART_LAYER);
  if (archive === undefined) return undefined;
  const provenance = layers.findLast((item) => item.mediaType === HELM_PROVENANCE_LAYER);
  return provenance === undefined ? { config, archive } : { config, archive, provenance };
}

const PREFIX = "org.opencontainers.image.";

/** Helm's annotations: the chart's own may replace any but title and version (pkg/registry/chart.go, generateOCIAnnotations). */
function annotations({ metadata, created }: ChartArtifact): Readonly<Record<string, string>> {
  const out = new Map<string, string>();
  const add = (key: string, value: string | undefined): void => {
    if (value !== undefined && value.trim() !== "") out.set(PREFIX + key, value);
  };
  add("description", metadata.description);
  add("title", metadata.name);
  add("version", metadata.version);
  add("url", metadata.home);
  add("created", created);
  add("source", metadata.sources?.[0]);
  add("authors", authors(metadata.maintainers ?? []));
  for (const [key, value] of Object.entries(metadata.annotations ?? {})) {
    if (key !== `${PREFIX}title` && key !== `${PREFIX}version`) out.set(key, value);
  }
  return Object.fromEntries(out);
}

/** Helm compatibility: a maintainer without a name leaves a blank before the address, one without both leaves the comma. */
function authors(maintainers: readonly Maintainer[]): string {
  return maintainers.map(({ name = "", email = "" }) => (email === "" ? name : `${name} (${email})`)).join(", ");
}

function layer(mediaType: string, bytes: StoredBytes): Descriptor {
  return { mediaType, digest: bytes.digest, size: bytes.size };
}

function descriptor(item: Descriptor): string {
  return goObject([
    ["mediaType", text(item.mediaType)],
    ["digest", text(item.digest)],
    ["size", String(item.size)],
  ]);
}

function maintainer(item: Maintainer): string {
  return goObject([
    ["name", text(item.name)],
    ["email", text(item.email)],
    ["url", text(item.url)],
  ]);
}

/** A dependency as Go writes it into JSON, members in the order of its struct. */
export function dependencyText(item: Dependency): string {
  return goObject([
    ["name", goString(item.name)],
    ["version", text(item.version)],
    ["repository", goString(item.repository ?? "")],
    ["condition", text(item.condition)],
    ["tags", texts(item.tags)],
    ["enabled", item.enabled === true ? "true" : undefined],
    ["import-values", list(item.importValues, importValue)],
    ["alias", text(item.alias)],
  ]);
}

function importValue(item: string | { readonly child: string; readonly parent: string }): string {
  return typeof item === "string" ? goString(item) : (textMap({ child: item.child, parent: item.parent }) ?? "{}");
}

/** Members in Go's struct order; undefined ones are `omitempty`. */
function goObject(members: readonly (readonly [string, string | undefined])[]): string {
  const written = members.filter(([, value]) => value !== undefined);
  return `{${written.map(([key, value]) => `${goString(key)}:${value ?? ""}`).join(",")}}`;
}

function text(value: string | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : goString(value);
}

function texts(values: readonly string[] | undefined): string | undefined {
  return list(values, goString);
}

function list<T>(values: readonly T[] | undefined, write: (value: T) => string): string | undefined {
  return values === undefined || values.length === 0 ? undefined : `[${values.map(write).join(",")}]`;
}

/** A `map[string]string`: sorted by key. */
function textMap(values: Readonly<Record<string, string>> | undefined): string | undefined {
  const keys = Object.keys(values ?? {}).sort(byBytes);
  return keys.length === 0 ? undefined : goObject(keys.map((key) => [key, goString(values?.[key] ?? "")]));
}

/** Go sorts map keys by bytes; comparing code points is the same order. */
function byBytes(a: string, b: string): number {
  const left = Array.from(a, (c) => c.codePointAt(0) ?? 0);
  const right = Array.from(b, (c) => c.codePointAt(0) ?? 0);
  for (const [index, point] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (point !== other) return point - other;
  }
  return left.length - right.length;
}

/** A string as encoding/json writes it: HTML characters and the two line separators escaped. */
function goString(value: JsonValue): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
