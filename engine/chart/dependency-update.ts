import { EngineError } from "../errors.ts";
import { quote } from "../go/quote.ts";
import { toUtf8 } from "../go/utf8.ts";
import { parseUrl } from "../go/url.ts";
import { GoFailure } from "../go/value.ts";
import { digestHex, digestOf } from "../oci/digest.ts";
import type { Chart, Dependency, Lock } from "./chart.ts";
import { checkScheme, fetchIndex, readRepositories } from "./download-place.ts";
import type { DownloadPlace, Verify } from "./download-place.ts";
import { ChartError } from "./chart-error.ts";
import { downloadDependencies } from "./dependency-download.ts";
import { localPath, resolveDependencies } from "./dependency-resolve.ts";
import { legacyLockDigest, lockDigest, lockYaml } from "./lock.ts";
import {
  type ArchiveDigests,
  changedArchives,
  checkDigests,
  type DigestsFile,
  digestsIn,
  hasDigests,
  readDigests,
  writeDigests,
} from "./lock-digests.ts";
import { plainRepository, sameUrl } from "./repositories.ts";
import type { RepositoryEntry } from "./repositories.ts";
import { parseIndex } from "./repository-index.ts";
import type { ConnectionChoice } from "./transfer.ts";
import { printed } from "./warning.ts";

/** What `helm dependency update` and `build` work on. */
export interface DependencyJob {
  readonly place: DownloadPlace;
  /** The unpacked chart. */
  readonly chartPath: string;
  readonly choice: ConnectionChoice;
  readonly verify: Verify;
  readonly keyring: string;
  readonly skipRefresh: boolean;
  /** Digests of what is fetched are written beside the lock; where there are some, that is done without asking, and they are checked. */
  readonly digests?: boolean | undefined;
  /** Seconds since 1970: `SOURCE_DATE_EPOCH`. */
  readonly epoch?: number | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The time as RFC 3339, for Chart.lock. */
  readonly timestamp: () => string;
  /** Tells working folders apart. */
  readonly processId: number;
}

/** Fetches the newest allowed versions into `charts/` and writes Chart.lock. Throws with Helm's text. */
export async function updateDependencies(job: DependencyJob): Promise<void> {
  const chart = await loadChart(job);
  const declared = chart.metadata.dependencies;
  if (declared === undefined) return;
  const { names, requested } = resolveNames(job, declared);
  const repositories = await ensureRepositories(job, names, requested);
  if (!job.skipRefresh) await refreshRepositories(job);
  const { place, chartPath, choice } = job;
  const resolved = await resolveDependencies({ place, chartPath, choice, repositories }, requested);
  const file = digestsFile(job, chart);
  const keepsDigests = job.digests === true || hasDigests(file);
  let fetched: ArchiveDigests = new Map();
  const locked = await downloadDependencies(job, resolved, async (folder, archives) => {
    if (keepsDigests) fetched = await digestsIn(place.folder, folder, archives);
  });
  if (keepsDigests) replaceDigests(job, file, fetched);
  const digest = await lockDigest(requested, locked);
  if (chart.lock?.digest === digest) return;
  writeLock(job, chart, { generated: job.timestamp(), digest, dependencies: locked });
}

/** Fetches into `charts/` what Chart.lock says; without one this is an update. Throws with Helm's text. */
export async function buildDependencies(job: DependencyJob): Promise<void> {
  const chart = await loadChart(job);
  const { lock } = chart;
  if (lock === undefined) return await updateDependencies(job);
  const declared = chart.metadata.dependencies ?? [];
  const { requested } = resolveNames(job, declared);
  await checkLock(job, chart, { declared, requested }, lock);
  checkRepositories(job, lock.dependencies);
  if (!job.skipRefresh) await refreshRepositories(job);
  const file = digestsFile(job, chart);
  const known = hasDigests(file) ? readDigests(file) : undefined;
  await downloadDependencies(job, lock.dependencies, async (folder, archives) => {
    if (known !== undefined) checkDigests(file.name, known, await digestsIn(job.place.folder, folder, archives));
  });
}

