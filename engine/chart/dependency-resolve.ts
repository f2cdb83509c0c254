import { EngineError } from "../errors.ts";
import { cleanPath } from "../go/path.ts";
import { quote } from "../go/quote.ts";
import { listTags } from "../oci/chart-pull.ts";
import { checkConstraint, parseConstraint, SemverError } from "../semver/index.ts";
import { isVersion } from "./compatible.ts";
import type { Constraint } from "../semver/index.ts";
import { chartVersions, parseReference } from "./chart-reference.ts";
import { readCachedIndex } from "./download-place.ts";
import type { DownloadPlace } from "./download-place.ts";
import type { Dependency } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import { tryVersion } from "./repository-index.ts";
import { registrySession } from "./transfer.ts";
import type { ConnectionChoice } from "./transfer.ts";

/** What versions are chosen from. */
export interface ResolveJob {
  readonly place: DownloadPlace;
  /** The unpacked chart. */
  readonly chartPath: string;
  readonly choice: ConnectionChoice;
  /** The repository that each dependency comes from, by the dependency's name. */
  readonly repositories: ReadonlyMap<string, string>;
}

/**
 * Chooses a version for each dependency, in order: what Chart.lock will hold. Throws {@link ChartError} with Helm's text.
 *
 * Helm compatibility: a sub-chart on disk whose own version is none is dropped without a word.
 */
export async function resolveDependencies(
  job: ResolveJob,
  wanted: readonly Dependency[],
): Promise<readonly Dependency[]> {
  const locked: Dependency[] = [];
  const missing: string[] = [];
  for (const dependency of wanted) {
    const version = await chooseVersion(job, dependency);
    const { name, repository = "" } = dependency;
    if (version !== undefined) locked.push({ name, repository, version });
    else missing.push(`${quote(name)} (repository ${quote(repository)}, version ${quote(dependency.version ?? "")})`);
  }
  if (missing.length === 0) return locked;
  const text = `can't get a valid version for ${missing.length} subchart(s): ${missing.join(", ")}`;
  const advice =
    "Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml";
  throw new ChartError("dependency", `${text}. ${advice}`);
}

async function chooseVersion(job: ResolveJob, dependency: Dependency): Promise<string | undefined> {
  const { name, version = "", repository = "" } = dependency;
  const constraint = dependencyConstraint(dependency, `dependency ${quote(name)}`);
  if (repository === "") {
    localPath(job, `charts/${name}`);
    return version;
  }
  if (repository.startsWith("file://")) {
    const chart = await job.place.folder.loadDirectory(localPath(job, repository));
    return fits(constraint, chart.metadata.version) ? chart.metadata.version : undefined;
  }
  if (repository.startsWith("oci://")) return await chooseTag(job, dependency, constraint);
  const known = job.repositories.get(name);
  if (known === undefined || known === "") return version;
  const versions = cachedIndex(job, known).get(name);
  if (versions === undefined) throw new ChartError("dependency", `${name} chart not found in repo ${repository}`);
  return versions.find((entry) => entry.urls.length > 0 && fits(constraint, entry.version))?.version;
}

function fits(constraint: Constraint, text: string): boolean {
  const version = tryVersion(text);
  return version !== undefined && checkConstraint(constraint, version);
}

/** The range of a dependency. Throws {@link ChartError} in Helm's words, which begin with `who`. */
export function dependencyConstraint({ version = "" }: Dependency, who: string): Constraint {
  try {
    return parseConstraint(version);
  } catch (cause) {
    if (!(cause instanceof SemverError)) throw cause;
    const text = `${who} has an invalid version/constraint format: ${cause.message}`;
    throw new ChartError("dependency", text, {}, { cause });
  }
}

function cachedIndex(job: ResolveJob, name: string): ReturnType<typeof readCachedIndex> {
  try {
    return readCachedIndex(job.place, name);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    const text = `no cached repository for ${name} found. (try 'helm repo update'): ${cause.message}`;
    throw new ChartError("dependency", text, {}, { cause });
  }
}

/** An exact version stands as it is written; for a range the tags are looked at. */
async function chooseTag(job: ResolveJob, dependency: Dependency, constraint: Constraint): Promise<string> {
  const { name, version = "", repository = "" } = dependency;
  if (isVersion(version)) return version;
  const { host, repository: path } = parseReference(`${repository.slice("oci://".length)}/${name}`);
  let tags: readonly string[];
  try {
    tags = await listTags(registrySession(job.place.network, host, job.choice, "pull"), path);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    const text = `could not retrieve list of tags for repository ${repository}: ${cause.message}`;
    throw new ChartError("dependency", text, {}, { cause });
  }
  return chartVersions(tags).find((tag) => fits(constraint, tag)) ?? version;
}

/** The directory of a dependency that lies on this machine. Throws {@link ChartError} when it is not there. */
export function localPath({ place, chartPath }: Pick<ResolveJob, "place" | "chartPath">, repository: string): string {
  const path = repository.replace(/^file:\/\//, "");
  const found = path.startsWith("/") ? cleanPath(path) : cleanPath(`${chartPath}/${path}`);
  if (place.folder.kind(found) === undefined) throw new ChartError("dependency", `directory ${found} not found`);
  return found;
}
