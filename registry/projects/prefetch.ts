import { OciError } from "../../engine/oci/error.ts";
import type { Digest } from "../../engine/oci/digest.ts";
import { type Manifest, parseManifest } from "../../engine/oci/manifest.ts";
import { parseRepositoryName, parseTag, type RepositoryName } from "../../engine/oci/repository-name.ts";
import { checkConstraint, type Constraint } from "../../engine/semver/index.ts";
import { readVersion, sortVersions } from "./choose-version.ts";
import { matchesPattern } from "./pattern.ts";
import type { ProxyProject } from "./project.ts";
import type { Projects } from "./projects.ts";
import type { ChartVersion, RepositorySource } from "./source.ts";

/** Charts that are pulled before anybody asks. */
export interface PrefetchRule {
  /** A name below the project, or a pattern (`*`) for what the upstream can list. */
  readonly charts: string;
  /** Absent: releases. */
  readonly versions?: Constraint;
  /** So many of them, the newest first. */
  readonly newest: number;
}

/** What a run did. */
export interface PrefetchReport {
  /** Versions that were not here before. */
  readonly pulled: number;
  readonly failed: readonly { readonly chart: string; readonly version: string; readonly code: string }[];
  /** False when the run ended at its limit, or with an upstream that wants to be left alone. */
  readonly done: boolean;
}

/** Pulls what the rules of a proxy project name and is not here yet, at most `limit` versions. */
export type Prefetch = (project: ProxyProject, limit: number) => Promise<PrefetchReport>;

/** Charts that one pattern stands for. */
const MAX_CHARTS = 1000;
/** Failures that a report tells. */
const MAX_FAILURES = 100;

/** Prefetches through the same sources that answer pulls: what their policy refuses is not fetched either. */
export function createPrefetch(projects: Projects): Prefetch {
  return async (project, limit) => {
    const source = projects.sourceOf(project);
    const failed: Failure[] = [];
    let pulled = 0;
    for await (const step of stepsOf(source, project)) {
      if (pulled >= limit) return { pulled, failed, done: false };
      const end = await step.run().catch(failureOf);
      if (end === "pulled") pulled++;
      if (typeof end === "string") continue;
      if (failed.length < MAX_FAILURES) failed.push({ chart: step.chart, version: step.version, code: end.code });
      if (end.retryAfter !== undefined) return { pulled, failed, done: false };
    }
    return { pulled, failed, done: true };
  };
}

type Failure = PrefetchReport["failed"][number];

/** A version to pull; one without text is the list of a chart's versions, which failed. */
interface Step {
  readonly chart: string;
  readonly version: string;
  readonly run: () => Promise<"pulled" | "there">;
}

function failureOf(error: unknown): OciError {
  if (error instanceof OciError) return error;
  throw error;
}

async function* stepsOf(source: RepositorySource, project: ProxyProject): AsyncGenerator<Step> {
  for (const rule of project.prefetch ?? []) {
    for (const repository of await repositoriesOf(source, project, rule)) {
      const chart = repository.slice(project.name.length + 1);
      const versions = await source.versions(repository).catch(failureOf);
      if (versions instanceof OciError) {
        yield { chart, version: "", run: async () => await Promise.reject(versions) };
        continue;
      }
      for (const version of wantedOf(versions, rule)) {
        yield { chart, version: version.version, run: async () => await pullWhole(source, repository, version) };
      }
    }
  }
}

async function repositoriesOf(
  source: RepositorySource,
  { name }: ProxyProject,
  { charts }: PrefetchRule,
): Promise<readonly RepositoryName[]> {
  if (!charts.includes("*")) return [parseRepositoryName(`${name}/${charts}`)].filter((found) => found !== undefined);
  const { names } = await source.repositories(name, { limit: MAX_CHARTS });
  return names.filter((repository) => matchesPattern(charts, repository.slice(name.length + 1)));
}

function wantedOf(
  versions: readonly ChartVersion[],
  { versions: constraint, newest }: PrefetchRule,
): readonly ChartVersion[] {
  const fits = versions.filter(({ version }) => {
    const parsed = readVersion(version, false);
    if (parsed === undefined) return false;
    return constraint === undefined ? parsed.prerelease === "" : checkConstraint(constraint, parsed);
  });
  return sortVersions(fits).slice(0, newest);
}

/** Pulls a version's manifest with all that it names. */
async function pullWhole(
  source: RepositorySource,
  repository: RepositoryName,
  version: ChartVersion,
): Promise<"pulled" | "there"> {
  const tag = parseTag(version.tag);
  const head = tag === undefined ? undefined : await source.manifest(repository, { kind: "tag", tag });
  const bytes = head === undefined ? undefined : await source.manifestBytes(repository, head);
  if (head === undefined || bytes === undefined) return "there";
  const manifest = parseManifest(bytes, head.mediaType);
  for (const digest of blobsOf(manifest)) {
    const blob = await source.blob(repository, digest, undefined);
    if (blob !== undefined && !(blob.body instanceof Uint8Array)) await blob.body.pipeTo(new WritableStream());
  }
  return version.digest === undefined ? "pulled" : "there";
}

function blobsOf(manifest: Manifest): readonly Digest[] {
  if (manifest.kind === "index") return [];
  const named = manifest.config === undefined ? manifest.layers : [manifest.config, ...manifest.layers];
  return named.map(({ digest }) => digest);
}
