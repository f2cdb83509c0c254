import { EngineError } from "../errors.ts";
import { basePath } from "../go/path.ts";
import { quote } from "../go/quote.ts";
import { checkConstraint, parseVersion, SemverError } from "../semver/index.ts";
import { downloadTo } from "./chart-download.ts";
import { findInRepository, readCachedIndex, readRepositories } from "./download-place.ts";
import type { Dependency } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import { dependencyConstraint, localPath } from "./dependency-resolve.ts";
import type { DependencyJob } from "./dependency-update.ts";
import { stampTimes } from "./package.ts";
import { plainRepository, resolveUrl, sameUrl } from "./repositories.ts";
import type { RepositoryEntry } from "./repositories.ts";
import { tryVersion } from "./repository-index.ts";
import type { IndexVersion, RepositoryIndex } from "./repository-index.ts";
import { saveChart } from "./save.ts";
import { choiceOf } from "./transfer.ts";
import type { ConnectionChoice } from "./transfer.ts";

/** Looks at what came from elsewhere, by its file names in a folder, before it is put in place. */
export type InspectFetched = (folder: string, names: ReadonlySet<string>) => Promise<void>;

/**
 * Fetches dependencies into `charts/`: into a folder of their own first, then all at once, and what is outdated goes. Gives them with the
 * versions that were taken. Throws with Helm's text, or what `inspect` throws.
 */
export async function downloadDependencies(
  job: DependencyJob,
  dependencies: readonly Dependency[],
  inspect?: InspectFetched,
): Promise<readonly Dependency[]> {
  const { folder, print } = job.place;
  const repositories = readRepositories(job.place).map((entry) => ({
    entry,
    index: readCachedIndex(job.place, entry.name),
  }));
  const target = joined(job.chartPath, "charts");
  const work = joined(job.chartPath, `tmpcharts-${job.processId}`);
  const kind = folder.kind(target);
  if (kind !== undefined && kind !== "directory")
    throw new ChartError("dependency", `${quote(target)} is not a directory`);
  folder.makeDirectory(target);
  folder.makeDirectory(work);
  try {
    print(`Saving ${dependencies.length} charts\n`);
    const fetching = { job, repositories, target, work, done: new Set<string>(), names: new Set<string>() };
    const taken = await fetchAll(fetching, dependencies);
    await inspect?.(work, fetching.names);
    await moveAll(job, dependencies, work, target);
    return taken;
  } finally {
    folder.remove(work);
  }
}

function joined(folder: string, name: string): string {
  return folder === "." ? name : `${folder}/${name}`;
}

interface Known {
  readonly entry: RepositoryEntry;
  readonly index: RepositoryIndex;
}

interface Fetching {
  readonly job: DependencyJob;
  readonly repositories: readonly Known[];
  readonly target: string;
  readonly work: string;
  /** URLs that were fetched already. */
  readonly done: Set<string>;
  /** Files that came from elsewhere. */
  readonly names: Set<string>;
}

/** A failure that Helm also prints among its progress. */
class SaveFailure extends EngineError<"save"> {
  readonly code = "save";
}

async function fetchAll(fetching: Fetching, dependencies: readonly Dependency[]): Promise<readonly Dependency[]> {
  const taken: Dependency[] = [];
  for (const dependency of dependencies) {
    try {
      taken.push(await fetchOne(fetching, dependency));
    } catch (error) {
      if (!(error instanceof SaveFailure)) throw error;
      fetching.job.place.print(`Save error occurred:  ${error.message}\n`);
      throw new ChartError("dependency", error.message, {}, { cause: error });
    }
  }
  return taken;
}

async function fetchOne(fetching: Fetching, dependency: Dependency): Promise<Dependency> {
  const { repository = "" } = dependency;
  if (repository === "") {
    await checkLocal(fetching, dependency);
    return dependency;
  }
  if (repository.startsWith("file://")) {
    return { ...dependency, version: await asFailure("", () => archiveLocal(fetching, dependency)) };
  }
  await fetchRemote(fetching, dependency);
  return dependency;
}

/** Runs a step whose refusals are {@link SaveFailure}s. */
async function asFailure<T>(prefix: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new SaveFailure(`${prefix}${error.message}`, {}, { cause: error });
  }
}

async function checkLocal({ job, target }: Fetching, dependency: Dependency): Promise<void> {
  const { name, version = "" } = dependency;
  const { folder, print } = job.place;
  print(`Dependency ${name} did not declare a repository. Assuming it exists in the charts directory\n`);
  const path = `${target}/${name}`;
  const chart = await folder.loadDirectory(path).catch((cause: unknown) => {
    if (!(cause instanceof EngineError)) throw cause;
    throw new ChartError("dependency", `unable to load chart '${path}': ${cause.message}`, {}, { cause });
  });
  const constraint = dependencyConstraint(dependency, `dependency ${name}`);
  const own = chart.metadata.version;
  try {
    if (checkConstraint(constraint, parseVersion(own))) return;
  } catch (cause) {
    if (!(cause instanceof SemverError)) throw cause;
    throw new ChartError(
      "dependency",
      `invalid version ${version} for dependency ${name}: ${cause.message}`,
      {},
      { cause },
    );
  }
  throw new SaveFailure(`dependency ${name} at version ${own} does not satisfy the constraint ${version}`);
}