function digestsFile({ place, chartPath }: DependencyJob, chart: Chart): DigestsFile {
  return { folder: place.folder, chartPath, name: `${lockName(chart)}.sha256` };
}

/** Writes digests down, and tells of archives that are not what they were. */
function replaceDigests({ place }: DependencyJob, file: DigestsFile, fetched: ArchiveDigests): void {
  for (const archive of changedArchives(earlierDigests(file), fetched)) {
    place.onWarning?.(
      printed(`warning: charts/${archive} has changed under its version: ${file.name} is written anew`),
    );
  }
  writeDigests(file, fetched);
}

/** What was written down; nothing where that cannot be read, for it is replaced. */
function earlierDigests(file: DigestsFile): ArchiveDigests {
  try {
    return hasDigests(file) ? readDigests(file) : new Map();
  } catch (error) {
    if (error instanceof EngineError) return new Map();
    throw error;
  }
}

async function loadChart({ place, chartPath }: DependencyJob): Promise<Chart> {
  const kind = place.folder.kind(chartPath);
  if (kind === undefined) {
    throw new ChartError("dependency", `could not find ${chartPath}: stat ${chartPath}: no such file or directory`);
  }
  if (kind !== "directory") throw new ChartError("dependency", "only unpacked charts can be updated");
  return await place.folder.loadDirectory(chartPath);
}

interface Requested {
  /** The known repository of each dependency, by the dependency's name. */
  readonly names: Map<string, string>;
  /** The dependencies with aliases of repositories replaced by URLs. */
  readonly requested: readonly Dependency[];
}

const EXAMPLE = `
Note that repositories must be URLs or aliases. For example, to refer to the "example"
repository, use "https://charts.example.com/" or "@example" instead of
"example". Don't forget to add the repo, too ('helm repo add').`;

function resolveNames(job: DependencyJob, declared: readonly Dependency[]): Requested {
  const repositories = readRepositories(job.place);
  const names = new Map<string, string>();
  const missing: string[] = [];
  const requested = declared.map((dependency) => {
    const { name, repository = "" } = dependency;
    if (repository === "") return dependency;
    if (repository.startsWith("file://")) localPath(job, repository);
    if (repository.startsWith("file://") || repository.startsWith("oci://")) {
      names.set(name, repository);
      return dependency;
    }
    const found = repositories.find((entry) => isNamed(repository, entry) || sameUrl(entry.url, repository));
    if (found !== undefined) names.set(name, found.name);
    else if (isRequestUri(repository)) names.set(repository, repository);
    else missing.push(repository);
    return found !== undefined && isNamed(repository, found) ? { ...dependency, repository: found.url } : dependency;
  });
  if (missing.length === 0) return { names, requested };
  const text = `no repository definition for ${missing.join(", ")}. Please add them via 'helm repo add'`;
  throw new ChartError("dependency", missing.some(isPlain) ? text + EXAMPLE : text);
}

/** Neither a URL nor an alias. */
function isPlain(text: string): boolean {
  return !text.includes("//") && !text.startsWith("@") && !text.startsWith("alias:");
}

function isNamed(repository: string, { name }: RepositoryEntry): boolean {
  return repository === `@${name}` || repository === `alias:${name}`;
}

/** Go's `url.ParseRequestURI`. */
function isRequestUri(text: string): boolean {
  try {
    const { scheme } = parseUrl(text.replaceAll("#", "%23"));
    return scheme !== "" || text.startsWith("/");
  } catch (error) {
    if (error instanceof GoFailure) return false;
    throw error;
  }
}

const UNMANAGED = "helm-manager-";

