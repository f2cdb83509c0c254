import type { PinnedChart } from "../../engine/chart/reference.ts";
import { type ChartParts, chartParts } from "../../engine/oci/chart-artifact.ts";
import { asObject } from "../../engine/oci/descriptor.ts";
import { type Digest, parseDigest } from "../../engine/oci/digest.ts";
import type { JsonObject } from "../../engine/errors.ts";
import { parseManifest } from "../../engine/oci/manifest.ts";
import { parseRepositoryName, parseTag, versionToTag } from "../../engine/oci/repository-name.ts";
import type { ManifestHead } from "../content/manifests.ts";
import { unknownName } from "./absence.ts";
import { ChartLookupError } from "./chart-error.ts";
import { type ChartNamePage, listChartNames } from "./chart-names.ts";
import { chooseVersion, sortVersions } from "./choose-version.ts";
import type { LocatedRepository, Projects } from "./projects.ts";
import { PullRefusal } from "./pull-policy.ts";
import { type RepositoryMetadata, readRepositoryMetadata } from "./repository-metadata.ts";
import { readBlob } from "./read-blob.ts";
import type { SignatureGate, SignedPull } from "./signing.ts";
import type { ChartOrigin, ChartVersion } from "./source.ts";

/** A chart that is looked for. `name` is the repository below the project. */
export interface ChartQuery {
  readonly project: string;
  readonly name: string;
  /** A version or a constraint; absent or empty: the newest release. */
  readonly version?: string;
  /** Of the OCI manifest; then nothing else counts. */
  readonly digest?: string;
  /** Pre-releases count too where no version is named. */
  readonly devel?: boolean;
  /** A chart will do that is not signed as its project wants it: to look at its signatures, or to sign it. */
  readonly unsigned?: boolean;
}

/** A resolved chart. `reference` is what a person may write for it. */
export interface ResolvedChart extends PinnedChart {
  readonly project: string;
  /** sha256 of the archive. */
  readonly archive: Digest;
}

/** Where a chart's content lies: only the digest of its manifest counts. */
export interface ChartContent {
  readonly project: string;
  readonly name: string;
  readonly digest: string;
  /** As in {@link ChartQuery}. */
  readonly unsigned?: boolean;
}

/** What charts are looked for in. `host` is how references name this registry, e.g. `registry.example:8080`. */
export interface ChartsDeps {
  readonly projects: Projects;
  readonly host?: string | undefined;
  readonly signatures?: SignatureGate | undefined;
}

/** The charts of the registry, whatever they came from: what the functions floor works with. */
export interface Charts {
  /** Throws ChartLookupError, OciError `SIGNATURE_REQUIRED`, or OciError where an upstream or the store fails. */
  readonly resolveChart: (query: ChartQuery, signal?: AbortSignal) => Promise<ResolvedChart>;
  /** The archive's bytes; undefined when the registry has no such chart. */
  readonly openChartArchive: (chart: ChartContent, signal?: AbortSignal) => Promise<Uint8Array | undefined>;
  /** The provenance file; undefined when the chart has none. */
  readonly openChartProvenance: (chart: ChartContent, signal?: AbortSignal) => Promise<Uint8Array | undefined>;
  /** Where the archive of a chart came from that an upstream chart repository has; undefined where that was not written down. */
  readonly chartOrigin: (
    chart: ChartContent & { readonly version: string },
    signal?: AbortSignal,
  ) => Promise<ChartOrigin | undefined>;
  /** Names of a project's charts (and other repositories), in order; none for an unknown project. */
  readonly listCharts: (
    project: string,
    options: { readonly after?: string; readonly limit: number },
    signal?: AbortSignal,
  ) => Promise<ChartNamePage>;
  /** Newest first; empty when there is no such chart. */
  readonly listVersions: (project: string, name: string, signal?: AbortSignal) => Promise<readonly ChartVersion[]>;
  /** What the publisher says of the chart's repository (Artifact Hub's metadata); undefined where nothing was pushed. */
  readonly repositoryMetadata: (
    project: string,
    name: string,
    signal?: AbortSignal,
  ) => Promise<RepositoryMetadata | undefined>;
  /** Changes whenever `listVersions` may answer otherwise; undefined when that cannot be told. Asked for before the versions are. */
  readonly versionsEpoch: (project: string, name: string, signal?: AbortSignal) => Promise<string | undefined>;
}

