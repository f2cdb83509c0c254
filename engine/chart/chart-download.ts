import { EngineError } from "../errors.ts";
import { basePath, cleanPath } from "../go/path.ts";
import { quote } from "../go/quote.ts";
import { formatUrl, parseUrl } from "../go/url.ts";
import type { GoUrl } from "../go/url.ts";
import { GoFailure } from "../go/value.ts";
import { listTags, pullLayer, resolveTag } from "../oci/chart-pull.ts";
import { digestHex, digestOf } from "../oci/digest.ts";
import { TransferError } from "../oci/transfer-error.ts";
import {
  checkConstraint,
  compareVersions,
  formatVersion,
  parseConstraint,
  parseVersion,
  SemverError,
} from "../semver/index.ts";
import type { Version } from "../semver/index.ts";
import { ChartError } from "./chart-error.ts";
import type { Folder } from "./folder.ts";
import { verifyArchive } from "./provenance.ts";
import type { SignatureReader, Verification } from "./provenance.ts";
import { parseRepositories, resolveUrl, sameUrl } from "./repositories.ts";
import type { RepositoryEntry } from "./repositories.ts";
import { chartUrl, findVersion, parseIndex, tryVersion } from "./repository-index.ts";
import type { RepositoryIndex } from "./repository-index.ts";
import { choiceOf, httpGet, registrySession } from "./transfer.ts";
import type { ConnectionChoice, Network } from "./transfer.ts";
import type { OnWarning } from "./warning.ts";

/** What to do about provenance. */
export type Verify = "never" | "if-possible" | "always" | "later";

/** Where charts come from and go to on this machine, and how. */
export interface DownloadPlace {
  readonly folder: Folder;
  readonly network: Network;
  /** repositories.yaml. */
  readonly repositoryConfig: string;
  /** The folder of cached indexes. */
  readonly repositoryCache: string;
  /** The folder of cached charts, by digest. */
  readonly contentCache: string;
  /** Prints a line of progress, newline included. */
  readonly print: (text: string) => void;
  readonly onWarning?: OnWarning | undefined;
  /** Opens a keyring. */
  readonly openKeyring: (path: string) => Promise<SignatureReader>;
}

/** What is wanted of a chart. */
export interface DownloadWish {
  /** A URL, `oci://…` or `REPOSITORY/NAME`. */
  readonly reference: string;
  /** A version or a constraint; empty for the newest release. */
  readonly version: string;
  readonly verify: Verify;
  readonly keyring: string;
  readonly choice: ConnectionChoice;
}

/** Reads repositories.yaml; no file is no repositories. */
export function readRepositories({ folder, repositoryConfig }: DownloadPlace): readonly RepositoryEntry[] {
  if (folder.kind(repositoryConfig) === undefined) return [];
  return parseRepositories(folder.read(repositoryConfig));
}

/** The cached index of a repository. Throws with Go's text when there is none. */
export function readCachedIndex(place: DownloadPlace, name: string): RepositoryIndex {
  const path = cleanPath(`${place.repositoryCache}/${name === "" ? "" : `${name}-`}index.yaml`);
  const data = place.folder.read(path);
  try {
    return parseIndex(data, path, place.onWarning);
  } catch (cause) {
    if (!(cause instanceof ChartError)) throw cause;
    throw new ChartError("repository", `error loading ${path}: ${cause.message}`, {}, { cause });
  }
}

/** Fetches the index of a repository. Throws with Helm's text. */
export async function fetchIndex(place: DownloadPlace, repository: RepositoryEntry): Promise<Uint8Array> {
  const url = resolveUrl(repository.url, "index.yaml");
  return await httpGet(place.network, url, choiceOf(repository), repository.url);
}

