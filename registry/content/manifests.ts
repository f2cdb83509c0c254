import type { Descriptor } from "../../engine/oci/descriptor.ts";
import type { Digest } from "../../engine/oci/digest.ts";
import { OciError } from "../../engine/oci/error.ts";
import { artifactTypeOf, type Manifest } from "../../engine/oci/manifest.ts";
import { isNondistributable } from "../../engine/oci/media-type.ts";
import { parseDigest } from "../../engine/oci/digest.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import { putContent, statBlob } from "./blobs.ts";
import { objectBytes } from "./body.ts";
import { assertInTime } from "./condemned.ts";
import type { Content } from "./content.ts";
import { blobKey, catalogKey, linkKey, manifestKey, referrerKey, taggedOf, tagKey, tagOfHint } from "./keys.ts";
import type { ObjectStore } from "./object-store.ts";
import { eachKey, readJson, writeJson } from "./record.ts";
import { markRepository } from "./repositories.ts";

/** A manifest that a repository holds. */
export interface ManifestHead {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  /** They themselves, checked, where they are at hand. */
  readonly bytes?: Uint8Array;
}

/** The manifest of that digest in the repository; undefined when it is not there. */
export async function statManifest(
  store: ObjectStore,
  repository: RepositoryName,
  digest: Digest,
): Promise<ManifestHead | undefined> {
  const stored = await readJson(store, manifestKey(repository, digest));
  const mediaType = stored?.value["mediaType"];
  const size = stored?.value["size"];
  return typeof mediaType === "string" && typeof size === "number" ? { digest, mediaType, size } : undefined;
}

/** The bytes of a manifest that was seen in a repository. Undefined when the content is gone. */
export async function readManifest(store: ObjectStore, digest: Digest): Promise<Uint8Array | undefined> {
  const object = await store.get(blobKey(digest));
  return object === undefined ? undefined : await objectBytes(object);
}

/** What a push of a manifest needs beside its bytes. */
export interface NewManifest {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
}

/** How a manifest is stored. `sparse`: it may name blobs that the repository does not link. */
export interface PutManifestOptions {
  readonly sparse?: boolean;
}

/**
 * Stores a manifest: content, its place in its subject's list, then the entry by which it is visible. One that is there already is left
 * as it is: `helm push` puts each manifest twice. Gives the time until which a tag may be pointed at it. Throws OciError
 * `MANIFEST_BLOB_UNKNOWN`, `QUOTA_EXCEEDED`, or `UNAVAILABLE` when collection is taking what it names.
 */
export async function putManifest(
  content: Content,
  repository: RepositoryName,
  item: NewManifest,
  options: PutManifestOptions = {},
): Promise<number> {
  const { store, keeper, now } = content;
  const { digest, bytes, manifest } = item;
  const kept = await keeper.keep(manifestKey(repository, digest));
  if ((await statManifest(store, repository, digest))?.mediaType === manifest.mediaType) return kept;
  await content.room.take(repository, bytes.length);
  const project = repository.split("/")[0] ?? repository;
  const until = Math.min(
    kept,
    await keepBlobs(content, repository, item, options),
    await keeper.keep(blobKey(digest)),
    await keeper.keep(catalogKey(project, repository)),
  );
  await putContent(store, digest, { kind: "bytes", bytes });
  content.cache.keep(digest, bytes);
  const subject = manifest.subject?.digest;
  if (subject !== undefined) {
    await writeJson(store, referrerKey(repository, subject, digest), referrerDescriptor(item));
  }
  await markRepository(store, project, repository);
  assertInTime(now(), until);
  await writeJson(store, manifestKey(repository, digest), {
    mediaType: manifest.mediaType,
    size: bytes.length,
    ...(subject === undefined ? {} : { subject }),
  });
  return until;
}

/** Keeps what an image names, and checks that it is there. An index may name manifests that are not here, and a subject need not exist. */
async function keepBlobs(
  content: Content,
  repository: RepositoryName,
  { manifest }: NewManifest,
  { sparse = false }: PutManifestOptions,
): Promise<number> {
  let until = Number.POSITIVE_INFINITY;
  if (manifest.kind === "index") return until;
  const named = manifest.config === undefined ? manifest.layers : [manifest.config, ...manifest.layers];
  for (let i = 0; i < named.length; i += PARALLEL_CHECKS) {
    const batch = named.slice(i, i + PARALLEL_CHECKS);
    const kept = await Promise.all(
      batch.map(async ({ digest }) => await keepBlob(content, repository, digest, sparse)),
    );
    until = Math.min(until, ...kept.map((blob) => blob.until));
    for (const [index, { digest, mediaType }] of batch.entries()) {
      if (kept[index]?.isFine === true || isNondistributable(mediaType)) continue;
      throw new OciError("MANIFEST_BLOB_UNKNOWN", { detail: { digest } });
    }
  }
  return until;
}

async function keepBlob(
  { store, keeper }: Content,
  repository: RepositoryName,
  digest: Digest,
  sparse: boolean,
): Promise<{ readonly until: number; readonly isFine: boolean }> {
  const until = await keeper.keep(linkKey(digest, repository));
  return { until, isFine: sparse || (await statBlob(store, repository, digest)) !== undefined };
}

/** Blobs that are looked up at the same time. */
const PARALLEL_CHECKS = 8;

/** How the manifest shows in a referrers list (distribution-spec, "Listing Referrers"). */
function referrerDescriptor(item: NewManifest): Descriptor {
  const { digest, bytes, manifest } = item;
  const artifactType = artifactTypeOf(manifest);
  return {
    mediaType: manifest.mediaType,
    digest,
    size: bytes.length,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(manifest.annotations === undefined ? {} : { annotations: manifest.annotations }),
  };
}

/** Removes a manifest with the tags that point at it and its place in its subject's list. False when it was not there. */
export async function deleteManifest(store: ObjectStore, repository: RepositoryName, digest: Digest): Promise<boolean> {
  const stored = await readJson(store, manifestKey(repository, digest));
  if (stored === undefined) return false;
  await deleteTagsOf(store, repository, digest);
  const removed = await store.delete(manifestKey(repository, digest));
  // A tag that was pushed meanwhile: its push looks for the manifest after it, so one of the two sees the other.
  await deleteTagsOf(store, repository, digest);
  const subject = typeof stored.value["subject"] === "string" ? parseDigest(stored.value["subject"]) : undefined;
  if (subject !== undefined) await store.delete(referrerKey(repository, subject, digest));
  return removed;
}

/** A tag that points at the manifest now; undefined when none does. */
export async function tagOf(
  store: ObjectStore,
  repository: RepositoryName,
  digest: Digest,
): Promise<string | undefined> {
  for await (const hint of eachKey(store, taggedOf(repository, digest))) {
    const tag = tagOfHint(hint);
    if ((await readJson(store, tagKey(repository, tag)))?.value["digest"] === digest) return tag;
  }
  return undefined;
}

async function deleteTagsOf(store: ObjectStore, repository: RepositoryName, digest: Digest): Promise<void> {
  for await (const hint of eachKey(store, taggedOf(repository, digest))) {
    const key = tagKey(repository, tagOfHint(hint));
    const tag = await readJson(store, key);
    if (tag?.value["digest"] === digest) await store.delete(key, tag.etag);
    await store.delete(hint);
  }
}