/** An archive that is opened in memory: Helm refuses what inflates to more than 100 MiB. */
const MAX_ARCHIVE = 64 * 1024 * 1024;
const MAX_PROVENANCE = 1024 * 1024;
const MAX_CONFIG = 1024 * 1024;

/** Chart access over the projects. */
export function createCharts(deps: ChartsDeps): Charts {
  const { projects } = deps;
  return {
    resolveChart: async (query, signal) => await resolveChart(deps, query, signal),
    openChartArchive: async (chart, signal) => {
      const found = await openChart(deps, chart, signal);
      return found === undefined
        ? undefined
        : await readBlob(found.at, found.parts.archive.digest, MAX_ARCHIVE, signal);
    },
    openChartProvenance: async (chart, signal) => {
      const found = await openChart(deps, chart, signal);
      const layer = found?.parts.provenance;
      if (found === undefined || layer === undefined) return undefined;
      return await readBlob(found.at, layer.digest, MAX_PROVENANCE, signal);
    },
    chartOrigin: async (chart, signal) => {
      const [digest, tag] = [parseDigest(chart.digest), parseTag(versionToTag(chart.version))];
      const at = digest === undefined ? undefined : await locate(projects, chart, signal);
      if (at === undefined || digest === undefined || tag === undefined) return undefined;
      return await at.source.origin?.(at.repository, { tag, digest }, signal);
    },
    listCharts: async (project, options, signal) => await listChartNames(projects, project, options, signal),
    listVersions: async (project, name, signal) => {
      const at = await locate(projects, { project, name }, signal);
      return at === undefined ? [] : sortVersions(await at.source.versions(at.repository, signal));
    },
    repositoryMetadata: async (project, name, signal) => {
      const at = await locate(projects, { project, name }, signal);
      return at === undefined ? undefined : await readRepositoryMetadata(at, signal);
    },
    versionsEpoch: async (project, name, signal) => {
      const at = await locate(projects, { project, name }, signal);
      return (await at?.source.versionsEpoch?.(at.repository, signal))?.key;
    },
  };
}

async function locate(
  projects: Projects,
  { project, name }: { readonly project: string; readonly name: string },
  signal: AbortSignal | undefined,
): Promise<LocatedRepository | undefined> {
  const repository = parseRepositoryName(`${project}/${name}`);
  if (repository === undefined) {
    throw new ChartLookupError("invalid-reference", `invalid chart name ${project}/${name}`, { chart: name });
  }
  return await projects.locate(repository, signal).catch(unknownName);
}

async function resolveChart(
  deps: ChartsDeps,
  query: ChartQuery,
  signal: AbortSignal | undefined,
): Promise<ResolvedChart> {
  const { projects, host } = deps;
  const at = await locate(projects, query, signal);
  const chart = `${query.project}/${query.name}`;
  if (at === undefined) throw new ChartLookupError("chart-not-found", `chart ${chart} not found`, { chart });
  const head = await findManifest(at, query, signal);
  if (head === undefined) throw await missing(at, query, signal);
  await assertSigned(deps, query, { at, head }, signal);
  const { parts, config } = await readParts(at, head, chart, signal);
  const fields = config ?? {};
  const version = typeof fields["version"] === "string" ? fields["version"] : "";
  const suffix = query.digest === undefined ? `:${versionToTag(version)}` : `@${head.digest}`;
  return {
    reference: `${host === undefined ? "" : `oci://${host}/`}${chart}${suffix}`,
    project: query.project,
    name: typeof fields["name"] === "string" ? fields["name"] : query.name,
    version,
    digest: head.digest,
    archive: parts.archive.digest,
  };
}

