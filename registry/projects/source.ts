import type { JsonObject } from "../../engine/errors.ts";
import type { Digest } from "../../engine/oci/digest.ts";
import type { RepositoryName, Tag } from "../../engine/oci/repository-name.ts";
import type { ManifestHead } from "../content/manifests.ts";
import type { ByteRange } from "../content/object-store.ts";
import type { ReferrerOptions, ReferrerPage } from "../content/referrers.ts";
import type { RepositoryPage } from "../content/repositories.ts";
import type { Epoch, GivenManifest, GivenTags } from "../upstream/given.ts";

/** Which manifest is meant. */
export type ManifestReference =
  | { readonly kind: "tag"; readonly tag: Tag }
  | { readonly kind: "digest"; readonly digest: Digest };

/** A blob that is being read; `size` is of the whole blob. */
export interface OpenBlob {
  readonly size: number;
  readonly body: ReadableStream<Uint8Array> | Uint8Array;
}

/** A version of a chart. `digest` is absent where the chart was never pulled: an upstream's index knows the archive only. */
export interface ChartVersion {
  readonly version: string;
  readonly tag: string;
  /** Of the OCI manifest. */
  readonly digest?: Digest;
  /** sha256 of the archive in lower-case hex. */
  readonly archive?: string;
  /** RFC 3339. */
  readonly created?: string;
  /** Chart.yaml as JSON; name and version only where no more is known without pulling. */
  readonly fields: JsonObject;
}

/** Where a chart that was pulled through a chart repository came from. */
export interface ChartOrigin {
  /** Of the archive, without credentials and query. */
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly fetched: number;
  readonly archive: Digest;
  /** Of the provenance file that came with it. */
  readonly provenance?: Digest;
}

/** How the repositories of a project are read, wherever their content comes from. Absence is undefined. */
export interface RepositorySource {
  readonly manifest: (
    repository: RepositoryName,
    reference: ManifestReference,
    signal?: AbortSignal,
  ) => Promise<GivenManifest | undefined>;
  /** Bytes of a manifest that `manifest` just gave. */
  readonly manifestBytes: (
    repository: RepositoryName,
    head: ManifestHead,
    signal?: AbortSignal,
  ) => Promise<Uint8Array | undefined>;
  readonly blobSize: (repository: RepositoryName, digest: Digest, signal?: AbortSignal) => Promise<number | undefined>;
  readonly blob: (
    repository: RepositoryName,
    digest: Digest,
    range: ByteRange | undefined,
    signal?: AbortSignal,
  ) => Promise<OpenBlob | undefined>;
  readonly tags: (
    repository: RepositoryName,
    options: { readonly last?: string; readonly limit: number },
    signal?: AbortSignal,
  ) => Promise<GivenTags>;
  /** One page of what refers to a manifest, in the order of digests; empty when nothing does. */
  readonly referrers: (
    repository: RepositoryName,
    subject: Digest,
    options: ReferrerOptions,
    signal?: AbortSignal,
  ) => Promise<ReferrerPage>;
  /** True when the project has something under this name, or had it until lately: collection gives names up. */
  readonly holds: (repository: RepositoryName, signal?: AbortSignal) => Promise<boolean>;
  /** The chart's versions, in no order; empty when there is no such chart. */
  readonly versions: (repository: RepositoryName, signal?: AbortSignal) => Promise<readonly ChartVersion[]>;
  /** Changes whenever `versions` may answer otherwise; absent or undefined when that cannot be told. */
  readonly versionsEpoch?: (repository: RepositoryName, signal?: AbortSignal) => Promise<Epoch | undefined>;
  /** What was written down when the manifest was made from an upstream's archive; undefined where nothing was. */
  readonly origin?: (
    repository: RepositoryName,
    manifest: { readonly tag: Tag; readonly digest: Digest },
    signal?: AbortSignal,
  ) => Promise<ChartOrigin | undefined>;
  /** Repositories of the project, by name; `after` is a page's `next`. */
  readonly repositories: (
    project: string,
    options: { readonly after?: RepositoryName; readonly limit: number },
    signal?: AbortSignal,
  ) => Promise<RepositoryPage>;
  /** Changes whenever `versions` or `repositories` may answer otherwise; undefined when that cannot be told. */
  readonly epoch: (project: string, signal?: AbortSignal) => Promise<Epoch | undefined>;
}