/** Gives repositories that Helm was not told of a name, and fetches their indexes. */
async function ensureRepositories(
  job: DependencyJob,
  known: ReadonlyMap<string, string>,
  requested: readonly Dependency[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map(known);
  const added: RepositoryEntry[] = [];
  for (const { name, repository = "" } of requested) {
    if (repository === "" || names.has(name)) continue;
    const own = UNMANAGED + digestHex(await digestOf(toUtf8(repository)));
    names.set(name, own);
    added.push(plainRepository(own, repository));
  }
  if (!job.skipRefresh && added.length > 0) {
    job.place.print("Getting updates for unmanaged Helm repositories...\n");
    await fetchIndexes(job, added);
  }
  return names;
}

async function refreshRepositories(job: DependencyJob): Promise<void> {
  const repositories = readRepositories(job.place);
  if (repositories.length === 0) return;
  job.place.print("Hang tight while we grab the latest from your chart repositories...\n");
  await fetchIndexes(job, repositories);
  job.place.print("Update Complete. ⎈Happy Helming!⎈\n");
}

/** Fetches indexes into the cache; of repositories with one URL the last counts. A failure is told and no more. */
async function fetchIndexes({ place }: DependencyJob, repositories: readonly RepositoryEntry[]): Promise<void> {
  const byUrl = new Map(repositories.map((entry) => [entry.url.replace(/\/$/, ""), entry]));
  for (const entry of byUrl.values()) checkScheme(entry.url);
  await Promise.all(
    [...byUrl.values()].map(async (entry) => {
      const shown = entry.name.startsWith(UNMANAGED) ? entry.url : entry.name;
      try {
        await fetchIntoCache(place, entry);
        place.print(`...Successfully got an update from the ${quote(shown)} chart repository\n`);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        const where = entry.name.startsWith(UNMANAGED) ? "" : ` (${entry.url})`;
        place.print(
          `...Unable to get an update from the ${quote(shown)} chart repository${where}:\n\t${error.message}\n`,
        );
      }
    }),
  );
}

async function fetchIntoCache(place: DownloadPlace, entry: RepositoryEntry): Promise<void> {
  if (entry.url.startsWith("oci://")) throw new ChartError("repository", "object required");
  const data = await fetchIndex(place, entry);
  const index = parseIndex(data, entry.url, place.onWarning);
  const { folder, repositoryCache } = place;
  folder.makeDirectory(repositoryCache);
  folder.write(
    `${repositoryCache}/${entry.name}-charts.txt`,
    toUtf8([...index.keys()].map((name) => `${name}\n`).join("")),
  );
  folder.write(`${repositoryCache}/${entry.name}-index.yaml`, data);
}

async function checkLock(
  job: DependencyJob,
  { metadata }: Chart,
  { declared, requested }: { readonly declared: readonly Dependency[]; readonly requested: readonly Dependency[] },
  lock: Lock,
): Promise<void> {
  if ((await lockDigest(requested, lock.dependencies)) === lock.digest) return;
  if (metadata.apiVersion !== "v1") {
    const text = "the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml)";
    throw new ChartError("dependency", `${text}. Please update the dependencies with 'helm dependency update'`);
  }
  job.place.onWarning?.(printed("warning: a valid Helm v3 hash was not found. Checking against Helm v2 hash..."));
  if ((await legacyLockDigest(declared)) === lock.digest) return;
  const text = "the lock file (requirements.lock) is out of sync with the dependencies file (requirements.yaml)";
  throw new ChartError("dependency", `${text}. Please update the dependencies`);
}

function checkRepositories({ place }: DependencyJob, locked: readonly Dependency[]): void {
  const repositories = readRepositories(place);
  const missing = locked
    .map(({ repository = "" }) => repository)
    .filter((url) => url !== "" && !url.startsWith("file://") && !url.startsWith("oci://"))
    .filter((url) => !repositories.some((entry) => sameUrl(entry.url, url.replace(/\/$/, ""))));
  if (missing.length === 0) return;
  const text = `no repository definition for ${missing.join(", ")}. Please add the missing repos via 'helm repo add'`;
  throw new ChartError("dependency", text);
}

function lockName({ metadata }: Chart): string {
  return metadata.apiVersion === "v1" ? "requirements.lock" : "Chart.lock";
}

function writeLock({ place, chartPath }: DependencyJob, chart: Chart, lock: Lock): void {
  const name = lockName(chart);
  const path = `${chartPath}/${name}`;
  const target = place.folder.linkTarget(path);
  if (target !== undefined) throw new ChartError("dependency", `the ${name} file is a symlink to ${quote(target)}`);
  place.folder.write(path, toUtf8(lockYaml(lock)));
}
