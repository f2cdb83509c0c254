import { EngineError } from "../errors.ts";
import { quote } from "../go/quote.ts";
import { formatUrl } from "../go/url.ts";
import type { GoUrl } from "../go/url.ts";
import { listTags, resolveTag } from "../oci/chart-pull.ts";
import { TransferError } from "../oci/transfer-error.ts";
import { ChartError } from "./chart-error.ts";
import { chartVersions, matchingVersion, parseReference } from "./chart-reference.ts";
import { parseOr, readCachedIndex, readRepositories } from "./download-place.ts";
import type { DownloadPlace, DownloadWish } from "./download-place.ts";
import { resolveUrl, sameUrl } from "./repositories.ts";
import type { RepositoryEntry } from "./repositories.ts";
import { findVersion, tryVersion } from "./repository-index.ts";
import type { RepositoryIndex } from "./repository-index.ts";
import { registrySession } from "./transfer.ts";
import type { ConnectionChoice } from "./transfer.ts";

/** A chart that was found: where it is, and the digest that it is known by, empty for none. */
export interface Resolved {
  readonly url: string;
  readonly scheme: string;
  readonly path: string;
  readonly digest: string;
  readonly choice: ConnectionChoice;
  /** The URL that credentials belong to. */
  readonly base: string;
}

/** Finds out where a chart is. Throws with Helm's text. */
export async function resolveChart(place: DownloadPlace, wish: DownloadWish): Promise<Resolved> {
  const { reference, version, choice } = wish;
  const url = parseOr(reference, `invalid chart URL format: ${reference}`);
  if (formatUrl(url).startsWith("oci://")) return await resolveInRegistry(place, wish, url);
  const repositories = readRepositories(place);
  if (url.scheme !== "" && url.host !== "" && url.path !== "") {
    const owner = ownerOf(place, reference, repositories);
    checkGetter(place, url.scheme);
    const plain = { url: reference, scheme: url.scheme, path: url.path, digest: "" };
    return owner === undefined
      ? { ...plain, choice, base: reference }
      : { ...plain, choice: overlaid(choice, owner), base: owner.url };
  }
  const slash = url.path.indexOf("/");
  if (slash < 0) {
    const text = `non-absolute URLs should be in form of repo_name/path_to_chart, got: ${formatUrl(url)}`;
    throw new ChartError("repository", text);
  }
  return resolveByName(
    place,
    { repository: url.path.slice(0, slash), chart: url.path.slice(slash + 1), version, choice, reference },
    repositories,
  );
}

function checkGetter({ network }: DownloadPlace, scheme: string): void {
  const isServed = scheme === "http" || scheme === "https" || network.schemes?.includes(scheme) === true;
  if (!isServed) throw new ChartError("repository", `scheme ${quote(scheme)} not supported`);
}

/** The configured repository in whose index a URL stands. */
function ownerOf(
  place: DownloadPlace,
  url: string,
  repositories: readonly RepositoryEntry[],
): RepositoryEntry | undefined {
  for (const repository of repositories) {
    const index = cachedIndexOr(place, repository.name, "no cached repo found. (try 'helm repo update')");
    for (const versions of index.values()) {
      if (versions.some(({ urls }) => urls.some((own) => sameUrl(url, own)))) return repository;
    }
  }
  return undefined;
}

function cachedIndexOr(place: DownloadPlace, name: string, text: string): RepositoryIndex {
  try {
    return readCachedIndex(place, name);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    throw new ChartError("repository", `${text}: ${cause.message}`, {}, { cause });
  }
}

function overlaid(
  choice: ConnectionChoice,
  { username, password, passCredentials, ...tls }: RepositoryEntry,
): ConnectionChoice {
  const { certificate, key, authority } = tls;
  return {
    ...choice,
    ...(certificate !== "" || key !== "" || authority !== "" ? { certificate, key, authority } : {}),
    ...(username !== "" && password !== "" ? { username, password, passCredentials } : {}),
  };
}

interface NamedWish {
  readonly repository: string;
  readonly chart: string;
  readonly version: string;
  readonly choice: ConnectionChoice;
  readonly reference: string;
}

function resolveByName(place: DownloadPlace, wish: NamedWish, repositories: readonly RepositoryEntry[]): Resolved {
  const { chart, version } = wish;
  const repository = repositories.find(({ name }) => name === wish.repository);
  if (repository === undefined) throw new ChartError("repository", `repo ${wish.repository} not found`);
  if (repository.url === "") throw new ChartError("repository", `no URL found for repository ${wish.repository}`);
  const index = cachedIndexOr(place, repository.name, "no cached repo found. (try 'helm repo update')");
  let found;
  try {
    found = findVersion(index, chart, version, place.onWarning);
  } catch (cause) {
    if (!(cause instanceof ChartError)) throw cause;
    const text = `chart ${quote(chart)} matching ${version} not found in ${repository.name} index. (try 'helm repo update')`;
    throw new ChartError("repository", `${text}: ${cause.message}`, {}, { cause });
  }
  const [first] = found.urls;
  if (first === undefined)
    throw new ChartError("repository", `chart ${quote(wish.reference)} has no downloadable URLs`);
  const url = resolveUrl(repository.url, first);
  const { scheme, path } = parseOr(url, `invalid chart URL format: ${wish.reference}`);
  if (scheme !== "oci") checkGetter(place, scheme);
  return { url, scheme, path, digest: found.digest, choice: overlaid(wish.choice, repository), base: repository.url };
}

async function resolveInRegistry(place: DownloadPlace, wish: DownloadWish, url: GoUrl): Promise<Resolved> {
  const { choice } = wish;
  const reference = parseReference(url.host + url.path);
  const { host, repository, tag, digest } = reference;
  if (wish.version !== "" && tag !== "" && tag !== wish.version) {
    throw new TransferError("refused", `chart reference and version mismatch: ${wish.version} is not ${tag}`);
  }
  const version = wish.version === "" ? tag : wish.version;
  const at = (path: string, known: string): Resolved => ({
    url: `oci://${host}/${path}`,
    scheme: "oci",
    path: `/${path}`,
    digest: known,
    choice,
    base: wish.reference,
  });
  const session = registrySession(place.network, host, choice, "pull");
  if (digest !== "") {
    if (version === "") return at(`${repository}@${digest}`, "");
    const actual = await resolveTag(session, repository, version.replaceAll("+", "_")).catch(() => undefined);
    if (actual === undefined) return at(`${repository}@${digest}`, "");
    if (actual !== digest)
      throw new TransferError("refused", `chart reference digest mismatch: ${actual} is not ${digest}`);
    return at(`${repository}@${digest}`, digest);
  }
  if (tryVersion(version) !== undefined) return at(`${repository}:${version}`, "");
  const tags = chartVersions(await listTags(session, repository));
  if (tags.length === 0) {
    throw new TransferError("not-found", `unable to locate any tags in provided repository: ${wish.reference}`);
  }
  return at(`${repository}:${matchingVersion(tags, version)}`, "");
}
