import type { DigestBytes } from "../../engine/oci/digest.ts";
import { OciError } from "../../engine/oci/error.ts";
import { parseRepositoryName, type RepositoryName } from "../../engine/oci/repository-name.ts";
import type { Content } from "../content/content.ts";
import type { StoreError } from "../content/store-error.ts";
import type { UploadDeps } from "../content/uploads.ts";
import type { Charts } from "../projects/charts.ts";
import { splitRepository } from "../projects/project.ts";
import type { Projects } from "../projects/projects.ts";
import type { Mirror } from "./namespace.ts";
import type { SignatureGate } from "../projects/signing.ts";
import type { RegistryRequest } from "./exchange.ts";
import type { RegistryAccess, RegistryAction, RepositoryWish } from "./access.ts";

/** A tag that was pushed and is visible now. */
export interface PushEvent {
  readonly project: string;
  /** The repository's name below its project. */
  readonly name: string;
  readonly tag: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly actor: string;
}

/** What the HTTP faces of the registry work with. */
export interface HttpDeps extends UploadDeps, Content {
  readonly projects: Projects;
  readonly charts: Charts;
  readonly access: RegistryAccess;
  readonly digest: DigestBytes;
  /** What `?ns=` may choose. */
  readonly mirrors: readonly Mirror[];
  /** Absent where nothing has to be signed. */
  readonly signatures?: SignatureGate | undefined;
  /** `https://host[:port]` as clients see it; absent: taken from each request. */
  readonly publicOrigin?: string;
  readonly onPush?: (event: PushEvent) => Promise<void>;
  /** Answers are compressed here; false where the runtime does it (Workers encode what carries `content-encoding` themselves). */
  readonly compress: boolean;
  /** Keeps work going after the answer (`waitUntil`). */
  readonly defer: (work: Promise<void>) => void;
  /** Defects, for the log. */
  readonly report: (error: unknown) => void;
  /** The store failed and the client was told 503: for the log. */
  readonly unavailable: (error: StoreError) => void;
}

/** One request. */
export interface RequestContext {
  readonly deps: HttpDeps;
  readonly request: RegistryRequest;
  readonly method: string;
  /** The part of the URL after `?`, perhaps empty. */
  readonly search: string;
}

/** The query's parameters. */
export function queryOf(context: RequestContext): URLSearchParams {
  return new URLSearchParams(context.search);
}

/** The repository name, or OciError `NAME_INVALID`. */
export function requireName(text: string): RepositoryName {
  const name = parseRepositoryName(text);
  if (name === undefined) throw new OciError("NAME_INVALID");
  return name;
}

/** A wish for the access port. */
export function wishFor(repository: RepositoryName, actions: readonly RegistryAction[]): RepositoryWish {
  return { project: splitRepository(repository)?.project ?? repository, repository, actions };
}

/** The wish to mount from a repository. */
export function mountFrom(repository: RepositoryName): RepositoryWish {
  return { ...wishFor(repository, ["pull"]), mount: true };
}

/** Scheme, host and port as the client used them. */
export function originOf(context: RequestContext): string {
  const { deps, request } = context;
  if (deps.publicOrigin !== undefined) return deps.publicOrigin;
  const start = request.url.indexOf("//") + 2;
  const end = request.url.indexOf("/", start);
  return end < 0 ? request.url : request.url.slice(0, end);
}