/** The URL of a chart in a repository that is named by its URL alone. Throws with Helm's text. */
export async function findInRepository(
  place: DownloadPlace,
  repository: RepositoryEntry,
  name: string,
  version: string,
): Promise<string> {
  checkScheme(repository.url);
  let data: Uint8Array;
  try {
    data = await fetchIndex(place, repository);
    parseIndex(data, repository.url);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    const text = `looks like ${quote(repository.url)} is not a valid chart repository or cannot be reached: ${cause.message}`;
    throw new ChartError("repository", text, {}, { cause });
  }
  const index = parseIndex(data, repository.url, place.onWarning);
  return resolveUrl(repository.url, chartUrl(index, { name, version, repository: repository.url }, place.onWarning));
}

/** Throws {@link ChartError} for a repository whose URL has no handler. */
export function checkScheme(url: string): void {
  const { scheme } = parsed(url, `invalid chart URL format: ${url}`);
  if (scheme === "http" || scheme === "https" || scheme === "oci") return;
  throw new ChartError("repository", `could not find protocol handler for: ${scheme}`);
}

function parsed(url: string, problem: string): GoUrl {
  try {
    return parseUrl(url);
  } catch (cause) {
    if (!(cause instanceof GoFailure)) throw cause;
    throw new ChartError("repository", problem, {}, { cause });
  }
}

/** A chart that was found: where it is, and the digest that it is known by, empty for none. */
interface Resolved {
  readonly url: string;
  readonly scheme: string;
  readonly path: string;
  readonly digest: string;
  readonly choice: ConnectionChoice;
  /** The URL that credentials belong to. */
  readonly base: string;
}

/** A chart that was fetched. */
export interface Downloaded {
  readonly path: string;
  readonly verification?: Verification;
}

/** Fetches a chart into a directory, as `helm pull` does. Throws with Helm's text. */
export async function downloadTo(place: DownloadPlace, wish: DownloadWish, directory: string): Promise<Downloaded> {
  const { folder } = place;
  const resolved = await resolveChart(place, wish);
  const hash = resolved.digest === "" ? undefined : checkedHash(resolved.digest);
  const data = (await readCache(place, hash, ".chart")) ?? (await getContent(place, resolved, false));
  const path = cleanPath(`${directory}/${fileName(resolved)}`);
  writeFile(folder, path, data);
  if (wish.verify === "never") return { path };
  const provenance = (await readCache(place, hash, ".prov")) ?? (await getProvenance(place, resolved, wish));
  if (provenance === undefined) return { path };
  writeFile(folder, `${path}.prov`, provenance);
  if (wish.verify === "later") return { path };
  return { path, verification: await verify(place, wish, { name: basePath(path), data }, provenance) };
}

function writeFile(folder: Folder, path: string, data: Uint8Array): void {
  folder.write(path, data);
}

/** Fetches a chart into the cache, as `helm show` and `helm template` do, and gives its path there. Throws with Helm's text. */
export async function downloadToCache(place: DownloadPlace, wish: DownloadWish): Promise<string> {
  const { folder } = place;
  const resolved = await resolveChart(place, wish);
  const known = resolved.digest === "" ? undefined : checkedHash(resolved.digest);
  const cached = await readCache(place, known, ".chart");
  const data = cached ?? (await getContent(place, resolved, false));
  const hash = known ?? digestHex(await digestOf(data));
  const path = cachePath(place, hash, ".chart");
  if (cached === undefined) writeCache(folder, path, data);
  if (wish.verify === "never") return path;
  const kept = await readCache(place, hash, ".prov");
  const provenance = kept ?? (await getProvenance(place, resolved, wish));
  if (provenance === undefined) return path;
  if (kept === undefined) writeCache(folder, cachePath(place, hash, ".prov"), provenance);
  if (wish.verify !== "later") await verify(place, wish, { name: fileName(resolved), data }, provenance);
  return path;
}

function writeCache(folder: Folder, path: string, data: Uint8Array): void {
  folder.makeDirectory(path.slice(0, path.lastIndexOf("/")));
  folder.write(path, data);
}