async function findManifest(
  at: LocatedRepository,
  query: ChartQuery,
  signal: AbortSignal | undefined,
): Promise<ManifestHead | undefined> {
  const { source, repository } = at;
  if (query.digest !== undefined) {
    const digest = parseDigest(query.digest);
    return digest === undefined ? undefined : await source.manifest(repository, { kind: "digest", digest }, signal);
  }
  const wanted = query.version ?? "";
  const exact = wanted === "" ? undefined : parseTag(versionToTag(wanted));
  const direct =
    exact === undefined ? undefined : await source.manifest(repository, { kind: "tag", tag: exact }, signal);
  if (direct !== undefined) return direct;
  return await findChosen(at, query, signal);
}

/** Versions that one choice looks at although a policy refuses them. */
const MAX_REFUSED = 20;

/** The manifest that Helm would choose of what the project's policy gives. */
async function findChosen(
  { source, repository }: LocatedRepository,
  { version = "", devel = false }: ChartQuery,
  signal: AbortSignal | undefined,
): Promise<ManifestHead | undefined> {
  let left = await source.versions(repository, signal);
  let refusal: PullRefusal | undefined;
  for (let turn = 0; turn < MAX_REFUSED; turn++) {
    const chosen = chooseVersion(left, version, devel);
    const tag = chosen === undefined ? undefined : parseTag(chosen.tag);
    if (tag === undefined) break;
    try {
      return await source.manifest(repository, { kind: "tag", tag }, signal);
    } catch (error) {
      if (!(error instanceof PullRefusal)) throw error;
      refusal ??= error;
      left = left.filter((item) => item !== chosen);
    }
  }
  if (refusal !== undefined) throw refusal;
  return undefined;
}

async function missing(
  at: LocatedRepository,
  query: ChartQuery,
  signal: AbortSignal | undefined,
): Promise<ChartLookupError> {
  const chart = `${query.project}/${query.name}`;
  if (!(await at.source.holds(at.repository, signal))) {
    return new ChartLookupError("chart-not-found", `chart ${chart} not found`, { chart });
  }
  const wanted = query.digest ?? query.version ?? "";
  const message = `could not locate a version matching provided version string ${wanted}`;
  return new ChartLookupError("version-not-found", message, { chart, version: wanted });
}

interface OpenChart {
  readonly parts: ChartParts;
  readonly config: JsonObject | undefined;
}

async function readParts(
  at: LocatedRepository,
  head: ManifestHead,
  chart: string,
  signal: AbortSignal | undefined,
): Promise<OpenChart> {
  const bytes = await at.source.manifestBytes(at.repository, head, signal);
  const parts = bytes === undefined ? undefined : chartParts(parseManifest(bytes, head.mediaType));
  if (parts === undefined) throw new ChartLookupError("not-a-chart", `${chart} is not a chart`, { chart });
  const config = await readBlob(at, parts.config.digest, MAX_CONFIG, signal);
  return { parts, config: config === undefined ? undefined : parseConfig(config) };
}

function parseConfig(bytes: Uint8Array): JsonObject | undefined {
  try {
    return asObject(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}

async function openChart(
  deps: ChartsDeps,
  chart: ChartContent,
  signal: AbortSignal | undefined,
): Promise<{ readonly at: LocatedRepository; readonly parts: ChartParts } | undefined> {
  const digest = parseDigest(chart.digest);
  const at = digest === undefined ? undefined : await locate(deps.projects, chart, signal);
  if (at === undefined || digest === undefined) return undefined;
  const head = await at.source.manifest(at.repository, { kind: "digest", digest }, signal);
  const bytes = head === undefined ? undefined : await at.source.manifestBytes(at.repository, head, signal);
  if (head === undefined || bytes === undefined) return undefined;
  await assertSigned(deps, chart, { at, head }, signal);
  const parts = chartParts(parseManifest(bytes, head.mediaType));
  return parts === undefined ? undefined : { at, parts };
}

async function assertSigned(
  { signatures }: ChartsDeps,
  { project, name, unsigned }: Pick<ChartQuery, "project" | "name" | "unsigned">,
  pull: Pick<SignedPull, "at" | "head">,
  signal: AbortSignal | undefined,
): Promise<void> {
  const asked = parseRepositoryName(`${project}/${name}`);
  if (unsigned === true || asked === undefined) return;
  await signatures?.assertSigned({ asked, ...pull, signal });
}
