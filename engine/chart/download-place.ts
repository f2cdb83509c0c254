import { EngineError } from "../errors.ts";
import { cleanPath } from "../go/path.ts";
import { quote } from "../go/quote.ts";
import { parseUrl } from "../go/url.ts";
import type { GoUrl } from "../go/url.ts";
import { GoFailure } from "../go/value.ts";
import { ChartError } from "./chart-error.ts";
import type { Folder } from "./folder.ts";
import type { SignatureReader } from "./provenance.ts";
import { parseRepositories, resolveUrl } from "./repositories.ts";
import type { RepositoryEntry } from "./repositories.ts";
import { chartUrl, parseIndex } from "./repository-index.ts";
import type { RepositoryIndex } from "./repository-index.ts";
import { choiceOf, httpGet } from "./transfer.ts";
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
  /** Prints what came from a registry, as Helm's registry client does, which has an output of its own. */
  readonly printPulled: (text: string) => void;
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
  checkScheme(repository.url, place.network.schemes);
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
export function checkScheme(url: string, served: readonly string[] = []): void {
  const { scheme } = parseOr(url, `invalid chart URL format: ${url}`);
  if (scheme === "http" || scheme === "https" || scheme === "oci" || served.includes(scheme)) return;
  throw new ChartError("repository", `could not find protocol handler for: ${scheme}`);
}

/** `url` in its parts. Throws {@link ChartError} with `problem` for what is no URL. */
export function parseOr(url: string, problem: string): GoUrl {
  try {
    return parseUrl(url);
  } catch (cause) {
    if (!(cause instanceof GoFailure)) throw cause;
    throw new ChartError("repository", problem, {}, { cause });
  }
}