function cachePath({ contentCache }: DownloadPlace, hash: string, kind: ".chart" | ".prov"): string {
  return `${contentCache}/${hash.slice(0, 2)}/${hash}${kind}`;
}

/** What the cache has under a digest. Unlike Helm's, a chart that does not have its digest is not taken. */
async function readCache(
  place: DownloadPlace,
  hash: string | undefined,
  kind: ".chart" | ".prov",
): Promise<Uint8Array | undefined> {
  if (hash === undefined) return undefined;
  const path = cachePath(place, hash, kind);
  if (place.folder.kind(path) !== "file") return undefined;
  const data = place.folder.read(path);
  if (data.length === 0) return undefined;
  return kind === ".chart" && digestHex(await digestOf(data)) !== hash ? undefined : data;
}

function checkedHash(digest: string): string {
  const hex = digest.slice(digest.indexOf(":") + 1);
  const odd = /[^0-9a-fA-F]/.exec(hex);
  if (odd !== null) throw new ChartError("repository", `encoding/hex: invalid byte: ${byteText(odd[0])}`);
  if (hex.length % 2 === 1) throw new ChartError("repository", "encoding/hex: odd length hex string");
  if (hex.length !== 64) throw new ChartError("repository", `invalid digest length: ${hex.length / 2}`);
  return hex.toLowerCase();
}

function byteText(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")} '${char}'`;
}

/** The file name that Helm gives a chart: the URL's last part; `NAME-VERSION.tgz` for one from a registry. */
function fileName({ scheme, path }: Resolved): string {
  const name = basePath(path);
  if (scheme !== "oci") return name;
  const colon = name.lastIndexOf(":");
  return `${name.slice(0, colon)}-${name.slice(colon + 1)}.tgz`;
}

async function verify(
  place: DownloadPlace,
  wish: DownloadWish,
  archive: { readonly name: string; readonly data: Uint8Array },
  provenance: Uint8Array,
): Promise<Verification> {
  return await verifyArchive(await openKeyring(place, wish.keyring), archive, provenance);
}

/** Opens a keyring. Throws with Helm's text. */
export async function openKeyring(place: Pick<DownloadPlace, "openKeyring">, path: string): Promise<SignatureReader> {
  try {
    return await place.openKeyring(path);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    throw new ChartError("provenance", `failed to load keyring: ${cause.message}`, {}, { cause });
  }
}

async function getProvenance(
  place: DownloadPlace,
  resolved: Resolved,
  wish: DownloadWish,
): Promise<Uint8Array | undefined> {
  try {
    return await getContent(place, resolved, true);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    if (wish.verify === "always") {
      throw new ChartError("provenance", `failed to fetch provenance ${quote(`${resolved.url}.prov`)}`, {}, { cause });
    }
    place.print(`WARNING: Verification not found for ${wish.reference}: ${cause.message}\n`);
    return undefined;
  }
}

const UNDERSCORES = `
OCI artifact references (e.g. tags) do not support the plus sign (+). To support
storing semantic versions, Helm adopts the convention of changing plus (+) to
an underscore (_) in chart version tags when pushing to a registry and back to
a plus (+) when pulling from a registry.
`;

/** What Helm prints of a chart that went through a registry. `shown` is `HOST/REPOSITORY:TAG`. */
export function transferText(verb: "Pulled" | "Pushed", shown: string, digest: string): string {
  const note = shown.includes("_") ? `${shown} contains an underscore.\n${UNDERSCORES}` : "";
  return `${verb}: ${shown}\nDigest: ${digest}\n${note}`;
}

