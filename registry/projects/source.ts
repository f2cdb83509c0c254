import type { Digest } from "../../engine/oci/digest.ts";
import type { RepositoryName, Tag } from "../../engine/oci/repository-name.ts";
import type { ManifestHead } from "../content/manifests.ts";
import type { ByteRange } from "../content/object-store.ts";
import type { TagPage } from "../content/tags.ts";

/** Which manifest is meant. */
export type ManifestReference =
  | { readonly kind: "tag"; readonly tag: Tag }
  | { readonly kind: "digest"; readonly digest: Digest };

/** A blob that is being read; `size` is of the whole blob. */
export interface OpenBlob {
  readonly size: number;
  readonly body: ReadableStream<Uint8Array> | Uint8Array;
}

/** How the repositories of a project are read, wherever their content comes from. Absence is undefined. */
export interface RepositorySource {
  readonly manifest: (
    repository: RepositoryName,
    reference: ManifestReference,
    signal?: AbortSignal,
  ) => Promise<ManifestHead | undefined>;
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
  ) => Promise<TagPage>;
}