async function archiveLocal({ job, work }: Fetching, dependency: Dependency): Promise<string> {
  const { name, repository = "" } = dependency;
  const { folder } = job.place;
  const loaded = await folder.loadDirectory(localPath(job, repository));
  const chart = job.epoch === undefined ? loaded : stampTimes(loaded, job.epoch);
  const constraint = dependencyConstraint(dependency, `dependency ${name}`);
  if (!checkConstraint(constraint, parseVersion(chart.metadata.version))) {
    throw new ChartError("dependency", `can't get a valid version for dependency ${name}`);
  }
  const saved = saveChart(chart, job.now());
  folder.write(`${work}/${saved.name}`, saved.data);
  return chart.metadata.version;
}

interface Source {
  readonly url: string;
  readonly choice: ConnectionChoice;
}

async function fetchRemote(fetching: Fetching, dependency: Dependency): Promise<void> {
  const { job, work, done } = fetching;
  const { name, repository = "" } = dependency;
  const { print } = job.place;
  const source = await asFailure("could not find : ", () => findSource(fetching, dependency));
  if (done.has(source.url)) {
    print(`Already downloaded ${name} from repo ${repository}\n`);
    return;
  }
  print(`Downloading ${name} from repo ${repository}\n`);
  const { reference, version } = splitReference(source.url);
  const { verify, keyring } = job;
  const { path } = await asFailure(`could not download ${reference}: `, () =>
    downloadTo(job.place, { reference, version, verify, keyring, choice: source.choice }, work),
  );
  done.add(reference);
  fetching.names.add(basePath(path));
}

/** `oci://HOST/PATH:TAG` in its parts; other URLs have no version. */
function splitReference(url: string): { readonly reference: string; readonly version: string } {
  if (!url.startsWith("oci://")) return { reference: url, version: "" };
  const [, reference, , version] = /^(oci:\/\/[^:]+(:\d{1,5})?[^:]+):(.*)$/.exec(url) ?? [];
  if (reference === undefined || version === undefined) {
    const text = `could not parse OCI reference: improperly formatted oci chart reference: ${url}`;
    throw new ChartError("dependency", text);
  }
  return { reference, version };
}

async function findSource({ job, repositories }: Fetching, dependency: Dependency): Promise<Source> {
  const { name, version = "", repository = "" } = dependency;
  if (repository.startsWith("oci://")) return { url: `${repository}/${name}:${version}`, choice: job.choice };
  const known = repositories.find(({ entry }) => sameUrl(repository, entry.url));
  if (known !== undefined) {
    const versions = known.index.get(name);
    if (versions === undefined) throw new ChartError("dependency", "entry not found");
    const [url = ""] = matching(versions, version).urls;
    return { url: resolveUrl(repository, url), choice: choiceOf(known.entry) };
  }
  const plain = plainRepository("", repository);
  try {
    return { url: await findInRepository(job.place, plain, name, version), choice: choiceOf(plain) };
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    throw new ChartError("dependency", `chart ${name} not found in ${repository}: ${cause.message}`, {}, { cause });
  }
}

function matching(versions: readonly IndexVersion[], wanted: string): IndexVersion {
  const found = versions.find(
    ({ urls, version }) => urls.length > 0 && (wanted === "" || sameVersion(wanted, version)),
  );
  if (found === undefined) throw new ChartError("dependency", "no matching version");
  return found;
}

function sameVersion(a: string, b: string): boolean {
  const left = tryVersion(a);
  const right = tryVersion(b);
  if (left === undefined) return a === b;
  if (right === undefined) return false;
  const { major, minor, patch, prerelease } = left;
  return major === right.major && minor === right.minor && patch === right.patch && prerelease === right.prerelease;
}

/** Moves what was fetched into place and removes archives that are no longer asked for. */
async function moveAll(
  job: DependencyJob,
  dependencies: readonly Dependency[],
  work: string,
  target: string,
): Promise<void> {
  const { folder, print } = job.place;
  const before = folder.names(target);
  const fetched = new Set(folder.names(work));
  for (const name of fetched) {
    const problem = await loadProblem(job, `${work}/${name}`);
    if (problem === undefined) folder.rename(`${work}/${name}`, `${target}/${name}`);
    else print(`Could not verify ${work}/${name} for moving: ${problem} (Skipping)`);
  }
  print("Deleting outdated charts\n");
  const local = new Set(dependencies.filter(({ repository = "" }) => repository === "").map(({ name }) => name));
  for (const name of before) {
    const path = `${target}/${name}`;
    if (fetched.has(name) || folder.kind(path) === "directory") continue;
    try {
      const { metadata } = await folder.loadFile(path);
      if (!local.has(metadata.name)) folder.remove(path);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      print(`Could not verify ${path} for deletion: ${error.message} (Skipping)\n`);
    }
  }
}

async function loadProblem({ place }: DependencyJob, path: string): Promise<string | undefined> {
  try {
    await place.folder.loadFile(path);
    return undefined;
  } catch (error) {
    if (error instanceof EngineError) return error.message;
    throw error;
  }
}