async function getContent(place: DownloadPlace, resolved: Resolved, isProvenance: boolean): Promise<Uint8Array> {
  const { network, print } = place;
  if (resolved.scheme !== "oci") {
    const url = isProvenance ? `${resolved.url}.prov` : resolved.url;
    return await httpGet(network, url, resolved.choice, resolved.base);
  }
  const reference = parseReference(resolved.url.slice("oci://".length));
  const { host, repository, tag, digest } = reference;
  const target = tag === "" ? digest : tag;
  const layer = await pullLayer(
    {
      session: registrySession(network, host, resolved.choice, "pull"),
      shown: shownReference(reference),
      repository,
      reference: target,
    },
    isProvenance ? "provenance" : "chart",
  );
  if (layer.isLegacy) print("Warning: chart media type application/tar+gzip is deprecated\n");
  print(transferText("Pulled", shownReference(reference), layer.digest));
  return layer.data;
}

/** A reference as Helm takes it apart; absent parts are empty. `+` in the tag is `_`. */
export interface RawReference {
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** Reads `HOST/REPOSITORY[:TAG][@DIGEST]`. Throws {@link TransferError} with oras-go's text. */
export function parseReference(text: string): RawReference {
  const at = text.lastIndexOf("@");
  const digest = at < 0 ? "" : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const slash = named.indexOf("/");
  if (slash < 0) throw new TransferError("refused", "invalid reference: missing registry or repository");
  const host = named.slice(0, slash);
  const colon = named.lastIndexOf(":");
  const isTagged = colon > named.lastIndexOf("/");
  const repository = named.slice(slash + 1, isTagged ? colon : undefined);
  const tag = isTagged ? named.slice(colon + 1).replaceAll("+", "_") : "";
  if (!/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/.test(repository)) {
    throw new TransferError("refused", `invalid reference: invalid repository ${quote(repository)}`);
  }
  if (tag !== "" && !/^[\w][\w.-]{0,127}$/.test(tag)) {
    throw new TransferError("refused", `invalid reference: invalid tag ${quote(tag)}`);
  }
  return { host, repository, tag, digest };
}

function shownReference({ host, repository, tag, digest }: RawReference): string {
  return tag === "" ? `${host}/${repository}@${digest}` : `${host}/${repository}:${tag}`;
}

async function resolveChart(place: DownloadPlace, wish: DownloadWish): Promise<Resolved> {
  const { reference, version, choice } = wish;
  const url = parsed(reference, `invalid chart URL format: ${reference}`);
  if (formatUrl(url).startsWith("oci://")) return await resolveInRegistry(place, wish, url);
  const repositories = readRepositories(place);
  if (url.scheme !== "" && url.host !== "" && url.path !== "") {
    const owner = ownerOf(place, reference, repositories);
    checkGetter(url.scheme);
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

function checkGetter(scheme: string): void {
  if (scheme !== "http" && scheme !== "https")
    throw new ChartError("repository", `scheme ${quote(scheme)} not supported`);
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
  const { scheme, path } = parsed(url, `invalid chart URL format: ${wish.reference}`);
  if (scheme !== "oci") checkGetter(scheme);
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

/** The versions that tags stand for, strict ones alone, newest first. */
export function chartVersions(tags: readonly string[]): readonly string[] {
  return tags
    .map((tag) => strictVersion(tag.replaceAll("_", "+")))
    .filter((version) => version !== undefined)
    .sort((a, b) => compareVersions(b, a))
    .map(formatVersion);
}

function strictVersion(text: string): Version | undefined {
  try {
    return parseVersion(text, { strict: true });
  } catch (error) {
    if (error instanceof SemverError) return undefined;
    throw error;
  }
}

function matchingVersion(versions: readonly string[], wanted: string): string {
  if (wanted !== "" && versions.includes(wanted)) return wanted;
  try {
    const constraint = parseConstraint(wanted === "" ? "*" : wanted);
    const found = versions.find((version) => {
      const known = tryVersion(version);
      return known !== undefined && checkConstraint(constraint, known);
    });
    if (found !== undefined) return found;
  } catch (cause) {
    if (!(cause instanceof SemverError)) throw cause;
    throw new TransferError("refused", cause.message, { cause });
  }
  throw new TransferError("not-found", `could not locate a version matching provided version string ${wanted}`);
}
